"""Why a person did something that has to be defended: checked once, refused in each one's words."""

from typing import ClassVar

from examengine.kernel.errors import ExamError, Kind


class ReasonMissing(ExamError):
    """An act that has to be defended came without its reason, or with one of no use.

    Whoever needs a reason makes a refusal of this, with a code of its own and the lengths it takes.
    """

    kind = Kind.INVALID
    lengths: ClassVar[tuple[int, int]]
    """How many characters a reason has, at least and at most."""

    def __init__(self) -> None:
        self.shortest, self.longest = self.lengths
        super().__init__(f"a reason has {self.shortest} to {self.longest} characters")


def checked_reason(text: str, refusal: type[ReasonMissing]) -> str:
    """Return a reason as it is stored: its words, with one space between.

    Args:
        text: What was typed.
        refusal: What is refused with, which says how long a reason is.

    Raises:
        ReasonMissing: Too short to be read years later, or too long.
    """
    reason = " ".join(text.split())
    shortest, longest = refusal.lengths
    if not shortest <= len(reason) <= longest:
        raise refusal
    return reason
