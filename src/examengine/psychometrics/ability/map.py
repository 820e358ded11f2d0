"""Maximum a posteriori: the mode of the posterior distribution of ability."""

from dataclasses import replace

import numpy as np

from examengine.psychometrics.ability._method import AbilityMethod, Estimate
from examengine.psychometrics.ability._search import PersonCurves, search
from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.binding import Binding
from examengine.psychometrics.refusals import CannotScore

# Deviations from a group's mean beyond which no mode of an ordinary test lies.
FARTHEST = 8.0


def maximum_a_posteriori(binding: Binding) -> Estimate:
    """Mode of likelihood times normal prior, with its curvature as information.

    ∂ log L / ∂θ − (θ − μ) / σ² = 0

    Args:
        binding: Responses and parameters.

    Returns:
        Estimates; the prior's mean and deviation for persons who answered nothing.

    Raises:
        CannotScore: The ability distribution is a histogram, which has no slope between points.

    References:
        Lord (1986), Journal of Educational Measurement 23, 157–162.
    """
    if any(group.weights for group in binding.groups):
        raise CannotScore(
            ["map needs a normal ability distribution, and this is a histogram; use eap or wle"]
        )

    def pull(curves: PersonCurves, theta: FloatArray, rows: IntArray) -> FloatArray:
        del curves
        return -(theta - binding.means[rows]) / binding.sds[rows] ** 2

    nothing = binding.responses.n_answered == 0
    found = search(replace(binding, bounds=_reach(binding)), pull)
    return Estimate(
        np.where(nothing, binding.means, found.theta),
        np.where(nothing, binding.sds, found.se),
        found.at_bound,
    )


def _reach(binding: Binding) -> tuple[float, float]:
    """Bounds within which every mode lies: the prior pulls harder than any answers push."""
    low = min(group.mean - FARTHEST * group.sd for group in binding.groups)
    high = max(group.mean + FARTHEST * group.sd for group in binding.groups)
    return min(binding.bounds[0], low), max(binding.bounds[1], high)


METHOD = AbilityMethod("map", "maximum a posteriori", maximum_a_posteriori, has_prior=True)
