"""The awarding officer's administrations: open one, enrol candidates, see where they stand."""

import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute
from numpy.random import default_rng
from pydantic import BaseModel, Field
from sqlmodel import Session

from examengine.accounts import (
    Actor,
    Role,
    candidates_by_address,
    find_candidates,
    normalised_email,
)
from examengine.assembly import Form as AssembledForm
from examengine.assembly import exam_for_staff, forms_for_staff
from examengine.db import reading, writing, writing_late
from examengine.delivery import (
    MOST_ENROLLED_AT_ONCE,
    AdministrationMalformed,
    AlreadyEnrolled,
    AttemptState,
    administration_for_staff,
    administrations_for_staff,
    ask_enrolment,
    change_window,
    enrol_planned,
    enrolled_in,
    exam_to_offer,
    open_administration,
    plan_enrolment,
    roster,
    withdraw_administration,
)
from examengine.kernel.clock import Clock
from examengine.kernel.errors import ExamError
from examengine.web import figures
from examengine.web.dependencies import (
    Components,
    DepActor,
    DepClock,
    DepComponents,
    DepPage,
    DepSession,
)
from examengine.web.errors import STATUS
from examengine.web.figures import ListStart, Search, listed
from examengine.web.messages import message_for
from examengine.web.page import Page
from examengine.web.times import TimeUnusable, next_hour, read_typed, typed

PAGE = 100
"""Attempts on a page of the list."""
BEGUN = (AttemptState.RUNNING, AttemptState.TIME_OVER, AttemptState.SUBMITTED)
MOST_LISTED = 200
"""Candidates that are shown to choose from; a search finds the others."""
MOST_ENROLLED = 5000
"""Candidates that can be enrolled at once."""
_SEPARATORS = re.compile(r"[\s,;]+")


class LargeForm(Request):
    """A request whose form may have as many fields as candidates can be enrolled at once."""

    def form(self, **limits: Any) -> Any:
        """Read the form, as of any request."""
        return super().form(**{**limits, "max_fields": MOST_ENROLLED + 20})


class LargeFormRoute(APIRoute):
    """A route that takes a large form; what else is refused stays refused."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what handles a request."""
        handle = super().get_route_handler()

        async def handle_large(request: Request) -> Response:
            return await handle(LargeForm(request.scope, request.receive))

        return handle_large


router = APIRouter(prefix="/awards/administrations", route_class=LargeFormRoute)


class Enrolment(BaseModel):
    """The form that enrols candidates."""

    person_ids: list[UUID] = Field(default=[], max_length=MOST_ENROLLED)
    addresses: str = Field(default="", max_length=100 * MOST_ENROLLED)
    """One below the other, or with commas between them."""
    everybody: str = Field(default="", max_length=10)
    """Whether all are meant that the search has found."""
    search: str = Field(default="", max_length=200)
    extra_time_percent: int = Field(default=0, ge=0, le=1000)


@dataclass(frozen=True, slots=True)
class Shown:
    """Which attempts of an administration are listed."""

    name: str = ""
    start: int = 0


class Withdrawal(BaseModel):
    """The form that withdraws an administration."""

    sure: Literal["yes"]


@router.get("")
def show_administrations(
    session: DepSession, actor: DepActor, page: DepPage, search: Search = "", start: ListStart = 0
) -> Response:
    """List administrations, with how many are enrolled and have handed in."""
    found = administrations_for_staff(session, actor, search, start=start, most=figures.PAGE)
    return page(
        "administrations/administrations.html",
        found=found.listed,
        exams=found.exams,
        published=found.published,
        enrolled=found.enrolled,
        handed_in=found.handed_in,
        listed=listed("/awards/administrations", search, start),
    )


@router.get("/new")
def show_new(
    session: DepSession, clock: DepClock, actor: DepActor, page: DepPage, exam: str
) -> Response:
    """Show the form that opens an administration of one exam, with a window that would do."""
    offered, forms = exam_to_offer(session, actor, exam)
    return page(
        "administrations/new.html",
        exam=offered,
        forms=forms,
        typed=_suggested(clock.now(), forms, page.time_zone),
        chosen=None,
        refusal=None,
    )


