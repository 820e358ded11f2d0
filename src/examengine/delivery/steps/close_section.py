"""Close a section that is locked: its candidate leaves it, or its time is over."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, Self

from examengine.delivery.attempt import AttemptSoFar, Head
from examengine.delivery.errors import SectionNotOpen, SectionUnknown
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._running import running
from examengine.delivery.steps._step import CandidateCommand, Situation, Step
from examengine.kernel.clock import from_iso, iso


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSection(CandidateCommand):
    """Leave a section, counted from 1, for good."""

    section: int


@dataclass(frozen=True, slots=True)
class SectionClosed(Event):
    """A section was closed. One that ran out of time closed then, whenever it was seen."""

    type: ClassVar[str] = "section_closed"

    at: datetime
    section: int
    title: str
    by: Literal["candidate", "time"]
    recorded_at: datetime
    """When the server wrote it down: later than `at` when nobody came by at its end."""

    def body(self) -> dict[str, Any]:
        """Return the event as plain JSON, without its moment."""
        return Event.body(self) | {"recorded_at": iso(self.recorded_at)}

    @classmethod
    def read(cls, at: datetime, body: Mapping[str, Any]) -> Self:
        """Return the event that a row of the log holds."""
        return cls(at, **{**body, "recorded_at": from_iso(body["recorded_at"])})

    def words(self) -> str:
        """Say what happened, for staff."""
        if self.by == "time":
            return f"The time of section {self.section}, “{self.title}”, ran out"
        return f"Section {self.section}, “{self.title}”, was left for good"

    def in_head(self, version: int) -> Mapping[str, Any]:  # noqa: ARG002  (of other events)
        """Return that the section is closed."""
        return {"section_deadline": None, "section_closed_at": self.at}

    def happen(self, so_far: AttemptSoFar, version: int) -> None:  # noqa: ARG002
        """Let the section end, and the time of the page that was on the screen."""
        so_far.turn_to(None, self.at)
        so_far.sections = [
            replace(one, closed_at=self.at, by=self.by) if one.section == self.section else one
            for one in so_far.sections
        ]


def decide(command: CloseSection, situation: Situation) -> SectionClosed | None:
    """Leave a section for good. Of one that is closed, or has no lock, there is nothing to record.

    The last section is closed by handing in.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
        SectionUnknown: The form has no such section.
        SectionNotOpen: It was not opened yet.
    """
    head, sections = situation.head, situation.form.form.sections
    at = running(head, command.received_at)
    if not 1 <= command.section <= len(sections):
        raise SectionUnknown(command.section)
    section = sections[command.section - 1]
    if command.section > head.section:
        raise SectionNotOpen(command.section, section.title)
    over = command.section < head.section or head.section_closed_at is not None
    if over or not section.locked or command.section == len(sections):
        return None
    return SectionClosed(at, command.section, section.title, "candidate", command.received_at)


def overdue(head: Head, form: FormInPlay, now: datetime) -> SectionClosed | None:
    """Close a section whose time is over, as of its deadline; None when there is none."""
    if head.submitted_at is not None or head.section_deadline is None:
        return None
    if now <= head.section_deadline:
        return None
    title = form.form.sections[head.section - 1].title
    return SectionClosed(head.section_deadline, head.section, title, "time", now)


_THEN = datetime(2026, 11, 21, 9, 20, tzinfo=UTC)

STEP = Step(
    command=CloseSection,
    events=(SectionClosed,),
    decide=decide,
    example=lambda asked: CloseSection(**asked, section=1),
    example_events=(
        SectionClosed(_THEN, 1, "Charts", "candidate", _THEN),
        SectionClosed(_THEN, 1, "Charts", "time", _THEN),
    ),
)
