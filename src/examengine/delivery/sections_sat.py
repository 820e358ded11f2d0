"""The sections of one attempt as its candidate may see them: closed, open, next, or later. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from examengine.assembly import Section
from examengine.delivery.administration import allowed_time
from examengine.delivery.attempt import Attempt, Head, SectionSat
from examengine.delivery.progression.sections import open_sections
from examengine.delivery.steps.open_section import deadline_of

Status = Literal["closed", "open", "next", "later"]


@dataclass(frozen=True, slots=True)
class SectionState:
    """Where one section stands."""

    number: int
    section: Section
    status: Status
    first_place: int
    """The place of its first item in the form."""
    is_last: bool
    sat: SectionSat | None
    """When it was sat; None before it is opened."""
    left: SectionSat | None
    """The section before, when that was closed, so that nothing but this one is open."""
    opens_back: bool
    """Whether the section before it is open, and stays so."""
    extra_time_percent: int
    end: datetime | None
    """When the attempt ends."""

    @property
    def allowed(self) -> timedelta | None:
        """Return the time allowed for it alone, extra time included; None where it has none."""
        minutes = self.section.minutes
        return None if minutes is None else allowed_time(minutes, self.extra_time_percent)

    @property
    def last_place(self) -> int:
        """Return the place of its last item in the form."""
        return self.first_place + len(self.section.item_ids) - 1

    def is_cut_short(self, now: datetime) -> bool:
        """Tell whether the end of the attempt takes some of its time, if it is opened now."""
        deadline = deadline_of(self.section, now, self.extra_time_percent, self.end)
        return deadline is not None and self.allowed is not None and deadline < now + self.allowed


def states(
    sections: Sequence[Section], attempt: Attempt, extra_time_percent: int
) -> list[SectionState]:
    """Return where the sections of a form stand, in their order."""
    head = attempt.head
    opened = open_sections(sections, head)
    sat = {one.section: one for one in attempt.sections}
    # The next section waits while the one before is locked and has not been left.
    waits = bool(opened) and sections[opened[-1] - 1].locked
    found: list[SectionState] = []
    place = 1
    for number, section in enumerate(sections, start=1):
        before = sat.get(number - 1)
        found.append(
            SectionState(
                number=number,
                section=section,
                status=_status(number, head, opened, waits=waits),
                first_place=place,
                is_last=number == len(sections),
                sat=sat.get(number),
                left=before if before is not None and before.closed_at is not None else None,
                opens_back=number - 1 in opened and not sections[number - 2].locked,
                extra_time_percent=extra_time_percent,
                end=head.deadline,
            )
        )
        place += len(section.item_ids)
    return found


def _status(number: int, head: Head, opened: range, *, waits: bool) -> Status:
    if number in opened and head.submitted_at is None:
        return "open"
    if head.submitted_at is not None or number <= head.section:
        return "closed"
    return "next" if number == head.section + 1 and not waits else "later"
