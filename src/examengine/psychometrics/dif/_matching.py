"""Candidates of both groups matched on what they scored on the anchor items.

Who was presented the same anchors is matched on the sum of scores there. Sums on different items
are no common scale, so whoever was presented a set of anchors that too few others of both groups
share (a form that one group took, answers missing here and there) is matched on the anchors that
all of those have in common or, when these are too few, on sums equated by the Rasch model.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.dif._contract import Compared, Comparison
from examengine.psychometrics.dif._equated_sums import equated_sums

# A set of presented anchors is a form of its own from so many persons of each group on.
FEWEST_IN_FORM = 10
EQUATED = (
    "anchors are missing here and there: persons are matched on sums equated by the Rasch model"
)


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """Those presented one item, by stratum.

    Attributes:
        score: Their item scores, shape (n,), points.
        focal: 1 for the focal group, 0 for the reference, shape (n,).
        total: Their sums on the matching items, brought to the points of all of them, shape (n,).
        form: Index of the set of items they are matched on, shape (n,); totals of different sets
            are no common scale.
        stratum: Index of their stratum, shape (n,): equal sums on one set.
        weight: Frequencies, shape (n,).
        note: What a reader has to know of the matching, or None.
    """

    score: FloatArray
    focal: FloatArray
    total: FloatArray
    form: IntArray
    stratum: IntArray
    weight: FloatArray
    note: str | None = None

    def sums(self, values: FloatArray) -> FloatArray:
        """Weighted sum of values within each stratum, shape (n_strata,)."""
        found: FloatArray = np.bincount(self.stratum, self.weight * values).astype(np.float64)
        return found

    @property
    def compared(self) -> Compared:
        """Persons in strata that have both groups."""
        return _in_both(self.stratum, self.focal, self.weight)

    @property
    def compared_by_form(self) -> Compared:
        """Persons matched on sets of items that both groups were presented."""
        return _in_both(self.form, self.focal, self.weight)

    def where_both_were(self) -> "Matched":
        """Only those matched on sets of items that both groups were presented."""
        n_focal, n_reference = _by_group(self.form, self.focal, self.weight)
        kept = ((n_focal > 0) & (n_reference > 0))[self.form]
        return Matched(
            score=self.score[kept],
            focal=self.focal[kept],
            total=self.total[kept],
            form=_numbered(self.form[kept]),
            stratum=_numbered(self.stratum[kept]),
            weight=self.weight[kept],
            note=self.note,
        )


def matched_items(comparison: Comparison) -> Iterator[Matched]:
    """Match the candidates of each item in turn.

    Args:
        comparison: The groups and the anchors.

    Yields:
        Scores, groups and strata of those presented the item, in column order.
    """
    anchors = _Anchors(comparison)
    for item in range(comparison.responses.n_items):
        yield _matched(anchors, item)


def matched(comparison: Comparison, item: int) -> Matched:
    """Match the candidates who were presented an item.

    Args:
        comparison: The groups and the anchors.
        item: The item studied; it counts in the sum.

    Returns:
        Scores, groups and strata.
    """
    return _matched(_Anchors(comparison), item)


class _Anchors:
    """What the anchors say of every person, whichever item is studied."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison

    @cached_property
    def form(self) -> IntArray:
        """Index of the set of anchors each person was presented, shape (n_persons,)."""
        seen = self.comparison.responses.presented[:, self.comparison.anchors]
        return _numbered(np.packbits(seen, axis=1))

    @cached_property
    def equated(self) -> FloatArray:
        """Sums on all anchors that those on the presented ones amount to, shape (n_persons,)."""
        return equated_sums(self.comparison.responses, self.comparison.anchors)


def _matched(anchors: _Anchors, item: int) -> Matched:
    comparison = anchors.comparison
    responses = comparison.responses
    shown = responses.presented[:, item]
    columns = comparison.matching(item)
    cells = responses.scores[shown][:, columns]
    points = responses.max_scores[columns]
    focal = comparison.is_focal[shown].astype(np.float64)
    weight = responses.weights[shown]
    seen = cells >= 0
    total = np.where(seen, cells, 0).sum(axis=1).astype(np.float64)
    possible = (seen @ points).astype(np.float64)
    form, note = _numbered(anchors.form[shown]), None
    scattered = _scattered(form, focal, weight)
    if scattered.any():
        common = seen[scattered].all(axis=0)
        if 2 * points[common].sum() >= possible[scattered].max():
            total[scattered] = cells[np.ix_(scattered, common)].sum(axis=1)
            possible[scattered] = points[common].sum()
        else:
            total[scattered] = anchors.equated[shown][scattered]
            if not comparison.anchors[item]:
                total[scattered] += cells[scattered][:, _place(columns, item)]
            possible[scattered] = points.sum()
            note = EQUATED
        form = _numbered(np.where(scattered, -1, form))
    return Matched(
        score=responses.scores[shown, item].astype(np.float64),
        focal=focal,
        total=total * (points.sum() / np.maximum(possible, 1)),
        form=form,
        stratum=_numbered(np.stack([form, np.floor(total + 0.5).astype(np.int64)], axis=1)),
        weight=weight,
        note=note,
    )


def _scattered(form: IntArray, focal: FloatArray, weight: FloatArray) -> BoolArray:
    """Whose set of anchors too few persons share to be matched on it, shape (n,)."""
    fewest = np.minimum(*_by_group(form, focal, weight))
    alone: BoolArray = (fewest < FEWEST_IN_FORM)[form]
    return alone


def _place(columns: BoolArray, item: int) -> int:
    """Where an item stands among the chosen columns."""
    return int(columns[:item].sum())


def _by_group(
    part: IntArray, focal: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Persons of the focal and of the reference group in each part."""
    count = int(part.max(initial=-1)) + 1
    return (
        np.bincount(part, weight * focal, minlength=count).astype(np.float64),
        np.bincount(part, weight * (1 - focal), minlength=count).astype(np.float64),
    )


def _in_both(part: IntArray, focal: FloatArray, weight: FloatArray) -> Compared:
    """Persons in the parts that both groups are in."""
    n_focal, n_reference = _by_group(part, focal, weight)
    both = (n_focal > 0) & (n_reference > 0)
    return Compared(float(n_reference[both].sum()), float(n_focal[both].sum()))


def _numbered(values: IntArray | np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> IntArray:
    """Equal rows (or numbers) by one number, 0, 1, 2 …, shape (n,)."""
    axis = 0 if values.ndim > 1 else None
    if values.size == 0:
        return np.zeros(len(values), dtype=np.int64)
    _, numbers = np.unique(values, axis=axis, return_inverse=True)
    found: IntArray = numbers.reshape(-1).astype(np.int64)
    return found
