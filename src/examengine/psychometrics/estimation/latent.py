"""The ability distribution of each group, as points and weights.

Abilities are normal within a group. The points either move with the group (θ = μ + σ z, the
default: a wide group is covered as well as a narrow one) or stand still on one grid for all
groups, as mirt has it; then the weights change instead.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_softmax

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
        distance = self.z if self.scaled else (self.z - mean) / sd
        weights: FloatArray = log_softmax(-0.5 * distance**2)
        return weights

    def theta_moves(self, sd: float) -> FloatArray:
        """∂θ/∂μ and ∂θ/∂log σ at the points, shape (2, n_points); zeros when points stand."""
        if not self.scaled:
            return np.zeros((2, len(self.z)))
        return np.stack([np.ones_like(self.z), sd * self.z])

    def weight_moves(self, mean: float, sd: float) -> FloatArray:
        """∂ log weight/∂μ and /∂log σ, shape (2, n_points); zeros when points move.

        With u = (z − μ)/σ: u/σ and u², each centred at its mean under the weights.
        """
        if self.scaled:
            return np.zeros((2, len(self.z)))
        u = (self.z - mean) / sd
        moves = np.stack([u / sd, u**2])
        share = np.exp(self.log_weights(mean, sd))
        centred: FloatArray = moves - (moves @ share)[:, np.newaxis]
        return centred
