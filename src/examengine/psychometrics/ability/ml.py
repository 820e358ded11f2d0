"""Maximum likelihood: the ability under which a person's answers are most probable."""

import numpy as np

from examengine.psychometrics.ability._method import AbilityMethod, Estimate
from examengine.psychometrics.ability._search import PersonCurves, search
from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.binding import Binding


def maximum_likelihood(binding: Binding) -> Estimate:
    """Maximum of the likelihood within the bounds, with its curvature as information.

    ∂ log L / ∂θ = Σ_j ∂ log P_j(x_j | θ) / ∂θ = 0

    Args:
        binding: Responses and parameters.

    Returns:
        Estimates. A perfect or a zero score has no maximum; it gets the bound and says so.

    References:
        Lord (1980), Applications of Item Response Theory, equation 4-18.
    """
    return search(binding, _nothing)


def _nothing(curves: PersonCurves, theta: FloatArray, rows: IntArray) -> FloatArray:
    """Maximum likelihood adds nothing."""
    del curves, rows
    return np.zeros_like(theta)


METHOD = AbilityMethod("ml", "maximum likelihood", maximum_likelihood, has_prior=False)
