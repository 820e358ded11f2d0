"""Draw a page that shows where all questions stand."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from examengine.delivery.attempt import AttemptSoFar
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._running import MOST_WITH_PAGES, running
from examengine.delivery.steps._step import CandidateCommand, Situation, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowReview(CandidateCommand):
    """Draw the review page."""

    client: str | None = None
    """The page it is drawn for."""


@dataclass(frozen=True, slots=True)
class ReviewShown(Event):
    """The review page was drawn: the time that follows belongs to no item."""

    type: ClassVar[str] = "reviewed"
    draws_page: ClassVar[bool] = True

    at: datetime
    client: str | None = None
    """The page it was drawn for, as of an item."""

    def words(self) -> str:
        """Say what happened, for staff."""
        return "The review page was shown"

    def happen(self, so_far: AttemptSoFar, version: int) -> None:  # noqa: ARG002
        """Let the time of the item before end."""
        so_far.turn_to(None, self.at)


def decide(command: ShowReview, situation: Situation) -> ReviewShown | None:
    """Note that the review page is drawn; None when so much was noted that it is left out.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
    """
    at = running(situation.head, command.received_at)
    return None if situation.head.version >= MOST_WITH_PAGES else ReviewShown(at, command.client)


STEP = Step(
    command=ShowReview,
    events=(ReviewShown,),
    decide=decide,
    example=lambda asked: ShowReview(**asked, client="page-number-one"),
    example_events=(ReviewShown(datetime(2026, 11, 21, 9, 50, tzinfo=UTC), "page-one"),),
)
