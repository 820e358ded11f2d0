"""Wald test: are an item's parameters in the two groups further apart than their errors allow?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.chi_square import chi_square_p
from examengine.psychometrics.dif._contract import (
    CannotCompareGroups,
    Comparison,
    DifMethod,
    Finding,
    by_size,
)
from examengine.psychometrics.dif._groups_apart import (
    LARGE,
    MODERATE,
    calibrated,
    curve_gap,
    halves_of,
)
from examengine.psychometrics.estimation import Calibration

# Mean and log deviation of the focal group stand last in the vector of free parameters.
GROUP_PARAMETERS = 2


class Wald(DifMethod):
    """Wald χ² of one calibration with the studied item apart.

    W = δᵀ Cov(δ)⁻¹ δ, δ the difference of slope and intercepts, Cov from the observed information
    of all parameters together. Items that are no anchors are apart as well. Classes as for the
    likelihood ratio.

    Notes:
        Equals mirt 1.47's `DIF(Wald = TRUE)` to 1e-3.

    References:
        Lord (1980), Applications of Item Response Theory, section 14.6; Langer (2008), doctoral
        thesis, University of North Carolina, for the joint covariance.
    """

    code = "wald"
    title = "IRT Wald test"

    def findings(self, comparison: Comparison) -> Sequence[Finding]:
        """A finding for each item; see `DifMethod.findings`."""
        return [finding(comparison, item) for item in range(comparison.responses.n_items)]


METHOD = Wald()


def finding(comparison: Comparison, item: int) -> Finding:
    """Test one item.

    Args:
        comparison: The groups and the anchors.
        item: The item.

    Returns:
        What the Wald test says.

    Raises:
        CannotCalibrate: The item cannot be estimated in each group by itself.
        CannotCompareGroups: The calibration ended where its curvature gives no covariance.
    """
    name = comparison.responses.item_ids[item]
    arranged = _studied_last(comparison, item)
    apart = ~arranged.anchors
    apart[-1] = True
    found = calibrated(arranged, apart, errors=True)
    halves = halves_of(found, name)
    delta = halves.reference.coordinates - halves.focal.coordinates
    covariance = _covariance_of_difference(found, arranged, apart, delta.size)
    statistic = float(delta @ np.linalg.solve(covariance, delta))
    gap, signed = curve_gap(found, halves, comparison.focal)
    p = chi_square_p(statistic, delta.size)
    return Finding(
        statistic,
        delta.size,
        p,
        "p_gap",
        gap,
        by_size(p, gap, MODERATE, LARGE),
        {"p_gap_signed": signed},
    )


def _studied_last(comparison: Comparison, item: int) -> Comparison:
    """The same comparison with the items of the studied one's size last, and itself at the end.

    Parameters are laid out by size of item in order of appearance, so both halves' places in the
    covariance are then known.
    """
    data = comparison.responses
    size = data.max_scores[item]
    others = [place for place in range(data.n_items) if place != item]
    order = [*sorted(others, key=lambda place: bool(data.max_scores[place] == size)), item]
    return replace(
        comparison,
        responses=data.with_items([data.item_ids[place] for place in order]),
        anchors=comparison.anchors[order],
    )


def _covariance_of_difference(
    found: Calibration, comparison: Comparison, apart: BoolArray, n_coordinates: int
) -> FloatArray:
    """Cov(γ_reference − γ_focal) out of the covariance of everything that was estimated."""
    if found.covariance is None:
        raise CannotCompareGroups(
            [f"item {comparison.responses.item_ids[-1]!r}: the calibration has no covariance"]
        )
    sizes = comparison.responses.max_scores
    same = sizes == sizes[-1]
    # Of this size: whole items in order (the studied one last), then the focal halves.
    halves_behind = int((apart & same).sum())
    end = found.covariance.shape[0] - GROUP_PARAMETERS
    focal = slice(end - n_coordinates, end)
    start = end - (halves_behind + 1) * n_coordinates
    reference = slice(start, start + n_coordinates)
    c = found.covariance
    difference: FloatArray = (
        c[reference, reference] + c[focal, focal] - c[reference, focal] - c[focal, reference]
    )
    return difference
