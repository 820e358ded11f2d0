"""Equate two forms by the parameters of their items."""

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.conversions import (
    NO_ERRORS,
    Equating,
    Errors,
    equating_of,
)
from examengine.psychometrics.equating.irt_delta import delta_errors
from examengine.psychometrics.equating.irt_forms import BothForms, IrtForm
from examengine.psychometrics.equating.irt_resampling import resampled_errors
from examengine.psychometrics.equating.methods import (
    EquatingOptions,
    Equivalents,
    IrtDerivatives,
    IrtMethod,
)
from examengine.psychometrics.equating.resampling import Bootstrap
from examengine.psychometrics.equating.score_tables import CannotEquate
from examengine.psychometrics.refusals import refuse


def equate_by_parameters(
    new: IrtForm,
    old: IrtForm,
    method: IrtMethod,
    options: EquatingOptions = EquatingOptions(),  # noqa: B008 - frozen
    *,
    taken: BothForms | None = None,
    bootstrap: Bootstrap | None = None,
) -> Equating:
    """Equate a new form to an old one by the parameters of their items.

    Args:
        new: The new form and its group.
        old: The old form and its group, in the same metric.
        method: How to equate.
        options: Choices the method leaves open: weight of the new form's group (its share of all
            persons when None, ½ when numbers are unknown), and how distributions are made
            continuous.
        taken: What both were calibrated from, for standard errors, which take weight and
            bandwidths as given; None for none.
        bootstrap: Samples to draw for them; by the delta method when None.

    Returns:
        The conversion; `theta` has the ability behind each score, where the method goes by it.

    Raises:
        CannotEquate: The parameters do not determine the conversion, an option plays no part in
            the method, or too many samples give no conversion.
    """
    refuse(CannotEquate, method.option_faults(options))
    found = method.equate(new, old, options)
    errors = _errors(method, found, options, taken, bootstrap)
    return equating_of(
        method,
        found,
        errors,
        design="irt",
        anchor=None,
        n=(new.n, old.n),
        totals=(new.totals(new.population), old.totals(old.population)),
    )


def _errors(
    method: IrtMethod,
    found: Equivalents[IrtDerivatives],
    options: EquatingOptions,
    taken: BothForms | None,
    bootstrap: Bootstrap | None,
) -> Errors:
    """Standard errors, by the delta method or by samples that repeat every choice made."""
    if taken is None:
        return NO_ERRORS
    if bootstrap is None:
        return delta_errors(taken, found.derivatives)

    settled = found.settled(options)

    def again(new: IrtForm, old: IrtForm) -> FloatArray:
        return method.equate(new, old, settled).values

    return resampled_errors(taken, again, bootstrap)
