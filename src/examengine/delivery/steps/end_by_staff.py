"""End somebody's attempt for them, for a reason that stands in the log."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from examengine.accounts import system_actor
from examengine.delivery.steps._step import Situation, StaffCommand, Step
from examengine.delivery.steps.submit import AttemptSubmitted, end_of


@dataclass(frozen=True, slots=True, kw_only=True)
class EndByStaff(StaffCommand):
    """End somebody's attempt; the use case has checked that the actor may."""

    act: ClassVar[str] = "delivery.end_attempt"


def decide(command: EndByStaff, situation: Situation) -> AttemptSubmitted | None:
    """End an attempt for its candidate: what was saved counts.

    Raises:
        AttemptNotStarted: There is nothing to end.
    """
    by_whom = {"actor_id": command.actor.person_id, "why": command.why}
    return end_of(situation.head, command.received_at, "staff", **by_whom)


STEP = Step(
    command=EndByStaff,
    events=(AttemptSubmitted,),
    decide=decide,
    example=lambda asked: EndByStaff(
        attempt_id=asked["attempt_id"],
        received_at=asked["received_at"],
        actor=system_actor(),
        why="The fire alarm rang.",
    ),
    example_events=(
        AttemptSubmitted(
            datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
            "staff",
            datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
            UUID(int=9),
            "The fire alarm rang.",
        ),
    ),
)
