"""Pictures, recordings and videos of items, for whoever is signed in: by digest, as what they are.

A player asks for a recording in pieces, and some play nothing that they cannot ask for so. What an
exam lets be played so many times its candidates get from there alone (`web/plays.py`).
"""

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import Response

from examengine import bank
from examengine.bank import MEDIA_KINDS, MediaFileUnknown
from examengine.delivery import keep_from_limited_medium
from examengine.web.dependencies import DepActor, DepClock, DepComponents, DepSession
from examengine.web.media_sending import sent_file

router = APIRouter(prefix="/media")

CACHED = {"cache-control": "private, max-age=31536000, immutable"}
"""A file is named by its bytes, so it never changes."""
NEVER_LIMITED = "image/"


@router.get("/{digest}.{ending}")
def show_media_file(
    digest: str,
    ending: str,
    actor: DepActor,
    session: DepSession,
    components: DepComponents,
    clock: DepClock,
    asked: Annotated[str | None, Header(alias="range", max_length=100)] = None,
) -> Response:
    """Send a file, or the piece of it that is asked for."""
    found = bank.media_outline(session, f"sha256:{digest}")
    kind = MEDIA_KINDS.get(f".{ending}")
    if kind is None or kind.media_type != found.media_type:
        raise MediaFileUnknown(digest)
    if not found.media_type.startswith(NEVER_LIMITED):
        keep_from_limited_medium(session, clock, components.forms, actor, found.digest)
    return sent_file(session, found, asked, CACHED)
