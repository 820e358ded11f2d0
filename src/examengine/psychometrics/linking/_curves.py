"""Least squares between characteristic curves of the common items in the target metric.

The curves of the source metric are read at (θ − B) / A, so nothing has to be transformed while the
constants are looked for.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import least_squares

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import batches_of
from examengine.psychometrics.linking._contract import (
    CannotLink,
    CommonItems,
    Constants,
    CurveWeights,
    known_slope,
)
from examengine.psychometrics.parameters import ItemParameters

Curves = Callable[[FloatArray], FloatArray]


def curves_and_slopes(
    items: Sequence[ItemParameters], theta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Category probabilities of a test and their derivatives by ability.

    Args:
        items: The test.
        theta: Abilities, shape (n_points,), logits.

    Returns:
        Two arrays of shape (n_points, n_items, n_categories).
    """
    batches = batches_of(items)
    widest = max(batch.n_categories for batch in batches)
    curves = np.zeros((theta.size, len(items), widest))
    steepness = np.zeros_like(curves)
    for batch in batches:
        share = batch.model.probabilities(theta, batch.params)
        slope, _ = batch.model.theta_derivatives(theta, batch.params)
        place = (slice(None), batch.columns, slice(batch.n_categories))
        curves[place] = share.transpose(2, 0, 1)
        steepness[place] = (share * slope).transpose(2, 0, 1)
    return curves, steepness


def closest_curves(
    common: CommonItems, weights: CurveWeights, combined: Curves, start: Constants
) -> Constants:
    """The constants that bring combinations of the curves closest.

    Args:
        common: The common items.
        weights: Where curves are compared.
        combined: What is compared, a linear map of an array (n_points, n_items, n_categories) to
            one with n_points rows.
        start: Where to begin.

    Returns:
        The constants at the minimum of the weighted sum of squares.

    Raises:
        CannotLink: The search does not end with a positive slope.
    """
    residuals, derivatives = _gaps(common, weights, combined)
    known = known_slope(common)
    if known is not None:
        return _closest_at(known, residuals, derivatives, start)
    found = least_squares(
        residuals,
        [start.slope, start.intercept],
        jac=derivatives,
        bounds=([1e-3, -np.inf], [np.inf, np.inf]),
        xtol=1e-14,
        ftol=1e-14,
        gtol=1e-14,
    )
    slope, intercept = (float(value) for value in found.x)
    if not (found.success and slope > 1e-2):
        raise CannotLink(["the curves of the common items cannot be brought together"])
    return Constants(slope, intercept)


def _closest_at(
    slope: float, residuals: Curves, derivatives: Curves, start: Constants
) -> Constants:
    """The intercept of least squares at a slope that is known."""

    def gaps(intercept: FloatArray) -> FloatArray:
        return residuals(np.array([slope, intercept[0]]))

    def steepness(intercept: FloatArray) -> FloatArray:
        return derivatives(np.array([slope, intercept[0]]))[:, 1:]

    found = least_squares(
        gaps,
        [start.intercept],
        jac=steepness,
        xtol=1e-14,
        ftol=1e-14,
        gtol=1e-14,
    )
    if not found.success:
        raise CannotLink(["the curves of the common items cannot be brought together"])
    return Constants(slope, float(found.x[0]))


def slope_of_distance(
    common: CommonItems, weights: CurveWeights, combined: Curves, constants: Constants
) -> FloatArray:
    """Derivatives of half the weighted sum of squares by A and B, shape (2,); 0 at its minimum.

    Where A is known the first is how far A is from that.
    """
    residuals, derivatives = _gaps(common, weights, combined)
    at = np.array([constants.slope, constants.intercept])
    found: FloatArray = derivatives(at).T @ residuals(at)
    known = known_slope(common)
    if known is not None:
        found[0] = constants.slope - known
    return found


def _gaps(
    common: CommonItems, weights: CurveWeights, combined: Curves
) -> tuple[Callable[[FloatArray], FloatArray], Callable[[FloatArray], FloatArray]]:
    """Weighted differences of the curves at (A, B), in one row, and their derivatives."""
    theta = weights.theta
    root = np.sqrt(weights.weights)[:, np.newaxis]
    goal = combined(curves_and_slopes(common.target, theta)[0]).reshape(theta.size, -1)

    def residuals(params: FloatArray) -> FloatArray:
        at = (theta - params[1]) / params[0]
        found = combined(curves_and_slopes(common.source, at)[0]).reshape(theta.size, -1)
        return (root * (found - goal)).ravel()

    def derivatives(params: FloatArray) -> FloatArray:
        at = (theta - params[1]) / params[0]
        steep = combined(curves_and_slopes(common.source, at)[1]).reshape(theta.size, -1)
        by_slope = root * steep * (-at / params[0])[:, np.newaxis]
        by_intercept = root * steep * (-1 / params[0])
        return np.stack([by_slope.ravel(), by_intercept.ravel()], axis=1)

    return residuals, derivatives
