"""Estimates that solve an equation: the derivative of a log-likelihood, perhaps with a term more.

The derivative is first taken on a grid, which brackets every maximum; among several the
highest is taken. A bracketing root finder then gives the last digits, for all persons at once.
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import elementwise

from examengine.psychometrics.ability._method import Estimate
from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.batches import ItemBatch
from examengine.psychometrics.binding import Binding
from examengine.psychometrics.responses import NOT_PRESENTED

GRID = 97
EXACT = 1e-12

# Half the step of the central difference that gives the curvature at the solution.
STEP = 1e-4

# What a method adds to the derivative of the log-likelihood, from the sums over the items, the
# persons' abilities and their rows.
Term = Callable[["PersonCurves", FloatArray, IntArray], FloatArray]


class PersonCurves:
    """Sums over the items presented to each person, at an ability of their own.

    Attributes:
        binding: Responses and parameters.
    """

    def __init__(self, binding: Binding) -> None:
        self.binding = binding

    def derivative(self, theta: FloatArray, rows: IntArray) -> FloatArray:
        """∂ log L / ∂θ = Σ_j ∂ log P_j(x_pj | θ_p) / ∂θ, shape (n_rows,)."""
        total = np.zeros(len(rows))
        for batch in self.binding.batches:
            first, _ = batch.model.theta_derivatives(theta, batch.params)
            total += _chosen(first, self._scores(batch, rows)).sum(axis=0)
        return total

    def information(self, theta: FloatArray, rows: IntArray) -> FloatArray:
        """Test information Σ_j I_j(θ_p) over what was presented, shape (n_rows,)."""
        total = np.zeros(len(rows))
        for batch in self.binding.batches:
            presented = self._scores(batch, rows) != NOT_PRESENTED
            total += (batch.model.information(theta, batch.params) * presented).sum(axis=0)
        return total

    def bias_term(self, theta: FloatArray, rows: IntArray) -> FloatArray:
        """Warm's J = Σ_j Σ_k P′_jk P″_jk / P_jk over what was presented, shape (n_rows,)."""
        total = np.zeros(len(rows))
        for batch in self.binding.batches:
            first, second = batch.model.theta_derivatives(theta, batch.params)
            share = batch.model.probabilities(theta, batch.params)
            # P′ = P ℓ′ and P″ = P (ℓ″ + ℓ′²), with ℓ the log probability.
            bend = (share * first * (second + first**2)).sum(axis=1)
            total += (bend * (self._scores(batch, rows) != NOT_PRESENTED)).sum(axis=0)
        return total

    def log_likelihood(self, theta: FloatArray, rows: IntArray) -> FloatArray:
        """Log L(x_p | θ_p), shape (n_rows,)."""
        total = np.zeros(len(rows))
        for batch in self.binding.batches:
            logs = batch.model.log_probabilities(theta, batch.params)
            total += _chosen(logs, self._scores(batch, rows)).sum(axis=0)
        return total

    def _scores(self, batch: ItemBatch, rows: IntArray) -> IntArray:
        """Scores of some persons on the items of a batch, shape (n_batch, n_rows)."""
        mine: IntArray = self.binding.responses.scores[np.ix_(rows, batch.columns)].T
        return mine


def _chosen(values: FloatArray, scores: IntArray) -> FloatArray:
    """The value of the category each person is in, 0 where not presented, (n_batch, n_rows)."""
    place = np.maximum(scores, 0).astype(np.int64)[:, np.newaxis]
    taken = np.take_along_axis(values, place, axis=1)[:, 0]
    return np.where(scores == NOT_PRESENTED, 0.0, taken)


def search(binding: Binding, added: Term) -> Estimate:
    """Where ∂ log L / ∂θ + added crosses zero from above, for every person.

    Args:
        binding: Responses and parameters.
        added: What the method adds to the derivative.

    Returns:
        Estimates; at a bound where the equation has no solution within the bounds, NaN for
        persons who answered nothing. Standard errors are 1/√ of the curvature at the solution
        (the observed information), or of the expected information at a bound.
    """
    n_persons = binding.responses.n_persons
    theta, se = np.full(n_persons, np.nan), np.full(n_persons, np.nan)
    at_bound = np.zeros(n_persons, dtype=np.bool_)
    curves = PersonCurves(binding)
    for _, rows in binding.rows():
        low, high = _brackets(binding, curves, added, rows)
        inside = high > low
        found = low.copy()
        if inside.any():
            found[inside] = _roots(curves, added, rows[inside], low[inside], high[inside])
        theta[rows], at_bound[rows] = found, ~inside
        with np.errstate(divide="ignore", invalid="ignore"):
            se[rows] = 1.0 / np.sqrt(_information(curves, added, rows, found, inside))
    return Estimate(theta, se, at_bound)


def _brackets(
    binding: Binding, curves: PersonCurves, added: Term, rows: IntArray
) -> tuple[FloatArray, FloatArray]:
    """The grid cell of each person's highest maximum; equal ends where it is a bound."""
    points = np.linspace(*binding.bounds, GRID)
    ones = np.ones(len(rows))
    slope = np.stack(
        [curves.derivative(p * ones, rows) + added(curves, p * ones, rows) for p in points]
    )
    # The objective along the grid, by the trapezoid rule on its derivative.
    height = np.vstack([0.0 * ones, np.cumsum(slope[1:] + slope[:-1], axis=0)])
    falls = (slope[:-1] > 0) & (slope[1:] <= 0)
    peak = np.where(falls, np.maximum(height[:-1], height[1:]), -np.inf)
    best = peak.argmax(axis=0)
    low, high = points[best], points[best + 1]
    last = np.where(slope[-1] > 0, height[-1], -np.inf)
    first = np.where(slope[0] <= 0, height[0], -np.inf)
    top = peak.max(axis=0)
    for value, end in ((last, points[-1]), (first, points[0])):
        bound = value >= top
        low, high = np.where(bound, end, low), np.where(bound, end, high)
        top = np.maximum(top, value)
    return low, high


def _information(
    curves: PersonCurves, added: Term, rows: IntArray, theta: FloatArray, inside: BoolArray
) -> FloatArray:
    """Curvature at each solution, expected information at each bound."""

    def equation(at: FloatArray) -> FloatArray:
        return curves.derivative(at, rows) + added(curves, at, rows)

    curvature = (equation(theta - STEP) - equation(theta + STEP)) / (2.0 * STEP)
    return np.where(inside, curvature, curves.information(theta, rows))


def _roots(
    curves: PersonCurves, added: Term, rows: IntArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """The zero of each person's equation within a bracket, by Chandrupatla's method."""

    def equation(theta: FloatArray, some: FloatArray) -> FloatArray:
        mine = rows[some.astype(np.int64)]
        return curves.derivative(theta, mine) + added(curves, theta, mine)

    result = elementwise.find_root(
        equation,
        (low, high),
        args=(np.arange(len(rows), dtype=np.float64),),
        tolerances={"xatol": EXACT, "xrtol": EXACT, "fatol": 0.0, "frtol": 0.0},
    )
    solution: FloatArray = result.x
    return solution
