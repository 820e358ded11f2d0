"""Maximum a posteriori: the mode of the posterior distribution of ability."""

from examengine.psychometrics.ability._binding import Binding, Estimate
from examengine.psychometrics.ability._method import AbilityMethod
from examengine.psychometrics.ability._search import PersonCurves, search
from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.refusals import CannotScore


def maximum_a_posteriori(binding: Binding) -> Estimate:
    """Mode of likelihood times normal prior, with its curvature as information.

    ∂ log L / ∂θ − (θ − μ) / σ² = 0

    Args:
        binding: Responses and parameters.

    Returns:
        Estimates.

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

    return search(binding, pull)


METHOD = AbilityMethod("map", "maximum a posteriori", maximum_a_posteriori)
