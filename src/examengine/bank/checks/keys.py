"""Checks of keys: what a test-wise candidate could use who does not know the answer."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from examengine.bank.checks._rule import BankContents, Severity, Spot, rule
from examengine.bank.inline_text import inline
from examengine.bank.rules import LoadedItem

TOO_LONG, TOO_SHORT = 1.5, 0.5
LEAST_DIFFERENCE = 12
"""Characters. Below it a ratio says nothing: "100" is three times as long as "5"."""
_SURPRISE = 3.0
"""Standard deviations from chance at which the bank as a whole is pointed out."""


@dataclass(frozen=True, slots=True)
class KeyLength:
    """How often the longest option is the key in single choice, beside chance.

    An item whose key is one of m equally long longest options counts 1/m, an item with k options
    adds 1/k to the expectation and (1/k)(1 − 1/k) to the variance.
    """

    n_items: int
    observed: float
    expected: float
    deviation: float

    @property
    def in_deviations(self) -> float:
        """Return how far from chance the bank is, in standard deviations."""
        return (self.observed - self.expected) / self.deviation if self.deviation else 0.0


def key_length(items: Sequence[LoadedItem]) -> KeyLength:
    """Return how often the longest option is the key."""
    observed = expected = variance = 0.0
    chosen = _single_choice(items)
    for item in chosen:
        lengths = _lengths(item)
        longest = [option for option, n in lengths.items() if n == max(lengths.values())]
        chance = 1 / len(lengths)
        observed += (item.content["key"] in longest) / len(longest)
        expected += chance
        variance += chance * (1 - chance)
    return KeyLength(len(chosen), observed, expected, math.sqrt(variance))


def key_positions(items: Sequence[LoadedItem]) -> dict[int, int]:
    """Return how often the key is the first, second … option in the order of the files."""
    counted = Counter(_position(item) for item in _single_choice(items))
    return dict(sorted(counted.items()))


@rule(Severity.ERROR)
def length_gives_key_away(subject: BankContents) -> Iterator[Spot]:
    """A key that is more than 1.5 times as long as the other options are on average.

    It must be the longest by itself and at least 12 characters longer than that average.
    """
    for item in _single_choice(subject.items):
        own, others = _key_and_others(item)
        if own > max(others) and own > TOO_LONG * fmean(others) and _differ(own, others):
            what = (
                f"the key has {own} characters, the others {fmean(others):.0f} on average; "
                "shorten the key, or give the others as much to say"
            )
            yield Spot(item, "key", what)


@rule(Severity.WARNING)
def short_key_stands_out(subject: BankContents) -> Iterator[Spot]:
    """A key that is less than half as long as the other options are on average."""
    for item in _single_choice(subject.items):
        own, others = _key_and_others(item)
        if own < min(others) and own < TOO_SHORT * fmean(others) and _differ(own, others):
            what = f"the key has {own} characters, the others {fmean(others):.0f} on average"
            yield Spot(item, "key", what)


@rule(Severity.WARNING, alone=False)
def longest_option_pays(subject: BankContents) -> Iterator[Spot]:
    """A bank in which choosing the longest option beats chance."""
    found = key_length(subject.items)
    if found.in_deviations > _SURPRISE:
        what = (
            f"the longest option is the key in {found.observed:.1f} of {found.n_items} items; "
            f"chance would give {found.expected:.1f} (standard deviation {found.deviation:.1f})"
        )
        yield Spot(None, "", what)


@rule(Severity.WARNING, alone=False)
def unbalanced_positions(subject: BankContents) -> Iterator[Spot]:
    """A place that holds the key much more, or much less, often than the others.

    Only items whose options keep their order count: the order of the others is drawn anyway.
    """
    fixed = [i for i in _single_choice(subject.items) if not i.content.get("shuffle", True)]
    counted = key_positions(fixed)
    for position in range(1, max((len(_lengths(item)) for item in fixed), default=0) + 1):
        chances = [1 / len(_lengths(item)) for item in fixed if len(_lengths(item)) >= position]
        expected = sum(chances)
        deviation = math.sqrt(sum(chance * (1 - chance) for chance in chances))
        found = counted.get(position, 0)
        if abs(found - expected) > _SURPRISE * deviation:
            what = (
                f"option {position} is the key in {found} of {len(chances)} items with a fixed "
                f"order; chance would give {expected:.1f}"
            )
            yield Spot(None, "", what)


def _single_choice(items: Sequence[LoadedItem]) -> list[LoadedItem]:
    return [item for item in items if item.content["type"] == "single_choice"]


def _lengths(item: LoadedItem) -> dict[str, int]:
    """Count the signs a candidate sees: those of a formula, not of its TeX."""
    return {
        option["id"]: len(inline(option["text"]).striptags()) for option in item.content["options"]
    }


def _key_and_others(item: LoadedItem) -> tuple[int, list[int]]:
    lengths = _lengths(item)
    return lengths.pop(item.content["key"]), list(lengths.values())


def _differ(own: int, others: Sequence[int]) -> bool:
    return abs(own - fmean(others)) >= LEAST_DIFFERENCE


def _position(item: LoadedItem) -> int:
    return 1 + list(_lengths(item)).index(item.content["key"])


RULES = (
    length_gives_key_away,
    short_key_stands_out,
    longest_option_pays,
    unbalanced_positions,
)
