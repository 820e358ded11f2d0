"""How the total score is distributed."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classical.moments import mean, variance


@dataclass(frozen=True, slots=True)
class TotalScore:
    """The total score of a group on one set of items.

    Attributes:
        n: Persons, as a sum of weights.
        max_score: Highest possible total, points.
        mean: Mean, points.
        sd: Sample standard deviation, points.
        skewness: Third standardised moment, divisor n; nan when totals do not vary.
        kurtosis: Fourth standardised moment less 3, divisor n.
        lowest: Lowest total observed, points.
        highest: Highest total observed, points.
    """

    n: float
    max_score: int
    mean: float
    sd: float
    skewness: float
    kurtosis: float
    lowest: int
    highest: int


def total_score(totals: FloatArray, max_score: int, weight: FloatArray) -> TotalScore:
    """Describe a distribution of totals.

    Skewness Σ w (x − x̄)³ / n / s³ and kurtosis Σ w (x − x̄)⁴ / n / s⁴ − 3, s² with divisor n.

    Args:
        totals: Total of each person, shape (n,), points.
        max_score: Highest possible total, points.
        weight: Frequencies, shape (n,).

    Returns:
        The description.
    """
    n, centre = float(weight.sum()), mean(totals, weight)
    spread = variance(totals, weight, divisor="population")
    third, fourth = (float(weight @ (totals - centre) ** power) / n for power in (3, 4))
    varies = spread > 0
    return TotalScore(
        n=n,
        max_score=max_score,
        mean=centre,
        sd=float(np.sqrt(variance(totals, weight))),
        skewness=third / spread**1.5 if varies else float("nan"),
        kurtosis=fourth / spread**2 - 3 if varies else float("nan"),
        lowest=int(totals.min()),
        highest=int(totals.max()),
    )
