"""Reads and writes of people and what they do in organisations; no decision is taken here.

A person belongs to the whole installation, a membership to one organisation. What is asked about
people here is answered for the organisation of the transaction; the three functions that look
across organisations are for signing in, and say so.
"""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, insert, or_, update
from sqlalchemy import select as core_select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import Select

from examengine.accounts.lookalikes import look_of
from examengine.accounts.rules import Membership, Person, Role
from examengine.accounts.tables import MembershipRow, PersonRow
from examengine.db import organisation_of

_MEMBERSHIP = SQLModel.metadata.tables["membership"].c
_ORGANISATION = SQLModel.metadata.tables["organisation"].c

_PERSON = SQLModel.metadata.tables["person"].c

_BY_ADDRESS = core_select(
    _PERSON.id, _PERSON.email, _PERSON.look, _PERSON.name, _PERSON.password_hash
).where(
    or_(
        _PERSON.email.in_(bindparam("emails", expanding=True)),
        _PERSON.look == bindparam("like"),
    )
)
_MEMBER_WITH_PASSWORD = (
    core_select(
        *(_PERSON.id, _PERSON.email, _PERSON.name, _MEMBERSHIP.roles),
        *(_MEMBERSHIP.active, _PERSON.password_due, _PERSON.password_hash),
    )
    .join(SQLModel.metadata.tables["membership"], _MEMBERSHIP.person_id == _PERSON.id)
    .where(
        _PERSON.id == bindparam("of_person"),
        _MEMBERSHIP.organisation_id == bindparam("of_organisation"),
    )
)
_MEMBERSHIPS = (
    core_select(
        _MEMBERSHIP.organisation_id, _ORGANISATION.code, _ORGANISATION.name, _MEMBERSHIP.roles
    )
    .join(
        SQLModel.metadata.tables["organisation"],
        _ORGANISATION.id == _MEMBERSHIP.organisation_id,
    )
    .where(_MEMBERSHIP.person_id == bindparam("of_person"), _MEMBERSHIP.active)
    .order_by(_MEMBERSHIP.chosen_at.desc().nulls_last(), _MEMBERSHIP.joined_at, _ORGANISATION.code)
)
"""Three that every sign-in asks, made once: to make them took longer than the answer."""

Member = tuple[PersonRow, MembershipRow]


class Account(NamedTuple):
    """A person of the installation, as whoever looks for an address sees them."""

    id: UUID
    email: str
    look: str
    name: str
    password_hash: str


def person_of(row: PersonRow, membership: MembershipRow) -> Person:
    """Return the rows as the rest of the program sees them: without the password."""
    roles = frozenset(Role(role) for role in membership.roles)
    return Person(row.id, row.email, row.name, roles, membership.active, row.password_due)


def by_id(session: Session, person_id: UUID) -> PersonRow | None:
    """Return one person of the installation, whatever organisation they belong to."""
    return session.get(PersonRow, person_id)


def member(session: Session, person_id: UUID) -> Person | None:
    """Return one person of the organisation."""
    found = session.exec(_members().where(col(PersonRow.id) == person_id)).one_or_none()
    return None if found is None else person_of(*found)


def members(session: Session, person_ids: Iterable[UUID]) -> list[Person]:
    """Return the people of the organisation with these ids; the others are left out."""
    query = _members().where(col(PersonRow.id).in_(list(person_ids)))
    return [person_of(*found) for found in session.exec(query)]


def member_with_password(session: Session, person_id: UUID) -> tuple[Person, str] | None:
    """Return one person of the organisation, and the hash of their password."""
    asked = {"of_person": person_id, "of_organisation": organisation_of(session)}
    found = session.connection().execute(_MEMBER_WITH_PASSWORD, asked).one_or_none()
    if found is None:
        return None
    known_id, email, name, roles, active, due, password_hash = found
    return Person(known_id, email, name, frozenset(map(Role, roles)), active, due), password_hash


def by_address(session: Session, email: str, typed: str | None = None) -> Account | None:
    """Return the person of the installation whose address this is.

    Args:
        session: The transaction.
        email: The normalised address: it names whoever has it, or has one that looks the same.
        typed: As somebody typed it. Before addresses were normalised, two could be made that look
            alike; each is then known by its own spelling.
    """
    look = look_of(email)
    spellings = [email] if typed is None else [typed, email]
    rows = session.connection().execute(_BY_ADDRESS, {"emails": spellings, "like": look})
    found = {row.email: Account(*row) for row in rows}
    exact = (found[one] for one in spellings if one in found)
    return next(exact, None) or next((row for row in found.values() if row.look == look), None)


def everybody(session: Session) -> list[Person]:
    """Return all people of the organisation, by name."""
    query = _members().order_by(col(PersonRow.name), col(PersonRow.id))
    return [person_of(*found) for found in session.exec(query)]


def memberships(session: Session, person_id: UUID) -> list[Membership]:
    """Return where somebody's account is open, in every organisation of the installation.

    The one they turned to last comes first; before they have turned to any, the oldest.
    """
    asked = {"of_person": person_id}
    return [
        Membership(organisation_id, code, name, frozenset(Role(role) for role in roles))
        for organisation_id, code, name, roles in session.connection().execute(_MEMBERSHIPS, asked)
    ]


def belongs_elsewhere(session: Session, person_id: UUID, organisation_id: UUID) -> bool:
    """Tell whether somebody is or was a member of another organisation, too."""
    query = core_select(_MEMBERSHIP.person_id).where(
        _MEMBERSHIP.person_id == person_id, _MEMBERSHIP.organisation_id != organisation_id
    )
    return session.connection().execute(query.limit(1)).first() is not None


def add(session: Session, row: PersonRow) -> bool:
    """Insert a person; tell whether the address was free."""
    try:
        with session.begin_nested():
            session.execute(insert(PersonRow).values(**row.model_dump()))
    except IntegrityError:
        return False
    return True


def join(session: Session, row: MembershipRow) -> bool:
    """Let a person belong to the organisation; tell whether they did not before."""
    try:
        with session.begin_nested():
            session.execute(insert(MembershipRow).values(**row.model_dump()))
    except IntegrityError:
        return False
    return True


def update_person(session: Session, person_id: UUID, **values: object) -> None:
    """Change named columns of a person."""
    session.execute(update(PersonRow).where(col(PersonRow.id) == person_id).values(**values))


def update_membership(session: Session, person_id: UUID, **values: object) -> None:
    """Change named columns of what a person does in the organisation."""
    session.execute(
        update(MembershipRow).where(col(MembershipRow.person_id) == person_id).values(**values)
    )


def _members() -> Select[PersonRow, MembershipRow]:
    return select(PersonRow, MembershipRow).join(
        MembershipRow, col(MembershipRow.person_id) == col(PersonRow.id)
    )
