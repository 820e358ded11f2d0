"""The abilities of a reported group as points and weights, where each integral begins."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import log_softmax

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.parameters import GroupParameters, ParameterSet, Quadrature
from examengine.psychometrics.quadrature_spacing import fine_enough

_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Abilities of a group.

    Attributes:
        theta: Points, shape (n_points,), logits.
        log_weights: Logarithm of the share of the group at each, shape (n_points,); the shares sum
            to 1.
    """

    theta: FloatArray
    log_weights: FloatArray

    @property
    def weights(self) -> FloatArray:
        """Share of the group at each point, shape (n_points,), summing to 1."""
        weights: FloatArray = np.exp(self.log_weights)
        return weights

    @classmethod
    def weighted(cls, theta: FloatArray, weights: FloatArray) -> "Population":
        """Points and weights as they are given; weights are made to sum to 1."""
        shares = weights / weights.sum()
        return cls(theta, np.log(np.maximum(shares, _TINY)))

    @classmethod
    def on(cls, quadrature: Quadrature, group: GroupParameters) -> "Population":
        """A group on the points of a quadrature.

        θ_q = μ + σ z_q, or z_q where the points stand; A_q ∝ φ((θ_q − μ) / σ), or the histogram

        Args:
            quadrature: The points; `fixed` says whether they stand still.
            group: The group; a histogram has one weight for each point.
        """
        z = np.linspace(quadrature.low, quadrature.high, quadrature.points)
        theta = z if quadrature.fixed else group.mean + group.sd * z
        if group.weights:
            return cls.weighted(theta, np.array(group.weights))
        return cls(theta, _normal(theta, group))

    @classmethod
    def of(cls, parameters: ParameterSet, group: GroupParameters) -> "Population":
        """A group of a calibrated test, on points that move with it and lie near enough."""
        moving = replace(parameters.quadrature, fixed=False)
        fine, (followed,) = fine_enough(parameters.items, [group], moving)
        return cls.on(fine, followed)

    @classmethod
    def at(cls, theta: FloatArray, group: GroupParameters, quadrature: Quadrature) -> "Population":
        """A group at points of the caller's choice.

        Args:
            theta: Points, shape (n_points,), logits, equally spaced.
            group: The group; a histogram is straight between its own points and nothing beyond.
            quadrature: The points of the histogram.
        """
        if not group.weights:
            return cls(theta, _normal(theta, group))
        own = cls.on(replace(quadrature, fixed=False), group).theta
        return cls.weighted(theta, np.interp(theta, own, group.weights, left=0.0, right=0.0))


def _normal(theta: FloatArray, group: GroupParameters) -> FloatArray:
    """Log weights of a normal distribution at equally spaced points."""
    weights: FloatArray = log_softmax(-0.5 * ((theta - group.mean) / group.sd) ** 2)
    return weights
