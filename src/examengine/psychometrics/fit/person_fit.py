"""Does a person answer as the model expects of that ability?

Large negative values are surprising patterns: hard items right and easy ones wrong.
"""

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.fit.expected_scores import Likelihoods


def zh(found: Likelihoods) -> FloatArray:
    """Standardised log-likelihood of each person's answers (l_z, Zh).

    Zh_i = Σ_j (l_ij − E l_ij) / √(Σ_j Var l_ij)

    Args:
        found: Likelihoods at the abilities used.

    Returns:
        Shape (n_persons,); nan for a person who was presented nothing. Close to N(0, 1) only at
        the true ability: with an estimate it is too narrow, which `lz_star` mends.

    Notes:
        Equals mirt 1.47 to 1e-10 given equal parameters and abilities.

    References:
        Drasgow, Levine & Williams (1985), British Journal of Mathematical and Statistical
        Psychology 38, 67–86.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        surprise: FloatArray = (found.found - found.expected).sum(axis=1) / np.sqrt(
            found.variance.sum(axis=1)
        )
    return surprise


def item_zh(found: Likelihoods, weight: FloatArray) -> FloatArray:
    """The same standardised log-likelihood of each item over persons.

    Args:
        found: Likelihoods at the abilities used.
        weight: Frequencies, shape (n_persons,).

    Returns:
        Shape (n_items,); nan for an item nobody was presented.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        surprise: FloatArray = (weight @ (found.found - found.expected)) / np.sqrt(
            weight @ found.variance
        )
    return surprise


def lz_star(found: Likelihoods) -> FloatArray:
    """l_z corrected for the ability having been estimated from the same answers.

    l_z* = (Σ (l_j − E l_j) − c Σ s_j) / √(Σ Var(l_j − c s_j)), c = Σ Cov(l_j, s_j) / Σ Var s_j

    Args:
        found: Likelihoods at the abilities used.

    Returns:
        Shape (n_persons,), close to N(0, 1) under the model; nan where it is not defined (all
        items alike, or nothing presented).

    Notes:
        At maximum likelihood, Warm's or the modal estimate Σ s_j = −r₀ and this is Snijders's
        statistic. Written with the score itself it is Neyman's C(α) form, insensitive to first
        order to the error of any root-n consistent estimate, so it may be used at EAP too.

    References:
        Snijders (2001), Psychometrika 66, 331–342, eq. 17–20; Sinharay (2016), Psychometrika 81,
        992–1013, for ordered categories.
    """
    information = found.information.sum(axis=1)
    covariance = found.covariance.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        c = covariance / information
        distance = (found.found - found.expected).sum(axis=1) - c * found.score.sum(axis=1)
        spread = found.variance.sum(axis=1) - c * covariance
        # A test of equal items leaves nothing but rounding once the score is taken out.
        usable = spread > 1e-10 * found.variance.sum(axis=1)
        return np.where(usable, distance / np.sqrt(np.where(usable, spread, 1.0)), np.nan)
