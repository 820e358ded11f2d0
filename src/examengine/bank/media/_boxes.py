"""The boxes of an MP4 file (ISO/IEC 14496-12, 4.2): what each is called, and where it lies."""

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass

DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Box:
    """One box.

    Attributes:
        name: Its four letters.
        holder: Those of the box it lies in; b"" for one that lies in the file itself.
        start: Where its length stands.
        begin: Where its content begins.
        end: Where it ends.
    """

    name: bytes
    holder: bytes
    start: int
    begin: int
    end: int

    def blank(self, data: bytearray) -> None:
        """Make it a box of nothing; its room stays, because samples are found by their place."""
        data[self.start + 4 : self.start + 8] = b"free"
        data[self.begin : self.end] = bytes(self.end - self.begin)


def boxes(
    data: bytes,
    begin: int,
    end: int,
    holders: Collection[bytes],
    holder: bytes = b"",
    depth: int = 0,
) -> Iterator[Box]:
    """Yield each box between two places; what it holds comes after it, when it is a holder.

    Raises:
        ValueError: They do not fill the room, or lie too deep in each other.
        struct.error: The last one is cut short.
    """
    if depth > DEEPEST:
        raise ValueError("too deep")
    while begin < end:
        length, name = struct.unpack_from(">I", data, begin)[0], data[begin + 4 : begin + 8]
        content = begin + 8
        if length == 1:
            (length,), content = struct.unpack_from(">Q", data, content), content + 8
        last = end if length == 0 else begin + length
        if last > end or last < content:
            raise ValueError("no box")
        yield Box(name, holder, begin, content, last)
        if name in holders:
            yield from boxes(data, content, last, holders, name, depth + 1)
        begin = last
