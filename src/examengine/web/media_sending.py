"""A file that items show or play, as it is sent: whole, or in the pieces that players ask for."""

import re
from collections.abc import Mapping

from fastapi.responses import Response
from sqlmodel import Session

from examengine import bank
from examengine.bank import MediaOutline

LARGEST_PIECE = 4 * 1024 * 1024
"""Bytes that are sent at once of a file that is asked for in pieces: a player asks for the rest."""

_ONE_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")
_HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox",
    "accept-ranges": "bytes",
    "x-content-type-options": "nosniff",
}
"""Opened by itself a file may do nothing."""


def sent_file(
    session: Session, file: MediaOutline, asked: str | None, headers: Mapping[str, str]
) -> Response:
    """Send a file, or the piece of it that is asked for.

    Args:
        session: The transaction it is read in.
        file: What was found.
        asked: The header `Range` of the request.
        headers: Of the answer, besides those that each has.
    """
    told = {**_HEADERS, **headers}
    piece = piece_asked_for(asked, file.n_bytes)
    if piece is None:
        data = bank.media_piece(session, file, range(file.n_bytes))
        return Response(data, media_type=file.media_type, headers=told)
    if not piece:
        where = {"content-range": f"bytes */{file.n_bytes}"}
        return Response(status_code=416, headers={**told, **where})
    piece = piece[:LARGEST_PIECE]
    where = {"content-range": f"bytes {piece.start}-{piece.stop - 1}/{file.n_bytes}"}
    data = bank.media_piece(session, file, piece)
    return Response(data, status_code=206, media_type=file.media_type, headers={**told, **where})


def piece_asked_for(header: str | None, length: int) -> range | None:
    """Return the bytes that a Range header asks for (RFC 9110, 14.2).

    None where it asks for all, or in a way that may be passed over; empty where there are no such
    bytes.
    """
    asked = _ONE_RANGE.fullmatch((header or "").strip())
    if asked is None or not (asked[1] or asked[2]):
        return None
    if not asked[1]:
        return range(max(length - int(asked[2]), 0), length)
    first = int(asked[1])
    last = min(int(asked[2]), length - 1) if asked[2] else length - 1
    return range(first, last + 1) if first <= last else range(0)
