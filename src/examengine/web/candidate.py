"""The candidate's pages: the list of exams, the start, the questions, the review, the receipt.

What changes an attempt goes through the writer, which has a transaction of its own; no route
here opens one that writes, or the two would wait for each other. A route waits for the writer in
the event loop, so that three hundred who start together hold no thread, and reads and draws in one
thread afterwards: handing a page from thread to thread took as long as drawing it.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from examengine.accounts import Actor
from examengine.db import reading
from examengine.delivery import (
    AttemptClosed,
    AttemptNotStarted,
    CloseExpired,
    Command,
    ConsentMissing,
    Flag,
    Save,
    ShowItem,
    ShowReview,
    Sitting,
    Start,
    State,
    Submit,
    find_sitting,
    offers,
)
from examengine.kernel.errors import ExamError
from examengine.kernel.tokens import token_digest
from examengine.web.dependencies import DepActor, DepClock, DepPage, DepParts, DepSession, Parts
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page
from examengine.web.security import CSRF_FIELD, DepCookie

router = APIRouter()

FIELDS_OF_THE_PAGE = frozenset({CSRF_FIELD, "item_id", "seen", "go"})
"""The fields of an item's form that are no part of the answer."""


async def sent_fields(request: Request) -> dict[str, list[str]]:
    """Return the fields of an item's form that hold its answer."""
    form = await request.form()
    names = [name for name in form if name not in FIELDS_OF_THE_PAGE]
    return {name: [str(value) for value in form.getlist(name)] for name in names}


DepFields = Annotated[dict[str, list[str]], Depends(sent_fields)]


@router.get("/attempts")
def list_attempts(
    session: DepSession, parts: DepParts, clock: DepClock, actor: DepActor, page: DepPage
) -> Response:
    """List the exams of whoever asks."""
    found = offers(session, clock, parts.forms, actor)
    return page("candidate/attempts.html", offers=found, State=State, now=clock.now())


@router.get("/attempts/{attempt_id}")
def show_start(attempt_id: UUID, parts: DepParts, actor: DepActor, page: DepPage) -> Response:
    """Show instructions and conditions; after the end, the receipt."""
    sitting = _sitting(parts, actor, attempt_id)
    if sitting.attempt.submitted is not None:
        return _to(attempt_id, "receipt")
    return page("candidate/start.html", sitting=sitting, now=parts.clock.now(), refusal=None)


