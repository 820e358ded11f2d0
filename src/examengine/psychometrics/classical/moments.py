"""Weighted means, variances and correlations of scores of which some were never presented.

Everything classical is built on these few sums. A weight is a frequency: a row of weight 3
counts as three candidates who answered alike, so divisors are sums of weights minus one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.responses import NOT_PRESENTED

ScoreArray = NDArray[np.int8]


ROWS_AT_ONCE = 4096
"""Rows whose products are added up together: large enough for speed, small enough for memory."""


def presented(scores: ScoreArray) -> BoolArray:
    """Which cells hold a score.

    Args:
        scores: Any shape, −1 = not presented.

    Returns:
        Same shape, True where the item was presented.
    """
    return np.asarray(scores != NOT_PRESENTED)


def frequencies(n_persons: int, weight: FloatArray | None) -> FloatArray:
    """The frequency of every row: the weights given, or one each.

    Args:
        n_persons: Number of rows.
        weight: Frequencies, shape (n_persons,), each > 0; None means one each.

    Returns:
        Shape (n_persons,).

    Raises:
        ValueError: The weights have another length, or one is not a positive number.
    """
    if weight is None:
        return np.ones(n_persons)
    if weight.shape != (n_persons,):
        raise ValueError(f"{weight.shape[0]} weights for {n_persons} persons; give one per row")
    if not (np.isfinite(weight).all() and (weight > 0).all()):
        row = int(np.flatnonzero(~(np.isfinite(weight) & (weight > 0)))[0])
        raise ValueError(f"weight {weight[row]} in row {row + 1}; a frequency is above 0")
    return weight.astype(np.float64)


def mean(values: FloatArray, weight: FloatArray) -> float:
    """Weighted mean, nan when nobody counts.

    x̄ = Σ w x / Σ w

    Args:
        values: Shape (n,).
        weight: Frequencies, shape (n,).

    Returns:
        The mean, in the unit of the values.
    """
    total = float(weight.sum())
    return float(weight @ values) / total if total > 0 else float("nan")


def variance(values: FloatArray, weight: FloatArray, *, divisor: str = "sample") -> float:
    """Weighted variance.

    s² = Σ w (x − x̄)² / (Σ w − 1), or / Σ w

    Args:
        values: Shape (n,).
        weight: Frequencies, shape (n,).
        divisor: "sample" divides by Σ w − 1, "population" by Σ w.

    Returns:
        The variance in squared units; nan when the divisor is not positive.
    """
    count = float(weight.sum()) - (1.0 if divisor == "sample" else 0.0)
    if count <= 0:
        return float("nan")
    return float(weight @ (values - mean(values, weight)) ** 2) / count


def correlation(first: FloatArray, second: FloatArray, weight: FloatArray) -> float:
    """Weighted product-moment correlation.

    r = Σ w (x − x̄)(y − ȳ) / √(Σ w (x − x̄)² · Σ w (y − ȳ)²)

    Args:
        first: Shape (n,).
        second: Shape (n,).
        weight: Frequencies, shape (n,).

    Returns:
        r in [−1, 1]; nan when either side does not vary.
    """
    x = first - mean(first, weight)
    y = second - mean(second, weight)
    spread = float(np.sqrt((weight @ x**2) * (weight @ y**2)))
    # A constant column leaves rounding of the order of the machine's epsilon, not zero.
    if not spread > 1e-12 * max(1.0, float(weight.sum())):
        return float("nan")
    return float(np.clip((weight * x) @ y / spread, -1.0, 1.0))


@dataclass(frozen=True, slots=True)
class PairwiseMoments:
    """Moments of every two columns, each over the persons who were presented both.

    Attributes:
        covariance: Shape (n_items, n_items), squared units; nan where fewer than two saw both.
        variance: Variance of the row's item over those who saw both, same shape.
        count: Σ w over the persons who saw both, same shape.
    """

    covariance: FloatArray
    variance: FloatArray
    count: FloatArray

    @property
    def complete(self) -> bool:
        """Whether every pair of items was presented to at least two persons."""
        return bool(np.isfinite(self.covariance).all())

    def correlation(self) -> FloatArray:
        """Correlations over those who saw both, shape (n_items, n_items); nan if undefined."""
        with np.errstate(invalid="ignore", divide="ignore"):
            r = self.covariance / np.sqrt(self.variance * self.variance.T)
        return np.where(np.isfinite(r), np.clip(r, -1.0, 1.0), np.nan)


def pairwise_moments(
    values: FloatArray, seen: BoolArray, weight: FloatArray | None = None
) -> PairwiseMoments:
    """Covariance of every two columns over the rows in which both are known.

    s_jk = (Σ w x_j x_k − Σ w x_j Σ w x_k / n_jk) / (n_jk − 1), sums over joint rows.

    Args:
        values: Shape (n_persons, n_items).
        seen: Which values are known, same shape.
        weight: Frequencies, shape (n_persons,).

    Returns:
        Covariances, variances and counts. Without unknown values this is the ordinary sample
        covariance; with them the matrix need not be positive semi-definite.
    """
    if seen.all() and values.size:
        return _complete_moments(values, frequencies(values.shape[0], weight))
    known = seen.astype(np.float64)
    w = frequencies(values.shape[0], weight)[:, np.newaxis]
    # Centring first keeps the subtractions below from losing digits on long data.
    centre = (w * np.where(seen, values, 0.0)).sum(0) / np.maximum((w * known).sum(0), 1e-300)
    centred = np.where(seen, values - centre, 0.0)
    count = (w * known).T @ known
    sums = (w * centred).T @ known
    with np.errstate(invalid="ignore", divide="ignore"):
        cross = (w * centred).T @ centred - sums * sums.T / count
        squares = (w * centred**2).T @ known - sums**2 / count
        covariance = np.where(count > 1, cross / (count - 1), np.nan)
        variance = np.where(count > 1, np.maximum(squares, 0.0) / (count - 1), np.nan)
    return PairwiseMoments(covariance=covariance, variance=variance, count=count)


def weighted_sums(values: ScoreArray | FloatArray, weight: FloatArray) -> FloatArray:
    """Sum of every column, Σ w x, a part of the rows at a time.

    Args:
        values: Shape (n_persons, n_items).
        weight: Frequencies, shape (n_persons,).

    Returns:
        Shape (n_items,), in the unit of the values.
    """
    sums = np.zeros(values.shape[1])
    for start in range(0, len(values), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        sums += weight[rows] @ values[rows]
    return sums


def _complete_moments(values: ScoreArray | FloatArray, weight: FloatArray) -> PairwiseMoments:
    """The same where nothing is unknown: one product, a part of the rows at a time."""
    n_items = values.shape[1]
    total = float(weight.sum())
    centre = weighted_sums(values, weight) / max(total, 1e-300)
    cross = np.zeros((n_items, n_items))
    for start in range(0, len(values), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        centred = values[rows] - centre
        cross += (weight[rows, np.newaxis] * centred).T @ centred
    covariance = cross / (total - 1) if total > 1 else np.full_like(cross, np.nan)
    return PairwiseMoments(
        covariance=covariance,
        variance=np.repeat(np.diag(covariance)[:, np.newaxis], n_items, axis=1),
        count=np.full_like(cross, total),
    )


def pairwise_covariance(scores: ScoreArray, weight: FloatArray | None = None) -> PairwiseMoments:
    """Covariance of every two items over those who were presented both.

    Args:
        scores: Shape (n_persons, n_items), −1 = not presented.
        weight: Frequencies, shape (n_persons,).

    Returns:
        See `pairwise_moments`.
    """
    seen = presented(scores)
    if seen.all() and scores.size:
        return _complete_moments(scores, frequencies(scores.shape[0], weight))
    return pairwise_moments(scores.astype(np.float64), seen, weight)
