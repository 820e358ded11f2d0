"""Reads and writes of attempts and their logs, many at a time; no decision is taken here.

Written in SQLAlchemy Core: this is the path every saved answer takes. Each query names the
organisation of its transaction, but for the two that ask whose an attempt is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, select, tuple_
from sqlmodel import Session, SQLModel

import examengine.delivery.tables  # noqa: F401  (declares the tables that are named below)
from examengine.db import BulkRead, BulkWrite, organisation_of
from examengine.delivery.administration import Plan
from examengine.delivery.attempt import Head
from examengine.delivery.log import LoggedEvent

ADMINISTRATION = SQLModel.metadata.tables["administration"]
ATTEMPT = SQLModel.metadata.tables["attempt"]
EVENT = SQLModel.metadata.tables["attempt_event"]
STATE = SQLModel.metadata.tables["attempt_state"]

_AT_ONCE = 500
"""How many ids one query names."""
_HEAD = tuple(field.name for field in fields(Head) if field.name != "attempt_id")
_TIMES = ("started_at", "deadline", "submitted_at")
_MOVING = tuple(name for name in _HEAD if name not in _TIMES)
_EVENT = ("attempt_id", "version", "at", "type", "body", "digest", "client", "seq")
_WINDOW = ("opens_at", "closes_at", "withdrawn_at")
_WHOSE = ("organisation_id", "administration_id", "person_id", "form_id")
_STANDING = [ATTEMPT.c[name] for name in ("id", *_WHOSE, *_HEAD)]

_OWN = bindparam("organisation_id", type_=Uuid)
_OWN_ATTEMPT = ATTEMPT.c.organisation_id == _OWN
_OWN_EVENT = EVENT.c.organisation_id == _OWN

_STANDINGS = BulkRead(
    keys=[ATTEMPT.c.id],
    columns=_STANDING,
    query=lambda asked: (
        select(*_STANDING)
        .where(ATTEMPT.c.id.in_(select(asked.c.id)), _OWN_ATTEMPT)
        .order_by(ATTEMPT.c.id)
        .with_for_update()
    ),
)
# Made once: drawing every page of an exam asks this.
_EVENTS_FROM = (
    select(EVENT)
    .where(
        *(EVENT.c.attempt_id == bindparam("attempt_id"), _OWN_EVENT),
        EVENT.c.version >= bindparam("version"),
    )
    .order_by(EVENT.c.version)
)
_KEPT = select(STATE).where(
    STATE.c.attempt_id == bindparam("attempt_id"), STATE.c.organisation_id == _OWN
)
_STANDING_NOW = select(*_STANDING).where(ATTEMPT.c.id == bindparam("attempt_id"))
_APPEND = BulkWrite(
    columns=[EVENT.c[name] for name in _EVENT],
    statement=lambda sent: EVENT.insert().from_select(_EVENT, select(*sent.c)),
)
_SEEN = ATTEMPT.c.version.label("seen")
_MOVE = BulkWrite(
    columns=[ATTEMPT.c.id, _SEEN, *(ATTEMPT.c[name] for name in _MOVING)],
    statement=lambda sent: (
        ATTEMPT.update()
        .where(ATTEMPT.c.id == sent.c.id, ATTEMPT.c.version == sent.c.seen)
        .values({name: sent.c[name] for name in _MOVING})
    ),
)
_SET_TIMES = BulkWrite(
    columns=[ATTEMPT.c.id, *(ATTEMPT.c[name] for name in _TIMES)],
    statement=lambda sent: (
        ATTEMPT.update()
        .where(ATTEMPT.c.id == sent.c.id)
        .values({name: sent.c[name] for name in _TIMES})
    ),
)


@dataclass(frozen=True, slots=True)
class AttemptHeader:
    """Whose an attempt is, in what, on which form, and where its log stands."""

    organisation_id: UUID
    administration_id: UUID
    person_id: UUID
    form_id: UUID
    head: Head


class Requester(Protocol):
    """Whoever asks, and for which organisation."""

    @property
    def person_id(self) -> UUID:
        """Return who it is."""
        ...

    @property
    def organisation_id(self) -> UUID:
        """Return the organisation they are in."""
        ...


def is_theirs(header: AttemptHeader, asking: Requester) -> bool:
    """Tell whether an attempt is of whoever asks, and of the organisation they are in."""
    whose = (header.person_id, header.organisation_id)
    return whose == (asking.person_id, asking.organisation_id)


_moving, _times = attrgetter(*_MOVING), attrgetter(*_TIMES)


@dataclass(frozen=True, slots=True)
class KeptState:
    """An attempt as it stood at a version, as it is kept."""

    version: int
    digest: str
    """Of the row of that version."""
    body: Mapping[str, Any]
    seal: str


class LostRace(Exception):
    """Another process moved a log that this one had read; nothing was written."""


def headers(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, AttemptHeader]:
    """Return where attempts stand, and keep other writers away from them until the commit.

    The rows are locked in the order of their ids, so that two writers never wait for each other.
    (SQLite has one writer at a time, and knows no row locks.)
    """
    ids = ([found] for found in attempt_ids)
    rows = _STANDINGS.run(session.connection(), ids, **_own(session))
    return {row[0]: _header(row) for row in rows}


def heads(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, Head]:
    """Return where attempts stand, for those who only read."""
    found = {}
    for start in range(0, len(attempt_ids), _AT_ONCE):
        some = attempt_ids[start : start + _AT_ONCE]
        query = select(*_STANDING).where(ATTEMPT.c.id.in_(some), _OWN_ATTEMPT)
        for row in session.connection().execute(query, _own(session)):
            found[row[0]] = _header(row).head
    return found


def first_answers(
    session: Session, numbers: Sequence[tuple[UUID, str, int]]
) -> dict[tuple[UUID, str, int], LoggedEvent]:
    """Return the events that pages have already sent under these numbers."""
    if not numbers:
        return {}
    key = tuple_(EVENT.c.attempt_id, EVENT.c.client, EVENT.c.seq)
    query = select(EVENT).where(key.in_(numbers), _OWN_EVENT)
    rows = session.connection().execute(query, _own(session))
    return {(row.attempt_id, row.client, row.seq): _logged(row, None) for row in rows}


def plans(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, Plan]:
    """Return what was prepared for these attempts."""
    if not attempt_ids:
        return {}
    query = (
        select(ATTEMPT, *(ADMINISTRATION.c[name] for name in _WINDOW))
        .join(ADMINISTRATION, ADMINISTRATION.c.id == ATTEMPT.c.administration_id)
        .where(ATTEMPT.c.id.in_(attempt_ids), _OWN_ATTEMPT)
    )
    return {row.id: _plan(row) for row in session.connection().execute(query, _own(session))}


def logs(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, list[LoggedEvent]]:
    """Return whole logs, oldest event first, each with the digest of the one before."""
    found: dict[UUID, list[LoggedEvent]] = defaultdict(list)
    if not attempt_ids:
        return found
    query = select(EVENT).where(EVENT.c.attempt_id.in_(attempt_ids), _OWN_EVENT)
    ordered = query.order_by(EVENT.c.attempt_id, EVENT.c.version)
    for row in session.connection().execute(ordered, _own(session)):
        log = found[row.attempt_id]
        log.append(_logged(row, log[-1].digest if log else None))
    return found


def events_from(session: Session, attempt_id: UUID, version: int) -> list[LoggedEvent]:
    """Return the events of one attempt from a version on, the oldest first.

    The first does not know the digest of the one before, unless it is the first of the log.
    """
    found: list[LoggedEvent] = []
    asked = {"attempt_id": attempt_id, "version": version, **_own(session)}
    for row in session.connection().execute(_EVENTS_FROM, asked):
        found.append(_logged(row, found[-1].digest if found else None))
    return found


def kept_state(session: Session, attempt_id: UUID) -> KeptState | None:
    """Return the attempt as it was kept last."""
    asked = {"attempt_id": attempt_id, **_own(session)}
    row = session.connection().execute(_KEPT, asked).one_or_none()
    return None if row is None else KeptState(row.version, row.digest, row.body, row.seal)


def keep_states(session: Session, kept: Mapping[UUID, KeptState]) -> None:
    """Keep attempts as they stand, in the place of what was kept before."""
    if not kept:
        return
    connection = session.connection()
    before = STATE.delete().where(
        STATE.c.attempt_id.in_(list(kept)), STATE.c.organisation_id == organisation_of(session)
    )
    connection.execute(before)
    connection.execute(
        STATE.insert(),
        [
            {
                "attempt_id": attempt_id,
                "version": state.version,
                "digest": state.digest,
                "body": dict(state.body),
                "seal": state.seal,
            }
            for attempt_id, state in kept.items()
        ],
    )


def header_now(session: Session, attempt_id: UUID) -> AttemptHeader | None:
    """Return where an attempt of any organisation stands, for whoever asks whose it is first."""
    row = session.connection().execute(_STANDING_NOW, {"attempt_id": attempt_id}).one_or_none()
    return None if row is None else _header(row)


def organisations(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return whose attempts these are, for the writer, who then works for each organisation."""
    query = select(ATTEMPT.c.id, ATTEMPT.c.organisation_id).where(ATTEMPT.c.id.in_(attempt_ids))
    return {row[0]: row[1] for row in session.connection().execute(query)}


