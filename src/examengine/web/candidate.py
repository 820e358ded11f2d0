"""The candidate's pages around an exam: the list of exams, the start, the receipt, what came late.

What changes an attempt goes through the writer, which has a transaction of its own; no route
here opens one that writes, or the two would wait for each other. A route waits for the writer in
the event loop, so that three hundred who start together hold no thread, and draws what is in memory
there, too: handing a page from thread to thread took as long as drawing it.
"""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from examengine.accounts import Actor
from examengine.delivery import (
    AttemptState,
    ConsentMissing,
    HandedOver,
    Receipt,
    Start,
    find_receipt,
    hand_over_late,
    offers,
)
from examengine.kernel.errors import ExamError
from examengine.web.attempt_exchange import FieldValues
from examengine.web.dependencies import (
    Components,
    DepActor,
    DepClock,
    DepComponents,
    DepPage,
    DepSession,
)
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page
from examengine.web.security import DepCookie
from examengine.web.sittings import asked, sitting_of, to

router = APIRouter()

LAST_MOMENT = 253_402_300_799_000
"""Milliseconds since 1970 at the end of the year 9999."""


class SentLateAnswer(BaseModel):
    """An answer as a device kept it."""

    model_config = ConfigDict(extra="ignore")

    item_id: str = Field(pattern=r"^[^\x00-\x1f]{1,128}$")
    fields: dict[str, FieldValues] = Field(max_length=100)
    made: int = Field(ge=0, le=2**52)
    """Milliseconds since 1970, by the device's clock."""
    client: str = Field(pattern=r"^[A-Za-z0-9-]{8,40}$")
    seq: int = Field(ge=0, le=2**31 - 1)

    def handed_over(self) -> HandedOver:
        """Return it as delivery takes it; a clock that shows no time of this world says nothing."""
        known = self.made < LAST_MOMENT
        made_at = datetime.fromtimestamp(self.made / 1000, UTC) if known else None
        return HandedOver(self.item_id, self.fields, made_at, self.client, self.seq)


class SentLateAnswers(BaseModel):
    """All that a device hands over at once."""

    answers: list[SentLateAnswer] = Field(max_length=200)


@router.get("/attempts")
def list_attempts(
    session: DepSession, components: DepComponents, clock: DepClock, actor: DepActor, page: DepPage
) -> Response:
    """List the exams of whoever asks."""
    found = offers(session, clock, components.forms, actor)
    return page("candidate/attempts.html", offers=found, State=AttemptState, now=clock.now())


@router.get("/attempts/{attempt_id}")
def show_start(
    attempt_id: UUID, components: DepComponents, actor: DepActor, page: DepPage
) -> Response:
    """Show instructions and conditions; after the end, the receipt."""
    sitting = sitting_of(components, actor, attempt_id)
    if sitting.attempt.end is not None:
        return to(attempt_id, "receipt")
    return page("candidate/start.html", sitting=sitting, now=components.clock.now(), refusal=None)


@router.post("/attempts/{attempt_id}/start")
async def start(
    attempt_id: UUID,
    components: DepComponents,
    actor: DepActor,
    cookie: DepCookie,
    page: DepPage,
    consent: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Start, and go to the first question; without consent the page says what is missing."""
    begun = Start(**asked(components, cookie, attempt_id), consented=consent == "yes")
    try:
        await components.writer.recorded(begun)
    except ConsentMissing as refusal:
        return await run_in_threadpool(_start_again, page, components, actor, attempt_id, refusal)
    return to(attempt_id, "items/1")


def _start_again(
    page: Page, components: Components, actor: Actor, attempt_id: UUID, refusal: ExamError
) -> Response:
    return page(
        "candidate/start.html",
        status=STATUS[refusal.kind],
        sitting=sitting_of(components, actor, attempt_id),
        now=components.clock.now(),
        refusal=message_for(refusal, page.time_zone),
    )


@router.get("/attempts/{attempt_id}/receipt")
async def show_receipt(
    attempt_id: UUID, components: DepComponents, actor: DepActor, page: DepPage
) -> Response:
    """Show what was handed in and when, with the digest that proves it."""

    def found(session: Session) -> Receipt:
        return find_receipt(session, components.forms, components.attempts, actor, attempt_id)

    receipt = await components.reads.of(actor.organisation_id, found)
    sitting = receipt.sitting
    if sitting.attempt.end is None:
        return to(attempt_id, "")
    return page(
        "candidate/receipt.html", sitting=sitting, items=sitting.items(), late=receipt.n_late
    )


@router.post("/attempts/{attempt_id}/late")
def hand_over(
    attempt_id: UUID,
    session: DepSession,
    components: DepComponents,
    clock: DepClock,
    actor: DepActor,
    sent: SentLateAnswers,
) -> dict[str, int]:
    """Take answers that a device still held at the end, as evidence for a person to rule on."""
    answers = [one.handed_over() for one in sent.answers]
    kept = hand_over_late(session, clock, components.forms, actor, attempt_id, answers)
    return {"kept": kept}
