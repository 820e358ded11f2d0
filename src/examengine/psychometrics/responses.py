"""Scored responses: one row per person, one column per item.

A cell is the item score 0, 1, 2 … or −1 where the item was not presented. Items
missing by design (several forms in one matrix) are ordinary. Omitted and not-reached
answers are scored by the exam's policy before they get here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.enumeration import some_of
from examengine.psychometrics.refusals import UnusableResponses, refuse
from examengine.psychometrics.shown import Result, Table

NOT_PRESENTED = -1
HIGHEST_SCORE = 120
# Rows at a time: their indicators as numbers stay in a processor's cache.
ROWS = 2048


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Responses(Result):
    """A response matrix with the names of its rows and columns.

    Attributes:
        person_ids: One per row, unique.
        item_ids: One per column, unique.
        scores: Item scores, shape (n_persons, n_items), int8, −1 = not presented. Read-only.
        max_scores: Highest possible score of each item, shape (n_items,), at least 1.
        group: Group label of each person, or None when there are no groups.
        weight: Frequency of each row, shape (n_persons,), > 0; None means one each.

    Raises:
        UnusableResponses: Shapes disagree, an id is repeated or empty, a score lies outside
            0 … max_scores, or a weight is not a positive number; one sentence per fault.

    Examples:
        >>> Responses.from_matrix([[1, 0], [None, 2]], item_ids=["Q1", "Q2"]).max_raw_scores
        array([3, 2])
    """

    person_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    scores: npt.NDArray[np.int8]
    max_scores: IntArray
    group: tuple[str, ...] | None = None
    weight: FloatArray | None = None

    def __post_init__(self) -> None:
        refuse(UnusableResponses, _shape_faults(self))
        refuse(UnusableResponses, _content_faults(self))
        for name in ("scores", "max_scores", "weight"):
            values = getattr(self, name)
            if values is not None:
                read_only = values.view()
                read_only.flags.writeable = False
                object.__setattr__(self, name, read_only)

    @classmethod
    def from_matrix(
        cls,
        scores: npt.ArrayLike,
        *,
        item_ids: Sequence[str] | None = None,
        person_ids: Sequence[str] | None = None,
        max_scores: npt.ArrayLike | None = None,
        group: Iterable[str] | None = None,
        weight: npt.ArrayLike | None = None,
    ) -> "Responses":
        """Responses from a plain matrix; NaN, None and −1 mean "not presented".

        Args:
            scores: Shape (n_persons, n_items); whole numbers, NaN or −1 where not presented.
            item_ids: Column names; "item1", "item2" … when not given.
            person_ids: Row names; "1", "2" … when not given.
            max_scores: Highest possible scores; the highest observed (at least 1) when not given.
            group: Group label of each person.
            weight: Frequency of each row.

        Returns:
            The checked matrix.

        Raises:
            UnusableResponses: Some cell is no whole number from −1 to 120, or the parts
                contradict each other.
        """
        matrix = _whole_numbers(scores)
        n_persons, n_items = matrix.shape
        best = matrix.max(axis=0, initial=1) if max_scores is None else np.asarray(max_scores)
        return cls(
            person_ids=_names(person_ids, n_persons, ""),
            item_ids=_names(item_ids, n_items, "item"),
            scores=matrix,
            max_scores=best.astype(np.int64),
            group=None if group is None else tuple(group),
            weight=None if weight is None else np.asarray(weight, dtype=np.float64),
        )

    @property
    def n_persons(self) -> int:
        """Number of rows."""
        return len(self.person_ids)

    @property
    def n_items(self) -> int:
        """Number of columns."""
        return len(self.item_ids)

    @property
    def presented(self) -> BoolArray:
        """Where an item was presented to a person, shape (n_persons, n_items)."""
        given: BoolArray = self.scores != NOT_PRESENTED
        return given

    @property
    def n_answered(self) -> IntArray:
        """Number of items presented to each person, shape (n_persons,)."""
        counts: IntArray = self.presented.sum(axis=1)
        return counts

    @property
    def raw_scores(self) -> IntArray:
        """Sum of the item scores of each person over what was presented, shape (n_persons,)."""
        totals: IntArray = np.where(self.presented, self.scores, 0).sum(axis=1, dtype=np.int64)
        return totals

    @property
    def max_raw_scores(self) -> IntArray:
        """Highest sum score each person could reach, shape (n_persons,)."""
        presented = self.presented
        if presented.all():  # the product would be eight times as large as the matrix
            return np.full(self.n_persons, self.max_scores.sum())
        return presented @ self.max_scores

    @property
    def weights(self) -> FloatArray:
        """Frequency of each row, shape (n_persons,); ones when none were given."""
        return np.ones(self.n_persons) if self.weight is None else self.weight

    @property
    def group_labels(self) -> tuple[str, ...]:
        """The distinct group labels in the order in which they first appear; () without groups."""
        return tuple(dict.fromkeys(self.group or ()))

    def group_index(self, reference: str | None = None) -> tuple[tuple[str, ...], IntArray]:
        """Group labels, the reference first, and each person's index into them.

        Args:
            reference: Label of the reference group; the first to appear when not given.

        Returns:
            Labels and an index of shape (n_persons,). Without groups: ("all",) and zeros.

        Raises:
            UnusableResponses: `reference` is no group of these responses.
        """
        if self.group is None:
            return ("all",), np.zeros(self.n_persons, dtype=np.int64)
        labels = self.group_labels
        if reference is not None and reference not in labels:
            raise UnusableResponses(
                [f"reference group {reference!r} is none of {', '.join(labels)}"]
            )
        first = labels[0] if reference is None else reference
        ordered = (first, *(label for label in labels if label != first))
        place = {label: index for index, label in enumerate(ordered)}
        return ordered, np.array([place[label] for label in self.group], dtype=np.int64)

    @property
    def digest(self) -> str:
        """A digest of everything in the matrix, "sha256:" and 64 hexadecimal digits.

        The same text for the same ids, scores, highest scores, groups and weights, in the same
        order.
        """
        digest = sha256()
        for names in (self.person_ids, self.item_ids, self.group or ()):
            digest.update("\x1f".join(names).encode())
            digest.update(b"\x1e")
        digest.update(np.ascontiguousarray(self.scores).tobytes())
        digest.update(np.ascontiguousarray(self.max_scores, dtype="<i8").tobytes())
        digest.update(np.ascontiguousarray(self.weights, dtype="<f8").tobytes())
        return f"sha256:{digest.hexdigest()}"

    def category_counts(self) -> FloatArray:
        """Number of persons with each score of each item, by frequency.

        Returns:
            Shape (n_items, n_categories), with the largest number of categories among the items.
        """
        return category_sums(self.scores, int(self.max_scores.max()) + 1, self.weights)

    def with_items(self, item_ids: Iterable[str]) -> "Responses":
        """The same persons with only the named items, in the order given.

        Raises:
            UnusableResponses: Some id is no column of this matrix.
        """
        wanted = tuple(item_ids)
        place = {item_id: index for index, item_id in enumerate(self.item_ids)}
        refuse(
            UnusableResponses,
            (
                f"item {item_id!r} is not in the responses"
                for item_id in wanted
                if item_id not in place
            ),
        )
        columns = np.array([place[item_id] for item_id in wanted], dtype=np.int64)
        return Responses(
            person_ids=self.person_ids,
            item_ids=wanted,
            scores=self.scores[:, columns],
            max_scores=self.max_scores[columns],
            group=self.group,
            weight=self.weight,
        )

    def with_persons(self, chosen: BoolArray | IntArray) -> "Responses":
        """The same items with only the chosen persons: a mask or row numbers, shape (n,)."""
        rows = np.arange(self.n_persons)[chosen]
        return Responses(
            person_ids=tuple(self.person_ids[row] for row in rows),
            item_ids=self.item_ids,
            scores=self.scores[rows],
            max_scores=self.max_scores,
            group=None if self.group is None else tuple(self.group[row] for row in rows),
            weight=None if self.weight is None else self.weight[rows],
        )

    def headline(self) -> str:
        """Size and what is missing."""
        return _size_of(self)

    def table(self) -> Table:
        """One row for each person; None where an item was not presented."""
        groups = self.group or (None,) * self.n_persons
        return Table(
            {"person_id": person}
            | ({} if group is None else {"group": group})
            | {
                item: None if score == NOT_PRESENTED else score
                for item, score in zip(self.item_ids, row, strict=True)
            }
            for person, group, row in zip(
                self.person_ids, groups, self.scores.tolist(), strict=True
            )
        )


def category_sums(
    scores: npt.NDArray[np.int8], n_categories: int, values: FloatArray
) -> FloatArray:
    """Sum of a value over the persons with each score of each item.

    Args:
        scores: Item scores, shape (n_persons, n_items).
        n_categories: Scores are 0 … n_categories − 1; others are not counted.
        values: One value per person, shape (n_persons,).

    Returns:
        Shape (n_items, n_categories).
    """
    sums = np.zeros((scores.shape[1], n_categories))
    for first in range(0, len(scores), ROWS):
        part, mine = scores[first : first + ROWS], values[first : first + ROWS]
        for k in range(n_categories):
            sums[:, k] += mine @ (part == k)
    return sums


def _size_of(responses: Responses) -> str:
    """Persons, items, groups and the share of cells that is missing, in one line."""
    missing = 1.0 - float(responses.presented.mean())
    words = [f"Responses: {responses.n_persons} persons × {responses.n_items} items"]
    if missing:
        words.append(f"{missing:.1%} not presented")
    if responses.group is not None:
        words.append(f"groups {some_of(responses.group_labels)}")
    if responses.weight is not None:
        words.append(f"weights that sum to {responses.weight.sum():g}")
    return ", ".join(words)


def _names(names: Sequence[str] | None, count: int, prefix: str) -> tuple[str, ...]:
    """The names given, or numbered ones."""
    return tuple(f"{prefix}{n}" for n in range(1, count + 1)) if names is None else tuple(names)


def _whole_numbers(scores: npt.ArrayLike) -> npt.NDArray[np.int8]:
    """The matrix as int8 with −1 for NaN; refuses fractions and scores int8 cannot hold."""
    matrix = np.asarray(scores)
    if matrix.ndim != 2:
        raise UnusableResponses(
            [f"responses have {matrix.ndim} dimensions; rows of persons by columns of items needed"]
        )
    if matrix.dtype == np.int8:
        return matrix
    numbers = matrix.astype(np.float64)
    numbers[np.isnan(numbers)] = NOT_PRESENTED
    wrong = (numbers != np.floor(numbers)) | (numbers < NOT_PRESENTED) | (numbers > HIGHEST_SCORE)
    refuse(
        UnusableResponses,
        (
            f"row {row + 1}, column {column + 1}: {numbers[row, column]:g} is no whole score "
            f"from 0 to {HIGHEST_SCORE}"
            for row, column in np.argwhere(wrong)
        ),
    )
    return numbers.astype(np.int8)


def _shape_faults(responses: Responses) -> Iterator[str]:
    """One sentence for each part whose length disagrees with the matrix."""
    scores = responses.scores
    if scores.ndim != 2 or scores.dtype != np.int8:
        yield "scores must be an int8 matrix of persons by items"
        return
    lengths = {
        "person_ids": (len(responses.person_ids), scores.shape[0]),
        "item_ids": (len(responses.item_ids), scores.shape[1]),
        "max_scores": (len(responses.max_scores), scores.shape[1]),
    }
    if responses.group is not None:
        lengths["group"] = (len(responses.group), scores.shape[0])
    if responses.weight is not None:
        lengths["weight"] = (len(responses.weight), scores.shape[0])
    for name, (found, needed) in lengths.items():
        if found != needed:
            yield f"{name} has {found} entries; the matrix needs {needed}"
    if not scores.size:
        yield "there are no responses: at least one person and one item are needed"


def _content_faults(responses: Responses) -> Iterator[str]:
    """One sentence for each id, score or weight that cannot be right."""
    yield from _repeats("person", responses.person_ids)
    yield from _repeats("item", responses.item_ids)
    for item_id, best in zip(responses.item_ids, responses.max_scores, strict=True):
        if best < 1:
            yield f"item {item_id!r}: the highest score is {best}; at least 1 is needed"
    outside = (responses.scores < NOT_PRESENTED) | (responses.scores > responses.max_scores)
    for row, column in np.argwhere(outside):
        yield (
            f"person {responses.person_ids[row]!r}, item {responses.item_ids[column]!r}: score "
            f"{responses.scores[row, column]} lies outside 0 … {responses.max_scores[column]}"
        )
    if responses.weight is not None:
        good = np.isfinite(responses.weight) & (responses.weight > 0)
        for row in np.flatnonzero(~good):
            yield (
                f"person {responses.person_ids[row]!r}: weight {responses.weight[row]} is no "
                "positive number"
            )


def _repeats(kind: str, names: tuple[str, ...]) -> Iterator[str]:
    """One sentence for each name that is empty or stands twice."""
    seen: set[str] = set()
    for name in names:
        if not name:
            yield f"an empty {kind} id"
        elif name in seen:
            yield f"{kind} id {name!r} appears more than once"
        seen.add(name)
