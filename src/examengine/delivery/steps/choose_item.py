"""Choose what comes next: the progression's answer, kept so that a replay never asks again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from examengine.bank import ItemVersion
from examengine.delivery.attempt import AttemptSoFar
from examengine.delivery.errors import ItemNotInForm
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._running import running
from examengine.delivery.steps._step import Command, Situation, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseItem(Command):
    """Choose what comes next; asked by the server itself, before it shows a new place."""


@dataclass(frozen=True, slots=True)
class ItemChosen(Event):
    """The progression chose what comes next: one item, or several that are given together."""

    type: ClassVar[str] = "chosen"

    at: datetime
    place: int
    """Of the first of them, counted from 1."""
    items: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        """Return the event as plain JSON, without its moment."""
        return {"place": self.place, "items": list(self.items)}

    @classmethod
    def read(cls, at: datetime, body: Mapping[str, Any]) -> Self:
        """Return the event that a row of the log holds."""
        return cls(at, body["place"], tuple(body["items"]))

    def words(self) -> str:
        """Say what happened, for staff."""
        if len(self.items) == 1:
            return f"Question {self.items[0]} was chosen as number {self.place}"
        last = self.place + len(self.items) - 1
        return f"Questions {self.place} to {last} were chosen, {self.items[0]} first"

    def in_head(self, version: int) -> Mapping[str, Any]:  # noqa: ARG002  (of other events)
        """Return how many items were chosen so far."""
        return {"chosen": self.place + len(self.items) - 1}

    def happen(self, so_far: AttemptSoFar, version: int) -> None:  # noqa: ARG002
        """Add them to those that were chosen before."""
        so_far.chosen[self.place - 1 :] = self.items


def choose(situation: Situation, now: datetime) -> ItemChosen | None:
    """Ask the progression what comes next; None when there is nothing more for now.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
    """
    at = running(situation.head, now)
    items = situation.progression.choose(situation.form, situation.head)
    return ItemChosen(at, situation.head.chosen + 1, items) if items else None


def item_at(situation: Situation, place: int) -> ItemVersion:
    """Return the item at a place that was chosen and is open.

    Raises:
        ItemNotInForm: There is no such place.
        SectionNotOpen, SectionOver: It is part of a section that is not open.
    """
    form, head = situation.form, situation.head
    there = 1 <= place <= len(form.items)
    found = situation.progression.item_at(form, head, place, situation.attempt) if there else None
    # A place that has no item yet may be known to lie in a section that is not open: that is said.
    item = None if found is None else situation.open_item(found)
    if item is None or place > head.chosen:
        raise ItemNotInForm(f"form {form.form.code} has {len(form.items)} items")
    return item


def decide(command: ChooseItem, situation: Situation) -> ItemChosen | None:
    """Choose what comes next; None when there is nothing more for now.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
    """
    return choose(situation, command.received_at)


_NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

STEP = Step(
    command=ChooseItem,
    events=(ItemChosen,),
    decide=decide,
    example=lambda asked: ChooseItem(
        attempt_id=asked["attempt_id"], received_at=asked["received_at"]
    ),
    example_events=(ItemChosen(_NINE, 1, ("I-1",)), ItemChosen(_NINE, 2, ("I-2", "I-3"))),
)
