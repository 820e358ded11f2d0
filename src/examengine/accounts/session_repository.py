"""Reads and writes of sessions and of the attempts they hold; no decision is taken here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy
from sqlalchemy import and_, bindparam, delete, func, insert, select, update
from sqlmodel import Session, SQLModel, col

from examengine.accounts.organisation_repository import COLUMNS as ORGANISATION
from examengine.accounts.rules import Actor, Organisation, Role
from examengine.accounts.tables import AttemptHoldRow, OrganisationRow, SessionRow
from examengine.db import BulkRead, BulkWrite, UtcDateTime

_PERSON = SQLModel.metadata.tables["person"].c
_SESSION = SQLModel.metadata.tables["signed_in_session"].c
_MEMBERSHIP = SQLModel.metadata.tables["membership"].c
_MEMBER = and_(
    _MEMBERSHIP.person_id == _SESSION.person_id,
    _MEMBERSHIP.organisation_id == _SESSION.organisation_id,
)
_HOLD = SQLModel.metadata.tables["attempt_hold"]
_HELD_ROW = ("attempt_id", "token_digest", "person_id", "until")
_HELD = [_HOLD.c.attempt_id, _HOLD.c.token_digest.label("held_by")]

_WHOSE = [
    *(_SESSION.token_digest, _SESSION.person_id, _SESSION.organisation_id, _SESSION.password_due),
]

_SIGNED_IN = BulkRead(
    keys=[_SESSION.token_digest],
    columns=[*_WHOSE, *_HELD],
    query=lambda asked: (
        sqlalchemy.select(*_WHOSE, *_HELD)
        .join(asked, asked.c.token_digest == _SESSION.token_digest)
        .join(SQLModel.metadata.tables["membership"], _MEMBER)
        .outerjoin(
            _HOLD,
            and_(
                _HOLD.c.person_id == _SESSION.person_id,
                _HOLD.c.until > bindparam("now", type_=UtcDateTime),
            ),
        )
        .where(_SESSION.expires_at > bindparam("now", type_=UtcDateTime), _MEMBERSHIP.active)
    ),
)
"""Whose sessions these are, and what those people are sitting: one query for a whole batch."""

_OWN = SQLModel.metadata.tables["membership"].alias("own_membership")

_VISIT = (
    sqlalchemy.select(
        _PERSON.id,
        _PERSON.name,
        _MEMBERSHIP.roles,
        _SESSION.organisation_id,
        _SESSION.created_at,
        _SESSION.expires_at,
        _SESSION.password_due,
        sqlalchemy.select(func.count())
        .select_from(_OWN)
        .where(_OWN.c.person_id == _SESSION.person_id, _OWN.c.active)
        .scalar_subquery(),
        sqlalchemy.select(func.count()).select_from(OrganisationRow).scalar_subquery(),
        *ORGANISATION,
    )
    .join(SQLModel.metadata.tables["signed_in_session"], _SESSION.person_id == _PERSON.id)
    .join(SQLModel.metadata.tables["membership"], _MEMBER)
    .join(OrganisationRow, col(OrganisationRow.id) == _SESSION.organisation_id)
    .where(
        _SESSION.token_digest == bindparam("digest"),
        _SESSION.expires_at > bindparam("now", type_=UtcDateTime),
        _MEMBERSHIP.active,
    )
)
"""Made once: every page asks it, and making it took longer than the answer."""

_SESSIONS = SQLModel.metadata.tables["signed_in_session"]
_NOW = bindparam("now", type_=UtcDateTime)
_ADD = insert(_SESSIONS)
_END = delete(_SESSIONS).where(_SESSION.token_digest == bindparam("digest"))
_END_EXPIRED = delete(_SESSIONS).where(_SESSION.expires_at <= _NOW)
_END_OTHERS = delete(_SESSIONS).where(
    _SESSION.person_id == bindparam("of_person"),
    _SESSION.token_digest.not_in(bindparam("kept", expanding=True)),
    _SESSION.token_digest.not_in(
        select(_HOLD.c.token_digest).where(
            _HOLD.c.person_id == bindparam("of_person"), _HOLD.c.until > _NOW
        )
    ),
)
_PASS_ON = (
    update(_HOLD)
    .where(_HOLD.c.token_digest == bindparam("before"), _HOLD.c.person_id == bindparam("of_person"))
    .values(token_digest=bindparam("after"))
)
"""Five that every sign-in asks."""

_LET_GO = BulkWrite(
    columns=[_HOLD.c.attempt_id],
    statement=lambda sent: _HOLD.delete().where(_HOLD.c.attempt_id.in_(select(sent.c.attempt_id))),
)
_HOLD_ON = BulkWrite(
    columns=[_HOLD.c[name] for name in _HELD_ROW],
    statement=lambda sent: _HOLD.insert().from_select(_HELD_ROW, select(*sent.c)),
)
_UNTIL = _SESSION.expires_at.label("until")
_EXTEND = BulkWrite(
    columns=[_SESSION.token_digest, _UNTIL],
    statement=lambda sent: (
        update(SessionRow)
        .where(_SESSION.token_digest == sent.c.token_digest, _SESSION.expires_at < sent.c.until)
        .values(expires_at=sent.c.until)
    ),
)
"""Three for a whole batch, because three hundred may start at the bell."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is signed in with a session, and how long it lasts."""

    actor: Actor
    created_at: datetime
    expires_at: datetime
    password_due: bool
    """The password has to be changed before anything else."""
    organisation: Organisation
    """The one they are in."""
    n_own: int
    """In how many organisations their account is open."""
    n_organisations: int
    """How many the installation has."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session it is, and what that person is sitting at this moment."""

    person_id: UUID
    organisation_id: UUID
    """The organisation they are in."""
    holds: frozenset[UUID]
    """The attempts that are being sat in this session."""
    elsewhere: bool
    """Whether the person is sitting an attempt in another session."""
    password_due: bool
    """Whether the password has to be changed before anything is begun."""


