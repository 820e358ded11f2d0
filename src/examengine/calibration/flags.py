"""The rules that mark an item for a second look: thresholds and words, and nothing else.

A flag is a question to a person, never a verdict. Every rule is listed on the page that shows its
flags, so that what is marked and why can be read in one place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

FEWEST_PERSONS = 100
FEWEST_FLAGGED = 30
"""Persons below whom figures are too uncertain to question an item by."""
HARDEST, EASIEST = 0.20, 0.95
LEAST_ITEM_REST = 0.15
LEAST_SLOPE = 0.30
RARE_OPTION = 0.02
MOST_DISTRACTOR_REST = 0.05
MISFIT_P = 0.01
INFIT_LOW, INFIT_HIGH = 0.7, 1.3
OUTFIT_LOW, OUTFIT_HIGH = 0.5, 1.5


@dataclass(frozen=True, slots=True)
class OptionFigures:
    """One answer of an item worth no points: who chose it, and how strong they were."""

    option: str
    p: float
    rest_r: float


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What the rules look at. None, or not a number, for a figure that does not exist.

    Attributes:
        n: Candidates who were given the item.
        p: Mean share of its points, of a right/wrong item the share right.
        rewarded: Share who got points for it, whether all of them or some.
        distractors: The answers worth no points.
    """

    n: float
    p: float | None
    item_rest_r: float | None
    rewarded: float | None = None
    distractors: tuple[OptionFigures, ...] = ()
    a: float | None = None
    s_x2_p: float | None = None
    infit: float | None = None
    outfit: float | None = None


@dataclass(frozen=True, slots=True)
class FlagRule:
    """One reason to look again."""

    code: str
    title: str
    """What the flag says in a table: one or two words."""
    words: str
    """The rule, with its threshold and what it may mean."""
    grave: bool
    holds: Callable[[ItemFigures], bool]


def _below(value: float | None, least: float) -> bool:
    return value is not None and isfinite(value) and value < least


def _above(value: float | None, most: float) -> bool:
    return value is not None and isfinite(value) and value > most


def _drawn_more_than_key(item: ItemFigures) -> bool:
    rewarded = item.p if item.rewarded is None else item.rewarded
    return rewarded is not None and any(option.p > rewarded for option in item.distractors)


def _draws_the_strong(item: ItemFigures) -> bool:
    return any(
        option.p >= RARE_OPTION and _above(option.rest_r, MOST_DISTRACTOR_REST)
        for option in item.distractors
    )


FLAG_RULES = (
    FlagRule(
        "negative_slope",
        "negative slope",
        "a is below 0: the stronger a candidate, the less often the answer earns its points. "
        "Check the key first.",
        True,
        lambda item: _below(item.a, 0.0),
    ),
    FlagRule(
        "distractor_over_key",
        "distractor beats key",
        "A wrong answer was chosen more often than the key; of an item worth several points, more "
        "often than all answers that earn points. Check the key, then the wording.",
        True,
        _drawn_more_than_key,
    ),
    FlagRule(
        "distractor_draws_strong",
        "strong distractor",
        f"A wrong answer that at least {100 * RARE_OPTION:.0f} % chose goes with a high score on "
        f"the other items (correlation above {MOST_DISTRACTOR_REST}). It may be defensible too.",
        True,
        _draws_the_strong,
    ),
    FlagRule(
        "weak",
        "weak",
        f"The item-rest correlation is below {LEAST_ITEM_REST}: the item hardly tells strong from "
        "weak candidates.",
        False,
        lambda item: _below(item.item_rest_r, LEAST_ITEM_REST),
    ),
    FlagRule(
        "flat",
        "flat curve",
        f"a is below {LEAST_SLOPE}: the item adds little information anywhere.",
        False,
        lambda item: _below(item.a, LEAST_SLOPE) and not _below(item.a, 0.0),
    ),
    FlagRule(
        "hard",
        "hard",
        f"p is below {HARDEST}: fewer than one candidate in five answered right, or less than one "
        "point in five was earned where an item is worth several.",
        False,
        lambda item: _below(item.p, HARDEST),
    ),
    FlagRule(
        "easy",
        "easy",
        f"p is above {EASIEST}: nearly everybody answered right, or got nearly all points.",
        False,
        lambda item: _above(item.p, EASIEST),
    ),
    FlagRule(
        "misfit",
        "misfit",
        f"S-X² has p below {MISFIT_P}: the answers do not follow the curve. Among 100 items that "
        "fit, one is flagged by chance.",
        False,
        lambda item: _below(item.s_x2_p, MISFIT_P),
    ),
    FlagRule(
        "infit",
        "infit",
        f"Infit lies outside {INFIT_LOW} to {INFIT_HIGH}: answers near the item's own difficulty "
        "are noisier, or more regular, than the model says.",
        False,
        lambda item: _below(item.infit, INFIT_LOW) or _above(item.infit, INFIT_HIGH),
    ),
    FlagRule(
        "outfit",
        "outfit",
        f"Outfit lies outside {OUTFIT_LOW} to {OUTFIT_HIGH}: answers far from the difficulty "
        "surprise, such as lucky or careless ones.",
        False,
        lambda item: _below(item.outfit, OUTFIT_LOW) or _above(item.outfit, OUTFIT_HIGH),
    ),
    FlagRule(
        "few",
        "few",
        f"Fewer than {FEWEST_PERSONS} candidates were given the item: read its other figures with "
        f"care. With fewer than {FEWEST_FLAGGED} candidates no other flag is raised.",
        False,
        lambda item: item.n < FEWEST_PERSONS,
    ),
)


def flags_of(item: ItemFigures) -> tuple[FlagRule, ...]:
    """Return the rules that an item meets, the gravest first; of few persons, only that."""
    asked = (
        FLAG_RULES
        if item.n >= FEWEST_FLAGGED
        else [rule for rule in FLAG_RULES if rule.code == "few"]
    )
    return tuple(rule for rule in asked if rule.holds(item))
