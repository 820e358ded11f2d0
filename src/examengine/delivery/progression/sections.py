"""Section by section, each with its instructions; locks close behind, and times of their own end.

A section is opened by its candidate, who reads its instructions first, with only the time of the
exam running. Within the sections that are open candidates go to and fro. A lock closes behind the
section that is left: there is no way back to it, nor to anything before it. A section with a time
of its own closes when that is over, whether anybody is there or not.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from examengine.assembly import Section
from examengine.delivery.attempt import Head
from examengine.delivery.errors import SectionNotOpen, SectionOver
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.progression._progression import InFormOrder


class Sections(InFormOrder):
    """The sections of the form, in their order."""

    words: ClassVar[str] = (
        "Candidates sit the sections one after the other. There is no way back to one that is "
        "locked."
    )
    by_sections: ClassVar[bool] = True
    example: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "title": "First part",
            "instructions": "Look at the charts first.",
            "minutes": 20,
            "locked": True,
            "items": ["I-1"],
        },
        {
            "title": "Second part",
            "instructions": "",
            "minutes": None,
            "locked": False,
            "items": ["I-2"],
        },
    )

    def choose(self, form: FormInPlay, head: Head) -> tuple[str, ...]:
        """Return the items of the sections that are open, as far as they were not chosen yet."""
        upto = sum(len(section.item_ids) for section in form.form.sections[: head.section])
        return tuple(item.item_id for item in form.items[head.chosen : upto])

    def check_open(self, form: FormInPlay, head: Head, item_id: str) -> None:
        """Refuse an item of a section that is not open."""
        sections = form.form.sections
        number = section_of_item(sections, item_id)
        if number not in open_sections(sections, head):
            refusal = SectionNotOpen if number > head.section else SectionOver
            raise refusal(number, sections[number - 1].title)


def section_of_item(sections: Sequence[Section], item_id: str) -> int:
    """Return the number of the section that holds an item; 0 where none does."""
    for number, section in enumerate(sections, start=1):
        if item_id in section.item_ids:
            return number
    return 0


def open_sections(sections: Sequence[Section], head: Head) -> range:
    """Return the numbers of the sections whose items are open: none between two sections."""
    last = head.section
    if last == 0 or head.section_closed_at is not None:
        return range(0)
    first = last
    while first > 1 and not sections[first - 2].locked:
        first -= 1
    return range(first, last + 1)


PROGRESSION = Sections()
