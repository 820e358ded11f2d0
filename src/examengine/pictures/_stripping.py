"""What is kept of an image file: the parts that make the picture, byte for byte.

Nothing is decoded or compressed again, so the picture stays what it was, and a stripped file stays
what it is when it is stripped once more. Each function raises ValueError or IndexError for a file
that is cut short or not of its kind.

Sources: PNG, W3C Recommendation (third edition), 5 and 11; JPEG, ITU-T T.81, annex B; WebP,
RFC 9649; GIF89a, CompuServe 1990.
"""

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"]
)
_PNG_MOVES = frozenset([b"acTL", b"fcTL", b"fdAT"])
_WEBP_KEPT = frozenset([b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"])
_WEBP_HAS_METADATA = 0x08 | 0x04
_WITHOUT_LENGTH = frozenset([0x01, *range(0xD0, 0xD9)])


def png(data: bytes) -> bytes:
    """Return a PNG with its picture and colours alone; an animation is left, to be refused."""
    if not data.startswith(_PNG):
        raise ValueError("no PNG")
    kept, place, name = [_PNG], len(_PNG), b""
    while name != b"IEND":
        (length,), name = struct.unpack_from(">I", data, place), data[place + 4 : place + 8]
        end = place + 12 + length
        if end > len(data):
            raise ValueError("cut short")
        if name in _PNG_KEPT or name in _PNG_MOVES:
            kept.append(data[place:end])
        place = end
    return b"".join(kept)


def jpeg(data: bytes) -> bytes:
    """Return a JPEG with its picture and colours alone."""
    if not data.startswith(b"\xff\xd8"):
        raise ValueError("no JPEG")
    kept, place = [b"\xff\xd8"], 2
    while (marker := data[place + 1]) != 0xD9 or data[place] != 0xFF:
        end = _end_of_segment(data, place)
        if marker != 0xFF and _is_picture(marker, data[place + 4 : end]):
            kept.append(data[place:end])
        place = end
    return b"".join([*kept, b"\xff\xd9"])


def _end_of_segment(data: bytes, place: int) -> int:
    """Return where a segment of a JPEG ends; 0xFF may be repeated before a marker."""
    if data[place] != 0xFF:
        raise ValueError("no marker")
    marker = data[place + 1]
    if marker == 0xFF:
        return place + 1
    if marker in _WITHOUT_LENGTH:
        return place + 2
    (length,) = struct.unpack_from(">H", data, place + 2)
    end = place + 2 + length
    if length < 2 or end > len(data):
        raise ValueError("cut short")
    return _end_of_scan(data, end) if marker == 0xDA else end


def turned_jpeg(data: bytes, orientation: int) -> bytes:
    """Return a stripped JPEG that says how it is turned, and nothing else that a camera would."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"MM\x00\x2a\x00\x00\x00\x08\x00\x01" + entry + b"\x00\x00\x00\x00"
    body = b"Exif\x00\x00" + tiff
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def _is_picture(marker: int, body: bytes) -> bool:
    if marker == 0xE0:
        return body.startswith(b"JFIF\x00")
    if marker == 0xE2:
        return body.startswith(b"ICC_PROFILE\x00")
    if marker == 0xEE:
        return body.startswith(b"Adobe")
    return not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _end_of_scan(data: bytes, place: int) -> int:
    """Return where the compressed data end: at a marker that is neither stuffing nor a restart."""
    while True:
        place = data.index(b"\xff", place)
        if data[place + 1] != 0 and not 0xD0 <= data[place + 1] <= 0xD7:
            return place
        place += 2


def webp(data: bytes) -> bytes:
    """Return a WebP with its picture and colours alone; an animation is left, to be refused."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("no WebP")
    last = 8 + struct.unpack_from("<I", data, 4)[0]
    if last > len(data):
        raise ValueError("cut short")
    kept, place = [b"WEBP"], 12
    while place + 8 <= last:
        name, length = data[place : place + 4], struct.unpack_from("<I", data, place + 4)[0]
        end = place + 8 + length + length % 2
        if place + 8 + length > last:
            raise ValueError("cut short")
        chunk = data[place:end]
        if name == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_HAS_METADATA]) + chunk[9:]
        if name in _WEBP_KEPT or name in {b"ANIM", b"ANMF"}:
            kept.append(chunk)
        place = end
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def gif(data: bytes) -> bytes:
    """Return a GIF with its pictures alone."""
    if data[:6] not in {b"GIF87a", b"GIF89a"}:
        raise ValueError("no GIF")
    place = 13 + _colours(data[10])
    kept = [data[:place]]
    while data[place] != 0x3B:
        begin = place
        if data[place] == 0x21:
            place, keep = place + 2, data[place + 1] == 0xF9
        elif data[place] == 0x2C:
            place, keep = place + 10 + _colours(data[place + 9]) + 1, True
        else:
            raise ValueError("no block")
        while data[place]:
            place += 1 + data[place]
        place += 1
        if keep:
            kept.append(data[begin:place])
    return b"".join([*kept, b"\x3b"])


def _colours(flags: int) -> int:
    """Return how many bytes a table of colours takes."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
