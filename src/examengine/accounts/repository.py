"""Reads and writes of the accounts tables; no decision is taken here."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy
from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from examengine.accounts.rules import Actor, Person, Role
from examengine.accounts.tables import PersonRow, SessionRow
from examengine.db import BulkRead, Moment

_PERSON = SQLModel.metadata.tables["person"].c
_SESSION = SQLModel.metadata.tables["signed_in_session"].c
_SIGNED_IN = BulkRead(
    keys=[_SESSION.token_digest],
    columns=[_SESSION.token_digest, _SESSION.person_id],
    query=lambda asked: (
        sqlalchemy.select(_SESSION.token_digest, _SESSION.person_id)
        .join(asked, asked.c.token_digest == _SESSION.token_digest)
        .join(PersonRow, _PERSON.id == _SESSION.person_id)
        .where(_SESSION.expires_at > bindparam("now", type_=Moment), _PERSON.active)
    ),
)

_ACTOR = (
    sqlalchemy.select(_PERSON.id, _PERSON.name, _PERSON.roles)
    .join(SessionRow, _SESSION.person_id == _PERSON.id)
    .where(
        _SESSION.token_digest == bindparam("digest"),
        _SESSION.expires_at > bindparam("now", type_=Moment),
        _PERSON.active,
    )
)
"""Made once: every page asks it, and making it took longer than the answer."""


def person_of(row: PersonRow) -> Person:
    """Return the row as the rest of the program sees it: without its password."""
    roles = frozenset(Role(role) for role in row.roles)
    return Person(row.id, row.email, row.name, roles, row.active)


def by_id(session: Session, person_id: UUID) -> PersonRow | None:
    """Return one person."""
    return session.get(PersonRow, person_id)


def by_email(session: Session, email: str) -> PersonRow | None:
    """Return the person with this address."""
    return session.exec(select(PersonRow).where(col(PersonRow.email) == email)).one_or_none()


def everybody(session: Session) -> Sequence[PersonRow]:
    """Return all people, by name."""
    return session.exec(select(PersonRow).order_by(col(PersonRow.name), col(PersonRow.id))).all()


def add(session: Session, row: PersonRow) -> bool:
    """Insert a person; tell whether the address was free."""
    try:
        with session.begin_nested():
            session.execute(insert(PersonRow).values(**row.model_dump()))
    except IntegrityError:
        return False
    return True


def update_person(session: Session, person_id: UUID, **values: object) -> None:
    """Change named columns of a person."""
    session.execute(update(PersonRow).where(col(PersonRow.id) == person_id).values(**values))


def add_session(session: Session, row: SessionRow) -> None:
    """Insert a signed-in session."""
    session.execute(insert(SessionRow).values(**row.model_dump()))


def end_session(session: Session, token_digest: str) -> None:
    """Forget one session."""
    session.execute(delete(SessionRow).where(col(SessionRow.token_digest) == token_digest))


def end_sessions_of(session: Session, person_id: UUID) -> None:
    """Forget every session of a person."""
    session.execute(delete(SessionRow).where(col(SessionRow.person_id) == person_id))


def end_expired_sessions(session: Session, now: datetime) -> None:
    """Forget the sessions whose time is over."""
    session.execute(delete(SessionRow).where(col(SessionRow.expires_at) <= now))


def people_signed_in(
    session: Session, token_digests: Sequence[str], now: datetime
) -> dict[str, UUID]:
    """Return whose session each of the digests names; one query however many they are."""
    found = _SIGNED_IN.run(session.connection(), ([digest] for digest in token_digests), now=now)
    return dict(found)


def actor(session: Session, token_digest: str, now: datetime) -> Actor | None:
    """Return who is signed in under a digest."""
    asked = {"digest": token_digest, "now": now}
    found = session.connection().execute(_ACTOR, asked).one_or_none()
    if found is None:
        return None
    person_id, name, roles = found
    return Actor(person_id, name, frozenset(Role(role) for role in roles))
