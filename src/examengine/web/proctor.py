"""The invigilator's pages: attempts as they run, what was seen of each, and rulings."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from examengine import accounts, integrity
from examengine.db import reading
from examengine.delivery import (
    Administration,
    EndReasonMissing,
    LateAnswer,
    LetIn,
    administration_for_staff,
    administrations_sat_here,
    end_attempt,
    late_answers,
    let_candidate_in,
    let_room_in,
    roster,
)
from examengine.four_eyes import Proposal
from examengine.integrity import Clearance, IntegrityCase, RulingReasonMissing
from examengine.kernel.errors import ExamError
from examengine.web.dependencies import DepActor, DepClock, DepComponents, DepPage, DepSession
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page
from examengine.web.proposals import after

router = APIRouter(prefix="/invigilation")

PAGE = 50
EVENTS = 200


class EndForm(BaseModel):
    """The form that ends an attempt."""

    reason: str = Field(default="", max_length=5000)
    sure: Literal["yes"]
    """Ticked by whoever has made sure that it is the right candidate."""


async def seen_in_person(sure: Annotated[Literal["yes"], Form()]) -> str:
    """Return the tick of an invigilator who has seen who it is; without it nobody is let in."""
    return sure


Seen = Depends(seen_in_person)

RulingUseCase = Callable[..., Clearance | Proposal]
RULES: dict[str, RulingUseCase] = {
    "hold": integrity.hold,
    "clear": integrity.clear,
    "void": integrity.void,
}


@router.get("")
def list_sessions(session: DepSession, clock: DepClock, actor: DepActor, page: DepPage) -> Response:
    """Show the administrations that are sat here, those open now first."""
    now = clock.now()
    sat_here = administrations_sat_here(session, actor)
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
    administration = administration_for_staff(session, actor, administration_id)
    found = roster(session, clock, actor, administration_id, name=search, start=start, most=PAGE)
    return page(
        "proctor/attempts.html",
        "attempts",
        administration=administration,
        cases=integrity.watch(session, actor, found.attempts),
        counts=found.counts,
        n_listed=found.n_found,
        n_all=found.n_all,
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
    late = late_answers(session, actor, subject_id)
    return _case_page(page, case, start=start, late=late)


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
        made = RULES[verb](session, clock, actor, subject_id, reason, seen=seen)
    except RulingReasonMissing as refusal:
        case = integrity.find_case(session, clock, actor, subject_id)
        return _case_page(page, case, verb=verb, typed=reason, refusal=refusal)
    return page("proctor/case.html", then=after(made, f"/invigilation/cases/{subject_id}"))


@router.post("/cases/{attempt_id}/end")
def end(
    attempt_id: UUID,
    components: DepComponents,
    actor: DepActor,
    page: DepPage,
    asked: Annotated[EndForm, Form()],
) -> Response:
    """End a running attempt for its candidate, for a reason; a refused reason stays in its field.

    No transaction is open here, because the writer of attempts opens its own.
    """
    try:
        end_attempt(components.writer, components.clock, actor, attempt_id, asked.reason)
    except EndReasonMissing as refusal:
        with reading(components.engine_of(actor)) as session:
            case = integrity.find_case(session, components.clock, actor, attempt_id)
        return _case_page(page, case, verb="end", typed=asked.reason, refusal=refusal)
    return page("proctor/case.html", then=f"/invigilation/cases/{attempt_id}")


@router.post("/cases/{attempt_id}/let-in", dependencies=[Seen])
def let_in(
    attempt_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
) -> Response:
    """Give a candidate whom one has seen a code with which they get in; it is shown once."""
    return _code_page(page, let_candidate_in(session, clock, actor, attempt_id))


@router.post("/{administration_id}/let-in", dependencies=[Seen])
def let_in_room(
    administration_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
) -> Response:
    """Give one code to everybody who has not handed in yet; it is shown once."""
    return _code_page(page, let_room_in(session, clock, actor, administration_id))


def _code_page(page: Page, given: LetIn) -> Response:
    return page(
        "proctor/code.html",
        administration=given.administration,
        code=given.code,
        names=given.candidates,
        minutes=int(accounts.ENTRY_CODE_HOLDS.total_seconds() / 60),
    )


def _case_page(
    page: Page,
    case: IntegrityCase,
    *,
    start: int = 0,
    late: Sequence[LateAnswer] = (),
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
        late=late,
        page_size=EVENTS,
        rules=integrity.DETECTORS,
        verb=verb,
        typed=typed,
        refusal=None if refusal is None else message_for(refusal),
    )


def _open(administration: Administration, now: datetime) -> bool:
    opens_at, closes_at = administration.opens_at, administration.closes_at
    return opens_at is not None and closes_at is not None and opens_at <= now < closes_at
