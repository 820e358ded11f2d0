"""What may be played so many times: the script of an exam page starts it here, and gets it here.

A page without script sends the form of its question instead (`web/questions.py`). Either way the
writer counts, and what is sent hangs on the playing, not on the file.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from examengine import bank
from examengine.accounts import Actor
from examengine.bank import LimitedMedium
from examengine.delivery import Play, PlayingOver, Sitting, find_playing
from examengine.kernel.tokens import token_digest
from examengine.web.attempt_exchange import ItemId, PageId
from examengine.web.dependencies import Components, DepActor, DepComponents, DepSession
from examengine.web.media_sending import sent_file
from examengine.web.security import DepCookie
from examengine.web.sittings import asked, sitting_shown

router = APIRouter(prefix="/attempts/{attempt_id}")

DepRange = Annotated[str | None, Header(alias="range", max_length=100)]
ONCE = {"cache-control": "no-store"}


class SentPlay(BaseModel):
    """What a page asks to be played."""

    model_config = ConfigDict(extra="ignore")

    item_id: ItemId
    place: int = Field(ge=0, le=99)
    client: PageId


@router.post("/plays")
async def play(
    attempt_id: UUID, sent: SentPlay, components: DepComponents, actor: DepActor, cookie: DepCookie
) -> Mapping[str, Any]:
    """Start a playing, or go on with the one that has begun; return where it is sent."""
    command = Play(
        **asked(components, cookie, attempt_id),
        item_id=sent.item_id,
        place=sent.place,
        client=sent.client,
    )
    recorded = await components.writer.recorded(command)
    sitting = await sitting_shown(components, actor, recorded)
    return _told(components, sitting, sent)


@router.get("/playings/{version}")
def send_playing(
    attempt_id: UUID,
    version: int,
    components: DepComponents,
    actor: DepActor,
    cookie: DepCookie,
    session: DepSession,
    asked_for: DepRange = None,
) -> Response:
    """Send what is played, or the piece of it that the player asks for."""
    found = _found(components, session, actor, cookie, attempt_id, version)
    return sent_file(session, bank.media_outline(session, found.digest), asked_for, ONCE)


@router.get("/playings/{version}/subtitles")
def send_subtitles(
    attempt_id: UUID,
    version: int,
    components: DepComponents,
    actor: DepActor,
    cookie: DepCookie,
    session: DepSession,
) -> Response:
    """Send the subtitles of a video that is played."""
    found = _found(components, session, actor, cookie, attempt_id, version)
    if found.subtitles is None:
        raise PlayingOver(f"no subtitles in playing {version}")
    return sent_file(session, bank.media_outline(session, found.subtitles), None, ONCE)


def _found(
    components: Components,
    session: Session,
    actor: Actor,
    cookie: str,
    attempt_id: UUID,
    version: int,
) -> LimitedMedium:
    return find_playing(
        session,
        components.clock,
        components.forms,
        components.attempts,
        actor,
        token_digest(cookie),
        attempt_id,
        version,
    )


def _told(components: Components, sitting: Sitting, sent: SentPlay) -> Mapping[str, Any]:
    """Return a playing as the script wants it: the one that was begun last.

    A sound of half a second may be over before its answer is written.
    """
    item = sitting.form.item(sent.item_id)
    state = sitting.play_states(item, components.clock.now())[sent.place]
    if state.last is None:
        raise PlayingOver(f"nothing is played of {sent.item_id}")
    address = sitting.address_of_playing(state.last.version)
    return {
        "address": address,
        "subtitles": f"{address}/subtitles" if state.medium.subtitles else None,
        "language": item.language,
        "position": state.position,
        "seconds": state.seconds,
        "played": state.played,
        "plays": state.medium.plays,
    }
