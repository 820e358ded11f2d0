"""The difference between matched candidates, weighted by where the focal group is."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.dif._matching import Matched


@dataclass(frozen=True, slots=True)
class StandardizedDifference:
    """Mean difference of matched candidates, focal less reference.

    Attributes:
        points: In points; nan when no stratum has both groups.
        error: Its standard error if there is no difference, points; nan when nothing can vary.
        item_sd: Standard deviation of the item over all candidates, points.
    """

    points: float
    error: float
    item_sd: float


def standardized_difference(data: Matched) -> StandardizedDifference:
    """Standardised difference over the strata that have both groups.

    Σ n_f (x̄_f − x̄_r) / Σ n_f; with totals fixed its variance is
    Σ (1 + n_f / n_r)² Var(F) / (Σ n_f)², Var(F) = n_f n_r (n Σ x² − (Σ x)²) / (n² (n − 1))

    Args:
        data: Candidates by stratum.

    Returns:
        The difference and its error.

    References:
        Dorans & Kulick (1986), Journal of Educational Measurement 23, 355–368; Zwick & Thayer
        (1996), Journal of Educational and Behavioral Statistics 21, 187–201, for the error.
    """
    n_focal, n_reference = data.sums(data.focal), data.sums(1 - data.focal)
    both = (n_focal > 0) & (n_reference > 0)
    mean = np.average(data.score, weights=data.weight)
    spread = float(np.sqrt(np.average((data.score - mean) ** 2, weights=data.weight)))
    if not both.any():
        return StandardizedDifference(float("nan"), float("nan"), spread)
    total, squares = data.sums(data.score)[both], data.sums(data.score**2)[both]
    focal_total = data.sums(data.focal * data.score)[both]
    f, r = n_focal[both], n_reference[both]
    n = f + r
    gap = float((focal_total - f * (total - focal_total) / r).sum() / f.sum())
    variance = f * r * np.maximum(n * squares - total**2, 0.0) / (n**2 * np.maximum(n - 1, 1.0))
    error = float(np.sqrt((((1 + f / r) ** 2) * variance).sum()) / f.sum())
    return StandardizedDifference(gap, error if error > 0 else float("nan"), spread)
