"""Transactions are opened and committed here, at the edge; no service commits."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.db.engine import READ_ONLY


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Open a transaction that may write: committed when the block ends, rolled back on an error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a transaction that only reads, and never makes a writer wait."""
    with Session(engine.execution_options(**{READ_ONLY: True})) as session:
        yield session  # closing rolls back, and leaves what was loaded readable
