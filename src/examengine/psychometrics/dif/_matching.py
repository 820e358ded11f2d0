"""Candidates of both groups matched on what they scored on the anchor items.

A stratum is a sum score on one set of presented anchors: with several forms, equal sums on
different forms are different strata.
"""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.dif._contract import Comparison


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """Those presented one item, by stratum.

    Attributes:
        score: Their item scores, shape (n,), points.
        focal: 1 for the focal group, 0 for the reference, shape (n,).
        total: Their sums on the matching items, shape (n,), points.
        stratum: Index of their stratum, shape (n,).
        weight: Frequencies, shape (n,).
    """

    score: FloatArray
    focal: FloatArray
    total: FloatArray
    stratum: IntArray
    weight: FloatArray

    def sums(self, values: FloatArray) -> FloatArray:
        """Weighted sum of values within each stratum, shape (n_strata,)."""
        found: FloatArray = np.bincount(self.stratum, self.weight * values).astype(np.float64)
        return found


def matched(comparison: Comparison, item: int) -> Matched:
    """Match the candidates who were presented an item.

    Args:
        comparison: The groups and the anchors.
        item: The item studied; it counts in the sum.

    Returns:
        Scores, groups and strata.
    """
    responses = comparison.responses
    shown = responses.presented[:, item]
    columns = comparison.matching(item)
    cells = responses.scores[shown][:, columns]
    seen = cells >= 0
    total = np.where(seen, cells, 0).sum(axis=1)
    _, form = np.unique(seen, axis=0, return_inverse=True)
    _, stratum = np.unique(np.stack([form.reshape(-1), total], axis=1), axis=0, return_inverse=True)
    return Matched(
        score=responses.scores[shown, item].astype(np.float64),
        focal=comparison.is_focal[shown].astype(np.float64),
        total=total.astype(np.float64),
        stratum=stratum.reshape(-1),
        weight=responses.weights[shown],
    )
