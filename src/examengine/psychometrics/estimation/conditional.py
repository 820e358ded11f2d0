"""Conditional maximum likelihood for the Rasch model and the partial credit model.

Given a person's sum score, their answers say nothing about ability, so item parameters are
estimated without assuming how abilities are distributed. The steps of the test have mean 0;
mean and deviation of the persons are then estimated with the items held fixed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import ItemBatch
from examengine.psychometrics.estimation import marginal
from examengine.psychometrics.estimation.free_parameters import (
    FIXED,
    Estimates,
    Layout,
    item_starts,
    report_estimates,
)
from examengine.psychometrics.estimation.latent import LOCATION_AND_SCALE, LatentGrid
from examengine.psychometrics.estimation.observed_information import condition_of
from examengine.psychometrics.estimation.plan import (
    Calibration,
    CalibrationPlan,
    calibration_of,
)
from examengine.psychometrics.estimation.symmetric_functions import (
    FormCounts,
    conditional_terms,
    count_forms,
)
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.refusals import CannotCalibrate, refuse

NAME = "cml"
MODELS_WITH_SUM_SCORES = ("rasch", "pcm")
STEP = 1e-5
HALVINGS = 20
# Numbers that may be held at once for the sums of several points.
ROOM = 2_000_000
SAID = (
    "estimated by conditional maximum likelihood: the log-likelihood is conditional on the sum "
    "scores and not comparable with a marginal one; the steps of the test have mean 0"
)


@dataclass(frozen=True, slots=True)
class ConditionalSurface:
    """The conditional log-likelihood of the intercepts of all categories.

    Attributes:
        forms: The persons by form.
        n_steps: Number of categories above 0 of each item.
    """

    forms: tuple[FormCounts, ...]
    n_steps: tuple[int, ...]

    @property
    def shift(self) -> FloatArray:
        """The direction that only moves the origin: k for category k, shape (n_free,)."""
        return np.concatenate([np.arange(1.0, steps + 1.0) for steps in self.n_steps])

    def evaluate(self, vector: FloatArray) -> tuple[float, FloatArray]:
        """Log-likelihood and gradient at the intercepts, shape (n_free,)."""
        value, gradient = self.evaluate_many(vector[np.newaxis])
        return float(value[0]), gradient[0]

    def evaluate_many(self, vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Log-likelihoods (n_points,) and gradients at several vectors (n_points, n_free)."""
        starts = np.concatenate([[0], np.cumsum(self.n_steps)])
        intercepts = np.split(vectors, starts[1:-1], axis=1)
        values, gradients = np.zeros(len(vectors)), np.zeros_like(vectors)
        for form in self.forms:
            found, derivatives = conditional_terms(form, intercepts)
            values += found
            for item, part in zip(form.items, derivatives, strict=True):
                gradients[:, starts[item] : starts[item + 1]] += part
        return values, gradients

    def information(self, vector: FloatArray) -> FloatArray:
        """−∂² log-likelihood by central differences of the gradient, (n_free, n_free)."""
        n_free = len(vector)
        rows = []
        stride = max(1, ROOM // (n_free * len(self.n_steps)))
        for first in range(0, n_free, stride):
            steps = STEP * np.eye(min(stride, n_free - first), n_free, first)
            up, down = self.evaluate_many(vector + steps)[1], self.evaluate_many(vector - steps)[1]
            rows.append((down - up) / (2.0 * STEP))
        matrix = np.vstack(rows)
        return 0.5 * (matrix + matrix.T)


def estimate(plan: CalibrationPlan) -> Calibration:
    """Estimate difficulties or steps by conditional maximum likelihood.

    Args:
        plan: What to estimate from what; the model is rasch or pcm.

    Returns:
        The calibration, with standard errors in the metric in which the steps have mean 0.

    Raises:
        CannotCalibrate: The plan asks for what conditional estimation does not have.
    """
    refuse(CannotCalibrate, _limits_of_conditioning(plan))
    began = perf_counter()
    responses = plan.responses
    surface = ConditionalSurface(
        count_forms(responses.scores, responses.weights, responses.max_scores),
        tuple(responses.max_scores.tolist()),
    )
    vector, gradient, cycles, done = _newton(surface, _start(plan), plan)
    to_centre = _centring(surface)
    vector = to_centre @ vector
    information = surface.information(vector)
    covariance = _covariance(surface, information, to_centre)
    items = _items(plan, vector, None if plan.standard_errors == "none" else covariance)
    persons = marginal.estimate(
        replace(
            plan,
            anchors={item.item_id: item for item in items.items},
            standard_errors="cross-products",
        )
    ).parameters
    return calibration_of(
        plan,
        replace(items, groups=persons.groups),
        estimator=NAME,
        log_likelihood=surface.evaluate(vector)[0],
        gradient=gradient,
        covariance=covariance,
        condition=_condition(information),
        converged=done and covariance is not None and persons.converged,
        seconds=perf_counter() - began,
        n_parameters=len(vector) - 1,
        iterations=cycles,
        said=(
            SAID,
            *([] if done else ["not converged: some items may have no finite estimate"]),
            *([] if persons.converged else ["mean and deviation of persons not converged"]),
        ),
    )


def _limits_of_conditioning(plan: CalibrationPlan) -> Iterator[str]:
    """One sentence for each thing that was asked for and conditioning does not have."""
    if plan.name not in MODELS_WITH_SUM_SCORES:
        yield (
            f"conditional estimation has no {plan.name}: sum scores are sufficient under "
            f"{' and '.join(MODELS_WITH_SUM_SCORES)} only; use mml-em"
        )
    if plan.anchors:
        yield "conditional estimation has no anchors; use mml-em"
    if plan.priors.source:
        yield "conditional estimation has no priors; use mml-em"
    if plan.knots:
        yield "conditional estimation assumes no ability distribution; leave the histogram out"
    if plan.standard_errors not in ("observed", "none"):
        yield "conditional estimation has observed standard errors only"


def _start(plan: CalibrationPlan) -> FloatArray:
    """Intercepts from the shares of the categories, shape (n_free,)."""
    model = MODELS["pcm"]
    starts = item_starts(plan.responses, plan.tally, plan.models, {})
    return np.concatenate(
        [model.start(item.shares[np.newaxis], item.means[np.newaxis])[0] for item in starts]
    )


def _newton(
    surface: ConditionalSurface, vector: FloatArray, plan: CalibrationPlan
) -> tuple[FloatArray, FloatArray, int, bool]:
    """Newton steps with halving: estimates, gradient, cycles, and whether they converged."""
    value, gradient = surface.evaluate(vector)
    for cycle in range(1, plan.max_cycles + 1):
        steadied = _steadied(surface, surface.information(vector))
        step = np.linalg.solve(steadied, gradient).astype(np.float64)
        small = np.abs(step).max() <= plan.tolerance
        if small and np.abs(gradient).max() <= plan.gradient_tolerance:
            vector = vector + step
            return vector, surface.evaluate(vector)[1], cycle, True
        share = _share(surface.evaluate, vector, step, value)
        if share == 0.0:
            return vector, gradient, cycle, False
        vector = vector + share * step
        value, gradient = surface.evaluate(vector)
    return vector, gradient, plan.max_cycles, False


def _share(
    evaluate: Callable[[FloatArray], tuple[float, FloatArray]],
    vector: FloatArray,
    step: FloatArray,
    value: float,
) -> float:
    """The largest of 1, ½, ¼ … of a step that does not go down; 0 when none does."""
    share = 1.0
    for _ in range(HALVINGS):
        found, _ = evaluate(vector + share * step)
        if found >= value - 1e-12 * abs(value):
            return share
        share *= 0.5
    return 0.0


def _steadied(surface: ConditionalSurface, information: FloatArray) -> FloatArray:
    """The information with the direction of the origin, which the data leave open, filled in."""
    shift = surface.shift
    size = np.trace(information) / len(shift)
    filled: FloatArray = information + size * np.outer(shift, shift) / (shift @ shift)
    return filled


def _centring(surface: ConditionalSurface) -> FloatArray:
    """The matrix that moves intercepts to the origin at which the mean step is 0."""
    last = np.concatenate([np.eye(1, steps, steps - 1)[0] for steps in surface.n_steps])
    shift = surface.shift
    matrix: FloatArray = np.eye(len(shift)) - np.outer(shift, last) / (last @ shift)
    return matrix


def _covariance(
    surface: ConditionalSurface, information: FloatArray, to_centre: FloatArray
) -> FloatArray | None:
    """Covariance of the centred intercepts; None when some direction is not curved."""
    steadied = _steadied(surface, information)
    if condition_of(steadied) is None:
        return None
    covariance: FloatArray = to_centre @ np.linalg.inv(steadied) @ to_centre.T
    return covariance


def _condition(information: FloatArray) -> float | None:
    """Largest over smallest eigenvalue, the open origin left out; None without curvature."""
    eigenvalues = np.linalg.eigvalsh(information)
    if len(eigenvalues) < 2 or eigenvalues[1] <= 0.0:
        return None
    return float(eigenvalues[-1] / eigenvalues[1])


def _items(plan: CalibrationPlan, vector: FloatArray, covariance: FloatArray | None) -> Estimates:
    """The items as reported, from the intercepts of all categories."""
    best = plan.responses.max_scores
    first = np.concatenate([[0], np.cumsum(best)])
    batches, slots = [], []
    for steps in np.unique(best):
        columns = np.flatnonzero(best == steps)
        places = first[columns][:, np.newaxis] + np.arange(steps)
        batches.append(ItemBatch(MODELS[plan.name], int(steps) + 1, columns, vector[places]))
        slots.append(places)
    nothing = np.full((len(plan.group_labels), LOCATION_AND_SCALE), FIXED)
    layout = Layout(tuple(batches), tuple(slots), nothing, len(vector))
    grid = LatentGrid.of(plan.quadrature, scaled=not plan.quadrature.fixed)
    return report_estimates(
        plan.responses.item_ids, plan.tally, layout, grid, vector, covariance, plan.group_labels
    )
