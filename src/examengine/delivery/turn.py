"""A turn of the page: the answer to one question is stored, and another question is shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from examengine.delivery.steps import Command, Recorded
from examengine.delivery.steps.save import Save
from examengine.delivery.steps.show_item import ShowItem
from examengine.kernel.errors import ExamError


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a page asks at once; it comes into the log together, or the question is not shown."""

    answer: Save | None
    """The answer that has not been sent yet; None when there is none."""
    show: ShowItem
    warned: str | None = None
    """What the candidate was told that the answer lacks, and goes on all the same."""

    @property
    def attempt_id(self) -> UUID:
        """Return the attempt it is about."""
        return self.show.attempt_id

    def commands(self) -> Iterator[Command]:
        """Yield what is asked, in the order in which it happens."""
        if self.answer is not None:
            yield self.answer
        yield self.show


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """What the writer answers once it is on disk."""

    organisation_id: UUID
    saved: Recorded | None
    """The answer; None when none was sent."""
    shown: Recorded | ExamError | None
    """The question; why it is not shown; or None, for the answer lacks what nobody was told yet."""


def stays(saved: Recorded | None, warned: str | None) -> bool:
    """Tell whether a page stays where it is, to tell its candidate what the answer lacks."""
    lacking = None if saved is None else saved.unfinished
    return lacking is not None and lacking != warned
