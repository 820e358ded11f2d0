"""The classical row of every item: difficulty, spread, and how it goes with the rest.

Missing by design is ordinary: every figure of an item rests on the persons who were presented
it, and totals are shares of what could be earned (see `totals`). `n` says on how many.
"""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.classical.discrimination import Ties, biserial, upper_lower_index
from examengine.psychometrics.classical.moments import (
    ScoreArray,
    correlation,
    frequencies,
    mean,
    presented,
    variance,
)
from examengine.psychometrics.classical.totals import Totals, totals


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """One item's classical figures. A figure that does not exist is nan.

    Attributes:
        n: Persons presented the item, as a sum of weights.
        max_score: Highest score, points.
        mean: Mean score, points.
        sd: Sample standard deviation, points.
        p: Difficulty, the mean as a share of the highest score, in [0, 1].
        item_total_r: Correlation with the total, the item included.
        item_rest_r: Correlation with the total of the other items.
        biserial: Biserial correlation with the total; nan for more than two score points.
        discrimination_27: Difference in p between the outer 27 per cent groups.
    """

    n: float
    max_score: int
    mean: float
    sd: float
    p: float
    item_total_r: float
    item_rest_r: float
    biserial: float
    discrimination_27: float


def item_statistics(
    scores: ScoreArray,
    max_scores: IntArray | FloatArray,
    weight: FloatArray | None = None,
    *,
    ties: Ties = "shared",
) -> tuple[ItemStatistics, ...]:
    """Classical statistics of every item.

    p_j = x̄_j / m_j, r_jt = r(x_j, t), r_j,rest = r(x_j, t − x_j), over those presented item j; with
    forms of different items t is a share of the points that could be had (see `totals`).

    Args:
        scores: Shape (n_persons, n_items), −1 = not presented.
        max_scores: Highest score of each item, shape (n_items,), points.
        weight: Frequencies, shape (n_persons,).
        ties: How ties at the border of the 27 per cent groups are broken.

    Returns:
        One row for each item, in column order.

    Raises:
        ValueError: The weights do not fit the rows.

    Notes:
        Compared with psych 2.2.9 and base R on nine data sets to 1e-6.

    References:
        Crocker & Algina (1986), Introduction to Classical and Modern Test Theory, chapter 14.
    """
    w = frequencies(scores.shape[0], weight)
    all_totals = totals(scores, max_scores)
    return tuple(
        _one_item(scores[:, j], int(max_scores[j]), all_totals, w, ties)
        for j in range(scores.shape[1])
    )


def _one_item(
    column: ScoreArray, max_score: int, all_totals: Totals, weight: FloatArray, ties: Ties
) -> ItemStatistics:
    seen = presented(column)
    w, item = weight[seen], column[seen].astype(np.float64)
    total = all_totals.shares()[seen]
    rest = all_totals.rest_shares(column, max_score)[seen]
    has_rest = np.isfinite(rest)
    return ItemStatistics(
        n=float(w.sum()),
        max_score=max_score,
        mean=mean(item, w),
        sd=float(np.sqrt(variance(item, w))),
        p=mean(item, w) / max_score,
        item_total_r=correlation(item, total, w),
        item_rest_r=correlation(item[has_rest], rest[has_rest], w[has_rest]),
        biserial=biserial(item, total, w) if max_score == 1 else float("nan"),
        discrimination_27=upper_lower_index(item / max_score, total, w, ties=ties),
    )
