"""Reliability from the covariances among items: alpha and its relatives.

Every function takes the covariance matrix of the items, shape (n_items, n_items), in squared
score points; on a correlation matrix it gives the standardised version of the same figure.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import fdtri

from examengine.psychometrics.arrays import BoolArray, FloatArray


def alpha(covariance: FloatArray) -> float:
    """Coefficient alpha.

    α = J / (J − 1) · (1 − Σ s_jj / Σ s_jk)

    Args:
        covariance: Shape (J, J).

    Returns:
        Alpha, at most 1; nan when the total does not vary.

    Raises:
        ValueError: Fewer than two items, or a covariance is not finite.

    References:
        Cronbach (1951), Psychometrika 16, 297–334.
    """
    _check(covariance)
    n_items = int(covariance.shape[0])
    total = float(covariance.sum())
    if not total > 0:
        return float("nan")
    return n_items / (n_items - 1) * (1 - float(np.trace(covariance)) / total)


def alpha_if_dropped(covariance: FloatArray) -> FloatArray:
    """Alpha of the test without each item in turn.

    Args:
        covariance: Shape (J, J).

    Returns:
        Shape (J,); nan when fewer than two items would remain.

    Raises:
        ValueError: Fewer than two items, or a covariance is not finite.
    """
    _check(covariance)
    left = covariance.shape[0] - 1
    if left < 2:
        return np.full(left + 1, np.nan)
    variances = np.diag(covariance)
    total = covariance.sum() - 2 * covariance.sum(axis=0) + variances
    with np.errstate(invalid="ignore", divide="ignore"):
        dropped: FloatArray = left / (left - 1) * (1 - (variances.sum() - variances) / total)
    return dropped


def feldt_interval(
    coefficient: float, n_persons: float, n_items: int, *, level: float = 0.95
) -> tuple[float, float]:
    """Confidence interval of alpha.

    1 − (1 − α) F(1 − γ/2), 1 − (1 − α) F(γ/2), with N − 1 and (N − 1)(J − 1) degrees of freedom

    Args:
        coefficient: Alpha.
        n_persons: N, the number of persons.
        n_items: J, the number of items.
        level: Confidence, in (0, 1).

    Returns:
        Lower and upper bound.

    Raises:
        ValueError: Fewer than two persons or items.

    References:
        Feldt (1965), Psychometrika 30, 357–370.
    """
    if n_persons < 2 or n_items < 2:
        raise ValueError("an interval for alpha needs at least two persons and two items")
    tail = (1 - level) / 2
    df = (n_persons - 1, (n_persons - 1) * (n_items - 1))
    lower = 1 - (1 - coefficient) * float(fdtri(*df, 1 - tail))
    upper = 1 - (1 - coefficient) * float(fdtri(*df, tail))
    return lower, upper


def kr_20(proportions: FloatArray, total_variance: float) -> float:
    """Kuder–Richardson formula 20, for right/wrong items.

    KR20 = J / (J − 1) · (1 − Σ p q / s²)

    Args:
        proportions: Share right of each item, shape (J,).
        total_variance: Variance of the total with divisor n (as p q has), squared points.

    Returns:
        The coefficient; equal to alpha, whose variances share one divisor.

    References:
        Kuder & Richardson (1937), Psychometrika 2, 151–160, formula 20.
    """
    n_items = proportions.size
    within = float((proportions * (1 - proportions)).sum())
    return n_items / (n_items - 1) * (1 - within / total_variance)


def kr_21(n_items: int, mean_total: float, total_variance: float) -> float:
    """Kuder–Richardson formula 21: items of equal difficulty assumed.

    KR21 = J / (J − 1) · (1 − M (J − M) / (J s²))

    Args:
        n_items: J.
        mean_total: M, points.
        total_variance: Variance of the total with divisor n, squared points.

    Returns:
        The coefficient, never above KR-20.

    References:
        Kuder & Richardson (1937), Psychometrika 2, 151–160, formula 21.
    """
    within = mean_total * (n_items - mean_total) / n_items
    return n_items / (n_items - 1) * (1 - within / total_variance)


def stratified_alpha(covariance: FloatArray, strata: Sequence[str]) -> float:
    """Alpha of a test made of content strata.

    α_S = 1 − Σ_k s_k² (1 − α_k) / s²

    Args:
        covariance: Shape (J, J).
        strata: Stratum of each item, length J; a stratum of one item counts as perfectly
            unreliable in itself (α_k = 0), which keeps the figure a lower bound.

    Returns:
        The coefficient; nan when the total does not vary.

    Raises:
        ValueError: The strata do not fit the items, or a covariance is not finite.

    References:
        Rajaratnam, Cronbach & Gleser (1965), Psychometrika 30, 39–56; Cronbach, Schönemann & McKie
        (1965), Educational and Psychological Measurement 25, 291–312.
    """
    _check(covariance)
    if len(strata) != covariance.shape[0]:
        raise ValueError(f"{len(strata)} strata for {covariance.shape[0]} items; give one each")
    labels = np.asarray(strata, dtype=np.str_)
    error = 0.0
    for label in np.unique(labels):
        inside: BoolArray = labels == label
        block = covariance[np.ix_(inside, inside)]
        own = alpha(block) if block.shape[0] > 1 else 0.0
        error += float(block.sum()) * (1 - own)
    total = float(covariance.sum())
    return 1 - error / total if total > 0 else float("nan")


def standard_error_of_measurement(total_variance: float, reliability: float) -> float:
    """Standard error of measurement of the total score.

    SEM = s √(1 − ρ)

    Args:
        total_variance: Sample variance of the total, squared points.
        reliability: The coefficient it is based on.

    Returns:
        Points; nan when the reliability is above 1 or the variance negative.

    References:
        Harvill (1991), Educational Measurement: Issues and Practice 10(2), 33–41.
    """
    with np.errstate(invalid="ignore"):
        return float(np.sqrt(total_variance * (1 - reliability)))


def _check(covariance: FloatArray) -> None:
    """Refuse what is no covariance matrix of at least two items, every pair seen together."""
    if covariance.ndim != 2 or covariance.shape[0] != covariance.shape[1]:
        raise ValueError(f"covariances of shape {covariance.shape}; a square matrix is needed")
    if covariance.shape[0] < 2:
        raise ValueError("reliability needs at least two items")
    if not np.isfinite(covariance).all():
        one, other = (int(place) for place in np.argwhere(~np.isfinite(covariance))[0])
        raise ValueError(
            f"items {one + 1} and {other + 1} were never presented to the same two persons; "
            "take the items of one form"
        )
