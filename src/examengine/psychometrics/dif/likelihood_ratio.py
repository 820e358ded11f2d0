"""Likelihood ratio: does an item need parameters of its own in each group?"""

from collections.abc import Sequence

import numpy as np

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
    calibrated,
    compared,
    curve_gap,
    halves_of,
    not_testable,
    own_coordinates,
)
from examengine.psychometrics.estimation import Calibration


class LikelihoodRatio(DifMethod):
    """Likelihood ratio of two calibrations, the studied item apart or not.

    χ² = 2 (log L_apart − log L_together), one degree of freedom for each parameter the item has of
    its own under its model; items that are no anchors are apart in both. Class by the mean
    absolute difference of the curves in the focal group: B from .05 of the points, C from .10.

    References:
        Thissen, Steinberg & Wainer (1993), in Holland & Wainer, Differential Item Functioning,
        67–113.

    Notes:
        Equals mirt 1.47's `DIF` (all others, or named items, as anchors) to 1e-3.
    """

    code = "lr"
    title = "IRT likelihood ratio"
    calibrates = True

    def findings(self, comparison: Comparison) -> Sequence[DifFinding]:
        """A finding for each item; see `DifMethod.findings`."""
        common = calibrated(comparison, ~comparison.anchors)
        reasons = not_testable(comparison)
        return [
            unknown("p_gap", 0, compared(comparison, item), reasons[item])
            if item in reasons
            else finding(comparison, item, common)
            for item in range(comparison.responses.n_items)
        ]


METHOD = LikelihoodRatio()


def finding(comparison: Comparison, item: int, common: Calibration) -> DifFinding:
    """Test one item.

    Args:
        comparison: The groups and the anchors.
        item: The item.
        common: The calibration with just the items apart that are no anchors.

    Returns:
        What the likelihood ratio says.

    Raises:
        CannotCalibrate: The item cannot be estimated in each group by itself.
    """
    apart = ~comparison.anchors
    together = common
    if apart[item]:
        less = apart.copy()
        less[item] = False
        together, free = calibrated(comparison, less), common
    else:
        more = apart.copy()
        more[item] = True
        free = calibrated(comparison, more)
    halves = halves_of(free, comparison.responses.item_ids[item], comparison.focal)
    gap, signed = curve_gap(free, halves, comparison.focal)
    upper = free.parameters.log_likelihood or np.nan
    lower = together.parameters.log_likelihood or np.nan
    df = int(own_coordinates(free, halves).sum())
    both_converged = free.parameters.converged and together.parameters.converged
    # Two converged calibrations agree to the tolerance only: a ratio of −1e-7 is zero.
    statistic = max(2 * (upper - lower), 0.0)
    p = chi_square_p(statistic, df)
    return DifFinding(
        statistic,
        df,
        p,
        "p_gap",
        gap,
        by_size(p, gap, MODERATE, LARGE),
        {"p_gap_signed": signed},
        compared(comparison, item),
        None if both_converged else NOT_CONVERGED,
    )
