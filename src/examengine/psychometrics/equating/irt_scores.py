"""Equate two forms by their item parameters, by true scores or by predicted observed scores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.conversions import (
    Equating,
    Weights,
    conversion_table,
    form_moments,
)
from examengine.psychometrics.equating.irt_forms import IrtForm, in_metric_of, irt_form
from examengine.psychometrics.equating.irt_observed_scores import observed_score_equivalents
from examengine.psychometrics.equating.irt_true_scores import true_score_equivalents
from examengine.psychometrics.equating.methods import Options
from examengine.psychometrics.equating.resampling import Bootstrap, bootstrap_errors
from examengine.psychometrics.equating.score_tables import CannotEquate
from examengine.psychometrics.estimation import Priors, calibrate
from examengine.psychometrics.linking import LinkingMethod
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.responses import Responses

TRUE_SCORES, OBSERVED_SCORES = "irt-true", "irt-observed"


@dataclass(frozen=True, slots=True, eq=False)
class FormResponses:
    """What a form can be calibrated from again.

    Attributes:
        responses: Persons by items.
        calibration: The calibration to repeat: its models, points and priors.
        counted: The items that count towards the total.
    """

    responses: Responses
    calibration: ParameterSet
    counted: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Recalibration:
    """How bootstrap samples of persons become conversions.

    Attributes:
        new: The new form.
        old: The old form.
        link: How each sample's calibrations are brought to one metric; None when groups are
            equivalent and share no items, so that both are N(0, 1).
        bootstrap: How many samples to draw, and from which generator.
    """

    new: FormResponses
    old: FormResponses
    link: LinkingMethod | None
    bootstrap: Bootstrap


def equate_true_scores(
    new: IrtForm, old: IrtForm, recalibration: Recalibration | None = None
) -> Equating:
    """Equate by the scores that the same ability is expected to reach.

    Args:
        new: The new form.
        old: The old form, in the same metric.
        recalibration: For standard errors; None for none.

    Returns:
        The conversion; `theta` has the ability behind each score that has one.

    Raises:
        CannotEquate: See `true_score_equivalents`; or too many samples give no conversion.
    """
    theta, values = true_score_equivalents(new.items, old.items)

    def again(new: IrtForm, old: IrtForm) -> FloatArray:
        return true_score_equivalents(new.items, old.items)[1]

    found = _assembled(TRUE_SCORES, new, old, values, _errors(again, recalibration))
    return replace(found, theta=tuple(theta.tolist()))


def equate_predicted_scores(
    new: IrtForm,
    old: IrtForm,
    options: Options = Options(),  # noqa: B008 - frozen
    recalibration: Recalibration | None = None,
) -> Equating:
    """Equate the observed scores that the model predicts for a synthetic population.

    Args:
        new: The new form and its group.
        old: The old form and its group, in the same metric.
        options: Weight of the new form's group (its share of all persons when None, ½ when
            numbers are unknown), and how distributions are made continuous.
        recalibration: For standard errors; None for none.

    Returns:
        The conversion.

    Raises:
        CannotEquate: The weight is outside 0 to 1, or too many samples give no conversion.
    """
    weight = _weight(new, old, options)
    found = observed_score_equivalents(new, old, weight, options)
    settled = replace(options, bandwidths=found.bandwidths or None)

    def again(new: IrtForm, old: IrtForm) -> FloatArray:
        return observed_score_equivalents(new, old, weight, settled).values

    errors = _errors(again, recalibration)
    return replace(
        _assembled(OBSERVED_SCORES, new, old, found.values, errors),
        weights=Weights(weight, 1.0 - weight),
        bandwidths=found.bandwidths,
    )


def _weight(new: IrtForm, old: IrtForm, options: Options) -> float:
    if options.weight is None:
        return new.n / (new.n + old.n) if new.n > 0 and old.n > 0 else 0.5
    if not 0 <= options.weight <= 1:
        raise CannotEquate([f"weight {options.weight:g}: from 0 to 1"])
    return options.weight


def _errors(
    again: Callable[[IrtForm, IrtForm], FloatArray], recalibration: Recalibration | None
) -> tuple[int, FloatArray] | None:
    """Standard errors over samples of persons, forms calibrated and linked anew in each."""
    if recalibration is None:
        return None
    plan = recalibration

    def replicate(rng: np.random.Generator) -> FloatArray:
        new, old = (_calibrated(form, rng) for form in (plan.new, plan.old))
        moved = in_metric_of(new, old, plan.link)
        return again(irt_form(moved, plan.new.counted), irt_form(old, plan.old.counted))

    return bootstrap_errors(replicate, plan.bootstrap)


def _calibrated(form: FormResponses, rng: np.random.Generator) -> ParameterSet:
    """A calibration of as many persons drawn anew.

    Raises:
        CannotCalibrate: The sample does not determine the parameters.
        CannotEquate: The calibration did not converge.
    """
    grid, priors = form.calibration.quadrature, form.calibration.priors
    models = {item.item_id: item.model for item in form.calibration.items}
    found = calibrate(
        _drawn(form.responses, rng),
        {name: models[name] for name in form.responses.item_ids},
        points=grid.points,
        limits=(grid.low, grid.high),
        priors=None if priors is None else Priors.from_mapping(priors),
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


def _assembled(
    method: str,
    new: IrtForm,
    old: IrtForm,
    values: FloatArray,
    errors: tuple[int, FloatArray] | None,
) -> Equating:
    totals = new.totals(new.population), old.totals(old.population)
    return Equating(
        method=method,
        design="irt",
        anchor=None,
        n_new=new.n,
        n_old=old.n,
        weights=None,
        slope=None,
        intercept=None,
        bandwidths=(),
        smoothing=(),
        se_method=None if errors is None else "bootstrap",
        replications=0 if errors is None else errors[0],
        moments=form_moments(totals[0], totals[1], values),
        table=conversion_table(values, None if errors is None else errors[1], old.highest),
    )
