"""IRT true-score equating: scores that the same ability is expected to reach."""

from collections.abc import Sequence

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.score_tables import CannotEquate
from examengine.psychometrics.information import characteristic_curve, theta_at_expected_score
from examengine.psychometrics.item_parameters import ItemParameters

# Wide enough that characteristic curves have reached their asymptotes.
BOUNDS = (-200.0, 200.0)


def true_score_equivalents(
    new: Sequence[ItemParameters], old: Sequence[ItemParameters]
) -> tuple[FloatArray, FloatArray]:
    """Equate true scores.

    e(τ) = τ_Y(τ_X⁻¹(τ)),  τ(θ) = Σ_j Σ_k k P_jk(θ)

    Scores at or below the sum of guessing parameters have no ability; they lie on the line from
    (0, 0) to (Σ c_X, Σ c_Y). So do scores at or above the upper asymptotes, from there to the
    highest scores.

    Args:
        new: Items of the new form, whose expected total rises with ability.
        old: Items of the old form in the same metric.

    Returns:
        Ability behind each score of the new form, −inf and inf where there is none, and its
        equivalent on the old form, both of shape (n_new_scores,).

    Raises:
        CannotEquate: The new form's expected total does not rise with ability.

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, section 6.5; Kolen (1981),
        Journal of Educational Measurement 18, for scores below the sum of guessing parameters.
    """
    highest_new, highest_old = (sum(item.n_categories - 1 for item in form) for form in (new, old))
    ends_new, ends_old = (characteristic_curve(form, BOUNDS) for form in (new, old))
    if not ends_new[0] < ends_new[1]:
        raise CannotEquate(["the expected total of the new form does not rise with ability"])
    scores = np.arange(highest_new + 1, dtype=np.float64)
    theta = theta_at_expected_score(new, scores, bounds=BOUNDS)
    found = np.empty(scores.size)
    inside = np.isfinite(theta)
    found[inside] = characteristic_curve(old, theta[inside])
    low, high = theta == -np.inf, theta == np.inf
    found[low] = _between(scores[low], ends_new[0], ends_old[0])
    found[high] = highest_old - _between(
        highest_new - scores[high], highest_new - ends_new[1], highest_old - ends_old[1]
    )
    return theta, found


def _between(scores: FloatArray, end_new: float, end_old: float) -> FloatArray:
    """Points on the line from (0, 0) to (end_new, end_old); 0 when there is no line."""
    return scores * (end_old / end_new) if end_new > 0 else np.zeros(scores.size)
