"""End an attempt whose time is over; nobody has to be there."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from examengine.delivery.attempt import Head
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.steps._step import Command, Situation, Step
from examengine.delivery.steps.submit import AttemptSubmitted


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseExpired(Command):
    """End an attempt whose time is over; asked by the server itself."""


def overdue(head: Head, form: FormInPlay, now: datetime) -> AttemptSubmitted | None:  # noqa: ARG001
    """End an attempt whose time is over, as of its deadline; None when there is nothing to end."""
    if head.submitted_at is not None or head.deadline is None or now <= head.deadline:
        return None
    return AttemptSubmitted(head.deadline, "time", now)


def decide(command: CloseExpired, situation: Situation) -> AttemptSubmitted | None:
    """End an attempt whose time is over; None when there is nothing to end."""
    return overdue(situation.head, situation.form, command.received_at)


_TEN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

STEP = Step(
    command=CloseExpired,
    events=(AttemptSubmitted,),
    decide=decide,
    example=lambda asked: CloseExpired(
        attempt_id=asked["attempt_id"], received_at=asked["received_at"] + timedelta(days=1)
    ),
    example_events=(AttemptSubmitted(_TEN, "time", _TEN + timedelta(seconds=20)),),
)
