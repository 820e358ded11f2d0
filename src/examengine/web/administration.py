"""The administrator's pages: people and their roles, and the trail of what staff did."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response
from sqlmodel import Session

from examengine import accounts, four_eyes
from examengine.accounts import Actor, Role
from examengine.db import reading
from examengine.kernel.errors import ExamError, Kind
from examengine.web.dependencies import DepActor, DepClock, DepComponents, DepPage, DepSession
from examengine.web.errors import STATUS
from examengine.web.messages import message_for
from examengine.web.page import Page

router = APIRouter(prefix="/administration")

PEOPLE_ON_A_PAGE = 100
ACTS_ON_A_PAGE = 50

MENDED_ON_THE_PAGE = frozenset({Kind.INVALID, Kind.CONFLICT})
"""Refusals of what was typed: shown above the form, so that nothing has to be typed again."""

ROLE_WORDS = (
    (Role.CANDIDATE, "Candidate", "sits exams"),
    (Role.AUTHOR, "Author", "writes items, publishes forms"),
    (Role.REVIEWER, "Reviewer", "reads items with their keys, comments, approves"),
    (Role.PSYCHOMETRICIAN, "Psychometrician", "analyses and calibrates, may read items"),
    (Role.PANELIST, "Panelist", "rates items for a cut score"),
    (Role.AWARDING_OFFICER, "Awarding officer", "opens exams, adopts cuts, decides, awards"),
    (Role.INVIGILATOR, "Invigilator", "watches attempts, may hold them"),
    (Role.ADMINISTRATOR, "Administrator", "people, roles, the audit trail"),
)

Search = Annotated[str, Query(max_length=200)]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
Roles = Annotated[tuple[Role, ...], Form(max_length=20)]
Password = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True, slots=True)
class TypedPerson:
    """What stands in the form that adds somebody; a password is never written back."""

    email: str = ""
    name: str = ""
    roles: tuple[Role, ...] = (Role.CANDIDATE,)


@router.get("")
def list_people(
    actor: DepActor, session: DepSession, page: DepPage, search: Search = "", number: PageNumber = 1
) -> Response:
    """Show people, all or those whose name or address holds the words looked for."""
    first = (number - 1) * PEOPLE_ON_A_PAGE
    found = accounts.find_people(session, actor, search, start=first, most=PEOPLE_ON_A_PAGE)
    return page(
        "administration/people.html",
        "people",
        people=found.people,
        found=found.n_found,
        everybody=found.n_all,
        search=search,
        number=number,
        more=first + PEOPLE_ON_A_PAGE < found.n_found,
        role_words={role: words for role, words, _ in ROLE_WORDS},
    )


@router.get("/people/new")
def show_new_person(actor: DepActor, page: DepPage) -> Response:
    """Show the form that adds somebody."""
    return _new_person_page(actor, page, TypedPerson())


@router.post("/people")
def add_person(
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    components: DepComponents,
    page: DepPage,
    email: Annotated[str, Form(max_length=300)] = "",
    name: Annotated[str, Form(max_length=300)] = "",
    password: Password = "",
    role: Roles = (),
) -> Response:
    """Add somebody; a refusal is shown above the form, all but the password kept."""
    try:
        person = accounts.add_person(
            session,
            clock,
            components.hasher,
            actor,
            email=email,
            name=name,
            password=password,
            roles=role,
            password_due=True,
        )
    except ExamError as refusal:
        if refusal.kind not in MENDED_ON_THE_PAGE:
            raise
        return _new_person_page(actor, page, TypedPerson(email, name, role), refusal)
    return page("administration/person.html", then=f"/administration/people/{person.id}")


@router.get("/people/{person_id}")
def show_person(person_id: UUID, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show one person: roles, account, password, and what staff did about them."""
    return _person_page(session, actor, page, person_id)


