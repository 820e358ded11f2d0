"""Stocking–Lord: the expected scores on the common items lie as close together as can be."""

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.linking._contract import (
    CommonItems,
    Constants,
    CurveWeights,
    LinkingMethod,
)
from examengine.psychometrics.linking._curves import closest_curves, slope_of_distance


class StockingLord(LinkingMethod):
    """Minimise Σ_q w_q (τ^to(θ_q) − τ^from((θ_q − B) / A))², τ = Σ_j Σ_k k P_jk.

    References:
        Stocking & Lord (1983), Applied Psychological Measurement 7, 201–210; Kolen & Brennan
        (2014), Test Equating, Scaling, and Linking, eq. 6.15.
    """

    code = "stocking-lord"
    title = "Stocking–Lord"
    uses_curves = True

    def constants(self, common: CommonItems, weights: CurveWeights) -> Constants:
        """The constants; see `LinkingMethod.constants`."""
        return closest_curves(common, weights, _expected_score, Constants(1.0, 0.0))

    def equations(
        self, common: CommonItems, weights: CurveWeights, constants: Constants
    ) -> FloatArray:
        """The slope of the sum of squares; see `LinkingMethod.equations`."""
        return slope_of_distance(common, weights, _expected_score, constants)


def _expected_score(curves: FloatArray) -> FloatArray:
    scores: FloatArray = (curves @ np.arange(curves.shape[2], dtype=np.float64)).sum(axis=1)
    return scores


METHOD = StockingLord()
