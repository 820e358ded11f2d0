"""Hanson and Brennan's accuracy and consistency of right/wrong tests: strong true scores."""

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


def lord_k(n_items: int, mean_score: float, score_variance: float, reliability: float) -> float:
    """Lord's k, the strength of the second term of the compound binomial.

    k = n ((n − 1) ρ s² − n s² + M (n − M)) / (2 (M (n − M) − ρ s²))

    Args:
        n_items: n.
        mean_score: M, points.
        score_variance: s², squared points.
        reliability: ρ, in (0, 1).

    Returns:
        k; positive when items differ in difficulty.

    References:
        Lord (1965), Psychometrika 30, 239–270, eq. 38.
    """
    between = reliability * score_variance
    within = mean_score * (n_items - mean_score)
    top = (n_items - 1) * between - n_items * score_variance + within
    return n_items * top / (2 * (within - between))


def hanson_brennan(
    totals: FloatArray,
    n_items: int,
    cut: float,
    reliability: float,
    weight: FloatArray | None = None,
) -> BetaClassification:
    """Classification at a cut on the number right.

    True scores get a beta distribution, errors Lord's two-term compound binomial.

    Args:
        totals: Number right of each person, shape (n,).
        n_items: Number of items.
        cut: Lowest passing number right; a broken one is raised to the next whole number.
        reliability: Of the total, in (0, 1).
        weight: Frequencies, shape (n,).

    Returns:
        Accuracy, consistency and κ, with the fitted true scores and k.

    Raises:
        ValueError: Fewer than two items, the reliability is not between 0 and 1, or no beta fits
            the scores.

    Notes:
        Equals betafunctions 1.9.0 to 1e-6.

    References:
        Hanson & Brennan (1990), Journal of Educational Measurement 27, 345–359.
    """
    if n_items < 2:
        raise ValueError("a test of one item; its errors need at least two")
    if not 0 < reliability < 1:
        raise ValueError(f"reliability {reliability:g}; it lies between 0 and 1")
    w = np.ones(totals.size) if weight is None else weight
    k = lord_k(n_items, mean(totals, w), variance(totals, w), reliability)
    true_scores = fit_beta(true_score_moments(totals, w, n_items, k))
    failing = binomial_failing(n_items, int(np.ceil(cut - 1e-9)), k)
    result = classify_true_scores(true_scores, cut / n_items, failing, cut)
    return BetaClassification(result, true_scores, float(n_items), n_items, k)
