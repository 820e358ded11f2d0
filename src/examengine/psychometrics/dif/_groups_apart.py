"""Calibrations in which some items have parameters of their own in each group.

An item that is free across groups is two items, each presented to one group only: what is known
about forms with items missing by design then does the rest. Both halves follow the item's model.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.dif._contract import Comparison
from examengine.psychometrics.estimation import Calibration, calibrate
from examengine.psychometrics.information import expected_item_scores
from examengine.psychometrics.item_parameters import ItemParameters
from examengine.psychometrics.refusals import CannotCalibrate
from examengine.psychometrics.responses import NOT_PRESENTED, Responses

FOCAL_HALF = "\x1ffocal"
# Mean differences of the curves, as shares of the points: Dorans & Holland's bounds for P-DIF.
MODERATE, LARGE = 0.05, 0.10
# A group's abilities, in deviations from its mean.
Z = np.linspace(-5, 5, 201)
DENSITY = np.exp(-0.5 * Z**2) / np.exp(-0.5 * Z**2).sum()


@dataclass(frozen=True, slots=True)
class Halves:
    """One item as each group sees it.

    Attributes:
        reference: Its parameters in the reference group.
        focal: Its parameters in the focal group.
    """

    reference: ItemParameters
    focal: ItemParameters

    @property
    def coordinates(self) -> FloatArray:
        """Both in the coordinates of a calibration of both, shape (2, n_parameters)."""
        apart = np.stack([self.reference.coordinates, self.focal.coordinates])
        return self.reference.item_model.together(apart)


def calibrated(comparison: Comparison, apart: BoolArray, *, errors: bool = False) -> Calibration:
    """Calibrate both groups together, some items apart.

    Args:
        comparison: The groups; abilities are normal with mean and deviation of their own.
        apart: Items with parameters of their own in each group, shape (n_items,).
        errors: Whether covariances are wanted too.

    Returns:
        The calibration; the focal halves of the items apart come last, in column order.

    Raises:
        CannotCalibrate: The responses do not determine the parameters.
    """
    data = split(comparison, apart)
    models = {name: comparison.models[name.removesuffix(FOCAL_HALF)] for name in data.item_ids}
    try:
        return calibrate(
            data,
            models,
            by_group=True,
            reference=comparison.reference,
            tolerance=1e-6,
            standard_errors="observed" if errors else "none",
        )
    except CannotCalibrate as refusal:
        raise CannotCalibrate(_by_group(refusal, comparison, apart)) from refusal


def _by_group(refusal: CannotCalibrate, comparison: Comparison, apart: BoolArray) -> Iterator[str]:
    """The faults of a calibration, halves of items called by item and group."""
    groups = {"": comparison.reference, FOCAL_HALF: comparison.focal}
    called = {
        f"item {name + half!r}": f"item {name!r} in group {label!r}"
        for name, one in zip(comparison.responses.item_ids, apart, strict=True)
        for half, label in groups.items()
        if one
    }
    for fault in refusal.faults:
        about = next((half for half in called if fault.startswith(half)), None)
        yield fault if about is None else fault.replace(about, called[about], 1)


def split(comparison: Comparison, apart: BoolArray) -> Responses:
    """Responses in which each item apart is two items.

    Args:
        comparison: The groups.
        apart: Items to split, shape (n_items,).

    Returns:
        All items, those apart kept for the reference group, then a focal half of each.
    """
    data = comparison.responses
    whole, halves = data.scores.copy(), data.scores[:, apart].copy()
    whole[np.ix_(comparison.is_focal, apart)] = NOT_PRESENTED
    halves[~comparison.is_focal] = NOT_PRESENTED
    names = [f"{name}{FOCAL_HALF}" for name, one in zip(data.item_ids, apart, strict=True) if one]
    return replace(
        data,
        item_ids=(*data.item_ids, *names),
        scores=np.concatenate([whole, halves], axis=1),
        max_scores=np.concatenate([data.max_scores, data.max_scores[apart]]),
    )


def halves_of(found: Calibration, item_id: str) -> Halves:
    """Both halves of an item that was apart.

    Args:
        found: A calibration with the item apart.
        item_id: The item.

    Returns:
        Its parameters in each group.
    """
    return Halves(found.parameters.item(item_id), found.parameters.item(f"{item_id}{FOCAL_HALF}"))


def own_coordinates(found: Calibration, halves: Halves) -> BoolArray:
    """Which coordinates of an item each group can have for itself.

    Args:
        found: A calibration with the item apart.
        halves: The item's parameters in each group.

    Returns:
        Shape (n_parameters,); false for what all items of the model share, such as the slope of the
        one-parameter logistic.
    """
    slots = found.slots.items
    own: BoolArray = slots[halves.reference.item_id] != slots[halves.focal.item_id]
    return own


def curve_gap(found: Calibration, halves: Halves, focal: str) -> tuple[float, float]:
    """How far apart the two curves of an item are where the focal group is.

    ∫ |E_f(θ) − E_r(θ)| φ_f(θ) dθ / m and the same with its sign

    Args:
        found: The calibration.
        halves: The item's parameters in each group.
        focal: Label of the focal group.

    Returns:
        Unsigned and signed difference as shares of the points; signed is negative when the item is
        harder for the focal group.

    References:
        Meade (2010), Journal of Applied Psychology 95, 728–743, eq. 3 and 4.
    """
    group = found.parameters.group(focal)
    both = [halves.reference, halves.focal]
    scores = expected_item_scores(both, group.mean + group.sd * Z)
    gap = (scores[:, 1] - scores[:, 0]) / (halves.reference.n_categories - 1)
    return float(DENSITY @ np.abs(gap)), float(DENSITY @ gap)
