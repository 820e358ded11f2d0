"""An attempt: where the head of its log stands, and what a whole log comes to.

Nothing here knows which events there are. Each says itself what it changes (`steps`): in the head,
which is all that the next event is chained to, and in the attempt, which is read from the log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from examengine.kernel.clock import iso

Fields = Mapping[str, Sequence[str]]
"""What the fields of an item's form say, by their names."""
EndedBy = Literal["submitted", "time", "staff"]
"""How an attempt ends: its candidate hands in, its time is over, or a member of staff ends it."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log stands: all that the next event is decided on, and chained to."""

    attempt_id: UUID
    version: int = 0
    digest: str | None = None
    started_at: datetime | None = None
    deadline: datetime | None = None
    submitted_at: datetime | None = None
    last_at: datetime | None = None
    answered_version: int = 0
    """The version at which an answer was last given, to whichever item and from whichever page."""
    last_client: str | None = None
    last_seq: int = 0
    """The last page that was heard, and its count: a higher one from it cannot be a replay."""
    chosen: int = 0
    """How many items were chosen so far."""
    section: int = 0
    """The section that was opened last, counted from 1; 0 before the first, and without any."""
    section_deadline: datetime | None = None
    """When it closes by itself; None where it has no time of its own, and once it is closed."""
    section_closed_at: datetime | None = None
    """When it was closed; None while it is open."""

    @property
    def ends_at(self) -> datetime | None:
        """Return the earliest of the limits that run: of the section, the attempt, the window."""
        return self.section_deadline or self.deadline


@dataclass(frozen=True, slots=True)
class Answered:
    """When an item was answered last, and by which page."""

    at: datetime
    version: int
    client: str | None


@dataclass(frozen=True, slots=True)
class Playing:
    """That a recording or a video with a limit was started."""

    item_id: str
    place: int
    """Of its part in the stimulus of the item, counted from 0."""
    at: datetime
    version: int
    """Of the event, which names the playing."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was added to an answer, as the log names it."""

    name: str
    size: int
    """Bytes."""
    digest: str
    media_type: str
    at: datetime

    def described(self) -> dict[str, Any]:
        """Return it as a response has it."""
        return {
            "name": self.name,
            "size": self.size,
            "digest": self.digest,
            "media_type": self.media_type,
        }


@dataclass(frozen=True, slots=True)
class End:
    """When an attempt ended, and how."""

    at: datetime
    by: EndedBy
    why: str = ""
    """For which reason, when it was one of the staff."""


@dataclass(frozen=True, slots=True)
class SectionSat:
    """When a section was sat, and how it ended."""

    section: int
    title: str
    opened_at: datetime
    closed_at: datetime | None = None
    """None while it is open, and where it stayed open to the end of the attempt."""
    by: Literal["candidate", "time"] | None = None

    def body(self) -> dict[str, Any]:
        """Return it as JSON, for the response record."""
        return {
            "section": self.section,
            "title": self.title,
            "opened_at": iso(self.opened_at),
            "closed_at": None if self.closed_at is None else iso(self.closed_at),
            "by": self.by,
        }


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, read from its whole log."""

    head: Head
    end: End | None = None
    responses: Mapping[str, Any] = field(default_factory=dict)
    """The last response to each item that was answered, or whose answer was taken back."""
    drafts: Mapping[str, Fields] = field(default_factory=dict)
    """What was typed and chosen, for each item whose last answer cannot be read."""
    answers: Mapping[str, Answered] = field(default_factory=dict)
    """When and by which page each item was answered last; taking an answer back is one, too."""
    flagged: frozenset[str] = frozenset()
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long each item was on the screen: from its page to the next, or to the end."""
    on_screen: tuple[str, datetime] | None = None
    """The item whose page was drawn last, and when; None after a page of no item."""
    chosen: tuple[str, ...] = ()
    """The items that were chosen so far, in the order of their places."""
    sections: tuple[SectionSat, ...] = ()
    """The sections that were opened so far."""
    playings: tuple[Playing, ...] = ()
    """What was played of what may be played so many times, in order."""
    files: Mapping[str, tuple[StoredFile, ...]] = field(default_factory=dict)
    """The files that were added to each item so far, those that were taken out again too."""

    def answered(self, item_id: str) -> bool:
        """Tell whether there is an answer to the item now."""
        return self.responses.get(item_id) is not None


class AttemptSoFar:
    """An attempt while its log is read: each event changes it, in the order of the log."""

    def __init__(self, before: Attempt) -> None:
        self.end = before.end
        self.responses = dict(before.responses)
        self.drafts = dict(before.drafts)
        self.answers = dict(before.answers)
        self.flagged = set(before.flagged)
        self.chosen = list(before.chosen)
        self.sections = list(before.sections)
        self.playings = list(before.playings)
        self.files = dict(before.files)
        self._seconds = dict(before.seconds)
        self._on_screen = before.on_screen

    def turn_to(self, item_id: str | None, at: datetime) -> None:
        """Note that a page is drawn: of an item, or of none. The time of the last one ends."""
        if self._on_screen is not None:
            shown, since = self._on_screen
            elapsed = (at - since).total_seconds()
            self._seconds[shown] = round(self._seconds.get(shown, 0.0) + elapsed, 3)
        self._on_screen = None if item_id is None else (item_id, at)

    def at(self, head: Head) -> Attempt:
        """Return the attempt as it stands at this head."""
        return Attempt(
            head=head,
            end=self.end,
            responses=self.responses,
            drafts=self.drafts,
            answers=self.answers,
            flagged=frozenset(self.flagged),
            seconds=self._seconds,
            on_screen=self._on_screen,
            chosen=tuple(self.chosen),
            sections=tuple(self.sections),
            playings=tuple(self.playings),
            files=self.files,
        )
