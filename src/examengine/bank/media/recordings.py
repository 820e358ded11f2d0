"""Recordings: MP3, M4A (AAC) and WAV, which every browser plays; read by tinytag, without tags."""

import struct
from io import BytesIO

from tinytag import TinyTag

from examengine.bank.media._boxes import boxes

LARGEST_RECORDING = 10 * 1024 * 1024
LONGEST_RECORDING = 15 * 60
"""Seconds."""
_HIDDEN = frozenset([b"udta", b"meta", b"uuid", b"free", b"skip"])
_HOLDERS = frozenset([b"moov", b"trak", b"mdia", b"minf"])
_SOUND_BRANDS = frozenset([b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"dash", b"MSNV"])


def read_recording(ending: str, data: bytes) -> bytes:
    """Return a recording without its tags.

    Raises:
        ValueError: It is not what its ending says, damaged, too long, or more than sound.
    """
    try:
        kept = {".mp3": _mp3, ".m4a": _m4a, ".wav": _wav}[ending](data)
        seconds = seconds_of_recording(ending, kept)
    except (ValueError, IndexError, struct.error) as error:
        said = str(error) if isinstance(error, _Refused) else f"is no whole {ending[1:].upper()}"
        raise ValueError(f"{said}; save it again as MP3") from error
    if seconds > LONGEST_RECORDING:
        raise ValueError(f"takes {seconds:.0f} seconds; {LONGEST_RECORDING} are the most")
    return kept


class _Refused(ValueError):
    """The file can be read, and must not be played."""


def seconds_of_recording(ending: str, data: bytes) -> float:
    """Return how long a recording takes, as tinytag reads it.

    Raises:
        ValueError: It holds no sound that can be read.
    """
    try:
        read = TinyTag.get(f"recording{ending}", file_obj=BytesIO(data), tags=False)
    except Exception as error:  # it throws what it happens to meet in a damaged file
        raise ValueError("unreadable") from error
    if not read.duration or not read.samplerate:
        raise ValueError("no sound")
    return float(read.duration)


def _mp3(data: bytes) -> bytes:
    """Return the frames of an MP3, ID3 and APE tags taken off on both ends."""
    begin, end = 0, len(data)
    while data[begin : begin + 3] == b"ID3":
        size, has_footer = data[begin + 6 : begin + 10], data[begin + 5] & 0x10
        if len(size) < 4 or any(byte > 127 for byte in size):
            raise ValueError("no size")
        begin += 10 + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3])
        begin += 10 if has_footer else 0
    if data[end - 128 : end - 125] == b"TAG":
        end -= 128
    if data[end - 32 : end - 24] == b"APETAGEX":
        end -= struct.unpack_from("<I", data, end - 20)[0]
        end -= 32 if data[end - 32 : end - 24] == b"APETAGEX" else 0
    frames = data[begin:end]
    if len(frames) < 4 or frames[0] != 0xFF or frames[1] & 0xE0 != 0xE0:
        raise ValueError("no frame")
    return frames


def _wav(data: bytes) -> bytes:
    """Return the format and the samples of a WAV."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError("no WAV")
    kept, place = [b"WAVE"], 12
    while place + 8 <= len(data):
        name, length = data[place : place + 4], struct.unpack_from("<I", data, place + 4)[0]
        end = place + 8 + length
        if end > len(data):
            raise ValueError("cut short")
        if name in {b"fmt ", b"data"}:
            kept.append(data[place:end] + b"\0" * (length % 2))
        place = end + length % 2
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _m4a(data: bytes) -> bytes:
    """Return an M4A whose tags are blank; their room stays, because samples are found by place."""
    if data[4:8] != b"ftyp" or data[8:12] not in _SOUND_BRANDS:
        raise ValueError("no M4A")
    kept = bytearray(data)
    for box in boxes(data, 0, len(data), _HOLDERS):
        if box.name in _HIDDEN:
            box.blank(kept)
        handler = data[box.begin + 8 : box.begin + 12]
        if box.name == b"hdlr" and handler not in {b"soun", b"mdir", b"dhlr"}:
            raise _Refused("holds more than sound")
    return bytes(kept)
