"""How well one item separates strong candidates from weak ones."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classical.moments import correlation, mean, variance

# A share of fewer persons is luck.
FEWEST_IN_GROUP = 5

Ties = Literal["shared", "row order"]


def biserial(right: FloatArray, criterion: FloatArray, weight: FloatArray) -> float:
    """Biserial correlation of a right/wrong item with a criterion.

    r_b = (x̄₁ − x̄₀) / s_x · p q / φ(Φ⁻¹(p))

    Args:
        right: 1 or 0, shape (n,).
        criterion: Any score, shape (n,).
        weight: Frequencies, shape (n,).

    Returns:
        The correlation with the normal variable assumed behind the item; it can pass ±1 when
        the criterion is far from normal. nan when the item is all right or all wrong.

    References:
        Lord & Novick (1968), Statistical Theories of Mental Test Scores, eq. 15.9.6, with s_x
        the sample deviation (divisor n − 1).
    """
    p = mean(right, weight)
    spread = float(np.sqrt(variance(criterion, weight)))
    if not (0 < p < 1 and spread > 0):
        return float("nan")
    above = mean(criterion[right == 1], weight[right == 1])
    below = mean(criterion[right == 0], weight[right == 0])
    ordinate = float(np.exp(-(ndtri(p) ** 2) / 2) / np.sqrt(2 * np.pi))
    return (above - below) / spread * p * (1 - p) / ordinate


def point_biserial(chosen: FloatArray, criterion: FloatArray, weight: FloatArray) -> float:
    """Product-moment correlation of a 0/1 indicator with a criterion.

    r = (x̄₁ − x̄₀) / s_x · √(p q), with s_x the deviation of divisor n

    Args:
        chosen: 1 or 0, shape (n,).
        criterion: Any score, shape (n,).
        weight: Frequencies, shape (n,).

    Returns:
        r in [−1, 1]; nan when either side does not vary.

    References:
        Lord & Novick (1968), Statistical Theories of Mental Test Scores, chapter 15.
    """
    return correlation(chosen, criterion, weight)


def upper_lower_index(
    item_share: FloatArray,
    total: FloatArray,
    weight: FloatArray,
    *,
    fraction: float = 0.27,
    ties: Ties = "shared",
) -> float:
    """Difference in difficulty between the top and the bottom group of candidates.

    D = p_upper − p_lower, each group the outermost round(f·n) candidates by total.

    Args:
        item_share: Share of the item's points, shape (n,), in [0, 1].
        total: The total the groups are made by, shape (n,).
        weight: Frequencies, shape (n,).
        fraction: Share of candidates in each group, in (0, 0.5].
        ties: "shared" lets every candidate at the border count in part, so that the figure does
            not depend on the order of rows; "row order" breaks ties as a stable sort would,
            which is what many programs do.

    Returns:
        D in [−1, 1]; nan when a group would hold fewer than five candidates.

    Raises:
        ValueError: The fraction is not in (0, 0.5].

    References:
        Kelley (1939), Journal of Educational Psychology 30, 17–24, for the 27 per cent.
    """
    if not 0 < fraction <= 0.5:
        raise ValueError(f"fraction {fraction}; the two groups may hold at most half each")
    size = float(np.round(fraction * weight.sum()))
    if size < FEWEST_IN_GROUP:
        return float("nan")
    if ties == "row order":
        order = np.argsort(total, kind="stable")
        lower, upper = _first(order, weight, size), _first(order[::-1], weight, size)
    else:
        lower, upper = _lowest(total, weight, size), _lowest(-total, weight, size)
    return float((upper - lower) @ item_share) / size


def _first(order: NDArray[np.intp], weight: FloatArray, size: float) -> FloatArray:
    """How much of each row is among the first `size` candidates of an order."""
    before = np.cumsum(weight[order]) - weight[order]
    taken = np.empty_like(weight)
    taken[order] = np.clip(size - before, 0, weight[order])
    return taken


def _lowest(key: FloatArray, weight: FloatArray, size: float) -> FloatArray:
    """How much of each row is among the `size` lowest keys, ties taken in equal parts."""
    levels, level_of = np.unique(key, return_inverse=True)
    mass = np.bincount(level_of, weights=weight, minlength=levels.size)
    part = np.clip((size - (np.cumsum(mass) - mass)) / mass, 0, 1)
    return np.asarray(part[level_of] * weight)
