"""Draw the page of an item."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from examengine.delivery.attempt import AttemptSoFar
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._running import MOST_WITH_PAGES, running
from examengine.delivery.steps._step import CandidateCommand, Situation, Step
from examengine.delivery.steps.choose_item import ItemChosen, choose, item_at


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowItem(CandidateCommand):
    """Draw the page of the item at this place, counted from 1."""

    place: int
    client: str | None = None
    """The page it is drawn for."""


@dataclass(frozen=True, slots=True)
class ItemShown(Event):
    """The page of an item was drawn for the candidate."""

    type: ClassVar[str] = "shown"
    draws_page: ClassVar[bool] = True

    at: datetime
    item_id: str
    client: str | None = None
    """The page it was drawn for; None in logs of a time when pages named themselves."""

    def words(self) -> str:
        """Say what happened, for staff."""
        return f"Question {self.item_id} was shown"

    def happen(self, so_far: AttemptSoFar, version: int) -> None:  # noqa: ARG002
        """Let the time of the page before end, and that of this item begin."""
        so_far.turn_to(self.item_id, self.at)


def decide(command: ShowItem, situation: Situation) -> ItemShown | None:
    """Note that the page of an item is drawn; None when so much was noted that it is left out.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
        ItemNotInForm: There is no such place.
        SectionNotOpen, SectionOver: It is part of a section that is not open.
    """
    at = running(situation.head, command.received_at)
    item = item_at(situation, command.place)
    if situation.head.version >= MOST_WITH_PAGES:
        return None
    return ItemShown(at, item.item_id, command.client)


def chosen_for(command: ShowItem, situation: Situation) -> ItemChosen | None:
    """Ask the progression for the next items, when the place has none yet."""
    if command.place <= situation.head.chosen:
        return None
    return choose(situation, command.received_at)


STEP = Step(
    command=ShowItem,
    events=(ItemShown,),
    decide=decide,
    before=chosen_for,
    example=lambda asked: ShowItem(**asked, place=1, client="page-number-one"),
    example_events=(ItemShown(datetime(2026, 11, 21, 9, 1, tzinfo=UTC), "I-1", "page-one"),),
)
