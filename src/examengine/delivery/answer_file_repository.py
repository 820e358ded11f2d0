"""Files of answers in the database, each in pieces: written before anything names it.

Each query names the organisation of its transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, bindparam, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

import examengine.delivery.tables  # noqa: F401  (declares the tables that are named below)
from examengine.db import organisation_of

FILE = SQLModel.metadata.tables["answer_file"]
PIECE = SQLModel.metadata.tables["answer_file_piece"]

Place = tuple[UUID, str]
"""Attempt and digest: what names a file of an attempt."""


def begin(
    session: Session, attempt_id: UUID, digest: str, size: int, media_type: str, now: datetime
) -> None:
    """Say that a file is coming, which nothing needs yet; one of before stays as it is."""
    begun = _insert(session, FILE).values(
        attempt_id=attempt_id,
        digest=digest,
        size=size,
        media_type=media_type,
        stored_at=now,
        unneeded_since=now,
        organisation_id=organisation_of(session),
    )
    session.connection().execute(begun.on_conflict_do_nothing())


def add_piece(session: Session, attempt_id: UUID, digest: str, number: int, data: bytes) -> None:
    """Store a piece of a file, counted from 1; one that is there is the same."""
    added = _insert(session, PIECE).values(
        attempt_id=attempt_id,
        digest=digest,
        number=number,
        size=len(data),
        data=data,
        organisation_id=organisation_of(session),
    )
    session.connection().execute(added.on_conflict_do_nothing())


def sizes(session: Session, attempt_id: UUID) -> dict[str, int]:
    """Return how large each file of an attempt is, named by now or not, by digest."""
    query = select(FILE.c.digest, FILE.c.size).where(
        FILE.c.attempt_id == attempt_id, FILE.c.organisation_id == organisation_of(session)
    )
    rows = session.connection().execute(query)
    return {row.digest: row.size for row in rows}


def stored(session: Session, places: Sequence[Place]) -> dict[Place, int]:
    """Return how many bytes are stored of these files."""
    if not places:
        return {}
    query = (
        select(PIECE.c.attempt_id, PIECE.c.digest, func.sum(PIECE.c.size))
        .where(
            tuple_(PIECE.c.attempt_id, PIECE.c.digest).in_(places),
            PIECE.c.organisation_id == organisation_of(session),
        )
        .group_by(PIECE.c.attempt_id, PIECE.c.digest)
    )
    rows = session.connection().execute(query)
    return {(attempt_id, digest): int(size) for attempt_id, digest, size in rows}


def numbers(session: Session, attempt_id: UUID, digest: str) -> list[int]:
    """Return the numbers of the pieces of a file, in their order."""
    query = (
        select(PIECE.c.number)
        .where(
            PIECE.c.attempt_id == attempt_id,
            PIECE.c.digest == digest,
            PIECE.c.organisation_id == organisation_of(session),
        )
        .order_by(PIECE.c.number)
    )
    return list(session.connection().execute(query).scalars())


def piece(session: Session, attempt_id: UUID, digest: str, number: int) -> bytes | None:
    """Return a piece of a file; None when it is not there."""
    query = select(PIECE.c.data).where(
        PIECE.c.attempt_id == attempt_id,
        PIECE.c.digest == digest,
        PIECE.c.number == number,
        PIECE.c.organisation_id == organisation_of(session),
    )
    found = session.connection().execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)


def need(session: Session, places: Iterable[Place]) -> None:
    """Say that the log names these files now."""
    _mark(session, dict.fromkeys(places))


def need_no_longer(session: Session, since: Mapping[Place, datetime]) -> None:
    """Say of files that nothing names them which was handed in, and since when."""
    _mark(session, since)


def _mark(session: Session, since: Mapping[Place, datetime | None]) -> None:
    if not since:
        return
    marked = (
        FILE.update()
        .where(
            FILE.c.attempt_id == bindparam("of_attempt"),
            FILE.c.digest == bindparam("of_digest"),
            FILE.c.organisation_id == organisation_of(session),
        )
        .values(unneeded_since=bindparam("since"))
    )
    rows = [
        {"of_attempt": attempt_id, "of_digest": digest, "since": moment}
        for (attempt_id, digest), moment in since.items()
    ]
    session.connection().execute(marked, rows)


def unneeded(session: Session, before: datetime, most: int) -> list[Place]:
    """Return files that nothing has needed since before a moment, the oldest first."""
    query = (
        select(FILE.c.attempt_id, FILE.c.digest)
        .where(FILE.c.unneeded_since < before, FILE.c.organisation_id == organisation_of(session))
        .order_by(FILE.c.unneeded_since)
        .limit(most)
    )
    return [(row[0], row[1]) for row in session.connection().execute(query)]


def remove(session: Session, place: Place, before: datetime) -> None:
    """Remove a file with its pieces, if nothing has come to need it."""
    attempt_id, digest = place
    own = organisation_of(session)
    still = select(FILE.c.digest).where(
        FILE.c.attempt_id == attempt_id,
        FILE.c.digest == digest,
        FILE.c.unneeded_since < before,
        FILE.c.organisation_id == own,
    )
    connection = session.connection()
    if connection.execute(still.with_for_update()).one_or_none() is None:
        return
    for table in (PIECE, FILE):
        gone = table.delete().where(
            table.c.attempt_id == attempt_id,
            table.c.digest == digest,
            table.c.organisation_id == own,
        )
        connection.execute(gone)


def _insert(session: Session, table: Table) -> sqlite.Insert | postgresql.Insert:
    sqlite_is_it = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if sqlite_is_it else postgresql.insert(table)
