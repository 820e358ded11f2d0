"""Calibrations in which some items have parameters of their own in each group.

An item that is free across groups is two items, each presented to one group only: what is known
about forms with items missing by design then does the rest. Both halves follow the item's model.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.dif._contract import CannotCompareGroups, Compared, Comparison
from examengine.psychometrics.estimation import Calibration, calibrate
from examengine.psychometrics.information import expected_item_scores
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.refusals import CannotCalibrate, refuse
from examengine.psychometrics.responses import NOT_PRESENTED, Responses

# Mean differences of the curves, as shares of the points: Dorans & Holland's bounds for P-DIF.
MODERATE, LARGE = 0.05, 0.10
# Ordinary calibrations need 10 to 40. Where anchors contradict each other there is no maximum to be
# reached, and many more cycles would not find one.
MOST_CYCLES = 100
NOT_CONVERGED = (
    f"a calibration did not converge in {MOST_CYCLES} cycles: read the figures with care"
)
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
        CannotCompareGroups: An item is called what the half of another would be called.
    """
    data = split(comparison, apart)
    models = {
        called: comparison.models[name]
        for name in comparison.responses.item_ids
        for called in (name, focal_half(name, comparison.focal))
        if called in data.item_ids
    }
    try:
        return calibrate(
            data,
            models,
            by_group=True,
            reference=comparison.reference,
            tolerance=1e-6,
            max_cycles=MOST_CYCLES,
            standard_errors="observed" if errors else "none",
        )
    except CannotCalibrate as refusal:
        raise CannotCalibrate(_by_group(refusal, comparison, apart)) from refusal


def _by_group(refusal: CannotCalibrate, comparison: Comparison, apart: BoolArray) -> Iterator[str]:
    """The faults of a calibration, halves of items called by item and group."""
    called = {
        f"item {text!r}": f"item {name!r} in group {label!r}"
        for name, one in zip(comparison.responses.item_ids, apart, strict=True)
        if one
        for text, label in (
            (name, comparison.reference),
            (focal_half(name, comparison.focal), comparison.focal),
        )
    }
    for fault in refusal.faults:
        about = next((half for half in called if fault.startswith(half)), None)
        yield fault if about is None else fault.replace(about, called[about], 1)


def focal_half(item_id: str, focal: str) -> str:
    """What an item is called in a calibration as the focal group sees it, when it is apart."""
    return f"{item_id} in group {focal}"


def compared(comparison: Comparison, item: int) -> Compared:
    """Persons of both groups who were presented an item; nobody where one group was not."""
    shown = comparison.responses.weights * comparison.responses.presented[:, item]
    focal, reference = (
        float(shown[members].sum()) for members in (comparison.is_focal, ~comparison.is_focal)
    )
    return Compared(reference, focal) if focal and reference else Compared(0.0, 0.0)


def not_testable(comparison: Comparison) -> Mapping[int, str]:
    """The items that cannot have parameters of their own in each group, with the reason.

    Args:
        comparison: The groups.

    Returns:
        A clause by item: a group was not presented the item, or did not use all its scores.
    """
    found: dict[int, str] = {}
    data = comparison.responses
    groups = (comparison.focal, comparison.is_focal), (comparison.reference, ~comparison.is_focal)
    for item, highest in enumerate(data.max_scores.tolist()):
        for label, members in groups:
            seen = data.scores[members, item]
            seen = seen[seen != NOT_PRESENTED]
            unused = np.setdiff1d(np.arange(highest + 1), seen)
            if seen.size == 0:
                found[item] = f"nobody in group {label!r} was presented it"
            elif np.unique(seen).size == 1:
                found[item] = (
                    f"everybody in group {label!r} scored {int(seen[0])}, so it has no parameters "
                    "there; mh, std and logistic compare it"
                )
            elif unused.size:
                found[item] = f"nobody in group {label!r} scored {int(unused[0])}"
    return found


def split(comparison: Comparison, apart: BoolArray) -> Responses:
    """Responses in which each item apart is two items.

    Args:
        comparison: The groups.
        apart: Items to split, shape (n_items,).

    Returns:
        All items, those apart kept for the reference group, then a focal half of each. Without
        items that all of a group score alike, and those apart that cannot be.

    Raises:
        CannotCompareGroups: An item is called what the half of another would be called.
    """
    data = comparison.responses
    usable = _varies(data.scores[comparison.is_focal]) & _varies(data.scores[~comparison.is_focal])
    usable[[item for item in not_testable(comparison) if apart[item]]] = False
    apart = apart & usable
    whole, halves = data.scores.copy(), data.scores[:, apart].copy()
    whole[np.ix_(comparison.is_focal, apart)] = NOT_PRESENTED
    halves[~comparison.is_focal] = NOT_PRESENTED
    kept = [name for name, one in zip(data.item_ids, usable, strict=True) if one]
    names = [
        focal_half(name, comparison.focal)
        for name, one in zip(data.item_ids, apart, strict=True)
        if one
    ]
    refuse(
        CannotCompareGroups,
        (f"item {name!r}: give it another name" for name in names if name in kept),
    )
    return replace(
        data,
        item_ids=(*kept, *names),
        scores=np.concatenate([whole[:, usable], halves], axis=1),
        max_scores=np.concatenate([data.max_scores[usable], data.max_scores[apart]]),
    )


def _varies(scores: NDArray[np.int8]) -> BoolArray:
    """Which items a group met not at all, or did not score alike throughout, shape (n_items,)."""
    highest = scores.max(axis=0)
    lowest = np.where(scores == NOT_PRESENTED, highest, scores).min(axis=0)
    varies: BoolArray = (highest > lowest) | (highest == NOT_PRESENTED)
    return varies


def halves_of(found: Calibration, item_id: str, focal: str) -> Halves:
    """Both halves of an item that was apart.

    Args:
        found: A calibration with the item apart.
        item_id: The item.
        focal: Label of the focal group.

    Returns:
        Its parameters in each group.
    """
    items = found.parameters
    return Halves(items.item(item_id), items.item(focal_half(item_id, focal)))


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
