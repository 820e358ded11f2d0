"""The invigilator's pages: attempts as they run, what was seen of each, and rulings."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from examengine import integrity
from examengine.accounts import Role, require
from examengine.db import reading
from examengine.delivery import (
    Administration,
    EndReasonMissing,
    State,
    attempts_of,
    end_attempt,
    find_administration,
    list_administrations,
)
from examengine.integrity import Case, Clearance, ReasonMissing
from examengine.kernel.errors import ExamError
from examengine.web.dependencies import DepActor, DepClock, DepPage, DepParts, DepSession
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page

router = APIRouter(prefix="/invigilation")

PAGE = 50
EVENTS = 200
STAFF = (Role.INVIGILATOR, Role.AWARDING_OFFICER)


class Ending(BaseModel):
    """The form that ends an attempt."""

    reason: str = Field(default="", max_length=5000)
    sure: Literal["yes"]
    """Ticked by whoever has made sure that it is the right candidate."""


Rule = Callable[..., Clearance]
RULES: dict[str, Rule] = {
    "hold": integrity.hold,
    "clear": integrity.clear,
    "void": integrity.void,
}


@router.get("")
def list_sessions(session: DepSession, clock: DepClock, actor: DepActor, page: DepPage) -> Response:
    """Show the administrations that are sat here, those open now first."""
    require(actor, *STAFF)
    now = clock.now()
    sat_here = [one for one in list_administrations(session) if one.source == "delivered"]
    running = [one for one in sat_here if _open(one, now)]
    others = [one for one in sat_here if not _open(one, now)]
    return page("proctor/administrations.html", running=running, others=others, now=now)


@router.get("/{administration_id}")
def show_attempts(
    administration_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
    search: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Show the attempts of an administration with what was seen of each."""
    administration = find_administration(session, administration_id)
    attempts = attempts_of(session, clock, actor, administration_id)
    wanted = search.strip().casefold()
    listed = [one for one in attempts if wanted in one.candidate.casefold()]
    return page(
        "proctor/attempts.html",
        "attempts",
        administration=administration,
        cases=integrity.watch(session, actor, listed[start : start + PAGE]),
        counts={state: sum(one.state is state for one in attempts) for state in State},
        n_listed=len(listed),
        n_all=len(attempts),
        search=search,
        start=start,
        page_size=PAGE,
        now=clock.now(),
    )


@router.get("/cases/{subject_id}")
def show_case(
    subject_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
    start: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Show one attempt: its timeline, what was seen, every ruling, and what can be decided."""
    case = integrity.find_case(session, clock, actor, subject_id)
    return _case_page(page, case, start=start)


@router.post("/cases/{subject_id}/rulings")
def rule(
    subject_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
    verb: Annotated[str, Form(pattern="^(hold|clear|void)$")],
    seen: Annotated[int, Form(ge=0, le=1_000_000)],
    reason: Annotated[str, Form(max_length=5000)] = "",
) -> Response:
    """Hold, clear or void an attempt, with a reason; a refused reason stays in its field."""
    try:
        RULES[verb](session, clock, actor, subject_id, reason, seen=seen)
    except ReasonMissing as refusal:
        case = integrity.find_case(session, clock, actor, subject_id)
        return _case_page(page, case, verb=verb, typed=reason, refusal=refusal)
    return page("proctor/case.html", then=f"/invigilation/cases/{subject_id}")


@router.post("/cases/{attempt_id}/end")
def end(
    attempt_id: UUID,
    parts: DepParts,
    actor: DepActor,
    page: DepPage,
    asked: Annotated[Ending, Form()],
) -> Response:
    """End a running attempt for its candidate, for a reason; a refused reason stays in its field.

    No transaction is open here, because the writer of attempts opens its own.
    """
    try:
        end_attempt(parts.writer, parts.clock, actor, attempt_id, asked.reason)
    except EndReasonMissing as refusal:
        with reading(parts.engine) as session:
            case = integrity.find_case(session, parts.clock, actor, attempt_id)
        return _case_page(page, case, verb="end", typed=asked.reason, refusal=refusal)
    return page("proctor/case.html", then=f"/invigilation/cases/{attempt_id}")


def _case_page(
    page: Page,
    case: Case,
    *,
    start: int = 0,
    verb: str = "",
    typed: str = "",
    refusal: ExamError | None = None,
) -> Response:
    timeline = integrity.timeline(case.subject.log)
    return page(
        "proctor/case.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        case=case,
        events=timeline[start : start + EVENTS],
        n_events=len(timeline),
        start=start,
        page_size=EVENTS,
        rules=integrity.DETECTORS,
        verb=verb,
        typed=typed,
        refusal=None if refusal is None else message_for(refusal),
    )


def _open(administration: Administration, now: datetime) -> bool:
    opens_at, closes_at = administration.opens_at, administration.closes_at
    return opens_at is not None and closes_at is not None and opens_at <= now < closes_at
