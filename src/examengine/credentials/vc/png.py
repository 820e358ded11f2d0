"""PNG as a list of chunks, written in plain; `reading.read_chunks` reads one with its checks.

References:
    W3C, Portable Network Graphics (PNG) Specification, third edition, § 5 and § 11.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: four letters and its content."""

    kind: bytes
    content: bytes


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
