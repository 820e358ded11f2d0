"""Reads and writes of the ledger, and of the rows it seals; no decision is taken here.

Each organisation has a ledger of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, Uuid, bindparam, select
from sqlmodel import Session, SQLModel

import examengine.ledger.tables  # noqa: F401  (declares the table that is named below)
from examengine.db import BulkWrite, organisation_of, take_turn
from examengine.ledger.entries import Draft, Entry
from examengine.ledger.sealing import LOG, Sealing

LEDGER = SQLModel.metadata.tables["ledger_entry"]
AT_ONCE = 500
"""How many rows are fetched, or ids named, at a time."""

_COLUMNS = (
    *("position", "at", "kind", "scope", "subject", "version"),
    *("digest", "salt", "backdated", "about", "link"),
)
_APPEND = BulkWrite(
    columns=[LEDGER.c[name] for name in _COLUMNS],
    statement=lambda sent: LEDGER.insert().from_select(_COLUMNS, select(*sent.c)),
)
_HEAD = (
    select(LEDGER.c.position, LEDGER.c.link)
    .where(LEDGER.c.organisation_id == bindparam("organisation_id"))
    .order_by(LEDGER.c.position.desc())
    .limit(1)
)


def lock(session: Session) -> None:
    """Keep every other transaction from appending to this ledger until this one ends."""
    take_turn(session, f"ledger of {organisation_of(session)}")


def head(session: Session) -> tuple[int, str | None]:
    """Return the place and the link of the last entry; 0 and None before there is one."""
    asked = {"organisation_id": organisation_of(session)}
    found = session.connection().execute(_HEAD, asked).one_or_none()
    return (0, None) if found is None else (found.position, found.link)


def add(session: Session, entries: Sequence[Entry]) -> None:
    """Insert entries."""
    _APPEND.run(
        session.connection(),
        (
            (
                *(one.position, one.draft.at, one.draft.kind, one.draft.scope, one.draft.subject),
                *(one.draft.version, one.draft.digest, one.draft.salt, one.draft.backdated),
                *(one.draft.about, one.link),
            )
            for one in entries
        ),
    )


def entries(session: Session) -> Iterator[Entry]:
    """Yield the whole ledger, the oldest entry first, without holding all of it in memory."""
    query = select(LEDGER).where(_own(session, LEDGER)).order_by(LEDGER.c.position)
    for row in _streamed(session, query):
        yield _entry(row)


def entries_at(session: Session, positions: Sequence[int]) -> dict[int, Entry]:
    """Return the entries in these places."""
    query = select(LEDGER).where(_own(session, LEDGER), LEDGER.c.position.in_(positions))
    return {row.position: _entry(row) for row in session.connection().execute(query)}


def newest_of(session: Session, kind: str, subjects: Iterable[str]) -> dict[str, Entry]:
    """Return the newest entry about each of these records."""
    return {found.draft.subject: found for found in _of(session, kind, subjects)}


def entries_about(session: Session, kind: str, subjects: Sequence[str]) -> list[Entry]:
    """Return every entry of this kind about any of these, the oldest first."""
    query = select(LEDGER).where(
        _own(session, LEDGER), LEDGER.c.kind == kind, LEDGER.c.about.in_(subjects)
    )
    found = session.connection().execute(query.order_by(LEDGER.c.position))
    return [_entry(row) for row in found]


def ids_about(
    session: Session, sealing: Sealing, subjects: Sequence[UUID]
) -> list[tuple[UUID, UUID]]:
    """Return the records that are in a sealed table about these: what about, and their ids."""
    assert sealing.about is not None  # noqa: S101  (whoever asks has declared it)
    (name,) = sealing.key
    column = sealing.table.c[sealing.about]
    query = select(column, sealing.table.c[name]).where(
        _own(session, sealing.table), column.in_(subjects)
    )
    return [(about, id_) for about, id_ in session.connection().execute(query)]


def heads_of(session: Session, attempt_ids: Iterable[str]) -> list[Entry]:
    """Return every entry that seals the head of one of these logs, the oldest first."""
    return _of(session, LOG, attempt_ids)


def scopes(session: Session) -> list[str]:
    """Return all that anything in the ledger belongs to."""
    query = select(LEDGER.c.scope).where(_own(session, LEDGER)).distinct().order_by(LEDGER.c.scope)
    return list(session.connection().execute(query).scalars())


def rows_of(session: Session, sealing: Sealing, scope_id: str | None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a sealed table that belong to something, in the order of their keys."""
    table = sealing.table
    by_key = (table.c[name] for name in sealing.key)
    query = select(table).where(_own(session, table)).order_by(*by_key)
    if sealing.scope_column is not None:
        column = table.c[sealing.scope_column]
        query = query.where(column == _value_for(column, scope_id))
    for row in _streamed(session, query):
        yield dict(row._mapping)


def rows_named(
    session: Session, sealing: Sealing, subjects: Sequence[Any]
) -> dict[str, dict[str, Any]]:
    """Return the rows of a sealed table that have these ids, by what the ledger calls them."""
    (name,) = sealing.key
    column = sealing.table.c[name]
    query = select(sealing.table).where(_own(session, sealing.table), column.in_(subjects))
    rows = [dict(row._mapping) for row in session.connection().execute(query)]
    return {sealing.subject_of(row): row for row in rows}


def _own(session: Session, table: Table) -> ColumnElement[bool]:
    """Return what limits a query to the rows of the organisation."""
    return table.c.organisation_id == organisation_of(session)


def _of(session: Session, kind: str, subjects: Iterable[str]) -> list[Entry]:
    wanted, found = list(subjects), []
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        query = select(LEDGER).where(
            _own(session, LEDGER), LEDGER.c.kind == kind, LEDGER.c.subject.in_(some)
        )
        found += list(session.connection().execute(query.order_by(LEDGER.c.position)))
    return [_entry(row) for row in found]


def _streamed(session: Session, query: Select[Any]) -> Iterator[Row[Any]]:
    options = {"yield_per": AT_ONCE}
    yield from session.connection().execute(query, execution_options=options)


def _value_for(column: Any, text: str | None) -> Any:
    return UUID(text) if isinstance(column.type, Uuid) else text


def _entry(row: Row[Any]) -> Entry:
    draft = Draft(
        *(row.at, row.kind, row.scope, row.subject, row.version),
        *(row.digest, row.salt, row.backdated, row.about),
    )
    return Entry(row.position, draft, row.link)
