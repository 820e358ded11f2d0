"""Marginal maximum likelihood, or the posterior mode when there are priors.

Accelerated expectation–maximisation goes up; quasi-Newton takes over where it cannot go on.
A run is called converged only when the next step is small, the gradient is small and the
observed information is positive definite.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from time import perf_counter

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import Batch
from examengine.psychometrics.estimation.ascent import (
    Ascent,
    Evaluate,
    Limits,
    accelerated_em,
    quasi_newton,
)
from examengine.psychometrics.estimation.checks import (
    estimate_warnings,
    identification_faults,
    input_warnings,
)
from examengine.psychometrics.estimation.design import build_design
from examengine.psychometrics.estimation.estimates import report_estimates
from examengine.psychometrics.estimation.latent import LatentGrid
from examengine.psychometrics.estimation.layout import lay_out
from examengine.psychometrics.estimation.observed_information import (
    cross_products,
    information_at,
    thinned,
)
from examengine.psychometrics.estimation.plan import (
    Calibration,
    CalibrationPlan,
    Progress,
    StandardErrors,
)
from examengine.psychometrics.estimation.posterior_surface import Evaluation, PosteriorSurface
from examengine.psychometrics.estimation.prior_terms import prior_terms
from examengine.psychometrics.estimation.provenance import CODE_VERSION, digest_of
from examengine.psychometrics.estimation.start_values import item_starts
from examengine.psychometrics.parameters import ParameterSet
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
# Persons whose lost information suffices to tell a maximum from a saddle when no standard errors
# are wanted; where it does not, all are asked.
ENOUGH_PERSONS = 1000
# Smallest eigenvalue of the information, relative to the largest, that still counts as curved.
FLATTEST = 1e-12
DOUBTFUL_CONDITION = 1e8
# Share of a group beyond points that stand still from which estimates suffer.
FARTHEST_OUT = 1e-6


@dataclass(frozen=True, slots=True)
class Curvature:
    """What the second derivatives say at the end of a climb.

    Attributes:
        condition: Largest over smallest eigenvalue of the observed information; None when it
            is not positive definite.
        covariance: Covariance of the free parameters, shape (n_free, n_free), or None.
    """

    condition: float | None
    covariance: FloatArray | None


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
    upright = [name for name in plan.responses.item_ids if "a" in plan.priors.of(name)]
    starts = item_starts(plan.responses, plan.tally, plan.models, plan.anchors, upright)
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
) -> tuple[list[Batch], list[tuple[float, float]]]:
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
    surface: PosteriorSurface, limits: Limits, start: FloatArray, progress: Progress | None
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


def _told(evaluate: Evaluate, progress: Progress) -> Evaluate:
    """The same surface, telling of each pass over the data."""
    passes = count(2)  # the start was the first

    def evaluated(vector: FloatArray) -> Evaluation | None:
        found = evaluate(vector)
        if found is not None:
            progress(next(passes), found.value, float(np.abs(found.gradient).max(initial=0.0)))
        return found

    return evaluated


def curvature_at(
    surface: PosteriorSurface, vector: FloatArray, wanted: StandardErrors
) -> Curvature:
    """Whether a point is curved as a maximum is, and the covariance when it is wanted.

    Args:
        surface: The log-posterior.
        vector: Free parameters, shape (n_free,).
        wanted: Which standard errors the covariance is for. Where it does not need the observed
            information, what is lost by not seeing ability is first taken from some persons.

    Returns:
        Condition of the observed information, and the covariance.
    """
    if not len(vector):
        return Curvature(1.0, None)
    full = wanted in ("observed", "sandwich")
    for some in [surface] if full else [thinned(surface, ENOUGH_PERSONS), surface]:
        information = information_at(surface, vector, some)
        condition = _condition(information.observed)
        if condition is not None:
            break
    else:
        return Curvature(None, None)
    if wanted == "none":
        return Curvature(condition, None)
    if wanted == "cross-products":
        crossed = np.linalg.inv(cross_products(surface, vector)).astype(np.float64)
        return Curvature(condition, crossed)
    inverse = np.linalg.inv(information.observed).astype(np.float64)
    if wanted == "sandwich":
        inverse = inverse @ information.cross_products @ inverse
    return Curvature(condition, inverse)


def _condition(observed: FloatArray) -> float | None:
    """Largest over smallest eigenvalue; None when the matrix is not positive definite."""
    if not np.isfinite(observed).all():
        return None
    eigenvalues = np.linalg.eigvalsh(observed)
    if eigenvalues[0] <= FLATTEST * eigenvalues[-1]:
        return None
    return float(eigenvalues[-1] / eigenvalues[0])


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
    warnings = (
        *input_warnings(plan.responses, plan.tally, plan.models, plan.anchors),
        *_climb_warnings(climbed, curvature, limits),
        *_grid_warnings(plan, surface, best.vector),
        *estimate_warnings(estimates.items),
    )
    return Calibration(
        parameters=ParameterSet(
            items=estimates.items,
            groups=estimates.groups,
            model=plan.name,
            quadrature=plan.quadrature,
            n_persons=float(plan.responses.weights[plan.responses.n_answered > 0].sum()),
            n_parameters=layout.n_free,
            log_likelihood=log_likelihood,
            log_posterior=log_likelihood + best.log_prior if plan.priors.source else None,
            priors=plan.priors.source or None,
            iterations=climbed.cycles,
            converged=limits.reached(best) and curvature.condition is not None,
            gradient_max=float(np.abs(best.gradient).max(initial=0.0)),
            seconds=seconds,
            estimator=NAME,
            code_version=CODE_VERSION,
            input_digest=digest_of(plan.responses),
            warnings=warnings,
        ),
        gradient=best.gradient,
        covariance=curvature.covariance,
        hessian_condition=curvature.condition,
        history=climbed.history,
        slots=estimates.slots,
        item_covariances=estimates.covariances,
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
