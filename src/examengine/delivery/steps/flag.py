"""Put a flag on an item, to come back to it, or take it off."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from examengine.delivery.attempt import AttemptSoFar
from examengine.delivery.errors import LogFull
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.log import LoggedEvent
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._running import MOST_WITH_PAGES, running
from examengine.delivery.steps._step import PageCommand, Situation, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(PageCommand):
    """Put a flag on an item, or take it off."""

    item_id: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class ItemFlagged(Event):
    """The candidate put a flag on an item, to come back to it, or took it off."""

    type: ClassVar[str] = "flagged"
    is_act: ClassVar[bool] = True

    at: datetime
    item_id: str
    flagged: bool
    client: str | None
    seq: int | None

    def words(self) -> str:
        """Say what happened, for staff."""
        if self.flagged:
            return f"A flag was put on {self.item_id}"
        return f"The flag was taken off {self.item_id}"

    def happen(self, so_far: AttemptSoFar, version: int) -> None:  # noqa: ARG002
        """Put the flag, or take it off."""
        if self.flagged:
            so_far.flagged.add(self.item_id)
        else:
            so_far.flagged.discard(self.item_id)


def decide(command: Flag, situation: Situation) -> ItemFlagged:
    """Put a flag on an item, or take it off. A flag says what it should be, so none is stale.

    Raises:
        ItemNotInForm: It is an item of another form.
        AttemptNotStarted, AttemptClosed: The attempt is not running.
        SectionNotOpen, SectionOver: It is part of a section that is not open.
        LogFull: So much was noted that only answers are.
    """
    at = running(situation.head, command.received_at)
    item = situation.open_item(command.item_id)
    if situation.head.version >= MOST_WITH_PAGES:
        raise LogFull(MOST_WITH_PAGES)
    return ItemFlagged(at, item.item_id, command.flagged, command.client, command.seq)


def is_same(command: Flag, first: LoggedEvent, form: FormInPlay) -> bool:  # noqa: ARG001
    """Tell whether a flag is the one that was put before."""
    asked = (ItemFlagged.type, command.item_id, command.flagged)
    return (first.type, first.body.get("item_id"), first.body.get("flagged")) == asked


STEP = Step(
    command=Flag,
    events=(ItemFlagged,),
    decide=decide,
    is_same=is_same,
    example=lambda asked: Flag(
        **asked, item_id="I-1", flagged=True, client="page-number-one", seq=1
    ),
    example_events=(
        ItemFlagged(datetime(2026, 11, 21, 9, 2, tzinfo=UTC), "I-1", True, "page-one", 3),
        ItemFlagged(datetime(2026, 11, 21, 9, 3, tzinfo=UTC), "I-1", False, "page-one", 4),
    ),
)
