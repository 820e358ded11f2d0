"""Enrolment: forms and option orders are drawn beforehand, so that the bell costs nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from numpy.random import Generator
from sqlmodel import Session

from examengine.accounts import (
    Actor,
    Person,
    Role,
    keep_apart,
    people_among,
    record_act,
    require,
)
from examengine.delivery import repository
from examengine.delivery.administration import (
    Administration,
    Plan,
    check_extra_time,
    draw_form,
    draw_orders,
)
from examengine.delivery.errors import (
    AdministrationMalformed,
    AdministrationOver,
    AdministrationWithdrawn,
    AlreadyEnrolled,
    NotACandidate,
)
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.forms_in_play import FormsInPlay
from examengine.delivery.service import find_administration
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id


def enrol_all(
    session: Session,
    clock: Clock,
    rng: Generator,
    actor: Actor,
    administration_id: UUID,
    person_ids: Sequence[UUID],
    *,
    extra_time_percent: int = 0,
) -> dict[UUID, UUID]:
    """Prepare an attempt for each candidate: form and option orders are drawn now.

    Returns:
        The id of the attempt of each person.

    Raises:
        NotAllowed: The actor is no awarding officer.
        OwnMatter: They would enrol themself.
        AdministrationUnknown, PersonUnknown: There is none with this id.
        AdministrationOver: The window has closed, or the responses came from a file.
        AdministrationWithdrawn: It was withdrawn.
        NotACandidate, AlreadyEnrolled: Who cannot be enrolled is named; nobody was.
        AdministrationMalformed: The extra time cannot be meant.
    """
    plans = plan_enrolment(
        session,
        clock,
        rng,
        actor,
        administration_id,
        person_ids,
        extra_time_percent=extra_time_percent,
    )
    return enrol_planned(session, clock, actor, administration_id, plans)


def plan_enrolment(
    session: Session,
    clock: Clock,
    rng: Generator,
    actor: Actor,
    administration_id: UUID,
    person_ids: Sequence[UUID],
    *,
    extra_time_percent: int = 0,
) -> list[Plan]:
    """Draw what each candidate gets, and write nothing: thousands take seconds, and hold no lock.

    Raises:
        As `enrol_all`.
    """
    require(actor, Role.AWARDING_OFFICER)
    keep_apart(actor, *person_ids)
    check_extra_time(extra_time_percent)
    now = clock.now()
    administration = open_to_enrolment(session, administration_id, now)
    wanted = dict.fromkeys(person_ids)
    found = people_among(session, wanted)
    people = [found[person_id] for person_id in wanted]
    _check_people(people, repository.enrolled(session, administration_id))
    return _plans(session, rng, administration, people, extra_time_percent, now)


def enrol_planned(
    session: Session, clock: Clock, actor: Actor, administration_id: UUID, plans: Sequence[Plan]
) -> dict[UUID, UUID]:
    """Store what was planned; what changed since then is checked again.

    Raises:
        As `enrol_all`.
    """
    require(actor, Role.AWARDING_OFFICER)
    now = clock.now()
    open_to_enrolment(session, administration_id, now)
    enrolled = repository.enrolled(session, administration_id)
    again = [plan.candidate for plan in plans if plan.person_id in enrolled]
    if again:
        raise AlreadyEnrolled(again)
    repository.add_attempts(session, plans, now)
    made = {plan.person_id: plan.attempt_id for plan in plans}
    detail = {
        "people": [str(person_id) for person_id in made],
        "extra_time_percent": max(plan.extra_time_percent for plan in plans),
    }
    record_act(session, now, actor, "delivery.enrol", f"administration:{administration_id}", detail)
    return made


def open_to_enrolment(session: Session, administration_id: UUID, now: datetime) -> Administration:
    """Return an administration in which candidates can be enrolled now.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        AdministrationUnknown: There is no such administration.
        AdministrationOver: The window has closed, or the responses came from a file.
        AdministrationWithdrawn: It was withdrawn.
    """
    administration = find_administration(session, administration_id)
    if administration.withdrawn_at is not None:
        raise AdministrationWithdrawn
    if administration.closes_at is None or now >= administration.closes_at:
        raise AdministrationOver(administration.closes_at or now)
    return administration


def _check_people(people: Sequence[Person], enrolled: dict[UUID, str]) -> None:
    if not people:
        raise AdministrationMalformed("choose at least one candidate")
    for person in people:
        if Role.CANDIDATE not in person.roles:
            raise NotACandidate(person.name)
    again = [person.name for person in people if person.id in enrolled]
    if again:
        raise AlreadyEnrolled(again)


def _plans(
    session: Session,
    rng: Generator,
    administration: Administration,
    people: Sequence[Person],
    extra_time_percent: int,
    now: datetime,
) -> list[Plan]:
    """Draw a form and option orders for each person, each form about equally often."""
    given = dict.fromkeys(administration.form_ids, 0)
    given.update(repository.forms_given(session, administration.id))
    loaded = FormsInPlay()
    plans = []
    for person in people:
        form = loaded.of(session, draw_form(rng, given))
        given[form.form.id] += 1
        plans.append(_plan(rng, administration, person, form, extra_time_percent, now))
    return plans


def _plan(
    rng: Generator,
    administration: Administration,
    person: Person,
    form: FormInPlay,
    extra_time_percent: int,
    now: datetime,
) -> Plan:
    return Plan(
        attempt_id=new_id(now),
        administration_id=administration.id,
        person_id=person.id,
        candidate=person.name,
        form_id=form.form.id,
        form_digest=form.form.digest,
        minutes=form.form.minutes,
        extra_time_percent=extra_time_percent,
        orders=draw_orders(rng, form.drawn_ids()),
        opens_at=administration.opens_at,
        closes_at=administration.closes_at,
    )
