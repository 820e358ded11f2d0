"""Total and rest scores when not everybody was presented every item.

With one complete form the total is the sum of points. With several forms sums are not
comparable, so a person's total is the share of the points that could be had:

    t_i = Σ_j x_ij / Σ_j m_j      over the items presented to person i

A correlation does not change when a score is divided by a constant, so on complete data
these shares give exactly the figures that sums give.
"""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.classical.moments import ScoreArray, presented


@dataclass(frozen=True, slots=True)
class Totals:
    """What each person earned and could have earned on the items presented.

    Attributes:
        earned: Shape (n_persons,), score points.
        possible: Shape (n_persons,), score points.
    """

    earned: FloatArray
    possible: FloatArray

    def shares(self) -> FloatArray:
        """Share of the possible points earned.

        Returns:
            Shape (n_persons,), in [0, 1]; nan for a person who was presented nothing.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.earned / self.possible

    def rest_shares(self, item_scores: ScoreArray, max_score: float) -> FloatArray:
        """Share of the possible points earned on all other items.

        Args:
            item_scores: The item's column, shape (n_persons,), −1 = not presented.
            max_score: The item's highest score, points.

        Returns:
            Shape (n_persons,), in [0, 1]; nan where no other item was presented.
        """
        seen = presented(item_scores)
        own = np.where(seen, item_scores, 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            share: FloatArray = (self.earned - own) / (self.possible - seen * max_score)
        return share


def totals(scores: ScoreArray, max_scores: IntArray | FloatArray) -> Totals:
    """Points earned and possible for every person.

    earned_i = Σ_j x_ij, possible_i = Σ_j m_j, over the items presented to person i

    Args:
        scores: Shape (n_persons, n_items), −1 = not presented.
        max_scores: Highest score of each item, shape (n_items,), points.

    Returns:
        Two arrays of shape (n_persons,).
    """
    seen = presented(scores)
    points = max_scores.astype(np.float64)
    return Totals(
        earned=np.where(seen, scores, 0).sum(axis=1).astype(np.float64),
        # Without missing cells everybody could have the same, and the product would be large.
        possible=np.full(len(seen), points.sum()) if seen.all() else seen @ points,
    )
