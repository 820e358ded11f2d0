"""How the constants of a link follow the parameters of its common items."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.linking._contract import (
    CannotLink,
    CommonItems,
    Constants,
    CurveWeights,
    LinkingMethod,
)
from examengine.psychometrics.parameters import ItemParameters

# Relative step of the central differences.
STEP = 1e-5

Equations = Callable[[Sequence[ItemParameters]], FloatArray]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Derivatives of A and B by the coordinates of each common item, by item.

    Attributes:
        by_source: By the items in the metric to be left, each of shape (2, n_parameters).
        by_target: By the items in the metric to be reached, likewise.
    """

    by_source: Mapping[str, FloatArray]
    by_target: Mapping[str, FloatArray]


def sensitivity(
    common: CommonItems, method: LinkingMethod, weights: CurveWeights, constants: Constants
) -> Sensitivity:
    """How the constants move with the items.

    g(A, B; φ) = 0, so ∂(A, B)/∂φ = −(∂g/∂(A, B))⁻¹ ∂g/∂φ, the derivatives of g by central
    differences.

    Args:
        common: The common items.
        method: How the constants were found.
        weights: Where characteristic curves were compared.
        constants: A and B, as the method found them.

    Returns:
        The derivatives.

    Raises:
        CannotLink: The items do not determine the constants.

    References:
        Ogasawara (2000), Economic Review, Otaru University of Commerce 51, 1–23, for moments;
        Ogasawara (2001), Applied Psychological Measurement 25, 53–67, for curves.
    """

    def at(values: FloatArray) -> FloatArray:
        return method.equations(common, weights, Constants(float(values[0]), float(values[1])))

    turn = _differences(at, np.array([constants.slope, constants.intercept]))
    if abs(np.linalg.det(turn)) < np.finfo(np.float64).tiny:
        raise CannotLink(["the common items do not determine the constants"])

    def by_source(items: Sequence[ItemParameters]) -> FloatArray:
        return method.equations(replace(common, source=items), weights, constants)

    def by_target(items: Sequence[ItemParameters]) -> FloatArray:
        return method.equations(replace(common, target=items), weights, constants)

    return Sensitivity(
        _by_item(by_source, common.source, turn), _by_item(by_target, common.target, turn)
    )


def _by_item(
    equations: Equations, items: Sequence[ItemParameters], turn: FloatArray
) -> dict[str, FloatArray]:
    """Derivatives of the constants by the coordinates of each item."""
    return {
        item.item_id: _by_coordinates(equations, items, place, turn)
        for place, item in enumerate(items)
    }


def _by_coordinates(
    equations: Equations, items: Sequence[ItemParameters], place: int, turn: FloatArray
) -> FloatArray:
    def with_item(params: FloatArray) -> FloatArray:
        return equations([*items[:place], _at(items[place], params), *items[place + 1 :]])

    moved = _differences(with_item, items[place].coordinates)
    found: FloatArray = -np.linalg.solve(turn, moved).astype(np.float64)
    return found


def _at(item: ItemParameters, params: FloatArray) -> ItemParameters:
    return replace(item, values=item.item_model.unpack(params), se={})


def _differences(function: Callable[[FloatArray], FloatArray], at: FloatArray) -> FloatArray:
    """Derivatives of a function by central differences, shape (2, n)."""
    columns = []
    for place, value in enumerate(at):
        step = np.zeros(at.size)
        step[place] = STEP * max(1.0, abs(float(value)))
        columns.append((function(at + step) - function(at - step)) / (2.0 * step[place]))
    return np.stack(columns, axis=1)
