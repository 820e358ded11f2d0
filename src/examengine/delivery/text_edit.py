"""What changed between two states of a text that is being typed. Pure.

A page saves a text at every pause. If each event held the whole of it, a log would grow with the
square of what was typed; so an event holds what changed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextEdit:
    """One stretch of a text gives way to another.

    Attributes:
        start: Characters before it, which stay.
        removed: How many give way.
        inserted: What stands there afterwards.
    """

    start: int
    removed: int
    inserted: str

    def applied(self, before: str) -> str:
        """Return the text after the edit."""
        return before[: self.start] + self.inserted + before[self.start + self.removed :]


def edit_between(before: str, after: str) -> TextEdit:
    """Return the shortest single edit that makes the second text of the first."""
    start = _shared(before, after)
    shorter = min(len(before), len(after)) - start
    end = min(shorter, _shared(before[::-1], after[::-1]))
    return TextEdit(start, len(before) - start - end, after[start : len(after) - end])


def _shared(one: str, other: str) -> int:
    """Return with how many characters both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
