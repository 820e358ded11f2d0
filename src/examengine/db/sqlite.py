"""SQLite made durable, strict and private.

The write lock is the one thing that everybody who writes waits for, so a transaction says when it
takes it: never (it reads), at once (it will write for certain, and soon), or late: with its first
write, after all that was costly. A late transaction promises what PostgreSQL's READ COMMITTED
promises: what it read before its first write may have been changed by others since, so a use case
that decides on what it read locks those rows (`FOR UPDATE`, which takes the write lock too), takes
its turn (`db.take_turn`), or leaves the last word to a constraint.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Select, create_engine, event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.pool import ConnectionPoolEntry

from examengine.db.write_queue import LOCKS, QueuedConnection, queue_of

BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite writer waits for another one before it gives up."""

LOCK = "examengine_lock"
"""The execution option that says when a transaction takes the write lock."""
NEVER, LATE, AT_ONCE, FIRST = "never", "late", "at once", "first"
"""The last one goes ahead of all that wait: for answers, and for them alone."""

UNCHECKED = "examengine_foreign_keys_unchecked"
"""The execution option of migrations: a table that is made anew is not there for a moment."""

UNSYNCED = "examengine_unsynced"
"""The execution option of a transaction that need not survive the loss of power."""

_MAY_YET_LOCK = "examengine_may_yet_lock"
_FILES = ("", "-wal", "-shm", "-journal")
_OWNER_ONLY = 0o600


def make_sqlite_engine(url: URL, *, pool_size: int, patience_s: float) -> Engine:
    """Return an engine: WAL mode, a synced write on every commit, foreign keys on."""
    if url.database and url.database != ":memory:":
        _keep_private(Path(url.database))
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=40,  # a connection is a file handle: nobody has to wait for one
        pool_timeout=patience_s,
        hide_parameters=True,
        connect_args={
            "check_same_thread": False,
            "timeout": BUSY_TIMEOUT_MS / 1000,
            "factory": QueuedConnection,
        },
    )
    event.listen(engine, "connect", _prepare)
    if url.database and url.database != ":memory:":
        event.listen(engine, "connect", _in_queue(url.database))
    event.listen(engine, "begin", _begin)
    event.listen(engine, "before_execute", _lock_before_writing)
    event.listen(engine, "savepoint", _lock_before_savepoint)
    return engine


def take_write_lock(connection: Connection) -> bool:
    """Take the write lock now, if this transaction was to take it late, and tell whether it was.

    What is read from here on is as it stands now.
    """
    if not connection.info.get(_MAY_YET_LOCK):
        return False
    connection.info[_MAY_YET_LOCK] = False
    connection.exec_driver_sql("ROLLBACK")  # of what was only read
    _lock(connection, first=False)
    return True


def _lock(connection: Connection, *, first: bool) -> None:
    driver: Any = connection.connection.driver_connection
    driver.goes_first = first
    connection.exec_driver_sql(LOCKS)


def _in_queue(database: str) -> Callable[[QueuedConnection, ConnectionPoolEntry], None]:
    queue = queue_of(database)

    def prepare(connection: QueuedConnection, _entry: ConnectionPoolEntry) -> None:
        connection.queue = queue
        connection.patience_s = BUSY_TIMEOUT_MS / 1000

    return prepare


def _keep_private(path: Path) -> None:
    """Make the folder and the file, for their owner alone, before SQLite makes them for everybody.

    SQLite gives its log and its shared memory the permissions of the database. A file that is
    there is never opened here: POSIX lets go of all of a process's locks on a file when it closes
    any of its descriptors, so that another process would believe itself alone with the database.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, _OWNER_ONLY))
        for suffix in _FILES:
            file = Path(f"{path}{suffix}")
            if file.exists() and file.stat().st_mode & 0o077:
                file.chmod(_OWNER_ONLY)
    except (FileExistsError, PermissionError):
        return  # somebody was quicker, or it is another's: the first statement will tell


def _prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself: it would do so too late to queue writers.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
    # Its own knows A to Z alone, and names are looked for in lower case.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _begin(connection: Connection) -> None:
    unchecked = connection.get_execution_options().get(UNCHECKED, False)
    if unchecked != connection.info.get(UNCHECKED, False):  # has no effect within a transaction
        connection.exec_driver_sql(f"PRAGMA foreign_keys = {'OFF' if unchecked else 'ON'}")
        connection.info[UNCHECKED] = unchecked
    unsynced = connection.get_execution_options().get(UNSYNCED, False)
    if unsynced != connection.info.get(UNSYNCED, False):  # neither has this one
        connection.exec_driver_sql(f"PRAGMA synchronous = {'NORMAL' if unsynced else 'FULL'}")
        connection.info[UNSYNCED] = unsynced
    lock = connection.get_execution_options().get(LOCK, AT_ONCE)
    connection.info[_MAY_YET_LOCK] = lock == LATE
    if lock in {AT_ONCE, FIRST}:
        _lock(connection, first=lock == FIRST)
    else:
        connection.exec_driver_sql("BEGIN")


def _lock_before_writing(connection: Connection, statement: Any, *_: Any) -> None:
    for_update = isinstance(statement, Select) and statement._for_update_arg is not None
    if for_update or getattr(statement, "is_dml", False):
        take_write_lock(connection)


def _lock_before_savepoint(connection: Connection, _name: str) -> None:
    take_write_lock(connection)
