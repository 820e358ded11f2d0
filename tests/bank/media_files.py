"""Pictures and recordings made here, with what a camera or a program would put into them."""

import struct
import wave
from io import BytesIO

from PIL import Image, PngImagePlugin

SECRET = b"the key is B"


def picture(name: str, size: tuple[int, int] = (40, 30), **options) -> bytes:
    """An image of two colours in the format that Pillow calls `name`."""
    image = Image.new("RGB", size, "white")
    image.paste("navy", (0, 0, size[0] // 2, size[1]))
    if name == "GIF":
        image = image.quantize(4)
    written = BytesIO()
    image.save(written, name, **options)
    return written.getvalue()


def with_metadata(name: str) -> bytes:
    """An image that says who made it, with a second file behind its end."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    options = {
        "PNG": {"pnginfo": text},
        "JPEG": {"exif": exif, "comment": SECRET},
        "WEBP": {"exif": exif, "xmp": SECRET},
        "GIF": {"comment": SECRET},
    }
    return picture(name, **options[name]) + SECRET


def turned(name: str, orientation: int) -> bytes:
    """An image as a camera held sideways stores it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return picture(name, exif=exif)


def moving(name: str) -> bytes:
    """An image that moves."""
    second = Image.new("RGB", (40, 30), "red")
    if name == "GIF":
        second = second.quantize(4)
    return picture(name, save_all=True, append_images=[second], duration=100)


def wav(seconds: float = 1.0, rate: int = 8_000) -> bytes:
    """Silence, with a chunk that says something."""
    written = BytesIO()
    with wave.open(written, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(rate)
        out.writeframes(b"\x80" * int(seconds * rate))
    sound = written.getvalue()
    said = b"LIST" + struct.pack("<I", len(SECRET)) + SECRET
    body = sound[8:] + said
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp3(n_frames: int = 80) -> bytes:
    """Silent frames of 26 ms at 128 kbit/s, with tags in front and behind."""
    frame = b"\xff\xfb\x90\xc4" + bytes(413)
    tag = b"ID3\x03\x00\x00\x00\x00\x00" + bytes([len(SECRET)]) + SECRET
    return tag + frame * n_frames + b"TAG" + SECRET + bytes(125 - len(SECRET))


def m4a(handler: bytes = b"soun") -> bytes:
    """The boxes of an M4A of two seconds, its tags in them."""
    mvhd = _box(b"mvhd", bytes(12) + struct.pack(">II", 1000, 2000) + bytes(80))
    hdlr = _box(b"hdlr", bytes(8) + handler + bytes(13))
    coded = "031900010004114015000000000000000001f400050212100601021"
    esds = _box(b"esds", bytes(4) + bytes.fromhex(coded + "0"))
    entry = bytes(16) + struct.pack(">HHIHH", 2, 16, 0, 44_100, 0)
    mp4a = _box(b"mp4a", entry + esds)
    stsd = _box(b"stsd", bytes(4) + struct.pack(">I", 1) + mp4a)
    minf = _box(b"minf", _box(b"stbl", stsd))
    trak = _box(b"trak", _box(b"mdia", hdlr + minf))
    udta = _box(b"udta", SECRET)
    ftyp = _box(b"ftyp", b"M4A \x00\x00\x02\x00M4A mp42")
    return ftyp + _box(b"moov", mvhd + trak + udta) + _box(b"mdat", bytes(200))


def mp4(
    handlers: tuple[bytes, ...] = (b"vide", b"soun"),
    coded: bytes = b"avc1",
    side: int = 640,
    *,
    own: bool = True,
    more: bytes = b"",
) -> bytes:
    """The boxes of an MP4 of three seconds, with what a camera and a program put into them."""
    dated = b"\xe3\x01\x02\x03" * 2
    mvhd = _box(b"mvhd", bytes(4) + dated + struct.pack(">II", 1000, 3000) + bytes(80))
    tracks = b"".join(_track(one, coded, side, dated, own=own) for one in handlers)
    told = _box(b"meta", SECRET) + _box(b"udta", _box(b"\xa9xyz", SECRET))
    moov = _box(b"moov", mvhd + tracks + told + more)
    ftyp = _box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2avc1mp41")
    samples = struct.pack(">I4sQ", 1, b"mdat", 216) + bytes(200)
    return ftyp + _box(b"free", SECRET) + samples + moov + _box(b"uuid", SECRET)


def _track(handler: bytes, coded: bytes, side: int, dated: bytes, *, own: bool) -> bytes:
    tkhd = _box(b"tkhd", bytes(4) + dated + bytes(64) + struct.pack(">II", side << 16, 360 << 16))
    mdhd = _box(b"mdhd", bytes(4) + dated + bytes(12))
    hdlr = _box(b"hdlr", bytes(8) + handler + bytes(12) + SECRET + b"\x00")
    entry = _box(coded if handler == b"vide" else b"mp4a", bytes(60))
    url = _box(b"url ", bytes(3) + bytes([own]) + (b"" if own else b"http://127.0.0.1/x\x00"))
    dinf = _box(b"dinf", _box(b"dref", bytes(4) + struct.pack(">I", 1) + url))
    stbl = _box(b"stbl", _box(b"stsd", bytes(4) + struct.pack(">I", 1) + entry))
    mdia = _box(b"mdia", mdhd + hdlr + _box(b"minf", dinf + stbl))
    return _box(b"trak", tkhd + mdia + _box(b"udta", SECRET))


def webm(
    seconds: float = 1.0,
    coded: bytes = b"V_VP8",
    size: tuple[int, int] = (64, 48),
    *,
    track: bytes = b"",
    more: bytes = b"",
) -> bytes:
    """A WebM that browsers play: each of its pictures is that of a WebP, which is coded as VP8."""
    frame = picture("WEBP", size)[20:]
    clusters = b"".join(
        _element("1f43b675", _element("e7", struct.pack(">H", at)) + _block(frame))
        for at in range(0, int(seconds * 1000), 250)
    )
    info = (
        *(_element("2ad7b1", (1_000_000).to_bytes(3)), _element("7ba9", SECRET)),
        *(_element("4489", struct.pack(">d", seconds * 1000)), _element("4461", bytes(8))),
        *(_element("4d80", SECRET), _element("5741", SECRET)),
    )
    sides = _element("b0", struct.pack(">H", size[0])) + _element("ba", struct.pack(">H", size[1]))
    about = (
        *(_element("d7", b"\x01"), _element("73c5", b"\x01"), _element("83", b"\x01")),
        *(_element("536e", SECRET), _element("86", coded), _element("e0", sides), track),
    )
    held = (
        *(_element("1549a966", b"".join(info)), _element("ec", SECRET)),
        *(_element("1654ae6b", _element("ae", b"".join(about))), clusters),
        *(_element("1254c367", SECRET * 20), _element("1941a469", SECRET), more),
    )
    kinds = (
        *(_element("4286", b"\x01"), _element("42f7", b"\x01"), _element("42f2", b"\x04")),
        *(_element("42f3", b"\x08"), _element("4282", b"webm"), _element("4287", b"\x02")),
        _element("4285", b"\x02"),
    )
    head = _element("1a45dfa3", b"".join(kinds))
    return head + _element("18538067", b"".join(held)) + _element("ec", SECRET)


def _block(frame: bytes) -> bytes:
    return _element("a3", b"\x81\x00\x00\x80" + frame)


def _element(name: str, content: bytes) -> bytes:
    return bytes.fromhex(name) + b"\x10" + len(content).to_bytes(3) + content


def subtitles() -> bytes:
    """Two subtitles in WebVTT, with a note that says something."""
    return (
        b"\xef\xbb\xbfWEBVTT - the key is B\r\nKind: captions\r\n\r\nNOTE the key is B\r\n\r\n"
        b"first\r\n00:00.000 --> 00:00.500 align:start position:10%\r\n<v Ada>Mind the gap.\r\n\r\n"
        b"00:00:00.500 --> 00:00:01.000\r\nBread &amp; butter\r\n<i>both</i>\r\n"
    )


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content
