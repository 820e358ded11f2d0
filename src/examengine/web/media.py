"""Pictures and recordings of items, for whoever is signed in: by digest, as what they are.

A player asks for a recording in pieces, and some play nothing that they cannot ask for so.
"""

import re
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import Response

from examengine import bank
from examengine.bank import MEDIA_KINDS, MediaFileUnknown
from examengine.web.dependencies import DepActor, DepSession

router = APIRouter(prefix="/media")

HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, max-age=31536000, immutable",
    "accept-ranges": "bytes",
    "x-content-type-options": "nosniff",
}
"""A file is named by its bytes, so it never changes; opened by itself it may do nothing."""

_ONE_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


@router.get("/{digest}.{ending}")
def show_media_file(
    digest: str,
    ending: str,
    actor: DepActor,  # noqa: ARG001 - whoever is signed in
    session: DepSession,
    asked: Annotated[str | None, Header(alias="range", max_length=100)] = None,
) -> Response:
    """Send a picture or a recording, or the piece of it that is asked for."""
    found = bank.find_media_file(session, f"sha256:{digest}")
    kind = MEDIA_KINDS.get(f".{ending}")
    if kind is None or kind.media_type != found.media_type:
        raise MediaFileUnknown(digest)
    piece = piece_asked_for(asked, len(found.data))
    if piece is None:
        return Response(found.data, media_type=found.media_type, headers=HEADERS)
    if not piece:
        where = {"content-range": f"bytes */{len(found.data)}"}
        return Response(status_code=416, headers={**HEADERS, **where})
    where = {"content-range": f"bytes {piece.start}-{piece.stop - 1}/{len(found.data)}"}
    return Response(
        found.data[piece.start : piece.stop],
        status_code=206,
        media_type=found.media_type,
        headers={**HEADERS, **where},
    )


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
