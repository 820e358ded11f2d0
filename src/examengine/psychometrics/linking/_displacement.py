"""How far common items have moved between two calibrations, and which of them drifted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.linking._contract import (
    CannotLink,
    CommonItems,
    Constants,
    CurveWeights,
    locations,
    slopes,
)
from examengine.psychometrics.linking._curves import curves_and_slopes
from examengine.psychometrics.parameters import ItemParameters

ROBUST_Z = 1.645
# Differences of equal parameters are rounding, not drift; so are those of the digits of a file.
ROUNDING, APART = 1e-9, 1e-3
# Of a normal distribution 0.74 times the interquartile range is the standard deviation.
IQR_TO_SD = 0.74
MOST_LEFT_OUT = 0.2


@dataclass(frozen=True, slots=True)
class Displacement:
    """How far one common item has moved once both calibrations are in one metric.

    Attributes:
        item_id: The item.
        shift: Mean location in the target less the linked one, logits; nan for nominal items.
        robust_z: The shift less its median over items, over 0.74 times their interquartile range;
            where the range is 0, infinite for items off the median and nan for the others.
        slope_ratio: Slope in the target over the linked one; nan for nominal items.
        slope_z: The same robust z of the logarithm of that ratio.
        rmsd: Root mean squared difference of the expected scores, as a share of the points.
        drifted: Whether |robust_z| or |slope_z| is above 1.645, and by more than rounding.
        left_out: Whether the constants were found without it.
    """

    item_id: str
    shift: float
    robust_z: float
    slope_ratio: float
    slope_z: float
    rmsd: float
    drifted: bool
    left_out: bool


def displacements(
    common: CommonItems,
    constants: Constants,
    weights: CurveWeights,
    left_out: Collection[str] = (),
) -> tuple[Displacement, ...]:
    """How far each common item has moved.

    Args:
        common: The common items.
        constants: A and B.
        weights: Where expected scores are compared.
        left_out: Items the constants were found without.

    Returns:
        One row for each item, in order.

    References:
        Huynh & Meyer (2010), Practical Assessment, Research & Evaluation 15(2), for the robust z
        of locations and of slopes.
    """
    pairs = list(zip(common.source, common.target, strict=True))
    shifts = np.array([_shift(*pair, constants) for pair in pairs])
    ratios = np.array([_slope_ratio(*pair, constants) for pair in pairs])
    shift_z, slope_z = robust_z(shifts), robust_z(np.log(ratios))
    rmsd = _score_differences(common, constants, weights)
    drifted = _far(shifts, shift_z) | _far(np.log(ratios), slope_z)
    return tuple(
        Displacement(
            item_id=item.item_id,
            shift=float(shifts[row]),
            robust_z=float(shift_z[row]),
            slope_ratio=float(ratios[row]),
            slope_z=float(slope_z[row]),
            rmsd=float(rmsd[row]),
            drifted=bool(drifted[row]),
            left_out=item.item_id in left_out,
        )
        for row, item in enumerate(common.target)
    )


def _far(values: FloatArray, z: FloatArray) -> BoolArray:
    """Which values are outliers, and by more than rounding."""
    if not np.isfinite(values).any():
        return np.zeros(values.shape, dtype=bool)
    far: BoolArray = (np.abs(z) > ROBUST_Z) & (np.abs(values - np.nanmedian(values)) > APART)
    return far


def robust_z(values: FloatArray) -> FloatArray:
    """Distances from the median that a few outliers do not hide.

    z = (x − median) / (0.74 · interquartile range)

    Args:
        values: Shape (n,); nan counts for nothing.

    Returns:
        Shape (n,); nan where the value is not known. Where the range is 0, as among items that were
        held fixed, infinite for values off the median and nan for those at it.
    """
    if not np.isfinite(values).any():
        return np.full(values.shape, np.nan)
    low, middle, high = np.nanpercentile(values, [25, 50, 75])
    off = values - middle
    if high - low > ROUNDING:
        z: FloatArray = off / (IQR_TO_SD * (high - low))
        return z
    return np.where(np.abs(off) > APART, np.copysign(np.inf, off), np.nan)


def to_leave_out(rows: Sequence[Displacement], staying: Collection[str] = ()) -> frozenset[str]:
    """The drifted items that a robust link does without.

    Args:
        rows: How far each common item has moved.
        staying: Items that stay out whatever their distance is.

    Returns:
        Those drifted, the farthest first, but no more than a fifth of all, so that those left still
        stand for the content of the test.
    """
    drifted = [row for row in rows if row.drifted]
    drifted.sort(key=_distance)
    most = int(MOST_LEFT_OUT * len(rows))
    farthest = [row.item_id for row in drifted if row.item_id not in staying]
    return frozenset([*staying, *farthest][:most])


def _distance(row: Displacement) -> tuple[float, float]:
    """Farther items first; of those infinitely far, the one that moved most."""
    moved = [abs(row.shift), abs(np.log(row.slope_ratio))]
    return -float(np.nanmax(np.abs([row.robust_z, row.slope_z]))), -float(np.nanmax(moved))


def _shift(source: ItemParameters, target: ItemParameters, constants: Constants) -> float:
    try:
        there, here = locations([source]).mean(), locations([target]).mean()
    except CannotLink:
        return float("nan")
    return float(here - (constants.slope * there + constants.intercept))


def _slope_ratio(source: ItemParameters, target: ItemParameters, constants: Constants) -> float:
    try:
        ratio = float(slopes([target])[0] * constants.slope / slopes([source])[0])
    except CannotLink:
        return float("nan")
    return ratio if ratio > 0 else float("nan")


def _score_differences(
    common: CommonItems, constants: Constants, weights: CurveWeights
) -> FloatArray:
    """Root mean squared difference of expected scores as a share of the points, (n_items,)."""
    at = (weights.theta - constants.intercept) / constants.slope
    here, _ = curves_and_slopes(common.target, weights.theta)
    there, _ = curves_and_slopes(common.source, at)
    points = np.arange(here.shape[2], dtype=np.float64)
    highest = np.array([item.n_categories - 1 for item in common.target])
    apart: FloatArray = np.sqrt(weights.weights @ ((here - there) @ points) ** 2) / highest
    return apart
