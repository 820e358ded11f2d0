"""Engines: SQLite made durable and strict, PostgreSQL with patience that ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DatabaseError

from examengine.db.address import place_of, read_address
from examengine.db.sqlite import make_sqlite_engine
from examengine.kernel.errors import ExamError, Kind

POOL = 10
"""Connections that a process holds at most for its pages and commands."""
PATIENCE_S = 5.0
"""How long a request waits for a free connection, and a connection for its server."""
_UNANSWERED_MS = 10_000


class DatabaseUnreachable(ExamError):
    """The database is not there, or is none; the text says which, and what its driver said."""

    code = "database_unreachable"
    kind = Kind.UNAVAILABLE


def make_engine(url: str, *, pool_size: int = POOL) -> Engine:
    """Return an engine for `sqlite:///path` or `postgresql://…`.

    A process never holds more than `pool_size` connections to PostgreSQL by this engine. What a
    statement was given is in no log and in no message of an error.

    Raises:
        DatabaseUrlUnusable: The URL names another database, or is none.
        DatabaseUnreachable: The folder of an SQLite file cannot be made.
    """
    address = read_address(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(address, pool_size)
    return _postgresql(address, pool_size)


def _sqlite(address: URL, pool_size: int) -> Engine:
    try:
        return make_sqlite_engine(address, pool_size=pool_size, patience_s=PATIENCE_S)
    except OSError as error:
        raise DatabaseUnreachable(
            f"the folder of the database {address.database} cannot be made ({error.strerror}); "
            "name another one in EXAMENGINE_STATE or EXAMENGINE_DATABASE_URL"
        ) from error


def _postgresql(address: URL, pool_size: int) -> Engine:
    return create_engine(
        address,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=PATIENCE_S,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": int(PATIENCE_S),
            "tcp_user_timeout": _UNANSWERED_MS,  # a cable that was pulled says nothing by itself
            "application_name": "examengine",
            **address.query,
        },
    )


@contextmanager
def connecting(engine: Engine) -> Iterator[Connection]:
    """Open a transaction on a database that may not be there: the first one of a program.

    Raises:
        DatabaseUnreachable: It does not answer, cannot be written, or is no database.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except DatabaseError as error:
        first_line = str(error.orig).partition("\n")[0]
        raise DatabaseUnreachable(
            f"the database {place_of(engine.url)} cannot be used: {first_line}; "
            "check EXAMENGINE_DATABASE_URL and EXAMENGINE_STATE, and that it is running"
        ) from error
