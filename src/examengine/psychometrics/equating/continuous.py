"""Score distributions made continuous: spread evenly around each score, or by a Gaussian kernel.

Both keep the lower and the upper tail apart, so that a score almost nobody exceeds is equated as
precisely as one almost nobody falls below.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from examengine.psychometrics.arrays import FloatArray, IntArray

EXACT = 1e-12
SPAN = 40.0
MOST_STEPS = 200
TINY = 1e-300
ROOT_TWO_PI = float(np.sqrt(2 * np.pi))


class ScoreLocation(NamedTuple):
    """Where scores stand in their group.

    Attributes:
        below: Share of the group below, shape (n,).
        above: Share of the group above, shape (n,).
        within: How far through a stretch of scores nobody has, 0 to 1; ½ elsewhere.
    """

    below: FloatArray
    above: FloatArray
    within: FloatArray


class Continuous(ABC):
    """A continuous version of a distribution over whole scores from 0.

    Attributes:
        probabilities: Probability of each score, shape (n_scores,), summing to 1.
    """

    def __init__(self, probabilities: FloatArray) -> None:
        self.probabilities = probabilities

    @abstractmethod
    def place(self, points: FloatArray) -> ScoreLocation:
        """Where points stand in the group."""

    @abstractmethod
    def points(self, place: ScoreLocation) -> FloatArray:
        """The points that stand at given places, shape (n,)."""

    @abstractmethod
    def density(self, points: FloatArray) -> FloatArray:
        """Density, shape (n,)."""

    @abstractmethod
    def by_probability(self, points: FloatArray) -> FloatArray:
        """Derivative of the share below by each probability, shape (n, n_scores)."""


class Uniform(Continuous):
    """Each score's persons spread evenly over half a point to either side: percentile ranks.

    F(x) = P(X < x*) + (x − x* + ½) f(x*), x* the whole score nearest to x

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, section 2.5. Where
        nobody has a score a place has several points: they take their mean, and so does this,
        except that stretches without persons on both forms are laid onto each other evenly.
    """

    def __init__(self, probabilities: FloatArray) -> None:
        super().__init__(probabilities)
        self._up = np.concatenate([[0.0], np.cumsum(probabilities)])
        self._down = np.concatenate([[0.0], np.cumsum(probabilities[::-1])])

    def place(self, points: FloatArray) -> ScoreLocation:
        """Where points stand in the group."""
        nearest = self._nearest(points)
        share = np.clip(points - nearest + 0.5, 0.0, 1.0)
        mass = self.probabilities[nearest]
        last = self.probabilities.size - 1
        return ScoreLocation(
            below=self._up[nearest] + share * mass,
            above=self._down[last - nearest] + (1.0 - share) * mass,
            within=self._within(points, nearest),
        )

    def points(self, place: ScoreLocation) -> FloatArray:
        """The points that stand at given places, shape (n,)."""
        last = self.probabilities.size - 1
        low = _from_below(place.below, place.within, self._up, self.probabilities)
        high = _from_below(place.above, 1.0 - place.within, self._down, self.probabilities[::-1])
        return np.where(place.below <= place.above, low, last - high)

    def density(self, points: FloatArray) -> FloatArray:
        """Density, shape (n,)."""
        found: FloatArray = self.probabilities[self._nearest(points)]
        return found

    def by_probability(self, points: FloatArray) -> FloatArray:
        """Derivative of the share below by each probability, shape (n, n_scores)."""
        nearest = self._nearest(points)[:, np.newaxis]
        scores = np.arange(self.probabilities.size)
        share = np.clip(points[:, np.newaxis] - nearest + 0.5, 0.0, 1.0)
        return np.where(scores < nearest, 1.0, np.where(scores == nearest, share, 0.0))

    def _nearest(self, points: FloatArray) -> IntArray:
        whole = np.floor(points + 0.5).astype(np.int64)
        return np.clip(whole, 0, self.probabilities.size - 1)

    def _within(self, points: FloatArray, nearest: IntArray) -> FloatArray:
        reached = np.flatnonzero(self.probabilities > 0)
        after = np.searchsorted(reached, nearest)
        edges = np.concatenate([[-1], reached, [self.probabilities.size]])
        left, right = edges[after] + 0.5, edges[after + 1] - 0.5
        empty = self.probabilities[nearest] == 0
        width = np.where(empty, right - left, 1.0)
        return np.where(empty, np.clip((points - left) / width, 0.0, 1.0), 0.5)


def _from_below(
    share: FloatArray, within: FloatArray, cumulative: FloatArray, mass: FloatArray
) -> FloatArray:
    """Points with a given share below them; `cumulative` has a 0 in front."""
    slack = EXACT * share
    # The first score with more below its upper edge, and the last with less below its lower.
    upper = np.searchsorted(cumulative[1:], share + slack, side="right")
    lower = np.searchsorted(cumulative[1:], share - slack, side="left")
    last = mass.size - 1
    known, at = upper <= last, np.minimum(upper, last)
    rise = np.where(known, mass[at], 1.0)
    top = np.where(known, at - 0.5 + np.maximum(share - cumulative[at], 0.0) / rise, last + 0.5)
    at = np.minimum(lower, last)
    rise = np.where(share > 0, mass[at], 1.0)
    bottom = np.where(share > 0, at - 0.5 + np.minimum((share - cumulative[at]) / rise, 1.0), -0.5)
    found: FloatArray = bottom + within * (top - bottom)
    return found


class Gaussian(Continuous):
    """Each score drawn towards the mean and blurred by a normal kernel: mean and variance stay.

    F_h(x) = Σ_j r_j Φ((x − a x_j − (1 − a) μ) / (a h)),  a² = σ² / (σ² + h²)

    Args:
        probabilities: Probability of each score, shape (n_scores,).
        bandwidth: h, points, > 0. As h grows the distribution becomes normal.

    References:
        von Davier, Holland & Thayer (2004), The Kernel Method of Test Equating, chapter 4 for the
        distribution and chapter 5 for its derivatives.
    """

    def __init__(self, probabilities: FloatArray, bandwidth: float) -> None:
        super().__init__(probabilities)
        self.bandwidth = bandwidth
        scores = np.arange(probabilities.size, dtype=np.float64)
        self._scores = scores
        self._mean = float(probabilities @ scores)
        self._variance = float(probabilities @ (scores - self._mean) ** 2)
        self._a = float(np.sqrt(self._variance / (self._variance + bandwidth**2)))

    def place(self, points: FloatArray) -> ScoreLocation:
        """Where points stand in the group."""
        z = self._z(points)
        return ScoreLocation(
            ndtr(z) @ self.probabilities,
            ndtr(-z) @ self.probabilities,
            np.full(points.shape, 0.5),
        )

    def points(self, place: ScoreLocation) -> FloatArray:
        """The points that stand at given places, shape (n,)."""
        low = np.full(place.below.shape, self._mean - SPAN * np.sqrt(self._variance))
        high = 2 * self._mean - low
        points = np.full(place.below.shape, self._mean)
        for _ in range(MOST_STEPS):
            found = self.place(points)
            too_far = np.where(
                place.below <= place.above, found.below - place.below, place.above - found.above
            )
            low = np.where(too_far < 0, points, low)
            high = np.where(too_far > 0, points, high)
            # Newton's step, or half the bracket when the step would leave it.
            step = too_far / np.maximum(self.density(points), TINY)
            nearer = np.where(too_far == 0, points, points - step)
            nearer = np.where((nearer >= low) & (nearer <= high), nearer, (low + high) / 2)
            moved, points = np.abs(nearer - points), np.where(too_far == 0, points, nearer)
            if (np.where(too_far == 0, 0.0, moved) <= EXACT * (1 + np.abs(points))).all():
                break
        return points

    def density(self, points: FloatArray) -> FloatArray:
        """Density, shape (n,)."""
        found: FloatArray = _normal(self._z(points)) @ self.probabilities
        return found / (self._a * self.bandwidth)

    def slope(self, points: FloatArray) -> FloatArray:
        """Derivative of the density, shape (n,)."""
        z = self._z(points)
        found: FloatArray = -(z * _normal(z)) @ self.probabilities
        return found / (self._a * self.bandwidth) ** 2

    def by_probability(self, points: FloatArray) -> FloatArray:
        """Derivative of the share below by each probability, shape (n, n_scores).

        ∂F_h(x)/∂r_j = Φ(z_j) − f_h(x) (½ (x − μ)(1 − a²) ((x_j − μ)/σ)² + (1 − a) x_j), up to
        what is the same for all j.
        """
        standard = (self._scores - self._mean) ** 2 / self._variance
        shrunk = 0.5 * np.outer(points - self._mean, (1 - self._a**2) * standard)
        moved = shrunk + (1 - self._a) * self._scores
        found: FloatArray = ndtr(self._z(points)) - self.density(points)[:, np.newaxis] * moved
        return found

    def _z(self, points: FloatArray) -> FloatArray:
        centres = self._a * self._scores + (1 - self._a) * self._mean
        found: FloatArray = (points[:, np.newaxis] - centres) / (self._a * self.bandwidth)
        return found


def _normal(z: FloatArray) -> FloatArray:
    density: FloatArray = np.exp(-0.5 * z**2) / ROOT_TWO_PI
    return density
