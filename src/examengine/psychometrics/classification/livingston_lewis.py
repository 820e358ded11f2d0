"""Livingston and Lewis's accuracy and consistency from one administration's total scores."""

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classical.moments import mean, variance
from examengine.psychometrics.classification.beta_binomial import (
    BetaClassification,
    binomial_failing,
    classify_true_scores,
    fit_beta,
    true_score_moments,
)


def effective_length(
    mean_score: float, score_variance: float, reliability: float, max_score: float
) -> float:
    """Number of right/wrong items of equal difficulty that would be as reliable.

    ñ = (M (X − M) − ρ s²) / (s² (1 − ρ))

    Args:
        mean_score: M, points above the lowest possible score.
        score_variance: s², squared points.
        reliability: ρ, in (0, 1).
        max_score: X, highest possible score, points.

    Returns:
        ñ, not rounded.

    Raises:
        ValueError: The reliability is not between 0 and 1.

    References:
        Livingston & Lewis (1995), Journal of Educational Measurement 32, 179–197, eq. 1.
    """
    if not 0 < reliability < 1:
        raise ValueError(f"reliability {reliability:g}; it lies between 0 and 1")
    within = mean_score * (max_score - mean_score) - reliability * score_variance
    return within / (score_variance * (1 - reliability))


def livingston_lewis(
    totals: FloatArray,
    max_score: float,
    cut: float,
    reliability: float,
    weight: FloatArray | None = None,
) -> BetaClassification:
    """Classification at a cut on the total score, items of any number of points.

    Totals are put on a test of the effective length ñ, true scores get a beta distribution, errors
    are binomial with round(ñ) trials and the cut is round(ñ c / X).

    Args:
        totals: Total of each person, shape (n,), points from 0.
        max_score: X, highest possible score, points.
        cut: c, points; a total of c passes.
        reliability: Of the total, in (0, 1).
        weight: Frequencies, shape (n,).

    Returns:
        Accuracy, consistency and κ, with the fitted true scores and the effective length.

    Raises:
        ValueError: The reliability is not between 0 and 1, the effective length is less than one
            item, or no beta fits the scores.

    Notes:
        Equals betafunctions 1.9.0 to 1e-6, except for its consistency where round(ñ c / X) is not
        its floor: there betafunctions uses two different cuts and its 2 × 2 table is not symmetric.

    References:
        Livingston & Lewis (1995), Journal of Educational Measurement 32, 179–197.
    """
    w = np.ones(totals.size) if weight is None else weight
    length = effective_length(mean(totals, w), variance(totals, w), reliability, max_score)
    if not (np.isfinite(length) and np.round(length) >= 1):
        raise ValueError(
            f"an effective length of {length:.2f} items; reliability {reliability:g} and the "
            "spread of the totals do not belong together"
        )
    true_scores = fit_beta(true_score_moments(totals / max_score * length, w, length))
    n_trials = int(np.round(length))
    failing = binomial_failing(n_trials, int(np.round(cut / max_score * n_trials)))
    result = classify_true_scores(true_scores, cut / max_score, failing, cut)
    return BetaClassification(result, true_scores, length, n_trials, 0.0)
