"""Engines: SQLite made durable and strict, PostgreSQL as it comes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from examengine.kernel.errors import ExamError, Kind

BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite writer waits for another one before it gives up."""

READ_ONLY = "examengine_read_only"
"""The execution option under which a SQLite transaction begins without taking the write lock."""


class DatabaseUrlUnusable(ExamError):
    """The address of the database is none that this program knows."""

    code = "database_url_unusable"
    kind = Kind.UNAVAILABLE

    def __init__(self) -> None:
        # The address may hold a password, so it is not repeated.
        super().__init__(
            "EXAMENGINE_DATABASE_URL cannot be used; "
            "write sqlite:///path/to/file.db or postgresql://user@host/name"
        )


class DatabaseUnreachable(ExamError):
    """The database is not there, or is none; the text says which, and what its driver said."""

    code = "database_unreachable"
    kind = Kind.UNAVAILABLE


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """Return an engine for `sqlite:///path` or `postgresql+psycopg://…`.

    SQLite runs in WAL mode with a synced write on every commit, foreign keys on, and takes its
    write lock when a transaction begins, so that two writers queue instead of failing half-way.

    Raises:
        DatabaseUrlUnusable: The URL names another database, or is none.
        DatabaseUnreachable: The folder of an SQLite file cannot be made.
    """
    try:
        parsed = _with_driver(make_url(url))
    except (ArgumentError, ValueError) as error:  # a port that is no number is a ValueError
        raise DatabaseUrlUnusable from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, pool_size)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed, pool_size=pool_size, max_overflow=20, pool_pre_ping=True)
    raise DatabaseUrlUnusable


def _with_driver(url: URL) -> URL:
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def _sqlite(url: URL, pool_size: int) -> Engine:
    if url.database and url.database != ":memory:":
        _make_folder(Path(url.database).parent)
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=40,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
    )
    event.listen(engine, "connect", _prepare_sqlite_connection)
    event.listen(engine, "begin", _begin_sqlite_transaction)
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnreachable(
            f"the folder {folder} of the database cannot be made ({error.strerror}); "
            "name another one in EXAMENGINE_STATE or EXAMENGINE_DATABASE_URL"
        ) from error


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
        address = engine.url.render_as_string(hide_password=True)
        raise DatabaseUnreachable(
            f"the database {address} cannot be used: {first_line}; "
            "check EXAMENGINE_DATABASE_URL and EXAMENGINE_STATE, and that it is running"
        ) from error


def _prepare_sqlite_connection(connection: Any, _entry: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself: it would do so too late to queue writers.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite_transaction(connection: Connection) -> None:
    reads = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
