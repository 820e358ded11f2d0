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


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content
