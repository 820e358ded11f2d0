"""Scoring rules: what a response is worth, as the item version declares it under `scoring`.

    scoring: {rule: per_right_pair}

An item that declares nothing is marked all or nothing, for 1 point. A rule gives whole points: the
most for the key, none for no answer, never fewer than none. It says to the candidate, before
anything is answered, what it will give; how much the item weighs in an exam is not its business.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeGuard

from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import FormField, NumbersField

MOST_POINTS = 20
"""More categories of one item than anybody could estimate; a longer list counts by mistakes."""


class ScoringRule(ABC):
    """One way to give points for a response.

    Attributes:
        name: How an item names it: `rule`.
        fields: What it reads beside `rule`.
        form_fields: The same as an author fills it in.

    Everything but `faults` may take the whole content to be without faults. A response that the
    item could never have been given is worth what a wrong one is, and raises nothing.
    """

    name: str
    fields: ClassVar[frozenset[str]] = frozenset()
    form_fields: ClassVar[tuple[FormField, ...]] = ()

    @property
    @abstractmethod
    def example(self) -> Mapping[str, Any]:
        """Return what an item may say under `scoring`; it fits the example of its item type."""

    @abstractmethod
    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Say what is wrong with `scoring`, in an item whose other fields have no fault."""

    @abstractmethod
    def most_points(self, content: Content) -> int:
        """Return what the key is worth, at least 1."""

    @abstractmethod
    def points(self, content: Content, response: Any) -> int:
        """Return what a response is worth, from 0 to `most_points`."""

    @abstractmethod
    def in_words(self, content: Content) -> str:
        """Say to the candidate what the question gives and for what.

        It tells nothing of the key, not even of its size, that the page does not tell anyway.
        """


@dataclass(frozen=True, slots=True)
class AllOrNothing(ScoringRule):
    """1 point for the key and none for anything else: what an item is that declares nothing."""

    is_right: Callable[[Content, Any], bool]
    name: str = "all_or_nothing"

    @property
    def example(self) -> Mapping[str, Any]:
        """Say what is so anyway."""
        return {"rule": self.name}

    def faults(self, content: Content) -> Iterator[ItemFault]:  # noqa: ARG002
        """Find none: there is nothing to declare."""
        yield from ()

    def most_points(self, content: Content) -> int:  # noqa: ARG002
        """Return 1."""
        return 1

    def points(self, content: Content, response: Any) -> int:
        """Give the point to the key."""
        return int(self.is_right(content, response))

    def in_words(self, content: Content) -> str:  # noqa: ARG002
        """Say that only the whole answer counts."""
        return "This question gives 1 point, for the whole right answer."


@dataclass(frozen=True, slots=True)
class PerRight(ScoringRule):
    """1 point for each part of the answer that is right, such as a pair; a wrong one costs nothing.

    Attributes:
        n_right: Counts the right parts of a response.
        n_parts: Counts the parts of the key.
        words: What the point is for: "each line with its right option".
    """

    name: str
    n_right: Callable[[Content, Any], int]
    n_parts: Callable[[Content], int]
    words: str

    @property
    def example(self) -> Mapping[str, Any]:
        """Name the rule; there is nothing else to declare."""
        return {"rule": self.name}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check that the points are not too many."""
        yield from too_many_parts(self.n_parts(content))

    def most_points(self, content: Content) -> int:
        """Count the parts."""
        return self.n_parts(content)

    def points(self, content: Content, response: Any) -> int:
        """Count the right parts."""
        return self.n_right(content, response)

    def in_words(self, content: Content) -> str:
        """Say what each point is for."""
        return f"{gives_up_to(self.most_points(content))}: 1 for {self.words}."


@dataclass(frozen=True, slots=True)
class ByMistakes(ScoringRule):
    """So many points without a mistake, so many with one: `points: [2, 1]`.

    Attributes:
        n_mistakes: Counts the mistakes of a response.
        n_of_nothing: How many mistakes an answer has that shows nothing; it gets no points.
        words: What counts as one mistake.
        example_points: Points that fit the example of the item type.
    """

    n_mistakes: Callable[[Content, Any], int]
    n_of_nothing: Callable[[Content], int]
    words: str
    example_points: tuple[int, ...]
    name: str = "by_mistakes"
    fields: ClassVar[frozenset[str]] = frozenset({"points"})
    form_fields: ClassVar[tuple[FormField, ...]] = (
        NumbersField("points", "Points", "Without a mistake, with one, with two …, such as 2, 1."),
    )

    @property
    def example(self) -> Mapping[str, Any]:
        """Give the points of an answer without a mistake, then of one with a mistake."""
        return {"rule": self.name, "points": list(self.example_points)}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check that points fall with mistakes, and have run out where an answer shows nothing."""
        points, most = content["scoring"].get("points"), self.n_of_nothing(content)
        if not isinstance(points, list) or not points or not all(map(_is_points, points)):
            what = (
                f"must list whole points from {MOST_POINTS} down to 1: without a mistake, with "
                "one, with two …, such as [2, 1]"
            )
            yield ItemFault("scoring.points", what)
        elif points != sorted(points, reverse=True):
            yield ItemFault(
                "scoring.points", "must not rise: a mistake more never gives more points"
            )
        elif len(points) > most:
            what = (
                f"gives points for {len(points) - 1} mistakes; an answer that shows nothing has "
                f"{most}, so list at most {most}"
            )
            yield ItemFault("scoring.points", what)

    def most_points(self, content: Content) -> int:
        """Return the points of an answer without a mistake."""
        return int(content["scoring"]["points"][0])

    def points(self, content: Content, response: Any) -> int:
        """Return the points of so many mistakes."""
        points, mistakes = content["scoring"]["points"], self.n_mistakes(content, response)
        return int(points[mistakes]) if mistakes < len(points) else 0

    def in_words(self, content: Content) -> str:
        """Say what mistakes cost, and what counts as one."""
        points = content["scoring"]["points"]
        said = [
            f"{worth} {_with_mistakes([at for at, one in enumerate(points) if one == worth])}"
            for worth in dict.fromkeys(points)
        ]
        return f"{gives_up_to(points[0])}: {', '.join(said)}. {self.words}"


