"""Transactions are opened and committed here, at the edge; no service commits."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.db.sqlite import FIRST, LATE, LOCK, NEVER


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Open a transaction that is going to write: committed at the end, rolled back on an error.

    SQLite's write lock is held from the beginning, so what is costly is done before.
    """
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def writing_first(engine: Engine) -> Iterator[Session]:
    """Open a transaction that writes before all that wait to write: for answers, and them alone."""
    with writing(engine.execution_options(**{LOCK: FIRST})) as session:
        yield session


@contextmanager
def writing_late(engine: Engine) -> Iterator[Session]:
    """Open a transaction that loads and decides before it writes, or does not write at all.

    SQLite's write lock is taken with the first write, with the first row that is locked, or by
    `take_turn`. Until then others may write, as they may on PostgreSQL.
    """
    with writing(engine.execution_options(**{LOCK: LATE})) as session:
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a transaction that only reads, and never makes a writer wait."""
    with Session(engine.execution_options(**{LOCK: NEVER})) as session:
        yield session  # closing rolls back, and leaves what was loaded readable


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """Open a transaction that only reads, and sees the database as it stood when it began."""
    options: dict[str, str] = {}
    if engine.dialect.name == "postgresql":  # SQLite shows no transaction anything else
        options["isolation_level"] = "REPEATABLE READ"
    with reading(engine.execution_options(**options)) as session:
        yield session
