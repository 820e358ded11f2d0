"""The numbers that a question of QTI 1.2 gives points for, found by trying them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from examengine.bank.formats._qti_1_scoring import Scoring
from examengine.bank.formats._question import QuestionRefused, decimal_text, number_of

MOST_BOUNDS = 60


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers that are worth the same: from `least` to `greatest`, each included or not."""

    least: Fraction
    greatest: Fraction
    worth: Fraction
    with_least: bool = True
    with_greatest: bool = True

    @property
    def is_open(self) -> bool:
        """Tell whether an end does not belong to it."""
        return not (self.with_least and self.with_greatest)


def intervals_of(scoring: Scoring, response: str) -> tuple[Interval, ...]:
    """Return what numbers are worth something, from the least upwards.

    A score can only change at a number that a condition names, so it is tried at each of these,
    between each two of them, and beyond the first and the last.

    Raises:
        QuestionRefused: No number is named, or infinitely many are right.
    """
    named = sorted({number_of(text) for text in scoring.texts_of(response) if text})
    if not named:
        raise QuestionRefused("no-key", "names no number that is right; give it one")
    if len(named) > MOST_BOUNDS:
        raise QuestionRefused("too-long", f"compares with more than {MOST_BOUNDS} numbers")

    def worth(number: Fraction) -> Fraction:
        return scoring.score({response: [decimal_text(number)]})

    if worth(named[0] - 1) > 0 or worth(named[-1] + 1) > 0:
        what = "takes every number below, or above, another one; give it both ends"
        raise QuestionRefused("unbounded", what)
    between = [worth((low + high) / 2) for low, high in pairwise(named)]
    return tuple(_joined([worth(number) for number in named], between, named))


def _joined(
    at: Sequence[Fraction], between: Sequence[Fraction], named: Sequence[Fraction]
) -> Iterator[Interval]:
    """Yield the longest stretches of one worth, of points and what lies between them in turn."""
    spots = [(named[0], named[0], at[0])]
    for place, score in enumerate(between):
        spots.append((named[place], named[place + 1], score))
        spots.append((named[place + 1], named[place + 1], at[place + 1]))
    start = 0
    for place in range(1, len(spots) + 1):
        if place < len(spots) and spots[place][2] == spots[start][2]:
            continue
        first, last = spots[start], spots[place - 1]
        if first[2] > 0:
            yield Interval(first[0], last[1], first[2], first[0] == first[1], last[0] == last[1])
        start = place
