"""Equate two forms by their item parameters, by true scores or by predicted observed scores."""

from collections.abc import Callable
from dataclasses import replace

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.conversions import (
    NO_ERRORS,
    Equating,
    Errors,
    Weights,
    conversion_table,
    form_moments,
)
from examengine.psychometrics.equating.irt_delta import delta_errors
from examengine.psychometrics.equating.irt_derivatives import (
    ConversionDerivatives,
    FormsApart,
    predicted_score_derivatives,
    true_score_derivatives,
)
from examengine.psychometrics.equating.irt_forms import BothForms, IrtForm
from examengine.psychometrics.equating.irt_observed_scores import observed_score_equivalents
from examengine.psychometrics.equating.irt_resampling import resampled_errors
from examengine.psychometrics.equating.irt_true_scores import true_score_equivalents
from examengine.psychometrics.equating.methods import Options
from examengine.psychometrics.equating.resampling import Bootstrap
from examengine.psychometrics.equating.score_tables import CannotEquate

TRUE_SCORES, OBSERVED_SCORES = "irt-true", "irt-observed"


def equate_true_scores(
    new: IrtForm,
    old: IrtForm,
    taken: BothForms | None = None,
    bootstrap: Bootstrap | None = None,
) -> Equating:
    """Equate by the scores that the same ability is expected to reach.

    Args:
        new: The new form.
        old: The old form, in the same metric.
        taken: What both were calibrated from, for standard errors; None for none.
        bootstrap: Samples to draw for them; by the delta method when None.

    Returns:
        The conversion; `theta` has the ability behind each score that has one.

    Raises:
        CannotEquate: See `true_score_equivalents`; or too many samples give no conversion.
    """
    theta, values = true_score_equivalents(new.items, old.items)

    def again(new: IrtForm, old: IrtForm) -> FloatArray:
        return true_score_equivalents(new.items, old.items)[1]

    def derivatives(forms: FormsApart) -> ConversionDerivatives:
        return true_score_derivatives(forms, theta)

    errors = _errors(taken, bootstrap, again, derivatives)
    return replace(_assembled(TRUE_SCORES, new, old, values, errors), theta=tuple(theta.tolist()))


def equate_predicted_scores(
    new: IrtForm,
    old: IrtForm,
    options: Options = Options(),  # noqa: B008 - frozen
    taken: BothForms | None = None,
    bootstrap: Bootstrap | None = None,
) -> Equating:
    """Equate the observed scores that the model predicts for a synthetic population.

    Args:
        new: The new form and its group.
        old: The old form and its group, in the same metric.
        options: Weight of the new form's group (its share of all persons when None, ½ when
            numbers are unknown), and how distributions are made continuous.
        taken: What both were calibrated from, for standard errors, which take weight and
            bandwidths as given; None for none.
        bootstrap: Samples to draw for them; by the delta method when None.

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

    def derivatives(forms: FormsApart) -> ConversionDerivatives:
        return predicted_score_derivatives(forms, weight, found.derivatives())

    errors = _errors(taken, bootstrap, again, derivatives)
    return replace(
        _assembled(OBSERVED_SCORES, new, old, found.values, errors),
        weights=Weights(weight, 1.0 - weight),
        bandwidths=found.bandwidths,
    )


def _errors(
    taken: BothForms | None,
    bootstrap: Bootstrap | None,
    equivalents: Callable[[IrtForm, IrtForm], FloatArray],
    derivatives: Callable[[FormsApart], ConversionDerivatives],
) -> Errors:
    if taken is None:
        return NO_ERRORS
    if bootstrap is None:
        return delta_errors(taken, derivatives)
    return resampled_errors(taken, equivalents, bootstrap)


def _weight(new: IrtForm, old: IrtForm, options: Options) -> float:
    if options.weight is None:
        return new.n / (new.n + old.n) if new.n > 0 and old.n > 0 else 0.5
    if not 0 <= options.weight <= 1:
        raise CannotEquate([f"weight {options.weight:g}: from 0 to 1"])
    return options.weight


def _assembled(
    method: str,
    new: IrtForm,
    old: IrtForm,
    values: FloatArray,
    errors: Errors,
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
        se_method=errors.method,
        replications=errors.replications,
        moments=form_moments(totals[0], totals[1], values),
        table=conversion_table(values, errors.values, old.highest),
        notes=errors.notes,
    )
