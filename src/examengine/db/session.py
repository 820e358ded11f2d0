"""Transactions are opened and committed here, at the edge; no service commits."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlmodel import Session

from examengine.db.sqlite import FIRST, LATE, LOCK, NEVER, UNSYNCED


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
def writing_unsynced(engine: Engine) -> Iterator[Session]:
    """Open a transaction that is over without waiting for the disk: for what was promised nobody.

    It survives the end of the process, and not the loss of power. On SQLite whoever saves an
    answer waits for whoever writes, so what strangers cause must not hold the lock for a sync.
    """
    with writing(engine.execution_options(**{UNSYNCED: True})) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text("SET LOCAL synchronous_commit TO OFF"))
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
