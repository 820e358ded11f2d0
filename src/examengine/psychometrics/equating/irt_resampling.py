"""Bootstrap errors of equating by item parameters: forms calibrated and linked anew."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.conversions import Errors
from examengine.psychometrics.equating.irt_forms import (
    BothForms,
    FormResponses,
    IrtForm,
    in_metric_of,
    irt_form,
)
from examengine.psychometrics.equating.resampling import Bootstrap, bootstrap_errors
from examengine.psychometrics.equating.score_tables import CannotEquate
from examengine.psychometrics.estimation import Priors, calibrate
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.responses import Responses


def resampled_errors(
    both: BothForms, equivalents: Callable[[IrtForm, IrtForm], FloatArray], bootstrap: Bootstrap
) -> Errors:
    """Standard errors over samples of persons.

    Args:
        both: What to calibrate from, and how to link.
        equivalents: The conversion, from two forms in one metric, shape (n_scores,).
        bootstrap: How many samples to draw, and from which generator.

    Returns:
        The errors.

    Raises:
        CannotEquate: Too many samples give no conversion.
    """

    def replicate(rng: np.random.Generator) -> FloatArray:
        new, old = (_calibrated(form, rng) for form in (both.new, both.old))
        moved = in_metric_of(new, old, both.link)
        return equivalents(irt_form(moved, both.new.counted), irt_form(old, both.old.counted))

    return bootstrap_errors(replicate, bootstrap)


def _calibrated(form: FormResponses, rng: np.random.Generator) -> ParameterSet:
    """A calibration of as many persons drawn anew.

    Raises:
        CannotCalibrate: The sample does not determine the parameters.
        CannotEquate: The calibration did not converge.
    """
    grid, priors = form.calibration.quadrature, form.calibration.priors
    models = {item.item_id: item.model for item in form.calibration.items}
    bent = any(group.weights for group in form.calibration.groups)
    found = calibrate(
        _drawn(form.responses, rng),
        {name: models[name] for name in form.responses.item_ids},
        points=grid.points,
        limits=(grid.low, grid.high),
        priors=None if priors is None else Priors.from_mapping(priors),
        latent="histogram" if bent else "normal",
        standard_errors="none",
    ).parameters
    if not found.converged:
        raise CannotEquate(["a calibration of a bootstrap sample did not converge"])
    return found


def _drawn(responses: Responses, rng: np.random.Generator) -> Responses:
    """As many persons drawn anew; a person drawn twice has weight 2."""
    weights = responses.weights
    drawn = rng.multinomial(round(float(weights.sum())), weights / weights.sum())
    chosen = responses.with_persons(drawn > 0)
    return replace(chosen, weight=drawn[drawn > 0].astype(np.float64))
