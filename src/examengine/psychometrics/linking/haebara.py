"""Haebara: the curves of each common item lie as close together as can be."""

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.linking._contract import (
    CommonItems,
    Constants,
    CurveWeights,
    LinkingMethod,
)
from examengine.psychometrics.linking._curves import closest_curves, slope_of_distance


class Haebara(LinkingMethod):
    """Minimise Σ_q w_q Σ_j Σ_k (P_jk^to(θ_q) − P_jk^from((θ_q − B) / A))².

    References:
        Haebara (1980), Japanese Psychological Research 22, 144–149; Kim & Kolen (2005), Journal of
        Educational Measurement 42, for several categories.
    """

    code = "haebara"
    title = "Haebara"
    uses_curves = True

    def constants(self, common: CommonItems, weights: CurveWeights) -> Constants:
        """The constants; see `LinkingMethod.constants`."""
        return closest_curves(common, weights, _every_category, Constants(1.0, 0.0))

    def equations(
        self, common: CommonItems, weights: CurveWeights, constants: Constants
    ) -> FloatArray:
        """The slope of the sum of squares; see `LinkingMethod.equations`."""
        return slope_of_distance(common, weights, _every_category, constants)


def _every_category(curves: FloatArray) -> FloatArray:
    return curves


METHOD = Haebara()
