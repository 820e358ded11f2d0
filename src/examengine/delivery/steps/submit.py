"""Hand in: the end of an attempt, whoever brings it about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from examengine.delivery.attempt import AttemptSoFar, End, EndedBy, Head
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._running import running
from examengine.delivery.steps._step import CandidateCommand, Situation, Step
from examengine.kernel.clock import from_iso, iso

ENDINGS: Mapping[str, str] = {
    "submitted": "The candidate submitted",
    "time": "The time ran out; what was saved was handed in",
    "staff": "A member of staff ended the attempt",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(CandidateCommand):
    """Hand in."""


@dataclass(frozen=True, slots=True)
class AttemptSubmitted(Event):
    """The attempt ended. One that ran out of time ended at its deadline, whenever it was seen."""

    type: ClassVar[str] = "submitted"

    at: datetime
    by: EndedBy
    recorded_at: datetime
    """When the server wrote it down: later than `at` when nobody came by at the deadline."""
    actor_id: UUID | None = None
    """Who ended it, when it was one of the staff."""
    why: str = ""

    def body(self) -> dict[str, Any]:
        """Return the event as plain JSON, without its moment."""
        return {
            "by": self.by,
            "recorded_at": iso(self.recorded_at),
            "actor_id": None if self.actor_id is None else str(self.actor_id),
            "reason": self.why,
        }

    @classmethod
    def read(cls, at: datetime, body: Mapping[str, Any]) -> Self:
        """Return the event that a row of the log holds."""
        return cls(
            at=at,
            by=body["by"],
            recorded_at=from_iso(body["recorded_at"]),
            actor_id=None if body["actor_id"] is None else UUID(body["actor_id"]),
            why=body["reason"],
        )

    def words(self) -> str:
        """Say what happened, for staff."""
        return ENDINGS[self.by] + (f": {self.why}" if self.why else "")

    def in_head(self, version: int) -> Mapping[str, Any]:  # noqa: ARG002  (of other events)
        """Return when the attempt ended."""
        return {"submitted_at": self.at}

    def happen(self, so_far: AttemptSoFar, version: int) -> None:  # noqa: ARG002
        """Let the time of the last page end, and the attempt with it."""
        so_far.turn_to(None, self.at)
        so_far.end = so_far.end or End(self.at, self.by, self.why)


def end_of(head: Head, now: datetime, by: EndedBy, **by_whom: Any) -> AttemptSubmitted | None:
    """End a running attempt: as of its deadline, by time, when that is past.

    None when it has ended already: a second end is harmless.

    Raises:
        AttemptNotStarted: There is nothing to end.
    """
    if head.submitted_at is not None:
        return None
    if head.deadline is not None and now > head.deadline:
        return AttemptSubmitted(head.deadline, "time", now)
    return AttemptSubmitted(running(head, now), by, now, **by_whom)


def decide(command: Submit, situation: Situation) -> AttemptSubmitted | None:
    """Hand in. A second time is harmless; after the deadline it was the time that ended it.

    Raises:
        AttemptNotStarted: There is nothing to hand in.
    """
    return end_of(situation.head, command.received_at, "submitted")


_TEN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

STEP = Step(
    command=Submit,
    events=(AttemptSubmitted,),
    decide=decide,
    example=lambda asked: Submit(**asked),
    example_events=(
        AttemptSubmitted(_TEN, "submitted", _TEN),
        AttemptSubmitted(_TEN, "time", _TEN),
        AttemptSubmitted(_TEN, "staff", _TEN, UUID(int=9), "The fire alarm rang."),
    ),
)
