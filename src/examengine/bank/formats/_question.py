"""A question as Moodle and its kin ask it, between the words of a file and an item of the bank.

Weights are parts of the whole: 1 is the full mark, -1/3 takes a third of it away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

from examengine.bank.item_file import LONGEST_TITLE
from examengine.bank.item_types._scoring_rules import MOST_POINTS

_FINEST = 20
"""The finest part a weight can be: Moodle's own weights are twentieths to halves."""
_ROUNDED = Fraction(1, 100_000)
_LONGEST_NUMBER = 40


class QuestionRefused(Exception):
    """A question cannot become an item that scores as it did; `code` is for programs."""

    def __init__(self, code: str, what: str) -> None:
        self.code = code
        self.what = what
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that a question foresees."""

    text: str
    weight: Fraction
    feedback: str = ""
    tolerance: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap of a text: what can be chosen for it, and how much it counts beside the others."""

    answers: tuple[Answer, ...]
    weight: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Essay:
    """What is asked of a long text that a person marks; "" and 0 where nothing is said."""

    key: str = ""
    """What whoever marks goes by."""
    recommended: int = 0
    limit: int = 0
    points: int = 1
    template: str = ""
    """What stands in the field before anybody has written."""


def essay_said(said: object) -> Essay:
    """Return what our own export noted of a long text; nothing where it noted none."""
    noted = said if isinstance(said, Mapping) else {}
    counts = {
        name: noted[name]
        for name in ("recommended", "limit", "points")
        if isinstance(noted.get(name), int)
    }
    return Essay(str(noted.get("key", "")), **counts)


@dataclass(frozen=True, slots=True)
class SourceQuestion:
    """One question.

    Attributes:
        kind: `choice`, `several`, `all_or_nothing`, `true_false`, `typed`, `number`, `pairs`,
            `order`, `gaps` (each with a list of its own), `words` (one list for all gaps),
            `essay`, or `own` for one that says itself what its item is.
        own: The fields that the item has by its type, and the type, of a question of that kind.
        original: The text that the item keeps of where it came from.
        said: What another export of ours noted beside the question: version, level, ids …
    """

    kind: str
    stem: str
    answers: tuple[Answer, ...] = ()
    """Of an order, in the right one."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Each prompt with its option; an option that belongs to none has the prompt ""."""
    text: str = ""
    """Of a text with gaps: each as its id in double brackets. The stem is what stands before it."""
    gaps: tuple[Gap, ...] = ()
    """In the order of the text."""
    right: tuple[int, ...] = ()
    """Of `words`: which of the answers belongs in each gap, in the order of the text."""
    reuse: bool = False
    essay: Essay = field(default_factory=Essay)
    stimulus: tuple[Mapping[str, Any], ...] = ()
    title: str = ""
    item_id: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    rationale: str = ""
    shuffle: bool = True
    case_sensitive: bool = False
    unit: str = ""
    order_rule: str = ""
    """How an order, or pairs, give points; what is usual where it is not said."""
    said: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)
    original: str = ""


def weight_of(percent: str) -> Fraction:
    """Return the part of the whole that a percentage means: "33.33333" is a third, as is "33.33".

    Raises:
        QuestionRefused: It is no percentage, or none that whole points can show.
    """
    number = number_of(percent) / 100
    near = number.limit_denominator(_FINEST)
    decimals = len(percent.strip().removesuffix("%").replace(",", ".").partition(".")[2])
    rounded = max(_ROUNDED, Fraction(1, 200 * 10**decimals)) if decimals >= 2 else _ROUNDED
    if abs(near - number) > rounded or abs(near) > 1:
        what = f"an answer counts {percent[:20]} %; choose one of the percentages Moodle offers"
        raise QuestionRefused("unknown-weight", what)
    return near


def percent_of(weight: Fraction) -> str:
    """Return a weight as Moodle writes it, with five decimals at most."""
    return format(round(float(weight * 100), 5), ".5f").rstrip("0").rstrip(".")


def number_of(text: str) -> Fraction:
    """Return the number that a file writes.

    Raises:
        QuestionRefused: It is none.
    """
    bare = text.strip().replace(",", ".").removesuffix("%")
    try:
        number = Decimal(bare) if 0 < len(bare) <= _LONGEST_NUMBER else Decimal("nan")
    except ArithmeticError:
        number = Decimal("nan")
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST_NUMBER:
        raise QuestionRefused("no-number", f"{text.strip()[:40]!r} is no number; write digits")
    return Fraction(number)


def points_of(weights: tuple[Fraction, ...]) -> tuple[int, ...]:
    """Return whole points that stand to each other as the weights do, as few as possible.

    Raises:
        QuestionRefused: They would be more points than an item can give.
    """
    whole = lcm(*(weight.denominator for weight in weights))
    if whole > MOST_POINTS:
        what = f"its weights need {whole} points, and {MOST_POINTS} are the most; make them coarser"
        raise QuestionRefused("too-many-points", what)
    return tuple(int(weight * whole) for weight in weights)


def title_of(name: str, *others: str) -> str:
    """Return what authors find a question by; "" where it only says what something else does."""
    words = " ".join(name.split())[:LONGEST_TITLE].strip()
    return "" if words in others else words


def decimal_text(number: Fraction) -> str:
    """Return a number as items write it.

    Raises:
        QuestionRefused: It has too many digits.
    """
    scaled = Decimal(number.numerator) / Decimal(number.denominator)
    text = format(scaled.normalize(), "f")
    if Fraction(text) != number or len(text) > _LONGEST_NUMBER:
        raise QuestionRefused("no-number", "a number has more digits than can be kept; round it")
    return "0" if text == "-0" else text


def each_once(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags, of those that differ by capital letters alone the first."""
    found: dict[str, str] = {}
    for tag in tags:
        found.setdefault(tag.casefold(), tag)
    return tuple(tag for tag in found.values() if tag)
