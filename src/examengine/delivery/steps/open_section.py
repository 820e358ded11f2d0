"""Open a section: its instructions were read, and its time begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from examengine.assembly import Section
from examengine.delivery.administration import allowed_time
from examengine.delivery.attempt import AttemptSoFar, SectionSat
from examengine.delivery.errors import SectionNotOpen, SectionUnknown
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._running import running
from examengine.delivery.steps._step import CandidateCommand, Situation, Step
from examengine.kernel.clock import from_iso, iso


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSection(CandidateCommand):
    """Open a section, counted from 1: the one after the section that was opened last."""

    section: int


@dataclass(frozen=True, slots=True)
class SectionOpened(Event):
    """The candidate opened a section; what was said about it, and until when, stands here."""

    type: ClassVar[str] = "section_opened"

    at: datetime
    section: int
    title: str
    items: tuple[str, ...]
    locked: bool
    minutes: int | None
    """The time allowed for it alone, without extra time; None where it has none."""
    deadline: datetime | None
    """When it closes by itself: its own time with extra time, and never after the attempt's."""
    last: bool
    """Whether no section follows: when its time is over, the attempt is."""

    def body(self) -> dict[str, Any]:
        """Return the event as plain JSON, without its moment."""
        deadline = None if self.deadline is None else iso(self.deadline)
        return Event.body(self) | {"items": list(self.items), "deadline": deadline}

    @classmethod
    def read(cls, at: datetime, body: Mapping[str, Any]) -> Self:
        """Return the event that a row of the log holds."""
        deadline = None if body["deadline"] is None else from_iso(body["deadline"])
        return cls(at, **{**body, "items": tuple(body["items"]), "deadline": deadline})

    def words(self) -> str:
        """Say what happened, for staff."""
        until = "" if self.deadline is None else f", until {self.deadline:%H:%M:%S} UTC"
        return f"Section {self.section}, “{self.title}”, was opened{until}"

    def in_head(self, version: int) -> Mapping[str, Any]:  # noqa: ARG002  (of other events)
        """Return which section is open now, and until when."""
        ends_attempt = {"deadline": self.deadline} if self.last and self.deadline else {}
        return {
            "section": self.section,
            "section_deadline": self.deadline,
            "section_closed_at": None,
            **ends_attempt,
        }

    def happen(self, so_far: AttemptSoFar, version: int) -> None:  # noqa: ARG002
        """Let the section begin; the time until its first question belongs to none."""
        so_far.turn_to(None, self.at)
        so_far.sections.append(SectionSat(self.section, self.title, self.at))


def decide(command: OpenSection, situation: Situation) -> SectionOpened | None:
    """Open the next section. To open one a second time is harmless, and gives no time back.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
        SectionUnknown: The form has no such section.
        SectionNotOpen: One before it was not opened yet, or is locked and was not left.
    """
    head, sections = situation.head, situation.form.form.sections
    at = running(head, command.received_at)
    if not 1 <= command.section <= len(sections):
        raise SectionUnknown(command.section)
    if command.section <= head.section:
        return None
    section = sections[command.section - 1]
    unfinished = head.section > 0 and sections[head.section - 1].locked
    if command.section > head.section + 1 or (unfinished and head.section_closed_at is None):
        raise SectionNotOpen(command.section, section.title)
    return SectionOpened(
        at=at,
        section=command.section,
        title=section.title,
        items=section.item_ids,
        locked=section.locked,
        minutes=section.minutes,
        deadline=deadline_of(section, at, situation.plan().extra_time_percent, head.deadline),
        last=command.section == len(sections),
    )


def deadline_of(
    section: Section, at: datetime, extra_time_percent: int, end: datetime | None
) -> datetime | None:
    """Return when a section that is opened then closes by itself; None where it has no time.

    Extra time multiplies the time of a section as it does that of the attempt; the end of the
    attempt, which knows that of the window, comes first where it is earlier.
    """
    if section.minutes is None:
        return None
    own = at + allowed_time(section.minutes, extra_time_percent)
    return own if end is None else min(own, end)


_NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

STEP = Step(
    command=OpenSection,
    events=(SectionOpened,),
    decide=decide,
    needs_plan=True,
    example=lambda asked: OpenSection(**asked, section=1),
    example_events=(
        SectionOpened(
            _NINE, 1, "Charts", ("I-1",), True, 20, _NINE + timedelta(minutes=20), last=False
        ),
        SectionOpened(_NINE, 2, "Tables", ("I-2", "I-3"), False, None, None, last=True),
    ),
)
