"""The distribution of total and anchor scores in a population, and how surely it is known."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.score_tables import AnchorKind, ScoreFrequencies


@dataclass(frozen=True, slots=True, eq=False)
class ScoreDistribution:
    """Probabilities of total by anchor score, with their sampling covariance.

    Attributes:
        joint: Probability of each pair of scores, shape (n_scores, n_anchor_scores); one column
            when there is no anchor. Sums to 1.
        n: Persons it was estimated from, as a sum of weights.
        anchor: Whether the anchor counts towards the total; None when there is none.
        factor: C with C Cᵀ = the covariance of the estimated cells, shape (n_cells, rank), rows
            in the order of `joint.ravel()`; None for the multinomial covariance of observed
            proportions, (diag(p) − p pᵀ) / n.
    """

    joint: FloatArray
    n: float
    anchor: AnchorKind | None = None
    factor: FloatArray | None = None

    @classmethod
    def observed(cls, table: ScoreFrequencies) -> "ScoreDistribution":
        """The proportions in a table."""
        return cls(table.counts / table.n, table.n, table.anchor)

    @property
    def scores(self) -> FloatArray:
        """The total scores 0, 1, 2 …, shape (n_scores,)."""
        return np.arange(self.joint.shape[0], dtype=np.float64)

    @property
    def anchor_scores(self) -> FloatArray:
        """The anchor scores 0, 1, 2 …, shape (n_anchor_scores,)."""
        return np.arange(self.joint.shape[1], dtype=np.float64)

    @property
    def totals(self) -> FloatArray:
        """Probability of each total score, shape (n_scores,)."""
        margin: FloatArray = self.joint.sum(axis=1)
        return margin

    @property
    def anchors(self) -> FloatArray:
        """Probability of each anchor score, shape (n_anchor_scores,)."""
        margin: FloatArray = self.joint.sum(axis=0)
        return margin

    def variance(self, by_cell: FloatArray) -> FloatArray:
        """Sampling variance of functions of the cells, by the delta method.

        Var g(p̂) = ∇g Σ ∇gᵀ; for observed proportions (Σ_c p_c g_c² − (Σ_c p_c g_c)²) / n.

        Args:
            by_cell: Derivatives of each function by each cell, shape (n_functions, n_scores,
                n_anchor_scores). What is added to all cells alike does not matter.

        Returns:
            Shape (n_functions,).
        """
        rows = by_cell.reshape(len(by_cell), -1)
        if self.factor is not None:
            spread: FloatArray = ((rows @ self.factor) ** 2).sum(axis=1)
            return spread
        p = self.joint.ravel()
        # Cells nobody is in have no part in the variance, whatever their derivative.
        used = p > 0
        middle = rows[:, used] @ p[used]
        squares: FloatArray = (rows[:, used] - middle[:, np.newaxis]) ** 2 @ p[used]
        return squares / self.n


# Kolen & Brennan's tables are what conversions are compared with; `classical` describes samples.
MOMENTS_CONVENTION = (
    "sd has divisor n and kurtosis is 3 for the normal, as in Kolen & Brennan (2014); "
    "in analyse sd has divisor n - 1 and kurtosis is 0 for the normal"
)


@dataclass(frozen=True, slots=True)
class ScoreMoments:
    """The first four moments of a distribution of scores, by `MOMENTS_CONVENTION`.

    Attributes:
        mean: Mean, points.
        sd: Standard deviation, divisor n.
        skewness: Third standardised moment, divisor n; nan when scores do not vary.
        kurtosis: Fourth standardised moment, divisor n, 3 for the normal (not less 3); nan when
            scores do not vary.
    """

    mean: float
    sd: float
    skewness: float
    kurtosis: float


def moments_of(values: FloatArray, weights: FloatArray) -> ScoreMoments:
    """The moments of weighted values.

    μ = Σ w x / Σ w, σ² = Σ w (x − μ)² / Σ w, then Σ w z³ / Σ w and Σ w z⁴ / Σ w, z = (x − μ) / σ

    Args:
        values: Scores, shape (n,).
        weights: Frequencies or probabilities, shape (n,), summing to more than 0.

    Returns:
        Mean, deviation, skewness and kurtosis, as Kolen & Brennan's table 2.8 compares them.
    """
    share = weights / weights.sum()
    mean = float(share @ values)
    centred = values - mean
    sd = float(np.sqrt(share @ centred**2))
    if sd <= 1e-12 * max(1.0, abs(mean)):
        return ScoreMoments(mean, 0.0, float("nan"), float("nan"))
    z = centred / sd
    return ScoreMoments(mean, sd, float(share @ z**3), float(share @ z**4))
