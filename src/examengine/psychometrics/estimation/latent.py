"""The ability distribution of each group, as points and weights.

Abilities are normal within a group. The points either move with the group (θ = μ + σ z, the
default: a wide group is covered as well as a narrow one) or stand still on one grid for all
groups, as mirt has it; then the weights change instead. In that case, again as in mirt, what is
maximised integrates the normal density over the range of the points as it is, and what is
reported as log-likelihood has its weights renormalised to sum to 1.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_softmax, logsumexp

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.parameters import Quadrature


@dataclass(frozen=True, slots=True)
class LatentGrid:
    """Quadrature points, and whether they move with mean and deviation of a group.

    Attributes:
        z: Points, shape (n_points,).
        scaled: Whether θ = μ + σ z; otherwise θ = z and the weights hold the distribution.
    """

    z: FloatArray
    scaled: bool

    @classmethod
    def of(cls, quadrature: Quadrature, *, scaled: bool) -> "LatentGrid":
        """The equally spaced grid of a quadrature."""
        return cls(np.linspace(quadrature.low, quadrature.high, quadrature.points), scaled)

    def theta(self, mean: float, sd: float) -> FloatArray:
        """Abilities at the points, shape (n_points,), logits."""
        return mean + sd * self.z if self.scaled else self.z

    def log_weights(self, mean: float, sd: float) -> FloatArray:
        """Log probability of each point, shape (n_points,); normal density, renormalised."""
        weights: FloatArray = log_softmax(self.log_masses(mean, sd))
        return weights

    def log_masses(self, mean: float, sd: float) -> FloatArray:
        """Log weight of each point in what is maximised, shape (n_points,).

        Moving points have constant weights that sum to 1. Points that stand have spacing times
        normal density, which sums to less than 1 when the group reaches beyond the range.
        """
        if self.scaled:
            constant: FloatArray = log_softmax(-0.5 * self.z**2)
            return constant
        distance = (self.z - mean) / sd
        spacing = float(self.z[1] - self.z[0])
        masses: FloatArray = -0.5 * distance**2 + np.log(spacing / (sd * np.sqrt(2.0 * np.pi)))
        return masses

    def log_total(self, mean: float, sd: float) -> float:
        """Log of the summed weights in what is maximised; 0 when points move."""
        return float(logsumexp(self.log_masses(mean, sd)))

    def theta_moves(self, sd: float) -> FloatArray:
        """∂θ/∂μ and ∂θ/∂log σ at the points, shape (2, n_points); zeros when points stand."""
        if not self.scaled:
            return np.zeros((2, len(self.z)))
        return np.stack([np.ones_like(self.z), sd * self.z])

    def weight_moves(self, mean: float, sd: float) -> FloatArray:
        """∂ log mass/∂μ = u/σ and /∂log σ = u² − 1, u = (z − μ)/σ; zeros when points move.

        Returns:
            Shape (2, n_points).
        """
        if self.scaled:
            return np.zeros((2, len(self.z)))
        u = (self.z - mean) / sd
        return np.stack([u / sd, u**2 - 1.0])
