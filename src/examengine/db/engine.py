"""Engines: SQLite made durable and strict, PostgreSQL as it comes."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError
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


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """Return an engine for `sqlite:///path` or `postgresql+psycopg://…`.

    SQLite runs in WAL mode with a synced write on every commit, foreign keys on, and takes its
    write lock when a transaction begins, so that two writers queue instead of failing half-way.

    Raises:
        DatabaseUrlUnusable: The URL names another database, or is none.
    """
    try:
        parsed = _with_driver(make_url(url))
    except ArgumentError as error:
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
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=40,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
    )
    event.listen(engine, "connect", _prepare_sqlite_connection)
    event.listen(engine, "begin", _begin_sqlite_transaction)
    return engine


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
