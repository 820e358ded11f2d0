"""Who of this process writes to an SQLite file next: answers first, then in the order of asking.

SQLite has a lock and no queue: whoever finds it taken sleeps, tries again, and sleeps longer each
time, up to a tenth of a second. A saved answer that found a sign-in at work waited for all of that
although the sign-in was over in a millisecond. Here whoever is through wakes the next.

Other processes, such as a gatehouse, a worker or a command, know nothing of this queue; between
them and us SQLite's own lock decides. There answers go first by asking again at once, where
everybody else sleeps.
"""

import sqlite3
from collections import deque
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any
from weakref import WeakValueDictionary


class WriteQueue:
    """One place at the lock of a file, and those who wait for it."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        self._first: deque[Lock] = deque()
        self._others: deque[Lock] = deque()

    def enter(self, *, first: bool, patience_s: float) -> bool:
        """Wait for the place; tell whether it was had in time.

        Nobody waits for ever behind those who go first: the one thread that does so asks again
        only after it has left, and by then the place has gone to somebody else who waits.

        Args:
            first: Whether to go ahead of all who wait already.
            patience_s: How long to wait, in seconds.
        """
        ticket = Lock()
        waiting = self._first if first else self._others
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            ticket.acquire()
            waiting.append(ticket)
        if ticket.acquire(timeout=patience_s):
            return True
        with self._guard:
            if ticket in waiting:
                waiting.remove(ticket)
                return False
        return True  # it was given to us at the very moment at which we gave up

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._first) + len(self._others)

    def leave(self) -> None:
        """Give the place to whoever is next."""
        with self._guard:
            waiting = self._first or self._others
            if waiting:
                waiting.popleft().release()
            else:
                self._taken = False


_QUEUES: WeakValueDictionary[str, WriteQueue] = WeakValueDictionary()
_FINDING = Lock()


def queue_of(database: str) -> WriteQueue:
    """Return the queue of a file: all engines of this process that use the file share it."""
    path = str(Path(database).resolve())
    with _FINDING:
        return _QUEUES.setdefault(path, WriteQueue())


LOCKS = "BEGIN IMMEDIATE"
"""The statement that takes SQLite's write lock."""
ASKED_EVERY_S = 0.0003
"""How often an answer asks for a lock that another process has; most have it for a millisecond."""


class QueuedCursor(sqlite3.Cursor):
    """A cursor that waits for its connection's place before it takes the write lock."""

    connection: "QueuedConnection"

    def execute(self, sql: str, parameters: Any = (), /) -> "QueuedCursor":
        """Execute a statement.

        Raises:
            sqlite3.OperationalError: What SQLite refuses; or the place was not had in time.
        """
        if sql == LOCKS:
            self.connection.take_place()
            if self.connection.goes_first:
                return self._lock_first()
        super().execute(sql, parameters)
        return self

    def _lock_first(self) -> "QueuedCursor":
        """Take the lock as soon as another process lets go of it.

        Raises:
            sqlite3.OperationalError: It was not had in time.
        """
        until = monotonic() + self.connection.patience_s
        super().execute("PRAGMA busy_timeout = 0")
        try:
            while not self._locked(last=monotonic() > until):
                sleep(ASKED_EVERY_S)
        finally:
            super().execute(f"PRAGMA busy_timeout = {self.connection.patience_s * 1000:.0f}")
        return self

    def _locked(self, *, last: bool) -> bool:
        try:
            super().execute(LOCKS)
        except sqlite3.OperationalError as error:
            if last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True


class QueuedConnection(sqlite3.Connection):
    """A connection of the driver that has its place in the queue while it has the write lock."""

    queue: WriteQueue | None = None
    """Of its file; None for a database in memory."""
    patience_s = 0.0
    goes_first = False
    """Whether its next transaction goes ahead of all that wait."""
    _has_place = False

    def cursor(self, factory: Any = QueuedCursor) -> Any:
        """Return a cursor that waits its turn."""
        return super().cursor(factory)

    def take_place(self) -> None:
        """Wait until this connection may ask for SQLite's write lock.

        Raises:
            sqlite3.OperationalError: It took too long, as SQLite itself says it.
        """
        if self.queue is None or self._has_place:
            return
        if not self.queue.enter(first=self.goes_first, patience_s=self.patience_s):
            busy = sqlite3.OperationalError("database is locked")
            busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise busy
        self._has_place = True

    def commit(self) -> None:
        """Commit, and let the next one write; what could not be committed keeps its place."""
        super().commit()
        self._give_place_back()

    def rollback(self) -> None:
        """Roll back, and let the next one write."""
        try:
            super().rollback()
        finally:
            self._give_place_back()

    def close(self) -> None:
        """Close; a place that was held is given back."""
        try:
            super().close()
        finally:
            self._give_place_back()

    def _give_place_back(self) -> None:
        if self._has_place and self.queue is not None:
            self._has_place = False
            self.queue.leave()
