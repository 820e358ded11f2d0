"""Marginal maximum likelihood, or the posterior mode when there are priors.

Accelerated expectation–maximisation goes up; quasi-Newton takes over where it cannot go on.
A run is called converged only when the next step is small, the gradient is small and the
observed information is positive definite.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from time import perf_counter

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import ItemBatch
from examengine.psychometrics.estimation.ascent import (
    Ascent,
    Evaluate,
    Limits,
    accelerated_em,
    quasi_newton,
)
from examengine.psychometrics.estimation.design import build_design
from examengine.psychometrics.estimation.free_parameters import (
    item_starts,
    lay_out,
    report_estimates,
)
from examengine.psychometrics.estimation.latent import LatentGrid
from examengine.psychometrics.estimation.observed_information import (
    Curvature,
    curvature_at,
)
from examengine.psychometrics.estimation.plan import (
    Calibration,
    CalibrationPlan,
    ProgressListener,
    calibration_of,
    identification_faults,
)
from examengine.psychometrics.estimation.posterior_surface import Evaluation, PosteriorSurface
from examengine.psychometrics.estimation.priors import prior_terms
from examengine.psychometrics.quadrature_spacing import (
    finer,
    times_finer,
    too_coarse,
    widest_spacing,
)
from examengine.psychometrics.refusals import CannotCalibrate, refuse

NAME = "mml-em"
# Passes after which expectation–maximisation gives way to quasi-Newton. Ordinary data need 7 to 15;
# where more are needed it creeps along a ridge, of a hardly determined item as a rule.
EM_CYCLES = 25
# The first estimates say how close the points have to lie; the next hardly differ.
MOST_REFINEMENTS = 3
DOUBTFUL_CONDITION = 1e8
# Share of a group beyond points that stand still from which estimates suffer.
FARTHEST_OUT = 1e-6


def estimate(plan: CalibrationPlan) -> Calibration:
    """Estimate item parameters and ability distributions by marginal maximum likelihood.

    Args:
        plan: What to estimate from what.

    Returns:
        The calibration; not converged is said, never hidden.

    Raises:
        CannotCalibrate: There are more parameters than the responses can tell apart, or the start
            values have no likelihood under the priors.
    """
    began = perf_counter()
    surface = build_surface(plan)
    refuse(CannotCalibrate, _not_identified(plan, surface))
    limits = Limits(plan.tolerance, plan.gradient_tolerance, plan.max_cycles)
    plan, surface = _near_enough(plan, surface, surface.layout.start())
    climbed = _climb(surface, limits, surface.layout.start(), plan.progress)
    for _ in range(MOST_REFINEMENTS):
        before = plan
        plan, surface = _near_enough(plan, surface, climbed.best.vector)
        if plan is before:
            break
        climbed = _climb(surface, limits, climbed.best.vector, plan.progress)
    curvature = curvature_at(surface, climbed.best.vector, plan.standard_errors)
    return _result(plan, surface, climbed, curvature, limits, perf_counter() - began)


def build_surface(plan: CalibrationPlan) -> PosteriorSurface:
    """The log-posterior of a plan."""
    # A prior on a may have no room below 0, whatever the key.
    rising = [name for name in plan.responses.item_ids if "a" in plan.priors.of(name)]
    starts = item_starts(plan.responses, plan.tally, plan.models, plan.anchors, rising, plan.right)
    grid = _grid(plan)
    n_groups = len(plan.group_labels)
    layout = lay_out(starts, n_groups, grid.n_latent)
    design = build_design(plan.responses, layout.batches, plan.group, n_groups, plan.executor)
    fixed = [item_id in plan.anchors for item_id in plan.responses.item_ids]
    terms = prior_terms(plan.priors, layout.batches, plan.responses.item_ids, fixed)
    return PosteriorSurface(design, layout, grid, terms)


def _not_identified(plan: CalibrationPlan, surface: PosteriorSurface) -> Iterator[str]:
    """Why the responses cannot determine so many parameters, whatever they are."""
    yield from identification_faults(
        plan.responses,
        surface.layout.n_free,
        len(plan.group_labels),
        has_priors=bool(plan.priors.source),
    )


def _near_enough(
    plan: CalibrationPlan, surface: PosteriorSurface, vector: FloatArray
) -> tuple[CalibrationPlan, PosteriorSurface]:
    """The plan and its surface, with points filled in where they lie too far apart for the items.

    Both as they came where the points are near enough.
    """
    batches, groups = _test(surface, vector)
    times = times_finer(batches, groups, plan.quadrature, plan.responses.presented)
    if times == 1:
        return plan, surface
    plan = replace(plan, quadrature=finer(plan.quadrature, times))
    return plan, replace(surface, grid=_grid(plan))


def _test(
    surface: PosteriorSurface, vector: FloatArray
) -> tuple[list[ItemBatch], list[tuple[float, float]]]:
    """The items at a point of the surface, and mean and deviation of each group."""
    layout = surface.layout
    batches = [
        replace(batch, params=params)
        for batch, params in zip(layout.batches, layout.params(vector), strict=True)
    ]
    return batches, [(latent.mean, latent.sd) for latent in layout.latents(vector)]


def _grid(plan: CalibrationPlan) -> LatentGrid:
    return LatentGrid.of(plan.quadrature, scaled=not plan.quadrature.fixed, knots=plan.knots)


def _climb(
    surface: PosteriorSurface, limits: Limits, start: FloatArray, progress: ProgressListener | None
) -> Ascent:
    """From a start to the mode.

    Raises:
        CannotCalibrate: There is no likelihood at the start.
    """
    first = surface.evaluate(start)
    if first is None:
        raise CannotCalibrate(
            [
                "the start values have no likelihood under the priors; give a prior whose range "
                "holds ordinary items"
            ]
        )
    at_first = replace(limits, cycles=min(limits.cycles, EM_CYCLES))
    evaluate = surface.evaluate if progress is None else _told(surface.evaluate, progress)
    climbed = accelerated_em(evaluate, first, at_first)
    if limits.reached(climbed.best):
        return climbed
    return quasi_newton(evaluate, climbed, limits)


def _told(evaluate: Evaluate, progress: ProgressListener) -> Evaluate:
    """The same surface, telling of each pass over the data."""
    passes = count(2)  # the start was the first

    def evaluated(vector: FloatArray) -> Evaluation | None:
        found = evaluate(vector)
        if found is not None:
            progress(next(passes), found.value, float(np.abs(found.gradient).max(initial=0.0)))
        return found

    return evaluated


def _result(
    plan: CalibrationPlan,
    surface: PosteriorSurface,
    climbed: Ascent,
    curvature: Curvature,
    limits: Limits,
    seconds: float,
) -> Calibration:
    """The calibration as it is reported."""
    best, layout = climbed.best, surface.layout
    log_likelihood = surface.renormalised(best)
    estimates = report_estimates(
        plan.responses.item_ids,
        plan.tally,
        layout,
        surface.grid,
        best.vector,
        curvature.covariance,
        plan.group_labels,
    )
    return calibration_of(
        plan,
        estimates,
        estimator=NAME,
        log_likelihood=log_likelihood,
        log_posterior=log_likelihood + best.log_prior if plan.priors.source else None,
        gradient=best.gradient,
        covariance=curvature.covariance,
        condition=curvature.condition,
        converged=limits.reached(best) and curvature.condition is not None,
        seconds=seconds,
        n_parameters=layout.n_free,
        iterations=climbed.cycles,
        history=climbed.history,
        said=(
            *_climb_warnings(climbed, curvature, limits),
            *_grid_warnings(plan, surface, best.vector),
        ),
    )


def _grid_warnings(
    plan: CalibrationPlan, surface: PosteriorSurface, vector: FloatArray
) -> Iterator[str]:
    """Groups that reach beyond points that stand still, and points that lie too far apart."""
    coarse = too_coarse(
        widest_spacing(*_test(surface, vector), plan.quadrature, plan.responses.presented)
    )
    if coarse is not None:
        yield coarse
    for label, latent in zip(plan.group_labels, surface.layout.latents(vector), strict=True):
        outside = -np.expm1(surface.grid.log_total(latent))
        if outside > FARTHEST_OUT:
            yield (
                f"a share of {outside:.1g} of group {label!r} lies beyond the fixed points, so its "
                "mean and deviation come out too small; give a wider range, or let the points move"
            )


def _climb_warnings(climbed: Ascent, curvature: Curvature, limits: Limits) -> list[str]:
    """What the climb and the curvature leave in doubt."""
    found = []
    if not limits.reached(climbed.best):
        step = np.abs(climbed.best.step).max()
        found.append(
            f"not converged after {climbed.cycles} cycles: the next step would still change a "
            f"parameter by {step:.2g}; more cycles, priors or fewer parameters may help"
        )
    if curvature.condition is None:
        found.append(
            "the observed information is not positive definite: the data do not determine all "
            "parameters; standard errors are left out"
        )
    elif curvature.condition > DOUBTFUL_CONDITION:
        found.append(
            f"the observed information is nearly singular (condition {curvature.condition:.1g}): "
            "some parameters are hardly determined"
        )
    return found
