"""Reads and writes of attempts and their logs, many at a time; no decision is taken here.

Written in SQLAlchemy Core: this is the path every saved answer takes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, tuple_
from sqlmodel import Session, SQLModel

import examengine.delivery.tables  # noqa: F401  (declares the tables that are named below)
from examengine.db import BulkRead, BulkWrite
from examengine.delivery.administration import Plan
from examengine.delivery.attempt import Head
from examengine.delivery.events import LoggedEvent

ADMINISTRATION = SQLModel.metadata.tables["administration"]
ATTEMPT = SQLModel.metadata.tables["attempt"]
EVENT = SQLModel.metadata.tables["attempt_event"]

_HEAD = tuple(field.name for field in fields(Head) if field.name != "attempt_id")
_TIMES = ("started_at", "deadline", "submitted_at")
_MOVING = tuple(name for name in _HEAD if name not in _TIMES)
_EVENT = ("attempt_id", "version", "at", "type", "body", "digest", "client", "seq")
_STANDING = [ATTEMPT.c[name] for name in ("id", "person_id", "form_id", *_HEAD)]

_STANDINGS = BulkRead(
    keys=[ATTEMPT.c.id],
    columns=_STANDING,
    query=lambda asked: (
        select(*_STANDING)
        .where(ATTEMPT.c.id.in_(select(asked.c.id)))
        .order_by(ATTEMPT.c.id)
        .with_for_update()
    ),
)
# Made once: drawing every page of an exam asks this.
_EVENTS_FROM = (
    select(EVENT)
    .where(EVENT.c.attempt_id == bindparam("attempt_id"), EVENT.c.version >= bindparam("version"))
    .order_by(EVENT.c.version)
)
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
class Standing:
    """Whose an attempt is, on which form, and where its log stands."""

    person_id: UUID
    form_id: UUID
    head: Head


_moving, _times = attrgetter(*_MOVING), attrgetter(*_TIMES)


class LostRace(Exception):
    """Another process moved a log that this one had read; nothing was written."""


def standings(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Return where attempts stand, and keep other writers away from them until the commit.

    The rows are locked in the order of their ids, so that two writers never wait for each other.
    (SQLite has one writer at a time, and knows no row locks.)
    """
    rows = _STANDINGS.run(session.connection(), ([found] for found in attempt_ids))
    return {row[0]: Standing(row[1], row[2], Head(row[0], *row[3:])) for row in rows}


def first_answers(
    session: Session, numbers: Sequence[tuple[UUID, str, int]]
) -> dict[tuple[UUID, str, int], LoggedEvent]:
    """Return the events that pages have already sent under these numbers."""
    if not numbers:
        return {}
    key = tuple_(EVENT.c.attempt_id, EVENT.c.client, EVENT.c.seq)
    rows = session.connection().execute(select(EVENT).where(key.in_(numbers)))
    return {(row.attempt_id, row.client, row.seq): _logged(row, None) for row in rows}


def plans(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, Plan]:
    """Return what was prepared for these attempts."""
    if not attempt_ids:
        return {}
    query = (
        select(ATTEMPT, ADMINISTRATION.c.opens_at, ADMINISTRATION.c.closes_at)
        .join(ADMINISTRATION, ADMINISTRATION.c.id == ATTEMPT.c.administration_id)
        .where(ATTEMPT.c.id.in_(attempt_ids))
    )
    return {row.id: _plan(row) for row in session.connection().execute(query)}


def logs(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, list[LoggedEvent]]:
    """Return whole logs, oldest event first, each with the digest of the one before."""
    found: dict[UUID, list[LoggedEvent]] = defaultdict(list)
    if not attempt_ids:
        return found
    query = select(EVENT).where(EVENT.c.attempt_id.in_(attempt_ids))
    ordered = query.order_by(EVENT.c.attempt_id, EVENT.c.version)
    for row in session.connection().execute(ordered):
        log = found[row.attempt_id]
        log.append(_logged(row, log[-1].digest if log else None))
    return found


def events_from(session: Session, attempt_id: UUID, version: int) -> list[LoggedEvent]:
    """Return the events of one attempt from a version on, the oldest first.

    The first does not know the digest of the one before, unless it is the first of the log.
    """
    found: list[LoggedEvent] = []
    asked = {"attempt_id": attempt_id, "version": version}
    for row in session.connection().execute(_EVENTS_FROM, asked):
        found.append(_logged(row, found[-1].digest if found else None))
    return found


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
    """Return attempts that are still open although their deadline is past."""
    query = (
        select(ATTEMPT.c.id)
        .where(ATTEMPT.c.submitted_at.is_(None), ATTEMPT.c.deadline < before)
        .order_by(ATTEMPT.c.deadline)
        .limit(limit)
    )
    return list(session.connection().execute(query).scalars())


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
    )