def add(session: Session, row: SessionRow) -> None:
    """Insert a signed-in session."""
    session.connection().execute(_ADD, row.model_dump())


def visit(session: Session, token_digest: str, now: datetime) -> Visit | None:
    """Return who is signed in under a digest."""
    asked = {"digest": token_digest, "now": now}
    found = session.connection().execute(_VISIT, asked).one_or_none()
    if found is None:
        return None
    person_id, name, roles, organisation_id, created_at, expires_at, due, n_own, n_all, *of = found
    actor = Actor(person_id, name, frozenset(Role(role) for role in roles), organisation_id)
    return Visit(actor, created_at, expires_at, due, Organisation(*of), n_own, n_all)


def people_signed_in(
    session: Session, token_digests: Sequence[str], now: datetime
) -> dict[str, SignedIn]:
    """Return whose session each of the digests names; one query however many they are."""
    rows = _SIGNED_IN.run(session.connection(), ([digest] for digest in token_digests), now=now)
    people: dict[str, tuple[UUID, UUID, bool]] = {}
    holds: dict[str, dict[UUID, str]] = defaultdict(dict)
    for digest, person_id, organisation_id, due, attempt_id, held_by in rows:
        people[digest] = (person_id, organisation_id, due)
        if attempt_id is not None:
            holds[digest][attempt_id] = held_by
    return {
        digest: SignedIn(
            person_id,
            organisation_id,
            frozenset(attempt for attempt, by in holds[digest].items() if by == digest),
            any(by != digest for by in holds[digest].values()),
            due,
        )
        for digest, (person_id, organisation_id, due) in people.items()
    }


def extend(session: Session, token_digest: str, until: datetime) -> None:
    """Let a session last until then, or longer if it does already."""
    session.execute(
        update(SessionRow)
        .where(col(SessionRow.token_digest) == token_digest, col(SessionRow.expires_at) < until)
        .values(expires_at=until)
    )


def lock(session: Session, token_digest: str, person_id: UUID, now: datetime) -> datetime | None:
    """Return when a session of this person began; it is nobody else's to change until the commit.

    None where there is no such session, or not any more.
    """
    query = (
        select(col(SessionRow.created_at))
        .where(
            col(SessionRow.token_digest) == token_digest,
            col(SessionRow.person_id) == person_id,
            col(SessionRow.expires_at) > now,
        )
        .with_for_update()
    )
    return session.scalars(query).one_or_none()


def end(session: Session, token_digest: str) -> None:
    """Forget one session, and that it held anything."""
    session.connection().execute(_END, {"digest": token_digest})


def end_all(session: Session, person_id: UUID, organisation_id: UUID) -> None:
    """Forget every session of a person in an organisation."""
    session.execute(
        delete(SessionRow).where(
            col(SessionRow.person_id) == person_id,
            col(SessionRow.organisation_id) == organisation_id,
        )
    )


def end_others(session: Session, person_id: UUID, kept: Sequence[str], now: datetime) -> None:
    """Forget the sessions of a person but these, and but the one that holds a running attempt."""
    asked = {"of_person": person_id, "kept": list(kept), "now": now}
    session.connection().execute(_END_OTHERS, asked)


def end_expired(session: Session, now: datetime) -> None:
    """Forget the sessions whose time is over; what they held goes with them."""
    session.connection().execute(_END_EXPIRED, {"now": now})


def hold(session: Session, rows: Sequence[AttemptHoldRow]) -> None:
    """Note in which sessions attempts are sat, in place of those that did before."""
    _LET_GO.run(session.connection(), ((row.attempt_id,) for row in rows))
    _HOLD_ON.run(
        session.connection(),
        ((row.attempt_id, row.token_digest, row.person_id, row.until) for row in rows),
    )


def extend_all(session: Session, until: Mapping[str, datetime]) -> None:
    """Let sessions last until then, or longer if they do already."""
    _EXTEND.run(session.connection(), until.items())


def move_holds(session: Session, person_id: UUID, token_digest: str) -> None:
    """Let this session hold what any session of the person holds."""
    session.execute(
        update(AttemptHoldRow)
        .where(col(AttemptHoldRow.person_id) == person_id)
        .values(token_digest=token_digest)
    )


def pass_on(session: Session, before: str, after: str, person_id: UUID) -> None:
    """Let the new session of a browser hold what its old one held for the same person."""
    asked = {"before": before, "after": after, "of_person": person_id}
    session.connection().execute(_PASS_ON, asked)


def held_until(session: Session, person_id: UUID) -> datetime | None:
    """Return until when a person sits an attempt at the latest, or None."""
    query = select(col(AttemptHoldRow.until)).where(col(AttemptHoldRow.person_id) == person_id)
    return max(session.scalars(query), default=None)


def release(session: Session, attempt_ids: Sequence[UUID]) -> None:
    """Forget which sessions hold these attempts: they are over."""
    session.execute(delete(AttemptHoldRow).where(col(AttemptHoldRow.attempt_id).in_(attempt_ids)))
