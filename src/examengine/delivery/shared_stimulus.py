"""Which questions of a candidate share one stimulus: those of a set that stand together. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from examengine.bank import ItemVersion


@dataclass(frozen=True, slots=True)
class SharedStimulus:
    """Where a question stands among those that share its stimulus.

    Attributes:
        number: Which of them it is, counted from 1.
        first: The place of the first of them in the form, counted from 1.
        last: The place of the last.
    """

    number: int
    first: int
    last: int

    @property
    def count(self) -> int:
        """Return how many questions share it, two at least."""
        return self.last - self.first + 1


def shared_stimuli(
    items: Sequence[ItemVersion], section_of: Mapping[str, int]
) -> list[SharedStimulus | None]:
    """Return of each question with which of its neighbours it shares its stimulus.

    Questions share one where they are of one set, stand next to each other in one section, and show
    the same; what is shown decides, for a form may have been given with versions that differ.

    Args:
        items: The items in the order of their candidate.
        section_of: The number of the section that holds an item, by its id, where there are any.

    Returns:
        One for each item; None where its neighbours show something else.
    """
    found: list[SharedStimulus | None] = []
    for _, run in groupby(items, key=lambda item: _shown(item, section_of)):
        count, before = len(list(run)), len(found)
        found += (
            [SharedStimulus(number, before + 1, before + count) for number in range(1, count + 1)]
            if count > 1
            else [None]
        )
    return found


def _shown(item: ItemVersion, section_of: Mapping[str, int]) -> object:
    """Return what neighbours must have in common; of an item that stands alone, itself."""
    if not item.set_id:
        return item.item_id
    section = section_of.get(item.item_id, 0)
    return item.set_id, section, item.content.get("stimulus"), item.content.get("shared")
