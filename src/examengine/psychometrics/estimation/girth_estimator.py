"""girth 0.8.0 as a second estimator, to compare with and never in its place.

Known differences from our own estimation, all measured:

- slopes are kept within [0.2, 5], so a miskeyed item never shows a negative slope, and
  difficulties are chosen so that the proportions correct are met;
- the Rasch model is girth's one-parameter model in the Rasch metric (girth's own Rasch
  function holds the latent variance at 1 instead of estimating it);
- iterations end after a fixed number of passes or a small change, not at a gradient, so the
  log-likelihood may lie below the maximum; it and the gradient are computed here, by us, at
  girth's estimates, and the run is called converged only if they pass our own check;
- its 3PL breaks under numpy 2.4 and is not called, so nothing here bounds numpy;
- there are no standard errors, and no groups, anchors, priors, weights or mixed models.
"""

from collections.abc import Callable, Iterator, Mapping
from time import perf_counter
from typing import Any

import numpy as np
from girth import grm_mml, onepl_mml, pcm_mml, tag_missing_data, twopl_mml

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.estimation.ascent import Limits
from examengine.psychometrics.estimation.free_parameters import FIXED, Layout, report_estimates
from examengine.psychometrics.estimation.marginal import build_surface
from examengine.psychometrics.estimation.observed_information import curvature_at
from examengine.psychometrics.estimation.plan import (
    Calibration,
    CalibrationPlan,
    calibration_of,
)
from examengine.psychometrics.models import MODELS, Values
from examengine.psychometrics.refusals import CannotCalibrate, refuse

NAME = "girth"
FITTERS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "rasch": onepl_mml,
    "1pl": onepl_mml,
    "2pl": twopl_mml,
    "grm": grm_mml,
    "gpcm": pcm_mml,
}
SAID = (
    "estimated by girth 0.8.0: slopes are bounded, there are no standard errors, and the "
    "stopping rule is girth's; use it to compare"
)


def estimate(plan: CalibrationPlan) -> Calibration:
    """Estimate item parameters with girth and judge them by our own likelihood.

    Args:
        plan: What to estimate from what.

    Returns:
        girth's estimates, without standard errors, with our log-likelihood and gradient.

    Raises:
        CannotCalibrate: girth cannot do what the plan asks; one sentence per reason.
    """
    refuse(CannotCalibrate, _limits_of_girth(plan))
    began = perf_counter()
    surface = build_surface(plan)
    values, spread = _fit(plan)
    vector = _vector(surface.layout, values, spread)
    found = surface.evaluate(vector)
    if found is None:
        raise CannotCalibrate(["girth gave parameters that are no proper item parameters"])
    estimates = report_estimates(
        plan.responses.item_ids,
        plan.tally,
        surface.layout,
        surface.grid,
        vector,
        None,
        plan.group_labels,
    )
    limits = Limits(plan.tolerance, plan.gradient_tolerance, plan.max_cycles)
    condition = curvature_at(surface, vector, "none").condition
    return calibration_of(
        plan,
        estimates,
        estimator=NAME,
        log_likelihood=surface.renormalised(found),
        gradient=found.gradient,
        covariance=None,
        condition=condition,
        converged=limits.reached(found) and condition is not None,
        seconds=perf_counter() - began,
        n_parameters=surface.layout.n_free,
        history=(found.value,),
        said=(SAID,),
    )


def _limits_of_girth(plan: CalibrationPlan) -> Iterator[str]:
    """One sentence for each thing that was asked for and girth does not have."""
    if plan.name not in FITTERS:
        yield f"girth has no {plan.name}; it has {', '.join(FITTERS)}"
    if len(plan.group_labels) > 1:
        yield "girth estimates one group; leave the groups out or use mml-em"
    if plan.anchors:
        yield "girth has no anchors; use mml-em"
    if plan.priors.source:
        yield "girth has no priors; use mml-em"
    if plan.knots:
        yield "girth has normal abilities; use mml-em for a histogram"
    if plan.responses.weight is not None:
        yield "girth has no frequency weights; use mml-em"


def _fit(plan: CalibrationPlan) -> tuple[list[Values], float]:
    """Values of each item from girth, and the latent standard deviation."""
    answered = plan.responses.n_answered > 0
    scores = plan.responses.scores[answered].T.astype(np.int64)
    highest = int(plan.responses.max_scores.max())
    options = {
        "quadrature_n": plan.quadrature.points,
        "quadrature_bounds": (plan.quadrature.low, plan.quadrature.high),
        "max_iteration": plan.max_cycles,
    }
    tagged = tag_missing_data(scores, list(range(highest + 1)))
    with np.errstate(all="ignore"):
        found = FITTERS[plan.name](tagged, options=options)
    slopes = np.broadcast_to(np.asarray(found["Discrimination"], float), (len(scores),))
    places = np.asarray(found["Difficulty"], float)
    if plan.name == "rasch":
        # The same model with the spread in the abilities instead of the slope.
        common = float(slopes[0])
        return [{"a": 1.0, "b": float(b) * common} for b in places], common
    return [_values(plan.name, float(a), b) for a, b in zip(slopes, places, strict=True)], 1.0


def _values(name: str, a: float, places: FloatArray) -> Values:
    """One item of girth in our names; girth pads short lists of steps with NaN."""
    if name in ("grm", "gpcm"):
        steps = tuple(places[np.isfinite(places)].tolist())
        return {"a": a, ("thresholds" if name == "grm" else "steps"): steps}
    return {"a": a, "b": float(places)}


def _vector(layout: Layout, values: list[Values], spread: float) -> FloatArray:
    """The free parameters at girth's estimates, shape (n_free,)."""
    vector = np.zeros(layout.n_free)
    for batch, slots in zip(layout.batches, layout.slots, strict=True):
        for row, column in enumerate(batch.columns.tolist()):
            vector[slots[row]] = MODELS[batch.model.code].pack(values[column])
    deviation = layout.group_slots[0, 1]
    if deviation != FIXED:
        vector[deviation] = np.log(spread)
    return vector