def append(session: Session, rows: Sequence[LoggedEvent]) -> None:
    """Insert events."""
    _APPEND.run(
        session.connection(),
        (
            (
                *(row.attempt_id, row.version, row.at, row.type, row.body, row.digest),
                *(row.body.get("client"), row.body.get("seq")),
            )
            for row in rows
        ),
    )


def move(session: Session, heads: Iterable[tuple[Head, Head]]) -> None:
    """Move heads, each from where it was read to where it stands now.

    The times of an attempt change twice in its life, and the sweeper's index hangs on one of
    them, so they are left alone by every other event.

    Raises:
        LostRace: A head was no longer where it was read.
    """
    moves = list(heads)
    ahead = [(after.attempt_id, before.version, *_moving(after)) for before, after in moves]
    moved = _MOVE.run(session.connection(), ahead)
    if moved != len(moves):
        raise LostRace(f"{len(moves)} heads to move, {moved} moved")
    times = [
        (after.attempt_id, *_times(after))
        for before, after in moves
        if _times(before) != _times(after)
    ]
    if times:
        _SET_TIMES.run(session.connection(), times)


def expired(session: Session, before: datetime, limit: int) -> list[UUID]:
    """Return attempts of all organisations that are still open although their deadline is past."""
    query = (
        select(ATTEMPT.c.id)
        .where(ATTEMPT.c.submitted_at.is_(None), ATTEMPT.c.deadline < before)
        .order_by(ATTEMPT.c.deadline)
        .limit(limit)
    )
    return list(session.connection().execute(query).scalars())


def _own(session: Session) -> dict[str, UUID]:
    return {"organisation_id": organisation_of(session)}


def _header(row: Sequence[Any]) -> AttemptHeader:
    attempt_id, organisation_id, administration_id, person_id, form_id, *rest = row
    head = Head(attempt_id, *rest)
    return AttemptHeader(organisation_id, administration_id, person_id, form_id, head)


def _logged(row: Row[Any], previous: str | None) -> LoggedEvent:
    return LoggedEvent(
        row.attempt_id, row.version, row.at, row.type, row.body, previous, row.digest
    )


def _plan(row: Row[Any]) -> Plan:
    return Plan(
        attempt_id=row.id,
        administration_id=row.administration_id,
        person_id=row.person_id,
        candidate=row.candidate,
        form_id=row.form_id,
        form_digest=row.form_digest,
        minutes=row.minutes,
        extra_time_percent=row.extra_time_percent,
        orders={item_id: tuple(order) for item_id, order in row.orders.items()},
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        withdrawn_at=row.withdrawn_at,
    )