@router.post("/people/{person_id}/roles")
def set_roles(
    person_id: UUID,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    role: Roles = (),
) -> Response:
    """Give somebody other roles."""
    accounts.set_roles(session, clock, actor, person_id, role)
    return page("administration/person.html", then=f"/administration/people/{person_id}")


@router.post("/people/{person_id}/account")
def set_active(
    person_id: UUID,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    active: Annotated[bool, Form()],
) -> Response:
    """Close an account, or open it again."""
    accounts.set_active(session, clock, actor, person_id, active=active)
    return page("administration/person.html", then=f"/administration/people/{person_id}")


@router.post("/people/{person_id}/password")
def set_password(
    person_id: UUID,
    actor: DepActor,
    components: DepComponents,
    page: DepPage,
    password: Password = "",
) -> Response:
    """Set a new password; the person is signed out everywhere, and changes it at once.

    No transaction is open here while it is hashed.
    """
    engine = components.engine_of(actor)
    try:
        accounts.set_password(
            engine, components.clock, components.hasher, actor, person_id, password
        )
    except ExamError as refusal:
        if refusal.kind not in MENDED_ON_THE_PAGE:
            raise
        with reading(engine) as session:
            return _person_page(session, actor, page, person_id, refusal)
    return page("administration/person.html", then=f"/administration/people/{person_id}")


@router.get("/two-people")
def show_two_people(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show whether two people are needed, and who decided that."""
    return _two_people_page(session, actor, page)


@router.post("/two-people")
def switch_two_people(
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    on: Annotated[bool, Form()],
    reason: Annotated[str, Form(max_length=5000)] = "",
) -> Response:
    """Ask for two people from now on, or for one; a refused reason stays in its field."""
    try:
        four_eyes.switch(session, clock, actor, on=on, reason=reason)
    except four_eyes.AgreementReasonMissing as refusal:
        return _two_people_page(session, actor, page, typed=reason, refusal=refusal)
    return page("administration/two_people.html", then="/administration/two-people")


@router.get("/acts")
def list_acts(
    actor: DepActor,
    session: DepSession,
    page: DepPage,
    subject: Search = "",
    number: PageNumber = 1,
) -> Response:
    """Show the staff trail, the newest acts first, of everything or of one subject."""
    first = (number - 1) * ACTS_ON_A_PAGE
    acts = accounts.whole_trail(
        session,
        actor,
        subject=subject.strip() or None,
        start=first,
        limit=ACTS_ON_A_PAGE + 1,
    )
    return page(
        "administration/acts.html",
        acts=acts[:ACTS_ON_A_PAGE],
        subject=subject.strip(),
        number=number,
        more=len(acts) > ACTS_ON_A_PAGE,
    )


def _new_person_page(
    actor: Actor, page: Page, typed: TypedPerson, refusal: ExamError | None = None
) -> Response:
    given = accounts.roles_to_give(actor)
    return page(
        "administration/new_person.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        typed=typed,
        role_words=[words for words in ROLE_WORDS if words[0] in given],
        refusal=None if refusal is None else message_for(refusal),
        taken=refusal if isinstance(refusal, accounts.EmailTaken) else None,
    )


def _two_people_page(
    session: Session,
    actor: Actor,
    page: Page,
    *,
    typed: str = "",
    refusal: ExamError | None = None,
) -> Response:
    decided = four_eyes.switched(session, actor)
    return page(
        "administration/two_people.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        on=four_eyes.two_people_needed(session),
        decided=decided,
        typed=typed,
        refusal=None if refusal is None else message_for(refusal),
    )


def _person_page(
    session: Session,
    actor: Actor,
    page: Page,
    person_id: UUID,
    refusal: ExamError | None = None,
) -> Response:
    return page(
        "administration/person.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        person=accounts.person_for_administrator(session, actor, person_id),
        acts=accounts.staff_acts(session, actor, subject=f"person:{person_id}", limit=20),
        role_words=ROLE_WORDS,
        refusal=None if refusal is None else message_for(refusal),
    )
