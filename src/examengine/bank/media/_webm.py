"""WebM: what is kept of one, by the ids of its elements; everything else is made blank in place.

Source: RFC 8794 (EBML), RFC 9559 (Matroska); the ids are written as they stand in a file.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from examengine.bank.media._video_rules import VideoRefused, check_sides, check_tracks

_HEAD, _SEGMENT, _INFO, _TRACKS = "1a45dfa3", "18538067", "1549a966", "1654ae6b"
_TRACK, _CLUSTER, _PICTURE, _WIDTH, _HEIGHT = "ae", "1f43b675", "e0", "b0", "ba"
_DOC_TYPE, _SCALE, _DURATION, _TRACK_TYPE = "4282", "2ad7b1", "4489", "83"
_CODEC, _PRIVATE, _CODINGS = "86", "63a2", "6d80"
_PROGRAMS = frozenset({"4d80", "5741"})
"""The programs that made it: they have to be named, and are named nothing."""

_KEPT: Mapping[str, frozenset[str]] = {
    "": frozenset({_HEAD, _SEGMENT}),
    _HEAD: frozenset({"4286", "42f7", "42f2", "42f3", _DOC_TYPE, "4287", "4285"}),
    _SEGMENT: frozenset({"114d9b74", _INFO, _TRACKS, _CLUSTER, "1c53bb6b"}),
    _INFO: frozenset({_SCALE, _DURATION}) | _PROGRAMS,
    _TRACKS: frozenset({_TRACK}),
    _TRACK: frozenset(
        {
            *("d7", "73c5", _TRACK_TYPE, "b9", "88", "55aa", "9c", "6de7", "23e383", "22b59c"),
            *(_CODEC, _PRIVATE, "56aa", "56bb", "55ee", "aa", _PICTURE, "e1"),
        }
    ),
    _CLUSTER: frozenset({"e7", "a3", "a0", "ab", "a7"}),
}
"""What is kept in each element that holds others, those below it whole."""
_HOLDERS = frozenset(_KEPT) - {""}
_CODED = {1: frozenset({b"V_VP8", b"V_VP9"}), 2: frozenset({b"A_OPUS", b"A_VORBIS"})}
_VORBIS_COMMENTS = b"\x03vorbis"
_LONGEST_SHORT = 126
"""Bytes that a length of one byte can say; 127 would mean that the length is not known."""


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    holder: str
    start: int
    begin: int
    end: int


def stripped(data: bytes) -> bytes:
    """Return a WebM with its pictures and its sound alone.

    Raises:
        ValueError, IndexError: It is none, or damaged.
        VideoRefused: It can be read, and must not be played.
    """
    if data[:4].hex() != _HEAD:
        raise ValueError("no WebM")
    kept, tracks, last = bytearray(data), list[dict[str, bytes]](), 0
    for one in _elements(data, 0, len(data)):
        _check(one, data)
        _clean(one, kept)
        last = last if one.holder else one.end
        if one.name == _TRACK:
            tracks.append({})
        elif one.holder == _TRACK:
            tracks[-1][one.name] = data[one.begin : one.end]
    _check_codings(tracks)
    return bytes(kept[:last])


def _check(one: _Element, data: bytes) -> None:
    """Refuse what is no WebM, or none that a page plays."""
    if one.name == _CODINGS:
        raise VideoRefused("is packed or locked; save it again as a plain video")
    if one.name == _DOC_TYPE and data[one.begin : one.end].rstrip(b"\0") != b"webm":
        raise ValueError("no WebM")
    if one.name == _PICTURE:
        sides = {
            side.name: int.from_bytes(data[side.begin : side.end])
            for side in _elements(data, one.begin, one.end, _PICTURE)
        }
        check_sides(sides.get(_WIDTH, 0), sides.get(_HEIGHT, 0))


def _clean(one: _Element, kept: bytearray) -> None:
    """Take out what is not kept."""
    if one.name not in _KEPT[one.holder]:
        _blank(one, kept)
    elif one.name in _PROGRAMS:
        kept[one.begin : one.end] = bytes(one.end - one.begin)
    elif one.name == _PRIVATE and kept.find(_VORBIS_COMMENTS, one.begin, one.end) >= 0:
        _unsay(one, kept)


def seconds_of(data: bytes) -> float:
    """Return how long a WebM takes.

    Raises:
        ValueError: It does not say, as what a browser has recorded does not.
    """
    said = {
        one.name: data[one.begin : one.end]
        for one in _elements(data, 0, len(data))
        if one.holder == _INFO
    }
    if len(said.get(_DURATION, b"")) not in {4, 8}:
        raise VideoRefused("does not say how long it takes; save it again with another program")
    (ticks,) = struct.unpack(">f" if len(said[_DURATION]) == 4 else ">d", said[_DURATION])
    scale = int.from_bytes(said[_SCALE]) if _SCALE in said else 1_000_000
    seconds = ticks * scale / 1e9
    if not 0 < seconds < 1e9:
        raise ValueError("no length")
    return float(seconds)


def _elements(data: bytes, begin: int, end: int, holder: str = "") -> Iterator[_Element]:
    """Yield each element between two places; what it holds comes after it, when it is a holder."""
    while begin < end:
        after = begin + _width(data[begin], 4)
        length, content = _length(data, after)
        last = content + length
        if last > end:
            raise ValueError("cut short")
        name = data[begin:after].hex()
        if not holder and name not in _KEPT[""]:
            return  # something behind the end
        yield _Element(name, holder, begin, content, last)
        if name in _HOLDERS and name in _KEPT.get(holder, ()):
            yield from _elements(data, content, last, name)
        begin = last


def _width(first: int, most: int) -> int:
    """Return how many bytes a number takes, which its first byte tells."""
    width = 9 - first.bit_length()
    if width > most:
        raise ValueError("no element")
    return width


def _length(data: bytes, place: int) -> tuple[int, int]:
    """Return a length, and where the content begins."""
    width = _width(data[place], 8)
    after = place + width
    if after > len(data):
        raise ValueError("cut short")
    length = int.from_bytes(data[place:after]) & ((1 << 7 * width) - 1)
    if length == (1 << 7 * width) - 1:
        raise VideoRefused("is stored as a stream; save it again as a whole file")
    return length, after


def _blank(one: _Element, kept: bytearray) -> None:
    """Make an element one of nothing that takes the same room."""
    room = one.end - one.start
    if room - 2 <= _LONGEST_SHORT:
        head = bytes([0xEC, 0x80 | room - 2])
    else:
        head = b"\xec\x01" + (room - 9).to_bytes(7)
    kept[one.start : one.end] = head + bytes(room - len(head))


def _unsay(one: _Element, kept: bytearray) -> None:
    """Take the comments out of what Vorbis is told before its first sound; its room stays."""
    begin = kept.index(_VORBIS_COMMENTS, one.begin, one.end) + len(_VORBIS_COMMENTS)
    end = kept.index(b"\x05vorbis", begin, one.end)
    words = end - begin - 9
    if words < 0:
        raise ValueError("no comments")
    kept[begin:end] = struct.pack("<I", words) + bytes(words) + struct.pack("<I", 0) + b"\x01"


def _check_codings(tracks: list[dict[str, bytes]]) -> None:
    kinds = [int.from_bytes(track.get(_TRACK_TYPE, b"")) for track in tracks]
    for kind, track in zip(kinds, tracks, strict=True):
        if kind not in _CODED:
            raise VideoRefused("holds a track that is neither picture nor sound; leave it out")
        coded = track.get(_CODEC, b"").rstrip(b"\0")
        if coded not in _CODED[kind]:
            said = coded.decode("ascii", "replace")[:40]
            raise VideoRefused(f"is coded as {said}; save it as VP8 or VP9 with Opus")
    check_tracks(kinds.count(1), kinds.count(2))
