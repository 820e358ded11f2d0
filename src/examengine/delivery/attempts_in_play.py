"""Attempts in memory: a page reads on from where the last one stopped.

A log only grows and no row of it ever changes, so what was read once stays right. Without this a
candidate's hundredth page would read a hundred rows and more to show one question.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from sqlmodel import Session

from examengine.delivery import log_repository
from examengine.delivery.administration import Plan
from examengine.delivery.attempt import Attempt, Head, fold, read_on
from examengine.delivery.errors import AttemptUnknown

MOST = 500
"""Attempts that are kept; the one that was asked for longest ago makes room."""


@dataclass(frozen=True, slots=True)
class AttemptInPlay:
    """What was prepared for a candidate, and where the attempt stands."""

    plan: Plan
    attempt: Attempt


class AttemptsInPlay:
    """The attempts that were asked for last; shared by threads."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[UUID, AttemptInPlay] = OrderedDict()
        self._turn = Lock()

    def of(self, session: Session, attempt_id: UUID) -> AttemptInPlay:
        """Return an attempt as it stands in this transaction.

        Raises:
            AttemptUnknown: There is none with this id.
        """
        with self._turn:
            known = self._kept.get(attempt_id)
        found = None if known is None else _read_on(session, known)
        found = found or _read(session, attempt_id)
        if found.attempt.started:  # until then what was prepared can still change
            self._keep(found)
        return found

    def _keep(self, found: AttemptInPlay) -> None:
        with self._turn:
            self._kept[found.plan.attempt_id] = found
            self._kept.move_to_end(found.plan.attempt_id)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)


def _read(session: Session, attempt_id: UUID) -> AttemptInPlay:
    plan = log_repository.plans(session, [attempt_id]).get(attempt_id)
    if plan is None:
        raise AttemptUnknown(f"no attempt {attempt_id}")
    rows = log_repository.events_from(session, attempt_id, 1)
    return AttemptInPlay(plan, fold(attempt_id, rows))


def _read_on(session: Session, known: AttemptInPlay) -> AttemptInPlay | None:
    """Return the attempt after the rows that are new; None when it is not the one remembered.

    The last row that is known is read again: if the database was put back to an earlier state, it
    is gone, or another stands in its place.
    """
    head: Head = known.attempt.head
    rows = log_repository.events_from(session, head.attempt_id, head.version)
    if not rows or rows[0].digest != head.digest:
        return None
    return AttemptInPlay(known.plan, read_on(known.attempt, rows[1:]))
