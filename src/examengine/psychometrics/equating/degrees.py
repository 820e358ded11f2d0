"""How many moments to keep: from degree 1 upwards, by AIC, BIC or the steps in chi-square."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from examengine.psychometrics.chi_square import chi_square_p
from examengine.psychometrics.equating.log_linear import Degrees, LogLinearFit, fit_log_linear
from examengine.psychometrics.equating.score_tables import CannotEquate, ScoreFrequencies

Criterion = Literal["aic", "bic", "chi2"]
HIGHEST_DEGREE = 10
HIGHEST_CROSS = 2
SIGNIFICANT = 0.05


def smooth(table: ScoreFrequencies, wanted: Degrees | Criterion) -> LogLinearFit:
    """Smooth a table with the degrees given, or with those a criterion chooses.

    Args:
        table: Frequencies.
        wanted: Degrees, or "aic", "bic" (the least value) or "chi2" (the highest degree whose
            step in G² is significant at .05). Each margin chooses its own degree, up to 10; then
            the joint table chooses products up to power 1 or 2.

    Returns:
        The fit.

    Raises:
        CannotEquate: See `fit_log_linear`; or no degree can be fitted.

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, section 3.3; Moses & Holland
        (2009), Journal of Educational Measurement 46, 159–176, for AIC and BIC.
    """
    if isinstance(wanted, Degrees):
        return fit_log_linear(table, wanted)
    total = _chosen(_candidates(ScoreFrequencies(table.totals[:, np.newaxis])), wanted)
    if table.anchor is None:
        return total
    anchors = ScoreFrequencies(table.counts.sum(axis=0)[:, np.newaxis])
    anchor = _chosen(_candidates(anchors), wanted)
    margins = Degrees(total.degrees.total, anchor.degrees.total, 1)
    highest = min(HIGHEST_CROSS, margins.total, margins.anchor)
    fits = [fit_log_linear(table, replace(margins, cross=cross)) for cross in range(1, highest + 1)]
    return _chosen(fits, wanted)


def _candidates(table: ScoreFrequencies) -> list[LogLinearFit]:
    """Fits of degree 1, 2, … as far as they exist."""
    fits: list[LogLinearFit] = []
    highest = min(HIGHEST_DEGREE, int(np.count_nonzero(table.totals)) - 1)
    for degree in range(1, highest + 1):
        try:
            fits.append(fit_log_linear(table, Degrees(degree)))
        except CannotEquate:
            break
    if not fits:
        raise CannotEquate(["no log-linear model can be fitted: nearly all persons score alike"])
    return fits


def _chosen(fits: Sequence[LogLinearFit], criterion: Criterion) -> LogLinearFit:
    """The best of fits that grow in degree."""
    if criterion == "aic":
        return min(fits, key=lambda fit: fit.aic)
    if criterion == "bic":
        return min(fits, key=lambda fit: fit.bic)
    for lower, higher in zip(reversed(fits[:-1]), reversed(fits[1:]), strict=True):
        step = lower.likelihood_ratio - higher.likelihood_ratio
        if chi_square_p(step, lower.df - higher.df) < SIGNIFICANT:
            return higher
    return fits[0]
