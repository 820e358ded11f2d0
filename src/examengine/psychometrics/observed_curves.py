"""What was observed beside the curves of an item: shares by groups of ability."""

from collections.abc import Iterator
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


@dataclass(frozen=True, slots=True)
class ObservedCategories:
    """Persons of about the same estimated ability, and what they scored on one item.

    Attributes:
        theta: Mean ability, logits.
        n: Persons, as a sum of weights.
        shares: Share of the persons with each score, from 0 on.
    """

    theta: float
    n: float
    shares: tuple[float, ...]


def observed_curve(
    scores: ScoreArray,
    theta: FloatArray,
    weight: FloatArray,
    *,
    most_points: int = 1,
    n_groups: int = 10,
) -> tuple[ObservedGroup, ...]:
    """Share of the points of one item in groups of persons by ability.

    Persons who were presented the item are ordered by ability and cut into groups of about equal
    weight; equal abilities stay together. Intervals are Wilson's score intervals,

        (p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n).

    Of an item worth several points p̂ is the mean share of them. A share in [0, 1] varies by at
    most p(1 − p), so that its interval is at least as wide as it has to be.

    Args:
        scores: Item scores, shape (n_persons,), −1 = not presented.
        theta: Ability estimates, shape (n_persons,), logits; nan for persons without one.
        weight: Frequencies, shape (n_persons,).
        most_points: What the item is worth, 1 for right/wrong.
        n_groups: Number of groups, at least 2.

    Returns:
        The groups, the least able first; those that nobody falls into are left out.

    Raises:
        ValueError: Fewer than two groups were asked for.

    References:
        Wilson (1927), Journal of the American Statistical Association 22, 209–212; Bhatia & Davis
        (2000), American Mathematical Monthly 107, 353–357.
    """
    return tuple(
        _group(scored / most_points, ability, w)
        for scored, ability, w in _groups(scores, theta, weight, n_groups)
    )


def observed_categories(
    scores: ScoreArray,
    theta: FloatArray,
    weight: FloatArray,
    *,
    most_points: int,
    n_groups: int = 10,
) -> tuple[ObservedCategories, ...]:
    """Share of each score of one item in groups of persons by ability, as `observed_curve` cuts.

    Args:
        scores: Item scores, shape (n_persons,), −1 = not presented.
        theta: Ability estimates, shape (n_persons,), logits; nan for persons without one.
        weight: Frequencies, shape (n_persons,).
        most_points: What the item is worth.
        n_groups: Number of groups, at least 2.

    Returns:
        The groups, the least able first; those that nobody falls into are left out.

    Raises:
        ValueError: Fewer than two groups were asked for.
    """
    found = []
    for scored, ability, w in _groups(scores, theta, weight, n_groups):
        n = float(w.sum())
        counts = np.bincount(scored.astype(np.int64), weights=w, minlength=most_points + 1)
        found.append(ObservedCategories(float(w @ ability) / n, n, tuple((counts / n).tolist())))
    return tuple(found)


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


def _groups(
    scores: ScoreArray, theta: FloatArray, weight: FloatArray, n_groups: int
) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
    """Scores, abilities and weights of each group that somebody falls into, the least able first.

    Raises:
        ValueError: Fewer than two groups were asked for.
    """
    if n_groups < 2:
        raise ValueError(f"{n_groups} groups; compare at least two")
    seen = presented(scores) & np.isfinite(theta)
    scored, ability, w = scores[seen].astype(np.float64), theta[seen], weight[seen]
    levels, level_of = np.unique(ability, return_inverse=True)
    mass = np.bincount(level_of, weights=w, minlength=levels.size)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum() if mass.size else mass
    group_of = np.minimum((middle * n_groups).astype(np.int64), n_groups - 1)[level_of]
    for group in range(n_groups):
        inside = group_of == group
        if inside.any():
            yield scored[inside], ability[inside], w[inside]


def _group(share: FloatArray, ability: FloatArray, weight: FloatArray) -> ObservedGroup:
    n = float(weight.sum())
    p = float(weight @ share) / n
    low, high = wilson_interval(p, n)
    return ObservedGroup(float(weight @ ability) / n, n, p, low, high)
