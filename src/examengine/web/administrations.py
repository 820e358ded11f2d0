"""The awarding officer's administrations: open one, enrol candidates, see where they stand."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from numpy.random import default_rng

from examengine.accounts import Role, list_people, require
from examengine.assembly import find_exam, forms_of, list_exams
from examengine.delivery import (
    AdministrationMalformed,
    attempts_of,
    enrol_all,
    find_administration,
    list_administrations,
    open_administration,
)
from examengine.web.dependencies import DepActor, DepClock, DepPage, DepSession

router = APIRouter(prefix="/awards/administrations")

READERS = (Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)


@router.get("")
def show_administrations(session: DepSession, actor: DepActor, page: DepPage) -> Response:
    """List all administrations."""
    require(actor, *READERS)
    exams = {exam.id: exam for exam in list_exams(session)}
    return page(
        "administrations/administrations.html",
        administrations=list_administrations(session),
        exams=exams,
        published={exam_id: forms_of(session, exam_id) for exam_id in exams},
    )


@router.get("/new")
def show_new(session: DepSession, actor: DepActor, page: DepPage, exam: str) -> Response:
    """Show the form that opens an administration of one exam."""
    require(actor, Role.AWARDING_OFFICER)
    return page(
        "administrations/new.html",
        exam=find_exam(session, exam),
        forms=forms_of(session, exam),
    )


@router.post("")
def open_new(
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    exam_id: Annotated[str, Form(max_length=80)],
    title: Annotated[str, Form(max_length=200)],
    opens_at: Annotated[str, Form(max_length=40)],
    closes_at: Annotated[str, Form(max_length=40)],
    form_ids: Annotated[list[UUID], Form(max_length=26)] = [],  # noqa: B006  (read, never changed)
    test: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Open an administration, and go to it."""
    made = open_administration(
        session,
        clock,
        actor,
        exam_id=exam_id,
        form_ids=form_ids,
        title=title,
        opens_at=_moment(opens_at, "beginning"),
        closes_at=_moment(closes_at, "end"),
        test=test == "yes",
    )
    return RedirectResponse(f"/awards/administrations/{made.id}", status_code=303)


@router.get("/{administration_id}")
def show_administration(
    administration_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    page: DepPage,
) -> Response:
    """Show one administration: where its attempts stand, and who can still be enrolled."""
    attempts = attempts_of(session, clock, actor, administration_id)
    administration = find_administration(session, administration_id)
    enrolled = {attempt.person_id for attempt in attempts}
    people = list_people(session, actor) if actor.may(Role.AWARDING_OFFICER) else []
    return page(
        "administrations/administration.html",
        administration=administration,
        exam=find_exam(session, administration.exam_id),
        forms={form.id: form for form in forms_of(session, administration.exam_id)},
        attempts=attempts,
        candidates=[
            person
            for person in people
            if Role.CANDIDATE in person.roles and person.active and person.id not in enrolled
        ],
        now=clock.now(),
    )


@router.post("/{administration_id}/attempts")
def enrol_candidates(
    administration_id: UUID,
    session: DepSession,
    clock: DepClock,
    actor: DepActor,
    person_ids: Annotated[list[UUID], Form(max_length=5000)] = [],  # noqa: B006
    extra_time_percent: Annotated[int, Form(ge=0, le=1000)] = 0,
) -> Response:
    """Enrol candidates, and go back to the administration."""
    enrol_all(
        session,
        clock,
        default_rng(),
        actor,
        administration_id,
        person_ids,
        extra_time_percent=extra_time_percent,
    )
    return RedirectResponse(f"/awards/administrations/{administration_id}", status_code=303)


def _moment(text: str, which: str) -> datetime:
    """Return a moment typed as UTC.

    Raises:
        AdministrationMalformed: It is no moment.
    """
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise AdministrationMalformed(
            f"the {which} of the window must be a date and a time, such as 2026-11-21T09:00"
        ) from None
