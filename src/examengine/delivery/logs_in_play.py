"""The logs of attempts in memory: a page reads on from where the last one stopped.

A log only grows and no row of it ever changes, so what was read once stays right. Without this a
candidate's hundredth page would read a hundred rows and more to show one question.
"""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from sqlmodel import Session

from examengine.delivery import repository
from examengine.delivery.events import LoggedEvent, link

MOST = 500
"""Logs that are kept; the one that was asked for longest ago makes room."""

Log = tuple[LoggedEvent, ...]


class LogsInPlay:
    """The logs that were asked for last; shared by threads."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._read: OrderedDict[UUID, Log] = OrderedDict()
        self._turn = Lock()

    def of(self, session: Session, attempt_id: UUID) -> Log:
        """Return the log of an attempt as it stands in this transaction, oldest event first."""
        with self._turn:
            known = self._read.get(attempt_id, ())
        new = repository.events_after(session, attempt_id, known[-1] if known else None)
        if known and new and not _follows(new[0]):
            # Not the log that was remembered: the database was put back to an earlier state.
            known, new = (), repository.events_after(session, attempt_id, None)
        log = (*known, *new)
        self._keep(attempt_id, log)
        return log

    def _keep(self, attempt_id: UUID, log: Log) -> None:
        with self._turn:
            if len(self._read.get(attempt_id, ())) <= len(log):
                self._read[attempt_id] = log
            self._read.move_to_end(attempt_id)
            if len(self._read) > self._most:
                self._read.popitem(last=False)


def _follows(row: LoggedEvent) -> bool:
    """Tell whether a row is chained on the one that it is taken to follow."""
    return row.digest == link(row.attempt_id, row.version, row.at, row.type, row.body, row.previous)
