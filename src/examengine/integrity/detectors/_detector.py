"""What a detector must bring: a rule in words, an example that raises it, and one that does not.

A signal is evidence for a person to read: what was seen, how much of it, and at which measure the
rule asks somebody to look. It never says why it happened, and never that somebody cheated.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from examengine.assembly import HOLD_BELOW_EFFORT
from examengine.delivery import Event


@dataclass(frozen=True, slots=True)
class ObservedAttempt:
    """What a detector may see of one attempt; nothing of the person, the key or the score."""

    events: tuple[Event, ...] = ()
    """The log so far; empty for responses that came from a file."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long each item was on the screen, as far as that is known."""
    expected_seconds: Mapping[str, float] = field(default_factory=dict)
    """How long its author expects an item to take."""
    answered: frozenset[str] = frozenset()
    """The items that have an answer."""
    hold_below_effort: float = HOLD_BELOW_EFFORT
    """The response time effort below which the exam has a person look; 0 for never."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that was seen in one attempt."""

    code: str
    title: str
    words: str
    measure: float
    """How much was seen, in the unit of the rule."""
    threshold: float | None
    """From which measure on the attempt is held for review; None when it never is for this."""
    above: bool = False
    """Whether only a measure above the threshold holds it, and not one that equals it."""

    @property
    def holds(self) -> bool:
        """Tell whether a person has to look before a decision is made."""
        if self.threshold is None:
            return False
        return self.measure > self.threshold or (self.measure == self.threshold and not self.above)


class Detector(ABC):
    """One signal, one file.

    Attributes:
        code: The name used in records.
        title: The name used in sentences.
        rule: What raises it, and what it may mean, for the people who read it.
        example: An attempt that raises it.
        quiet_example: An ordinary attempt with a little of the same, which does not hold it.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    rule: ClassVar[str]
    example: ClassVar[ObservedAttempt]
    quiet_example: ClassVar[ObservedAttempt]

    @abstractmethod
    def detect(self, attempt: ObservedAttempt) -> Signal | None:
        """Return what was seen, or None when there is nothing to say."""
