"""When the exam page was not in front, paired from its own signals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from examengine.delivery import Event, FocusLost, FocusReturned

SHORTEST = 2.0
"""Seconds. Shorter ones are a notification or a slip of the hand, and are not counted."""


@dataclass(frozen=True, slots=True)
class Absence:
    """One stretch of time in which the exam page was not in front."""

    left_at: datetime
    back_at: datetime
    item_id: str | None

    @property
    def seconds(self) -> float:
        """Return how long it was."""
        return (self.back_at - self.left_at).total_seconds()


def absences(events: Sequence[Event]) -> list[Absence]:
    """Return the absences that lasted at least `SHORTEST` seconds, in order.

    A page that never said it was back, because it was closed or lost, was away until the next
    event of the attempt.
    """
    found: list[Absence] = []
    for place, event in enumerate(events):
        if isinstance(event, FocusLost):
            back_at = _back_at(event, events[place + 1 :])
            found.append(Absence(event.at, back_at, event.item_id))
    return [absence for absence in found if absence.seconds >= SHORTEST]


def _back_at(lost: FocusLost, later: Sequence[Event]) -> datetime:
    for event in later:
        if isinstance(event, FocusReturned) and event.client == lost.client:
            return event.at
        if not isinstance(event, FocusReturned | FocusLost):
            return event.at
    return lost.at
