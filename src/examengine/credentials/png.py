"""PNG as a list of chunks: read with its checks, written in plain.

References:
    W3C, Portable Network Graphics (PNG) Specification, third edition, § 5 and § 11.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examengine.credentials.errors import NotBaked

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: four letters and its content."""

    kind: bytes
    content: bytes


def read_chunks(data: bytes) -> list[Chunk]:
    """Return the chunks of a PNG, from IHDR to IEND.

    Raises:
        NotBaked: It is no PNG, is cut short, too large, or a checksum does not fit.
    """
    if not data.startswith(SIGNATURE):
        raise NotBaked("not_png", "the file does not begin as a PNG does")
    if len(data) > LARGEST:
        raise NotBaked("image_too_large", f"{len(data)} bytes; at most {LARGEST} are read")
    chunks, place = [], len(SIGNATURE)
    while place < len(data):
        chunk, place = _read_chunk(data, place)
        chunks.append(chunk)
        if chunk.kind == b"IEND":
            break
    if not chunks or chunks[0].kind != b"IHDR" or chunks[-1].kind != b"IEND":
        raise NotBaked("png_damaged", "a PNG runs from IHDR to IEND")
    return chunks


def write_chunks(chunks: Iterable[Chunk]) -> bytes:
    """Return a PNG made of `chunks`."""
    return SIGNATURE + b"".join(
        struct.pack(">I", len(chunk.content))
        + chunk.kind
        + chunk.content
        + struct.pack(">I", zlib.crc32(chunk.kind + chunk.content))
        for chunk in chunks
    )


def write_rgba(pixels: NDArray[np.uint8]) -> bytes:
    """Return a PNG of 8-bit RGBA pixels.

    Args:
        pixels: Shape (height, width, 4).
    """
    height, width, _ = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    # Filter type 1 (Sub): smooth colours differ little from their left neighbour.
    left = np.zeros_like(pixels)
    left[:, 1:] = pixels[:, :-1]
    rows = np.empty((height, 1 + width * 4), dtype=np.uint8)
    rows[:, 0] = 1
    rows[:, 1:] = (pixels - left).reshape(height, width * 4)
    body = zlib.compress(rows.tobytes(), 6)
    return write_chunks([Chunk(b"IHDR", header), Chunk(b"IDAT", body), Chunk(b"IEND", b"")])


def _read_chunk(data: bytes, place: int) -> tuple[Chunk, int]:
    if place + 12 > len(data):
        raise NotBaked("png_damaged", f"the file ends inside a chunk, at byte {place}")
    length, kind = struct.unpack_from(">I4s", data, place)
    end = place + 12 + length
    if end > len(data):
        raise NotBaked("png_damaged", f"the file ends inside a chunk, at byte {place}")
    content = data[place + 8 : end - 4]
    (stated,) = struct.unpack_from(">I", data, end - 4)
    if stated != zlib.crc32(kind + content):
        raise NotBaked("png_damaged", f"a checksum does not fit, at byte {place}")
    return Chunk(kind, content), end
