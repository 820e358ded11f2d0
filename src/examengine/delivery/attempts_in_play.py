"""Attempts in memory: a page reads on from where the last one stopped, or from what was written.

A log only grows and no row of it ever changes, so what was read once stays right. Without this a
candidate's hundredth page would read a hundred rows and more to show one question.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from uuid import UUID

from sqlmodel import Session

from examengine.db import organisation_of
from examengine.delivery import log_repository
from examengine.delivery.administration import Plan
from examengine.delivery.attempt import Attempt, Head
from examengine.delivery.errors import AttemptUnknown
from examengine.delivery.log import LoggedEvent
from examengine.delivery.reading import read_on
from examengine.delivery.stored_attempts import read_attempt

MOST = 2_000
"""Attempts that are kept; the one that was asked for longest ago makes room."""
MOST_NEWER = 200
"""Rows that wait to be folded into an attempt. Who writes so much and never looks is let go."""


@dataclass(frozen=True, slots=True)
class AttemptInPlay:
    """What was prepared for a candidate, and where the attempt stands."""

    plan: Plan
    attempt: Attempt


@dataclass(slots=True)
class _Known:
    """An attempt as it was read, with what this process has written since."""

    found: AttemptInPlay
    newer: list[LoggedEvent]

    @property
    def newest(self) -> tuple[int, str | None]:
        """The version and the digest of the last row that is known."""
        head = self.found.attempt.head
        last = self.newer[-1] if self.newer else head
        return last.version, last.digest

    def follow(self, row: LoggedEvent) -> bool:
        """Take a row that was committed; False when it does not continue what is known."""
        version, digest = self.newest
        if row.version <= version:  # a page has read it from the database already
            return row.version < version or row.digest == digest
        if row.version > version + 1 or row.previous != digest or len(self.newer) == MOST_NEWER:
            return False
        self.newer.append(row)
        return True

    def folded(self) -> AttemptInPlay:
        """Return the attempt after all that is known."""
        if self.newer:
            self.found = replace(self.found, attempt=read_on(self.found.attempt, self.newer))
            self.newer = []
        return self.found


class AttemptsInPlay:
    """The attempts that were asked for last; shared by threads."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[UUID, UUID], _Known] = OrderedDict()
        self._turn = Lock()

    def of(self, session: Session, attempt_id: UUID) -> AttemptInPlay:
        """Return an attempt as it stands in this transaction.

        Raises:
            AttemptUnknown: There is none with this id.
        """
        key = (organisation_of(session), attempt_id)
        with self._turn:
            known = self._kept.get(key)
            before = None if known is None else known.folded()
        found = None if before is None else _read_on(session, before)
        found = found or _read(session, attempt_id)
        # Until it has begun, what was prepared can still change.
        if found.attempt.head.started_at is not None:
            self._keep(key, found)
        return found

    def at(
        self, organisation_id: UUID, attempt_id: UUID, digest: str | None
    ) -> AttemptInPlay | None:
        """Return an attempt as it stands at a row of its log; None when it is not known.

        No database is asked: the digest of the row stands for the whole log before it.

        Args:
            organisation_id: Whose attempt it is.
            attempt_id: Which.
            digest: Of the last row of the log; None before the first.
        """
        with self._turn:
            known = self._kept.get((organisation_id, attempt_id))
            if known is None or known.newest[1] != digest:
                return None
            self._kept.move_to_end((organisation_id, attempt_id))
            return known.folded()

    def begin(self, organisation_id: UUID, plans: Mapping[UUID, Plan]) -> None:
        """Know attempts whose logs are just beginning: who starts will look at a question next."""
        for attempt_id, plan in plans.items():
            attempt = Attempt(Head(attempt_id))
            self._keep((organisation_id, attempt_id), AttemptInPlay(plan, attempt))

    def follow(self, organisation_id: UUID, rows: Iterable[LoggedEvent]) -> None:
        """Take the rows that were just committed to the logs of attempts that are known."""
        with self._turn:
            for row in rows:
                key = (organisation_id, row.attempt_id)
                known = self._kept.get(key)
                if known is not None and not known.follow(row):
                    del self._kept[key]

    def _keep(self, key: tuple[UUID, UUID], found: AttemptInPlay) -> None:
        with self._turn:
            self._kept[key] = _Known(found, [])
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
