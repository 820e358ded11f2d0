"""From a score in one distribution to the score that stands at the same place in another."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.equating.continuous import Continuous


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """Points of one distribution brought to another.

    Attributes:
        first: The distribution left.
        second: The distribution reached.
        at: Points in the first, shape (n,).
        values: The points of the second that stand at the same places, shape (n,).
        inside: Whether somebody stands below and somebody above, shape (n,); at the ends of a
            distribution its values say nothing of how they vary.
    """

    first: Continuous
    second: Continuous
    at: FloatArray
    values: FloatArray
    inside: BoolArray

    @property
    def steepness(self) -> FloatArray:
        """Derivative of the values by the points left, shape (n,); nan where nobody stands."""
        return self.first.density(self.at) / self._reached()

    def derivatives(self) -> tuple[FloatArray, FloatArray]:
        """Derivatives of the values by the probabilities of both distributions.

        ∂e/∂r_j = ∂F(x)/∂r_j / g(e),  ∂e/∂s_k = −∂G(e)/∂s_k / g(e)

        Returns:
            Shapes (n, n_first_scores) and (n, n_second_scores); nan where nobody stands.

        References:
            von Davier, Holland & Thayer (2004), The Kernel Method of Test Equating, chapter 5.
        """
        reached = self._reached()[:, np.newaxis]
        by_first = self.first.by_probability(self.at) / reached
        return by_first, -self.second.by_probability(self.values) / reached

    def _reached(self) -> FloatArray:
        density = self.second.density(self.values)
        return np.where(self.inside & (density > 0), density, np.nan)


def crossing(first: Continuous, second: Continuous, at: FloatArray) -> Crossing:
    """Bring points from one distribution to the same places in another.

    e(x) = G⁻¹(F(x))

    Args:
        first: F, the distribution to leave.
        second: G, the distribution to reach.
        at: Points in the first, shape (n,).

    Returns:
        The crossing.
    """
    place = first.place(at)
    inside = (place.below > 0) & (place.above > 0)
    return Crossing(first, second, at, second.points(place), inside)
