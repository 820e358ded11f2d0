"""What a step must bring: what is asked, what is decided on it, and the events it can become."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from examengine.accounts import Actor
from examengine.bank import ItemVersion
from examengine.delivery.administration import Plan
from examengine.delivery.attempt import Answered, Attempt, Head
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.log import LoggedEvent
from examengine.delivery.progression import Progression, progression_of
from examengine.delivery.steps._event import Event

Number = tuple[UUID, str, int]
"""Attempt, page and the page's own count: what names one sending of one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What the writer can be asked; by itself, what the server asks of its own accord."""

    attempt_id: UUID
    received_at: datetime
    """When the server received it: a full queue never costs a candidate an answer."""

    @property
    def number(self) -> Number | None:
        """Return what names this sending; None where nothing is sent again."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateCommand(Command):
    """Something that a candidate asks."""

    session: str
    """The digest of the signed-in browser's token; whose it is, is looked up in the batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCommand(CandidateCommand):
    """Something that an exam page sends, again and again until it is acknowledged."""

    client: str | None = None
    """The page; None for a form sent without script."""
    seq: int | None = None
    """The page's own count of what it sent; a replay repeats it."""

    @property
    def number(self) -> Number | None:
        """Return what names this sending; None for a form sent without script."""
        if self.client is None or self.seq is None:
            return None
        return (self.attempt_id, self.client, self.seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCommand(Command):
    """Something that a member of staff does to an attempt; the use case checked that they may."""

    act: ClassVar[str]
    """What the staff trail calls it."""

    actor: Actor
    why: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the writer answers once it is on disk."""

    attempt_id: UUID
    version: int
    """The version of the log at which this was recorded; a replay gets that of the first."""
    digest: str | None
    at: datetime | None
    """When; None for an attempt in which nothing has happened yet."""
    deadline: datetime | None
    """The earliest of the limits that run."""
    submitted_at: datetime | None
    unfinished: str | None = None
    """Of an answer: why it is no whole one, in words for the candidate."""
    echo: str | None = None
    """Of an answer: how it is read, where that is not plain to see."""


def _none_stored(digest: str) -> int:  # noqa: ARG001
    return 0


@dataclass(frozen=True, slots=True)
class Situation:
    """What a step is decided on."""

    head: Head
    form: FormInPlay
    plan: Callable[[], Plan]
    """What was prepared for the candidate, for steps that need it."""
    attempt: Callable[[], Attempt]
    """The whole attempt, read from its log when it is asked for: no usual save asks."""
    stored: Callable[[str], int] = field(default=_none_stored)
    """How many bytes are in the database of a file that the attempt may name, by its digest."""

    @property
    def progression(self) -> Progression:
        """Return by what the form goes on."""
        return progression_of(self.form)

    def open_item(self, item_id: str) -> ItemVersion:
        """Return an item of the form that is open now.

        Raises:
            ItemNotInForm: The form has no such item.
            SectionNotOpen, SectionOver: It is part of a section that is not open.
        """
        item = self.form.item(item_id)
        self.progression.check_open(self.form, self.head, item_id)
        return item

    def newest_after(self, item_id: str, seen: int) -> Answered | None:
        """Return the last answer to an item, when a page that saw so much may not know of it.

        A page that knows of every answer of the log needs no look into it; this is the usual one.
        """
        if seen >= self.head.answered_version:
            return None
        return self.attempt().answers.get(item_id)


C = TypeVar("C", bound=Command)


def _plainly(command: Any, recorded: Recorded, row: LoggedEvent, form: FormInPlay) -> Recorded:  # noqa: ARG001
    return recorded


def _nothing(command: Any, situation: Situation) -> Event | None:  # noqa: ARG001
    return None


def _never(command: Any, first: LoggedEvent, form: FormInPlay) -> bool:  # noqa: ARG001
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[C]):
    """One thing that can happen in an attempt: one file, one command.

    Attributes:
        command: What is asked.
        events: What it can become in the log.
        decide: The rule: from what is asked and where the attempt stands to an event, or to None
            when there is nothing to record. It raises an `ExamError` where it refuses.
        is_same: Whether a command is the one whose number it has. An answer that was never stored
            must not be acknowledged because of its number.
        tell: What whoever asked is told besides that it is on disk. It raises an `ExamError`
            about something that is recorded and did not count.
        before: What has to stand in the log before it, such as the choice of the item that is
            shown; None when there is nothing.
        needs_plan: Whether the rule asks what was prepared for the candidate: it is looked up for
            all commands of a batch at once.
        example: A command that a running attempt takes, of what every command of its kind has.
        example_events: One of each of `events`, as the log may hold them.
    """

    command: type[C]
    events: tuple[type[Event], ...]
    decide: Callable[[C, Situation], Event | None]
    is_same: Callable[[C, LoggedEvent, FormInPlay], bool] = field(default=_never)
    tell: Callable[[C, Recorded, LoggedEvent, FormInPlay], Recorded] = field(default=_plainly)
    needs_plan: bool = False
    before: Callable[[C, Situation], Event | None] = field(default=_nothing)
    example: Callable[[dict[str, Any]], C]
    example_events: Sequence[Event]
