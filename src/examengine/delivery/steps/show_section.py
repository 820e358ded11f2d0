"""Draw the page of a section: its instructions, before it is opened."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from examengine.delivery.attempt import AttemptSoFar
from examengine.delivery.errors import SectionUnknown
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._running import MOST_WITH_PAGES, running
from examengine.delivery.steps._step import CandidateCommand, Situation, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSection(CandidateCommand):
    """Draw the page of a section, counted from 1."""

    section: int
    client: str | None = None
    """The page it is drawn for."""


@dataclass(frozen=True, slots=True)
class SectionShown(Event):
    """The instructions of a section were shown: the time that follows belongs to no item."""

    type: ClassVar[str] = "section_shown"
    draws_page: ClassVar[bool] = True

    at: datetime
    section: int
    client: str | None = None

    def words(self) -> str:
        """Say what happened, for staff."""
        return f"The instructions of section {self.section} were shown"

    def happen(self, so_far: AttemptSoFar, version: int) -> None:  # noqa: ARG002
        """Let the time of the item before end."""
        so_far.turn_to(None, self.at)


def decide(command: ShowSection, situation: Situation) -> SectionShown | None:
    """Note that instructions are shown; None when so much was noted that it is left out.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
        SectionUnknown: The form has no such section.
    """
    at = running(situation.head, command.received_at)
    if not 1 <= command.section <= len(situation.form.form.sections):
        raise SectionUnknown(command.section)
    if situation.head.version >= MOST_WITH_PAGES:
        return None
    return SectionShown(at, command.section, command.client)


STEP = Step(
    command=ShowSection,
    events=(SectionShown,),
    decide=decide,
    example=lambda asked: ShowSection(**asked, section=1, client="page-number-one"),
    example_events=(SectionShown(datetime(2026, 11, 21, 9, 1, tzinfo=UTC), 1, "page-one"),),
)