def declared_rule(content: Content) -> str:
    """Return the name of the rule that an item declares."""
    scoring = content.get("scoring")
    return str(scoring["rule"]) if scoring else "all_or_nothing"


def points_fault(
    value: object, where: str, *, least: int = 1, below: object = MOST_POINTS + 1
) -> Iterator[ItemFault]:
    """Check one number of points, which may have to stay below another, itself perhaps faulty."""
    most = below - 1 if isinstance(below, int) and least < below <= MOST_POINTS else MOST_POINTS
    if not _is_points(value) or not least <= value <= most:
        yield ItemFault(where, f"must be whole points from {least} to {most}, without quotes")


def listed_faults(
    scoring: Mapping[str, Any],
    name: str,
    fields: Sequence[str],
    most: int,
    of_each: Callable[[Mapping[str, Any], str], Iterator[ItemFault]],
) -> Iterator[ItemFault]:
    """Check a list of answers that are worth something, or bands, each with the same fields.

    Args:
        scoring: What the item declares.
        name: Where the list stands in it, which also says what is listed.
        fields: What each entry may have; a `rationale` is for every entry to have or not.
        most: How many entries there may be.
        of_each: Checks the fields of one entry, given where it stands.
    """
    listed = scoring.get(name)
    if not isinstance(listed, list) or not 1 <= len(listed) <= most:
        what = f"must list 1 to {most} {name}, each with {', '.join(fields)}"
        yield ItemFault(f"scoring.{name}", what)
        return
    for index, entry in enumerate(listed):
        at = f"scoring.{name}[{index}]"
        if not isinstance(entry, Mapping):
            yield ItemFault(at, f"is no mapping; give it {', '.join(fields)}")
            continue
        yield from check.known(entry, fields, at=at)
        yield from of_each(entry, at)
        if "rationale" in entry:
            yield from check.text(entry, "rationale", "leave it out where there is none", at=at)


def too_many_parts(n_parts: int) -> Iterator[ItemFault]:
    """Refuse a point for each of too many parts."""
    if n_parts > MOST_POINTS:
        what = f"would give {n_parts} points, and {MOST_POINTS} are the most; use by_mistakes"
        yield ItemFault("scoring.rule", what)


def gives_up_to(points: int) -> str:
    """Begin the sentence that a candidate reads."""
    return f"This question gives up to {counted(points, 'point')}"


def counted(number: int, noun: str) -> str:
    """Say how many of something there are."""
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


def _with_mistakes(numbers: Sequence[int]) -> str:
    """Say for which numbers of mistakes: "without a mistake", "with 1 or 2 mistakes"."""
    if numbers == [0]:
        return "without a mistake"
    if numbers[0] == 0:
        return f"with at most {counted(numbers[-1], 'mistake')}"
    between = " or " if len(numbers) == 2 else " to "
    ends = dict.fromkeys((numbers[0], numbers[-1]))
    return f"with {between.join(map(str, ends))} mistake{'s' if numbers[-1] > 1 else ''}"


def _is_points(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_POINTS
