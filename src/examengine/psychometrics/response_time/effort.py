"""Response-time effort: the share of items a person seems to have tried."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.classical.moments import ScoreArray

LITTLE_EFFORT = 0.90


@dataclass(frozen=True, slots=True, eq=False)
class Effort:
    """Who tried, and on what.

    Attributes:
        rapid: Answers faster than the item's threshold, shape (n_persons, n_items).
        person: Share of the timed items each person tried, shape (n_persons,); nan without any.
        item: Share of persons who tried each item, shape (n_items,); nan without any.
    """

    rapid: BoolArray
    person: FloatArray
    item: FloatArray

    def little(self, *, below: float = LITTLE_EFFORT) -> BoolArray:
        """Persons who tried fewer items than this share.

        Args:
            below: A share; 0.90 is usual (Wise & Kong 2005).

        Returns:
            Shape (n_persons,).
        """
        return np.asarray(self.person < below)


@dataclass(frozen=True, slots=True)
class RapidAccuracy:
    """How often rapid answers to one item were right.

    Attributes:
        n_rapid: Rapid answers.
        rapid: Mean share of the points of rapid answers; about chance when they were guesses.
        tried: The same of the others.
    """

    n_rapid: int
    rapid: float
    tried: float


def effort(seconds: FloatArray, thresholds: FloatArray) -> Effort:
    """Response-time effort from thresholds.

    RTE_i = Σ_j [T_ij ≥ t_j] / number of items with a time and a threshold

    Args:
        seconds: Response times, shape (n_persons, n_items), nan where there is none.
        thresholds: Of each item, shape (n_items,), seconds; nan = no threshold, the item does not
            count.

    Returns:
        Shares for persons and items.

    References:
        Wise & Kong (2005), Applied Measurement in Education 18, 163–183.
    """
    timed = np.isfinite(seconds) & np.isfinite(thresholds)
    rapid = timed & (seconds < thresholds)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Effort(
            rapid=rapid,
            person=1 - rapid.sum(axis=1) / timed.sum(axis=1),
            item=1 - rapid.sum(axis=0) / timed.sum(axis=0),
        )


def rapid_accuracy(
    found: Effort, scores: ScoreArray, max_scores: FloatArray
) -> tuple[RapidAccuracy, ...]:
    """Whether rapid answers do no better than chance, item by item.

    Mean of x_ij / m_j over rapid answers and over the others.

    Args:
        found: The effort.
        scores: Item scores, shape (n_persons, n_items), −1 = not presented.
        max_scores: Highest scores, shape (n_items,).

    Returns:
        One row for each item; means of nothing are nan.

    References:
        Wise & Kong (2005), Applied Measurement in Education 18, 163–183, for the comparison.
    """
    rows = []
    for item in range(scores.shape[1]):
        seen = scores[:, item] >= 0
        share = scores[:, item] / float(max_scores[item])
        rapid, tried = found.rapid[:, item] & seen, ~found.rapid[:, item] & seen
        rows.append(
            RapidAccuracy(
                n_rapid=int(rapid.sum()),
                rapid=float(share[rapid].mean()) if rapid.any() else float("nan"),
                tried=float(share[tried].mean()) if tried.any() else float("nan"),
            )
        )
    return tuple(rows)