@router.post("")
def open_new(
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
    exam_id: Annotated[str, Form(max_length=80)],
    title: Annotated[str, Form(max_length=200)],
    opens_at: Annotated[str, Form(max_length=40)],
    closes_at: Annotated[str, Form(max_length=40)],
    form_ids: Annotated[list[UUID], Form(max_length=26)] = [],  # noqa: B006  (read, never changed)
    test: Annotated[str, Form(max_length=10)] = "",
    time_zone: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Open an administration, and go to it; what was refused stands in the form again."""
    try:
        window = _window(opens_at, closes_at, page.time_zone, of_page=time_zone)
        made = open_administration(
            session,
            clock,
            actor,
            exam_id=exam_id,
            form_ids=form_ids,
            title=title,
            opens_at=window[0],
            closes_at=window[1],
            test=test == "yes",
        )
    except AdministrationMalformed as refusal:
        exam, forms = exam_to_offer(session, actor, exam_id)
        return page(
            "administrations/new.html",
            status=STATUS[refusal.kind],
            exam=exam,
            forms=forms,
            typed={"title": title, "opens_at": opens_at, "closes_at": closes_at, "test": test},
            chosen=set(form_ids),
            refusal=message_for(refusal, page.time_zone),
        )
    return RedirectResponse(f"/awards/administrations/{made.id}", status_code=303)


@router.get("/{administration_id}")
def show_administration(
    administration_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
    search: Annotated[str, Query(max_length=200)] = "",
    name: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Show one administration: where its attempts stand, and who can still be enrolled."""
    shown = Shown(name, start)
    return _administration_page(
        session, clock, actor, page, administration_id, shown, Enrolment(search=search)
    )


@router.post("/{administration_id}/attempts")
def enrol_candidates(
    administration_id: UUID,
    components: DepComponents,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
    asked: Annotated[Enrolment, Form()],
) -> Response:
    """Enrol candidates, a few now and many later; what was refused stays in the form.

    What each of them gets is drawn before the transaction that stores it, so that enrolling
    keeps nobody's answer waiting.
    """
    with reading(components.engine_of(actor)) as session:
        try:
            chosen = _chosen(session, actor, administration_id, asked)
            if len(chosen) > MOST_ENROLLED_AT_ONCE:
                return _enrol_later(components, actor, administration_id, chosen, asked)
            plans = plan_enrolment(
                session,
                clock,
                default_rng(),
                actor,
                administration_id,
                chosen,
                extra_time_percent=asked.extra_time_percent,
            )
        except (AdministrationMalformed, AlreadyEnrolled) as refusal:
            return _administration_page(
                session, clock, actor, page, administration_id, Shown(), asked, refusal
            )
    with writing(components.engine_of(actor)) as session:
        enrol_planned(session, clock, actor, administration_id, plans)
    return RedirectResponse(f"/awards/administrations/{administration_id}", status_code=303)


@router.post("/{administration_id}/window")
def move_window(
    administration_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
    opens_at: Annotated[str, Form(max_length=40)],
    closes_at: Annotated[str, Form(max_length=40)],
    time_zone: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Give an administration another window, as long as nobody has begun."""
    window = _window(opens_at, closes_at, page.time_zone, of_page=time_zone)
    change_window(session, clock, actor, administration_id, *window)
    return RedirectResponse(f"/awards/administrations/{administration_id}", status_code=303)


@router.post("/{administration_id}/withdrawal")
def withdraw(
    administration_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    asked: Annotated[Withdrawal, Form()],  # noqa: ARG001  (the tick is asked for, and that is all)
) -> Response:
    """Withdraw an administration, as long as nobody has begun."""
    withdraw_administration(session, clock, actor, administration_id)
    return RedirectResponse(f"/awards/administrations/{administration_id}", status_code=303)


def _administration_page(
    session: Session,
    clock: Clock,
    actor: Actor,
    page: Page,
    administration_id: UUID,
    shown: Shown,
    asked: Enrolment,
    refusal: ExamError | None = None,
) -> Response:
    """Draw an administration, with what stands in the form that enrols candidates."""
    administration = administration_for_staff(session, actor, administration_id)
    found = roster(
        session, clock, actor, administration_id, name=shown.name, start=shown.start, most=PAGE
    )
    free = None
    if actor.may(Role.AWARDING_OFFICER):
        enrolled = enrolled_in(session, actor, administration_id)
        free = find_candidates(session, actor, asked.search, without=enrolled, most=MOST_LISTED)
    return page(
        "administrations/administration.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        administration=administration,
        exam=exam_for_staff(session, actor, administration.exam_id),
        forms={form.id: form for form in forms_for_staff(session, actor, administration.exam_id)},
        roster=found,
        name=shown.name,
        start=shown.start,
        page_size=PAGE,
        free=free,
        asked=asked,
        refusal=None if refusal is None else message_for(refusal, page.time_zone),
        begun=any(found.counts.get(state) for state in BEGUN),
        now=clock.now(),
    )


def _enrol_later(
    components: Components,
    actor: Actor,
    administration_id: UUID,
    chosen: Sequence[UUID],
    asked: Enrolment,
) -> Response:
    with writing_late(components.engine_of(actor)) as session:
        job_id = ask_enrolment(
            session,
            components.clock,
            components.queue,
            actor,
            administration_id,
            chosen,
            extra_time_percent=asked.extra_time_percent,
        )
    return RedirectResponse(f"/jobs/{job_id}", status_code=303)


def _chosen(
    session: Session, actor: Actor, administration_id: UUID, asked: Enrolment
) -> list[UUID]:
    """Return who is to be enrolled: those ticked, those whose addresses are listed, or all found.

    Raises:
        NotAllowed: The actor is no awarding officer.
        AdministrationMalformed: An address is that of no candidate.
    """
    everybody = candidates_by_address(session, actor) if asked.addresses.strip() else {}
    by_address = {normalised_email(address): one for address, one in everybody.items()}
    listed = [normalised_email(one) for one in _SEPARATORS.split(asked.addresses) if one]
    unknown = [address for address in listed if address not in by_address]
    if unknown:
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        raise AdministrationMalformed(
            f"no candidate has the address {', '.join(unknown[:5])}{more}; an administrator adds "
            "people, or take them off the list"
        )
    chosen = [*asked.person_ids, *(by_address[address] for address in listed)]
    if asked.everybody == "yes":
        enrolled = enrolled_in(session, actor, administration_id)
        free = candidates_by_address(session, actor, asked.search, without=enrolled)
        chosen += free.values()
    return chosen


def _suggested(now: datetime, forms: Sequence[AssembledForm], zone: str) -> dict[str, str]:
    """Return what stands in the form at first: from the next full hour on, twice the time it takes.

    Whoever begins late then still has their whole time.
    """
    opens_at = next_hour(now, zone)
    closes_at = opens_at + 2 * timedelta(minutes=max((form.minutes for form in forms), default=0))
    return {
        "title": "",
        "opens_at": typed(opens_at, zone),
        "closes_at": typed(closes_at, zone),
        "test": "",
    }


def _window(opens_at: str, closes_at: str, zone: str, *, of_page: str) -> tuple[datetime, datetime]:
    """Return the moments between which an administration is open, as they were typed.

    Args:
        opens_at: When it opens.
        closes_at: When it closes.
        zone: The time zone of the organisation.
        of_page: The zone that the page named; nothing from a program that read no page.

    Raises:
        AdministrationMalformed: One of them is no moment, or the page named another zone.
    """
    if of_page not in {"", zone}:
        raise AdministrationMalformed(
            f"the time zone of the organisation was changed from {of_page} to {zone} after this "
            "page was drawn; look at both times again"
        )
    return _moment(opens_at, zone, "beginning"), _moment(closes_at, zone, "end")


def _moment(text: str, zone: str, which: str) -> datetime:
    try:
        return read_typed(text, zone)
    except TimeUnusable as unusable:
        raise AdministrationMalformed(f"the {which} of the window {unusable}") from None