@router.post("/attempts/{attempt_id}/start")
async def start(
    attempt_id: UUID,
    parts: DepParts,
    actor: DepActor,
    cookie: DepCookie,
    page: DepPage,
    consent: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Start, and go to the first question; without consent the page says what is missing."""
    begun = Start(**_asked(parts, cookie, attempt_id), consented=consent == "yes")
    try:
        await parts.writer.recorded(begun)
    except ConsentMissing as refusal:
        return await run_in_threadpool(_start_again, page, parts, actor, attempt_id, refusal)
    return _to(attempt_id, "items/1")


@router.get("/attempts/{attempt_id}/items/{place}")
async def show_item(
    attempt_id: UUID,
    place: int,
    parts: DepParts,
    actor: DepActor,
    cookie: DepCookie,
    page: DepPage,
) -> Response:
    """Show one question, and note in the log that it was shown."""
    shown = ShowItem(**_asked(parts, cookie, attempt_id), place=place)
    if elsewhere := await _elsewhere(parts, shown):
        return elsewhere
    return await run_in_threadpool(_question, page, parts, actor, attempt_id, place)


@router.post("/attempts/{attempt_id}/items/{place}")
async def answer_item(
    attempt_id: UUID,
    place: int,
    parts: DepParts,
    cookie: DepCookie,
    fields: DepFields,
    item_id: Annotated[str, Form(max_length=80)],
    seen: Annotated[int, Form(ge=0, le=2**31 - 1)],
    go: Annotated[str, Form(max_length=20)] = "stay",
) -> Response:
    """Take an answer from a page without script, and go where its button says."""
    asked = _asked(parts, cookie, attempt_id)
    sent = {} if go == "clear" else fields
    await parts.writer.recorded(Save(**asked, item_id=item_id, fields=sent, seen=seen))
    if go in {"flag", "unflag"}:
        await parts.writer.recorded(Flag(**asked, item_id=item_id, flagged=go == "flag"))
    there = {"next": f"items/{place + 1}", "previous": f"items/{place - 1}", "review": "review"}
    return _to(attempt_id, there.get(go, f"items/{place}"))


@router.get("/attempts/{attempt_id}/review")
async def show_review(
    attempt_id: UUID, parts: DepParts, actor: DepActor, cookie: DepCookie, page: DepPage
) -> Response:
    """Show where every question stands."""
    if elsewhere := await _elsewhere(parts, ShowReview(**_asked(parts, cookie, attempt_id))):
        return elsewhere
    template = "candidate/review.html"
    return await run_in_threadpool(_overview, page, template, parts, actor, attempt_id)


@router.get("/attempts/{attempt_id}/submit")
async def confirm_submission(
    attempt_id: UUID, parts: DepParts, actor: DepActor, cookie: DepCookie, page: DepPage
) -> Response:
    """Ask once more before the end, with what is unanswered."""
    if elsewhere := await _elsewhere(parts, ShowReview(**_asked(parts, cookie, attempt_id))):
        return elsewhere
    template = "candidate/submit.html"
    return await run_in_threadpool(_overview, page, template, parts, actor, attempt_id)


@router.post("/attempts/{attempt_id}/submit")
async def submit(attempt_id: UUID, parts: DepParts, cookie: DepCookie) -> Response:
    """Hand in; a second time is harmless."""
    await parts.writer.recorded(Submit(**_asked(parts, cookie, attempt_id)))
    return _to(attempt_id, "receipt")


@router.get("/attempts/{attempt_id}/time-up")
async def show_time_up(
    attempt_id: UUID, parts: DepParts, actor: DepActor, page: DepPage
) -> Response:
    """Go where the server's clock says: to the receipt, or back because there is time left."""
    now = parts.clock.now()
    await parts.writer.recorded(CloseExpired(attempt_id=attempt_id, received_at=now))
    return await run_in_threadpool(_over_or_not, page, parts, actor, attempt_id)


@router.get("/attempts/{attempt_id}/receipt")
def show_receipt(attempt_id: UUID, parts: DepParts, actor: DepActor, page: DepPage) -> Response:
    """Show what was handed in and when, with the digest that proves it."""
    sitting = _sitting(parts, actor, attempt_id)
    if sitting.attempt.submitted is None:
        return _to(attempt_id, "")
    return page("candidate/receipt.html", sitting=sitting, items=sitting.items())


def _sitting(parts: Parts, actor: Actor, attempt_id: UUID) -> Sitting:
    """Read an attempt as it stands now, in a transaction of its own."""
    with reading(parts.engine) as session:
        return find_sitting(session, parts.forms, parts.attempts, actor, attempt_id)


def _start_again(
    page: Page, parts: Parts, actor: Actor, attempt_id: UUID, refusal: ExamError
) -> Response:
    return page(
        "candidate/start.html",
        status=STATUS[refusal.kind],
        sitting=_sitting(parts, actor, attempt_id),
        now=parts.clock.now(),
        refusal=message_for(refusal),
    )


def _question(page: Page, parts: Parts, actor: Actor, attempt_id: UUID, place: int) -> Response:
    sitting = _sitting(parts, actor, attempt_id)
    item, shown = sitting.form.item_at(place), _running(sitting, parts)
    return page(
        "candidate/item.html",
        **shown,
        place=place,
        item=sitting.presented(item),
        response=sitting.attempt.responses.get(item.item_id),
        state=shown["items"][place - 1],
    )


def _overview(page: Page, template: str, parts: Parts, actor: Actor, attempt_id: UUID) -> Response:
    """Draw a page that shows where all questions of a running attempt stand."""
    return page(template, **_running(_sitting(parts, actor, attempt_id), parts))


def _over_or_not(page: Page, parts: Parts, actor: Actor, attempt_id: UUID) -> Response:
    sitting = _sitting(parts, actor, attempt_id)
    if sitting.attempt.submitted is not None:
        return _to(attempt_id, "receipt")
    return page("candidate/time_left.html", **_running(sitting, parts))


def _asked(parts: Parts, cookie: str, attempt_id: UUID) -> dict[str, Any]:
    return {
        "attempt_id": attempt_id,
        "session": token_digest(cookie),
        "received_at": parts.clock.now(),
    }


async def _elsewhere(parts: Parts, command: Command) -> Response | None:
    """Record a command; return where to go instead when the attempt is not running."""
    try:
        await parts.writer.recorded(command)
    except AttemptClosed:
        return _to(command.attempt_id, "receipt")
    except AttemptNotStarted:
        return _to(command.attempt_id, "")
    return None


def _running(sitting: Sitting, parts: Parts) -> Mapping[str, Any]:
    """Return what every page of a running exam shows."""
    remaining = sitting.remaining(parts.clock.now())
    return {
        "sitting": sitting,
        "items": sitting.items(),
        "remaining": remaining,
        "time_left": _time_left(remaining),
    }


def _time_left(seconds: float) -> str:
    """Return a time as a countdown shows it: `1:05:00`, `5:00`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _to(attempt_id: UUID, there: str) -> Response:
    return RedirectResponse(f"/attempts/{attempt_id}/{there}".rstrip("/"), status_code=303)
