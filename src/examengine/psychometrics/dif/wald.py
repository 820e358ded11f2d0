"""Wald test: are an item's parameters in the two groups further apart than their errors allow?"""

from collections.abc import Sequence

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.chi_square import chi_square_p
from examengine.psychometrics.dif._contract import (
    Comparison,
    DifFinding,
    DifMethod,
    by_size,
    unknown,
)
from examengine.psychometrics.dif._groups_apart import (
    LARGE,
    MODERATE,
    NOT_CONVERGED,
    Halves,
    calibrated,
    compared,
    curve_gap,
    halves_of,
    not_testable,
    own_coordinates,
)
from examengine.psychometrics.estimation import Calibration


class Wald(DifMethod):
    """Wald χ² of one calibration with the studied item apart.

    W = δᵀ Cov(δ)⁻¹ δ, δ the difference of the parameters that the item has of its own under its
    model (slope and intercepts under the 2PL), Cov from the observed information of all parameters
    together. Items that are no anchors are apart as well. Classes as for the likelihood ratio.

    Notes:
        Equals mirt 1.47's `DIF(Wald = TRUE)` to 1e-3.

    References:
        Lord (1980), Applications of Item Response Theory, section 14.6; Langer (2008), doctoral
        thesis, University of North Carolina, for the joint covariance.
    """

    code = "wald"
    title = "IRT Wald test"
    calibrates = True

    def findings(self, comparison: Comparison) -> Sequence[DifFinding]:
        """A finding for each item; see `DifMethod.findings`."""
        reasons = not_testable(comparison)
        return [
            unknown("p_gap", 0, compared(comparison, item), reasons[item])
            if item in reasons
            else finding(comparison, item)
            for item in range(comparison.responses.n_items)
        ]


METHOD = Wald()


def finding(comparison: Comparison, item: int) -> DifFinding:
    """Test one item.

    Args:
        comparison: The groups and the anchors.
        item: The item.

    Returns:
        What the Wald test says.

    Raises:
        CannotCalibrate: The item cannot be estimated in each group by itself.
    """
    name = comparison.responses.item_ids[item]
    apart = ~comparison.anchors
    apart[item] = True
    found = calibrated(comparison, apart, errors=True)
    who = compared(comparison, item)
    if found.covariance is None:
        return unknown("p_gap", 0, who, "the calibration ended where it has no covariance")
    halves = halves_of(found, name, comparison.focal)
    own = own_coordinates(found, halves)
    delta = (halves.coordinates[0] - halves.coordinates[1])[own]
    covariance = _covariance_of_difference(found, found.covariance, halves, own)
    statistic = float(delta @ np.linalg.solve(covariance, delta))
    gap, signed = curve_gap(found, halves, comparison.focal)
    p = chi_square_p(statistic, delta.size)
    return DifFinding(
        statistic,
        delta.size,
        p,
        "p_gap",
        gap,
        by_size(p, gap, MODERATE, LARGE),
        {"p_gap_signed": signed},
        who,
        None if found.parameters.converged else NOT_CONVERGED,
    )


def _covariance_of_difference(
    found: Calibration, covariance: FloatArray, halves: Halves, own: BoolArray
) -> FloatArray:
    """Cov(γ_reference − γ_focal) out of the covariance of everything that was estimated."""
    chosen = np.eye(own.size)[own]
    difference = found.slots.by_estimates(
        len(covariance), {halves.reference.item_id: chosen, halves.focal.item_id: -chosen}
    )
    spread: FloatArray = difference @ covariance @ difference.T
    return spread
