"""Whether the database is there: told from an error, and said once for each outage.

A second without its database brings a busy server a thousand errors. They are one event, so the
log has one line when it begins and one when it is over; what was refused meanwhile is counted.
"""

import logging
import sqlite3
from threading import Lock
from time import monotonic

from sqlalchemy import Engine, event, exc
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, OperationalError

from examengine.db.address import place_of

log = logging.getLogger("examengine.db")

_SQLITE_WILL_PASS = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
}
_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_SETTLED_S = 1.0
"""How long it must have answered again before the outage counts as over."""


def is_unavailable(error: BaseException) -> bool:
    """Tell whether an error means that the database is away, full or overrun: no defect of ours."""
    if isinstance(error, exc.TimeoutError):  # every connection of the pool was busy
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if not isinstance(error, OperationalError):
        return False
    code: int | None = getattr(error.orig, "sqlite_errorcode", None)
    return code is None or (code & 0xFF) in _SQLITE_WILL_PASS


def is_taken(error: DBAPIError) -> bool:
    """Tell whether an error means that another transaction was quicker to take a unique place."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code in _TAKEN or getattr(error.orig, "sqlstate", None) == "23505"


def watch_availability(*engines: Engine) -> None:
    """Log when the one database of these engines goes away, and when it is back."""
    outage = Outage(place_of(engines[0].url))
    for engine in engines:
        outage.watch(engine)


class Outage:
    """The time between the first statement that failed and the first that did not."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._lock = Lock()
        self._began: float | None = None
        self._last = 0.0
        self._failed = 0

    def watch(self, engine: Engine) -> None:
        """Begin to watch."""
        event.listen(engine, "handle_error", self._note_failure)
        event.listen(engine, "commit", self._note_success)
        event.listen(engine, "rollback", self._note_success)

    def _note_failure(self, context: ExceptionContext) -> None:
        failure = context.sqlalchemy_exception
        if failure is None or not (is_unavailable(failure) or context.is_disconnect):
            return
        with self._lock:
            now = monotonic()
            self._last, self._failed = now, self._failed + 1
            if self._began is not None:
                return
            self._began = now
        reason = str(context.original_exception).partition("\n")[0]
        log.error("the database %s is not available: %s", self._place, reason)

    def _note_success(self, _connection: object) -> None:
        if self._began is not None:
            self._end(monotonic())

    def _end(self, now: float) -> None:
        with self._lock:
            began, failed = self._began, self._failed
            if began is None or now - self._last < _SETTLED_S:
                return
            lasted = self._last - began
            self._began, self._failed = None, 0
        log.warning(
            "the database %s is available again; %d statements failed in %.1f s",
            *(self._place, failed, lasted),
        )
