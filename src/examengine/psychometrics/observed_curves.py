"""What was observed beside a characteristic curve: shares right by groups of ability."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classical.moments import ScoreArray, presented

Z_95 = 1.959963984540054
"""The 97.5 per cent point of the normal distribution."""


@dataclass(frozen=True, slots=True)
class ObservedGroup:
    """Persons of about the same estimated ability, and how they did on one item.

    Attributes:
        theta: Mean ability, logits.
        n: Persons, as a sum of weights.
        p: Share of the points earned.
        low: Lower end of the 95 per cent interval.
        high: Upper end.
    """

    theta: float
    n: float
    p: float
    low: float
    high: float


def observed_curve(
    scores: ScoreArray, theta: FloatArray, weight: FloatArray, *, n_groups: int = 10
) -> tuple[ObservedGroup, ...]:
    """Share right in groups of persons by ability, for one right/wrong item.

    Persons who were presented the item are ordered by ability and cut into groups of about equal
    weight; equal abilities stay together. Intervals are Wilson's score intervals,

        (p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n).

    Args:
        scores: Item scores 0 or 1, shape (n_persons,), −1 = not presented.
        theta: Ability estimates, shape (n_persons,), logits; nan for persons without one.
        weight: Frequencies, shape (n_persons,).
        n_groups: Number of groups, at least 2.

    Returns:
        The groups, the least able first; those that nobody falls into are left out.

    Raises:
        ValueError: Fewer than two groups were asked for.

    References:
        Wilson (1927), Journal of the American Statistical Association 22, 209–212.
    """
    if n_groups < 2:
        raise ValueError(f"{n_groups} groups; compare at least two")
    seen = presented(scores) & np.isfinite(theta)
    right, ability, w = scores[seen].astype(np.float64), theta[seen], weight[seen]
    levels, level_of = np.unique(ability, return_inverse=True)
    mass = np.bincount(level_of, weights=w, minlength=levels.size)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum() if mass.size else mass
    group_of = np.minimum((middle * n_groups).astype(np.int64), n_groups - 1)[level_of]
    return tuple(
        _group(right[group_of == group], ability[group_of == group], w[group_of == group])
        for group in range(n_groups)
        if (group_of == group).any()
    )


def wilson_interval(p: float, n: float, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of a proportion.

    Args:
        p: The proportion observed, in [0, 1].
        n: Number of persons, > 0.
        z: Normal quantile; 1.96 for 95 per cent.

    Returns:
        Lower and upper end, in [0, 1].

    References:
        Wilson (1927), Journal of the American Statistical Association 22, 209–212.
    """
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def _group(right: FloatArray, ability: FloatArray, weight: FloatArray) -> ObservedGroup:
    n = float(weight.sum())
    p = float(weight @ right) / n
    low, high = wilson_interval(p, n)
    return ObservedGroup(float(weight @ ability) / n, n, p, low, high)
