"""Work that only one process does at a time, and that the others leave to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from sqlalchemy import Engine, func, select
from sqlmodel import Session

from examengine.db.sqlite import LOCK, NEVER, take_write_lock


def take_turn(session: Session, what: str) -> None:
    """Wait until no other transaction has its turn at `what`; keep it until the commit.

    For use cases that read, decide, and write something no constraint can check. What was read
    before the turn began may be out of date: read after it.
    """
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        if take_write_lock(connection):
            session.expire_all()
    else:
        connection.execute(select(func.pg_advisory_xact_lock(turn_number(what))))


@contextmanager
def alone(engine: Engine, what: str) -> Iterator[bool]:
    """Tell whether this process has `what` for itself until the block ends, or somebody else has.

    SQLite has one server, so there it is always so.
    """
    if engine.dialect.name == "sqlite":
        yield True
        return
    with engine.execution_options(**{LOCK: NEVER}).begin() as connection:
        asked = select(func.pg_try_advisory_xact_lock(turn_number(what)))
        yield bool(connection.execute(asked).scalar_one())


def turn_number(what: str) -> int:
    """Return the number by which PostgreSQL knows a turn."""
    return int.from_bytes(sha256(f"examengine {what}".encode()).digest()[:8], "big", signed=True)
