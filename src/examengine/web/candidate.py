"""The candidate's pages: the list of exams, the start, the questions, the review, the receipt.

What changes an attempt goes through the writer, which has a transaction of its own; no route
here opens one that writes, or the two would wait for each other.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

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
from examengine.web.dependencies import DepActor, DepClock, DepPage, DepParts, Parts
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page
from examengine.web.security import CSRF_FIELD, DepCookie

router = APIRouter()

FIELDS_OF_THE_PAGE = frozenset({CSRF_FIELD, "item_id", "seen", "go"})
"""The fields of an item's form that are no part of the answer."""


def reader(parts: DepParts) -> Iterator[Session]:
    """Open a transaction that only reads, whatever the request's method is."""
    with reading(parts.engine) as session:
        yield session


DepReader = Annotated[Session, Depends(reader, scope="function")]


async def sent_fields(request: Request) -> dict[str, list[str]]:
    """Return the fields of an item's form that hold its answer."""
    form = await request.form()
    names = [name for name in form if name not in FIELDS_OF_THE_PAGE]
    return {name: [str(value) for value in form.getlist(name)] for name in names}


DepFields = Annotated[dict[str, list[str]], Depends(sent_fields)]


@router.get("/attempts")
def list_attempts(
    session: DepReader, parts: DepParts, clock: DepClock, actor: DepActor, page: DepPage
) -> Response:
    """List the exams of whoever asks."""
    found = offers(session, clock, parts.forms, actor)
    return page("candidate/attempts.html", offers=found, State=State, now=clock.now())


@router.get("/attempts/{attempt_id}")
def show_start(
    attempt_id: UUID,
    session: DepReader,
    parts: DepParts,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
) -> Response:
    """Show instructions and conditions; after the end, the receipt."""
    sitting = find_sitting(session, parts.forms, parts.logs, actor, attempt_id)
    if sitting.attempt.submitted is not None:
        return _to(attempt_id, "receipt")
    return page("candidate/start.html", sitting=sitting, now=clock.now(), refusal=None)


@router.post("/attempts/{attempt_id}/start")
def start(
    attempt_id: UUID,
    session: DepReader,
    parts: DepParts,
    actor: DepActor,
    cookie: DepCookie,
    page: DepPage,
    consent: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Start, and go to the first question; without consent the page says what is missing."""
    try:
        parts.writer.record(Start(**_asked(parts, cookie, attempt_id), consented=consent == "yes"))
    except ConsentMissing as refusal:
        return _start_again(
            page, find_sitting(session, parts.forms, parts.logs, actor, attempt_id), refusal, parts
        )
    return _to(attempt_id, "items/1")


@router.get("/attempts/{attempt_id}/items/{place}")
def show_item(
    attempt_id: UUID,
    place: int,
    session: DepReader,
    parts: DepParts,
    actor: DepActor,
    cookie: DepCookie,
    page: DepPage,
) -> Response:
    """Show one question, and note in the log that it was shown."""
    elsewhere = _record(parts, ShowItem(**_asked(parts, cookie, attempt_id), place=place))
    if elsewhere is not None:
        return elsewhere
    sitting = find_sitting(session, parts.forms, parts.logs, actor, attempt_id)
    item = sitting.form.item_at(place)
    return page(
        "candidate/item.html",
        **_running(sitting, parts),
        place=place,
        item=sitting.presented(item),
        response=sitting.attempt.responses.get(item.item_id),
        state=sitting.items()[place - 1],
    )


@router.post("/attempts/{attempt_id}/items/{place}")
def answer_item(
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
    parts.writer.record(Save(**asked, item_id=item_id, fields=sent, seen=seen))
    if go in {"flag", "unflag"}:
        parts.writer.record(Flag(**asked, item_id=item_id, flagged=go == "flag"))
    there = {"next": f"items/{place + 1}", "previous": f"items/{place - 1}", "review": "review"}
    return _to(attempt_id, there.get(go, f"items/{place}"))


@router.get("/attempts/{attempt_id}/review")
def show_review(
    attempt_id: UUID,
    session: DepReader,
    parts: DepParts,
    actor: DepActor,
    cookie: DepCookie,
    page: DepPage,
) -> Response:
    """Show where every question stands."""
    elsewhere = _record(parts, ShowReview(**_asked(parts, cookie, attempt_id)))
    return elsewhere or _overview(page, "candidate/review.html", session, parts, actor, attempt_id)


@router.get("/attempts/{attempt_id}/submit")
def confirm_submission(
    attempt_id: UUID,
    session: DepReader,
    parts: DepParts,
    actor: DepActor,
    cookie: DepCookie,
    page: DepPage,
) -> Response:
    """Ask once more before the end, with what is unanswered."""
    elsewhere = _record(parts, ShowReview(**_asked(parts, cookie, attempt_id)))
    return elsewhere or _overview(page, "candidate/submit.html", session, parts, actor, attempt_id)


@router.post("/attempts/{attempt_id}/submit")
def submit(attempt_id: UUID, parts: DepParts, cookie: DepCookie) -> Response:
    """Hand in; a second time is harmless."""
    parts.writer.record(Submit(**_asked(parts, cookie, attempt_id)))
    return _to(attempt_id, "receipt")


@router.get("/attempts/{attempt_id}/time-up")
def show_time_up(
    attempt_id: UUID,
    session: DepReader,
    parts: DepParts,
    actor: DepActor,
    page: DepPage,
) -> Response:
    """Go where the server's clock says: to the receipt, or back because there is time left."""
    now = parts.clock.now()
    parts.writer.record(CloseExpired(attempt_id=attempt_id, received_at=now))
    sitting = find_sitting(session, parts.forms, parts.logs, actor, attempt_id)
    if sitting.attempt.submitted is not None:
        return _to(attempt_id, "receipt")
    return page("candidate/time_left.html", **_running(sitting, parts))


@router.get("/attempts/{attempt_id}/receipt")
def show_receipt(
    attempt_id: UUID, session: DepReader, parts: DepParts, actor: DepActor, page: DepPage
) -> Response:
    """Show what was handed in and when, with the digest that proves it."""
    sitting = find_sitting(session, parts.forms, parts.logs, actor, attempt_id)
    if sitting.attempt.submitted is None:
        return _to(attempt_id, "")
    return page("candidate/receipt.html", sitting=sitting, items=sitting.items())


def _asked(parts: Parts, cookie: str, attempt_id: UUID) -> dict[str, Any]:
    return {
        "attempt_id": attempt_id,
        "session": token_digest(cookie),
        "received_at": parts.clock.now(),
    }


def _overview(
    page: Page, template: str, session: Session, parts: Parts, actor: Actor, attempt_id: UUID
) -> Response:
    """Draw a page that shows where all questions of a running attempt stand."""
    sitting = find_sitting(session, parts.forms, parts.logs, actor, attempt_id)
    return page(template, **_running(sitting, parts))


def _record(parts: Parts, command: Command) -> Response | None:
    """Record a command; return where to go instead when the attempt is not running."""
    try:
        parts.writer.record(command)
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


def _start_again(page: DepPage, sitting: Sitting, refusal: ExamError, parts: Parts) -> Response:
    return page(
        "candidate/start.html",
        status=STATUS[refusal.kind],
        sitting=sitting,
        now=parts.clock.now(),
        refusal=message_for(refusal),
    )


def _to(attempt_id: UUID, there: str) -> Response:
    return RedirectResponse(f"/attempts/{attempt_id}/{there}".rstrip("/"), status_code=303)
