"""Reads and writes of organisations, and of the people of one alone. No decision is taken here.

A logo is read by itself: whoever asks what an organisation is called does not carry it along.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy import delete as core_delete
from sqlmodel import Session, SQLModel, col

from examengine.accounts.organisation_details import Logo
from examengine.accounts.rules import Organisation
from examengine.accounts.tables import OrganisationRow

COLUMNS = (
    *(col(OrganisationRow.id), col(OrganisationRow.code), col(OrganisationRow.name)),
    *(col(OrganisationRow.language), col(OrganisationRow.time_zone)),
    *(col(OrganisationRow.demonstration), col(OrganisationRow.logo_digest)),
)
"""What an `Organisation` is made of, in its order."""

_AT_ONCE = 500


def every(session: Session) -> list[Organisation]:
    """Return all organisations, the oldest first."""
    query = select(*COLUMNS).order_by(col(OrganisationRow.created_at), col(OrganisationRow.id))
    return [Organisation(*row) for row in session.execute(query)]


def by_id(session: Session, organisation_id: UUID) -> Organisation | None:
    """Return the organisation of an id."""
    return _one(session, col(OrganisationRow.id) == organisation_id)


def by_code(session: Session, code: str) -> Organisation | None:
    """Return the organisation of a code."""
    return _one(session, col(OrganisationRow.code) == code)


def _one(session: Session, condition: ColumnElement[bool]) -> Organisation | None:
    row = session.execute(select(*COLUMNS).where(condition)).one_or_none()
    return None if row is None else Organisation(*row)


def add(session: Session, made: Organisation, now: datetime) -> None:
    """Add an organisation; a second one of its code is an `IntegrityError`."""
    named = ("id", "code", "name", "language", "time_zone", "demonstration")
    row = {name: getattr(made, name) for name in named}
    organisation = SQLModel.metadata.tables["organisation"]
    session.connection().execute(insert(organisation).values(created_at=now, **row))


def change(
    session: Session, organisation_id: UUID, changed: Mapping[str, str | None], logo: Logo | None
) -> None:
    """Store what changed of an organisation.

    Args:
        session: The transaction.
        organisation_id: The organisation.
        changed: New values by column; a `logo_digest` among them says that its logo did.
        logo: The new logo, or None for none.
    """
    values: dict[str, str | bytes | None] = dict(changed)
    if "logo_digest" in changed:
        values["logo"] = None if logo is None else logo.data
        values["logo_type"] = None if logo is None else logo.media_type
    organisation = SQLModel.metadata.tables["organisation"]
    session.connection().execute(
        update(organisation).where(organisation.c.id == organisation_id).values(**values)
    )


def logo_of(session: Session, organisation_id: UUID) -> Logo | None:
    """Return the logo of an organisation, or None where it has none."""
    columns = (OrganisationRow.logo, OrganisationRow.logo_type, OrganisationRow.logo_digest)
    query = select(*map(col, columns)).where(col(OrganisationRow.id) == organisation_id)
    row = session.execute(query).one_or_none()
    return None if row is None or row[0] is None else Logo(*row)


def people_of_no_other(session: Session, organisation_id: UUID) -> list[UUID]:
    """Return the people who are or were members of this organisation and of no other."""
    membership = SQLModel.metadata.tables["membership"].c
    elsewhere = select(membership.person_id).where(membership.organisation_id != organisation_id)
    query = select(membership.person_id).where(
        membership.organisation_id == organisation_id, membership.person_id.not_in(elsewhere)
    )
    return list(session.connection().execute(query).scalars())


def delete_people(session: Session, person_ids: Collection[UUID]) -> None:
    """Delete people who belong nowhere any more, with how they signed in."""
    tables = SQLModel.metadata.tables
    ids = list(person_ids)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        for name in ("entry_code", "known_browser", "attempt_hold"):
            session.connection().execute(
                core_delete(tables[name]).where(tables[name].c.person_id.in_(some))
            )
        person = tables["person"]
        session.connection().execute(core_delete(person).where(person.c.id.in_(some)))


def delete(session: Session, organisation_id: UUID) -> None:
    """Delete an organisation that has no rows any more."""
    organisation = SQLModel.metadata.tables["organisation"]
    session.connection().execute(
        core_delete(organisation).where(organisation.c.id == organisation_id)
    )
