"""Attempts in memory: a page reads on from where the last one stopped.

A log only grows and no row of it ever changes, so what was read once stays right. Without this a
candidate's hundredth page would read a hundred rows and more to show one question.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from sqlmodel import Session

from examengine.db import organisation_of
from examengine.delivery import log_repository
from examengine.delivery.administration import Plan
from examengine.delivery.attempt import Attempt, Head
from examengine.delivery.errors import AttemptUnknown
from examengine.delivery.reading import read_on
from examengine.delivery.stored_attempts import read_attempt

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
        self._kept: OrderedDict[tuple[UUID, UUID], AttemptInPlay] = OrderedDict()
        self._turn = Lock()

    def of(self, session: Session, attempt_id: UUID) -> AttemptInPlay:
        """Return an attempt as it stands in this transaction.

        Raises:
            AttemptUnknown: There is none with this id.
        """
        key = (organisation_of(session), attempt_id)
        with self._turn:
            known = self._kept.get(key)
        found = None if known is None else _read_on(session, known)
        found = found or _read(session, attempt_id)
        # Until it has begun, what was prepared can still change.
        if found.attempt.head.started_at is not None:
            self._keep(key, found)
        return found

    def _keep(self, key: tuple[UUID, UUID], found: AttemptInPlay) -> None:
        with self._turn:
            self._kept[key] = found
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)


def _read(session: Session, attempt_id: UUID) -> AttemptInPlay:
    plan = log_repository.plans(session, [attempt_id]).get(attempt_id)
    if plan is None:
        raise AttemptUnknown(f"no attempt {attempt_id}")
    return AttemptInPlay(plan, read_attempt(session, attempt_id))


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
