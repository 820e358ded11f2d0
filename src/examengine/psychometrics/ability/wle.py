"""Weighted likelihood: maximum likelihood with its first-order bias taken out."""

import numpy as np

from examengine.psychometrics.ability._method import AbilityMethod, Estimate
from examengine.psychometrics.ability._search import PersonCurves, search
from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.binding import Binding


def weighted_likelihood(binding: Binding) -> Estimate:
    """Warm's estimator within the bounds; its equation's slope is the information.

    ∂ log L / ∂θ + J(θ) / (2 I(θ)) = 0,  J = Σ_j Σ_k P′_jk P″_jk / P_jk

    Args:
        binding: Responses and parameters.

    Returns:
        Estimates; perfect and zero scores have finite ones.

    Notes:
        Under the 3PL this is Warm's correction, not the maximum of L √I, which some programs
        call by the same name; the two agree under every model without a lower asymptote.

    References:
        Warm (1989), Psychometrika 54, 427–450, equation 8.
    """
    return search(binding, _correction)


def _correction(curves: PersonCurves, theta: FloatArray, rows: IntArray) -> FloatArray:
    """J / (2 I)."""
    information = np.maximum(curves.information(theta, rows), np.finfo(np.float64).tiny)
    return curves.bias_term(theta, rows) / (2.0 * information)


METHOD = AbilityMethod("wle", "weighted likelihood", weighted_likelihood, has_prior=False)
