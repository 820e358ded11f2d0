"""Note that the exam page went out of sight, or came back: a signal, never a verdict."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.log import LoggedEvent
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._running import MOST_WITH_PAGES, MOST_WITH_SIGNALS, running
from examengine.delivery.steps._step import PageCommand, Situation, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus(PageCommand):
    """Say that the page went out of sight, or came back, and how many seconds ago."""

    client: str
    seq: int
    item_id: str | None
    lost: bool
    ago: float = 0.0


@dataclass(frozen=True, slots=True)
class FocusLost(Event):
    """The exam page says that it is no longer in front."""

    type: ClassVar[str] = "focus_lost"

    at: datetime
    item_id: str | None
    client: str
    seq: int
    ago: float = 0.0
    """How many seconds before it arrived this happened, by the page's own count."""

    def words(self) -> str:
        """Say what happened, for staff."""
        return "The exam page was no longer in front"


@dataclass(frozen=True, slots=True)
class FocusReturned(Event):
    """The exam page says that it is in front again."""

    type: ClassVar[str] = "focus_returned"

    at: datetime
    item_id: str | None
    client: str
    seq: int
    ago: float = 0.0
    """How many seconds before it arrived this happened, by the page's own count."""

    def words(self) -> str:
        """Say what happened, for staff."""
        return "The exam page was in front again"


def decide(command: Focus, situation: Situation) -> FocusLost | FocusReturned | None:
    """Note that the page went out of sight, or came back; None when so many were noted already.

    A return is noted for a little longer than a loss, so that no absence is left open.

    Raises:
        ItemNotInForm: It is an item of another form.
        AttemptNotStarted, AttemptClosed: The attempt is not running.
    """
    if command.item_id is not None:
        situation.form.item(command.item_id)
    at = running(situation.head, command.received_at)
    if situation.head.version >= (MOST_WITH_SIGNALS if command.lost else MOST_WITH_PAGES):
        return None
    event = FocusLost if command.lost else FocusReturned
    return event(at, command.item_id, command.client, command.seq, command.ago)


def is_same(command: Focus, first: LoggedEvent, form: FormInPlay) -> bool:  # noqa: ARG001
    """Tell whether a signal is the one that was noted before."""
    event = FocusLost if command.lost else FocusReturned
    return first.type == event.type and first.body.get("item_id") == command.item_id


STEP = Step(
    command=Focus,
    events=(FocusLost, FocusReturned),
    decide=decide,
    is_same=is_same,
    example=lambda asked: Focus(**asked, item_id="I-1", lost=True, client="page-number-one", seq=1),
    example_events=(
        FocusLost(datetime(2026, 11, 21, 9, 2, tzinfo=UTC), "I-1", "page-one", 3, 0.5),
        FocusReturned(datetime(2026, 11, 21, 9, 3, tzinfo=UTC), None, "page-one", 4),
    ),
)
