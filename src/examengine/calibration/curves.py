"""Curves of a calibration: what the model says of an item and of a form, by ability."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from examengine.calibration.runs import CalibrationRun
from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.information import (
    conditional_sem,
    expected_item_scores,
    information_of_items,
    information_of_test,
)
from examengine.psychometrics.observed_curves import ObservedCategories, ObservedGroup
from examengine.psychometrics.parameters import ItemParameters, ParameterSet

LOWEST, HIGHEST, STEPS = -4.0, 4.0, 81


@dataclass(frozen=True, slots=True)
class PlottedItemCurves:
    """One item by ability.

    Attributes:
        theta: Abilities, logits.
        expected: Expected share of the points at each; of a right/wrong item the probability of
            a right answer.
        information: Fisher information at each.
        observed: Shares of the points in groups of candidates by estimated ability.
        categories: Probability of each score at each ability, from 0 points on; () where the item
            is right or wrong.
        observed_categories: Shares of each score in the same groups.
    """

    theta: tuple[float, ...]
    expected: tuple[float, ...]
    information: tuple[float, ...]
    observed: tuple[ObservedGroup, ...]
    categories: tuple[tuple[float, ...], ...] = ()
    observed_categories: tuple[ObservedCategories, ...] = ()


@dataclass(frozen=True, slots=True)
class PlottedFormCurves:
    """One form by ability.

    Attributes:
        code: The form.
        theta: Abilities, logits.
        information: Test information at each.
        sem: Conditional standard error of an ability estimate at each, logits.
    """

    code: str
    theta: tuple[float, ...]
    information: tuple[float, ...]
    sem: tuple[float, ...]


def item_curves(run: CalibrationRun, item_id: str) -> PlottedItemCurves:
    """Return the curves of one item of a run.

    Raises:
        KeyError: The run has no such item.
    """
    item = ItemParameters.from_dict(run.items[item_id])
    theta, fit = _abilities(), run.item_fit.get(item_id, {})
    most_points = item.n_categories - 1
    shares = category_probabilities([item], theta)[:, 0, :].T
    return PlottedItemCurves(
        theta=tuple(theta.tolist()),
        expected=tuple((expected_item_scores([item], theta)[:, 0] / most_points).tolist()),
        information=tuple(information_of_items([item], theta)[:, 0].tolist()),
        observed=tuple(ObservedGroup(*group) for group in fit.get("observed", ())),
        categories=tuple(map(tuple, shares.tolist())) if most_points > 1 else (),
        observed_categories=tuple(
            ObservedCategories(where, n, tuple(reached))
            for where, n, reached in fit.get("categories", ())
        ),
    )


def form_curves(
    run: CalibrationRun, code: str, item_ids: Collection[str]
) -> PlottedFormCurves | None:
    """Return information and error of the items of a form that a run has calibrated.

    Args:
        run: The run.
        code: What the form is called.
        item_ids: The items that count on it.

    Returns:
        The curves, or None when the run lacks one of the items.
    """
    items, theta = _calibrated(run, item_ids), _abilities()
    if not items:
        return None
    return PlottedFormCurves(
        code=code,
        theta=tuple(theta.tolist()),
        information=tuple(information_of_test(items, theta).tolist()),
        sem=tuple(conditional_sem(items, theta).tolist()),
    )


def error_at(run: CalibrationRun, item_ids: Collection[str], theta: float) -> float | None:
    """Return the conditional standard error of a form at one ability, logits.

    Args:
        run: The run.
        item_ids: The items that count on the form.
        theta: The ability, logits.

    Returns:
        The error, or None when the run lacks one of the items.
    """
    items = _calibrated(run, item_ids)
    return float(conditional_sem(items, [theta])[0]) if items else None


def _calibrated(run: CalibrationRun, item_ids: Collection[str]) -> list[ItemParameters]:
    """Return the parameters of all these items; none when one of them is missing."""
    known = {item.item_id: item for item in ParameterSet.from_dict(run.body).items}
    if not known.keys() >= set(item_ids):
        return []
    return [known[item_id] for item_id in item_ids]


def _abilities() -> np.ndarray:
    return np.linspace(LOWEST, HIGHEST, STEPS).round(6)
