"""Videos: MP4 (H.264, AAC) and WebM (VP8, VP9; Opus, Vorbis), which browsers play.

Nothing is decoded or compressed again. What is kept is listed by name; everything else in the file
is made blank where it lies, because pictures and sounds are found by their place. So titles,
places, cameras, dates, chapters, covers and other files that were put into it are gone.

Sources: ISO/IEC 14496-12 (boxes), 14496-15 (H.264 in them); RFC 8794 (EBML), 9559 (Matroska).
"""

import struct
from collections.abc import Mapping, Sequence

from examengine.bank.media import _webm
from examengine.bank.media._boxes import Box, boxes
from examengine.bank.media._video_rules import VideoRefused, check_sides, check_tracks

LARGEST_VIDEO = 50 * 1024 * 1024
LONGEST_VIDEO = 15 * 60
"""Seconds."""
_BRANDS = frozenset(
    [
        *(b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1"),
        *(b"M4V ", b"M4VP", b"MSNV"),
    ]
)
_KEPT: Mapping[bytes, frozenset[bytes]] = {
    b"": frozenset([b"ftyp", b"moov", b"mdat"]),
    b"moov": frozenset([b"mvhd", b"trak"]),
    b"trak": frozenset([b"tkhd", b"edts", b"mdia"]),
    b"edts": frozenset([b"elst"]),
    b"mdia": frozenset([b"mdhd", b"hdlr", b"minf"]),
    b"minf": frozenset([b"vmhd", b"smhd", b"hdlr", b"dinf", b"stbl"]),
    b"dinf": frozenset([b"dref"]),
    b"stbl": frozenset(
        [
            *(b"stsd", b"stts", b"stss", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco"),
            *(b"co64", b"sdtp", b"sgpd", b"sbgp"),
        ]
    ),
}
"""What is kept in each box that holds others."""
_HOLDERS = frozenset(_KEPT) - {b""}
_IN_PIECES = frozenset([b"moof", b"mvex"])
_CODED = {b"vide": frozenset([b"avc1", b"avc3"]), b"soun": frozenset([b"mp4a"])}
_DATED = frozenset([b"mvhd", b"tkhd", b"mdhd"])


def read_video(ending: str, data: bytes) -> bytes:
    """Return a video with its pictures and its sound alone.

    Raises:
        ValueError: It is not what its ending says, damaged, too long, or more than a video.
    """
    try:
        kept = _mp4(data) if ending == ".mp4" else _webm.stripped(data)
        seconds = seconds_of_video(ending, kept)
    except VideoRefused:
        raise
    except (ValueError, IndexError, struct.error) as error:
        what = f"is no whole {ending[1:].upper()} video; save it again as MP4 with H.264 and AAC"
        raise ValueError(what) from error
    if seconds > LONGEST_VIDEO:
        raise ValueError(f"takes {seconds:.0f} seconds; {LONGEST_VIDEO} are the most")
    return kept


def seconds_of_video(ending: str, data: bytes) -> float:
    """Return how long a video takes.

    Raises:
        ValueError: It does not say.
    """
    if ending != ".mp4":
        return _webm.seconds_of(data)
    heads = (box for box in boxes(data, 0, len(data), {b"moov"}) if box.name == b"mvhd")
    head = next(heads, None)
    if head is None:
        raise ValueError("no head")
    if data[head.begin]:
        scale, count = struct.unpack_from(">IQ", data, head.begin + 20)
    else:
        scale, count = struct.unpack_from(">II", data, head.begin + 12)
    if not scale or not count:
        raise ValueError("no length")
    return float(count / scale)


def _mp4(data: bytes) -> bytes:
    """Return an MP4 with what is kept of it, the rest blank."""
    if data[4:8] != b"ftyp" or data[8:12] not in _BRANDS:
        raise ValueError("no MP4")
    kept, tracks, gone = bytearray(data), list[bytes](), 0
    for box in boxes(data, 0, len(data), _HOLDERS):
        if box.start < gone:
            continue  # within one that is blank by now
        _check(box, data, tracks)
        if box.name not in _KEPT[box.holder]:
            box.blank(kept)
            gone = box.end
            continue
        if box.name in _DATED:
            _undate(box, kept)
        if box.name == b"hdlr":
            kept[box.begin + 24 : box.end] = bytes(max(box.end - box.begin - 24, 0))
        if (box.holder, box.name) == (b"mdia", b"hdlr"):
            tracks.append(_known_kind(data[box.begin + 8 : box.begin + 12]))
    check_tracks(tracks.count(b"vide"), tracks.count(b"soun"))
    return bytes(kept)


def _check(box: Box, data: bytes, tracks: Sequence[bytes]) -> None:
    """Refuse what no page plays; `tracks` are the kinds of the tracks so far."""
    if box.name in _IN_PIECES:
        raise VideoRefused("is stored in pieces, as for a stream; save it as one whole MP4")
    if box.name == b"tkhd":
        place = box.begin + (88 if data[box.begin] else 76)
        check_sides(*(side >> 16 for side in struct.unpack_from(">II", data, place)))
    elif box.name == b"stsd":
        _check_coding(box, data, tracks[-1])
    elif box.name == b"dref":
        _check_own(box, data)


def _known_kind(handler: bytes) -> bytes:
    """Return whether a track is for the eye or the ear."""
    if handler not in _CODED:
        raise VideoRefused(
            "holds a track that is neither picture nor sound, such as where it was filmed; save "
            "it again with picture and sound alone"
        )
    return handler


def _undate(box: Box, kept: bytearray) -> None:
    """Take out when it was made and changed."""
    length = 16 if kept[box.begin] else 8
    kept[box.begin + 4 : box.begin + 4 + length] = bytes(length)


def _check_coding(box: Box, data: bytes, handler: bytes) -> None:
    for entry in boxes(data, box.begin + 8, box.end, ()):
        if entry.name not in _CODED.get(handler, ()):
            coded = entry.name.decode("ascii", "replace")
            raise VideoRefused(
                f"is coded as {coded}, which not every browser plays; save it as H.264 with AAC"
            )


def _check_own(box: Box, data: bytes) -> None:
    """Refuse pictures or sounds that lie in another file."""
    for entry in boxes(data, box.begin + 8, box.end, ()):
        if not data[entry.begin + 3] & 1:
            raise VideoRefused("takes its pictures or its sound from another file; save it whole")
