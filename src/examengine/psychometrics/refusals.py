"""What the library says when it cannot use what it was given.

A refusal carries one sentence per fault, each naming the place and what would be
right, so that a person can mend everything in one go.
"""

from collections.abc import Iterable
from typing import ClassVar


class Refusal(ValueError):
    """The input cannot be used.

    Attributes:
        faults: One sentence per fault, in the order of the input.
        placed: Whether the sentences name the file or the option themselves.

    Examples:
        >>> Refusal(["item 'Q1' stands twice", "item 'Q2' has no key"]).faults
        ("item 'Q1' stands twice", "item 'Q2' has no key")
    """

    placed: ClassVar[bool] = False

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class UnusableResponses(Refusal):
    """A response matrix contradicts itself."""


class UnusableParameters(Refusal):
    """A set of item parameters is incomplete, inconsistent or in another metric."""


class CannotCalibrate(Refusal):
    """The responses do not determine the parameters that were asked for."""


class CannotScore(Refusal):
    """The responses and the item parameters do not belong together."""


def refuse(kind: type[Refusal], faults: Iterable[str]) -> None:
    """Raise `kind` when there is any fault.

    Raises:
        Refusal: `faults` is not empty; the exception is a `kind`.
    """
    found = tuple(faults)
    if found:
        raise kind(found)
