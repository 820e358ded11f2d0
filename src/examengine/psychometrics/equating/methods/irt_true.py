"""IRT true-score equating: scores that the same ability is expected to reach."""

from collections.abc import Sequence

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.irt_forms import IrtForm
from examengine.psychometrics.equating.methods._contract import EquatingOptions, Equivalents
from examengine.psychometrics.equating.methods._item_parameters import (
    PAIR,
    ConversionDerivatives,
    FormsApart,
    IrtDerivatives,
    IrtMethod,
)
from examengine.psychometrics.equating.score_tables import CannotEquate
from examengine.psychometrics.information import (
    characteristic_curve,
    expected_score_derivatives,
    theta_at_expected_score,
)
from examengine.psychometrics.parameters import ItemParameters

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


def true_score_derivatives(forms: FormsApart, theta: FloatArray) -> ConversionDerivatives:
    """Derivatives of true-score equivalents.

    With e = τ_Y(A t + B) and τ_X(t) = x:

    ∂e/∂φ_X = −A τ_Y′/τ_X′ ∂τ_X/∂φ_X, ∂e/∂φ_Y = ∂τ_Y/∂φ_Y, ∂e/∂A = t τ_Y′, ∂e/∂B = τ_Y′

    Scores beyond the asymptotes move with the asymptotes.

    Args:
        forms: Both forms.
        theta: Ability behind each score of the new form, in the old form's metric, −inf and inf
            where there is none; see `true_score_equivalents`.

    Returns:
        The derivatives; those by the groups are 0.

    References:
        Ogasawara (2001), Journal of Educational and Behavioral Statistics 26, 31–50.
    """
    inside = np.isfinite(theta)
    own = forms.to_new(np.where(inside, theta, 0.0))
    new, old = (
        expected_score_derivatives(forms.new.items, own),
        expected_score_derivatives(forms.old.items, forms.to_old(own)),
    )
    ratio = np.divide(
        forms.constants.slope * old.by_theta, new.by_theta, out=np.zeros(own.size), where=inside
    )
    by_new = np.where(inside[:, np.newaxis], -ratio[:, np.newaxis] * new.by_items, 0.0)
    by_old = np.where(inside[:, np.newaxis], old.by_items, 0.0)
    steep = np.where(inside, old.by_theta, 0.0)[:, np.newaxis]
    _add_ends(forms, theta, by_new, by_old)
    nothing = np.zeros((own.size, PAIR))
    return ConversionDerivatives(
        by_new, by_old, steep * np.column_stack([own, np.ones(own.size)]), nothing, nothing
    )


def _add_ends(forms: FormsApart, theta: FloatArray, by_new: FloatArray, by_old: FloatArray) -> None:
    """Derivatives of scores on the lines from the ends of the scale to the asymptotes.

    e = x L_Y / L_X below the lower asymptotes L; above the upper ones the same of what is missing
    to the highest scores.
    """
    bounds = np.array(BOUNDS)
    new, old = (expected_score_derivatives(form.items, bounds) for form in (forms.new, forms.old))
    scores = np.arange(theta.size, dtype=np.float64)
    new_high, old_high = forms.new.highest, forms.old.highest
    for end, here, distance, gaps in (
        (0, theta == -np.inf, scores, (new.score[0], old.score[0])),
        (1, theta == np.inf, new_high - scores, (new_high - new.score[1], old_high - old.score[1])),
    ):
        if gaps[0] > 0:
            share = distance[here, np.newaxis] / gaps[0]
            by_new[here] = -share * gaps[1] / gaps[0] * new.by_items[end]
            by_old[here] = share * old.by_items[end]


class TrueScores(IrtMethod):
    """e(τ) = τ_Y(τ_X⁻¹(τ)); see `true_score_equivalents`."""

    code = "irt-true"
    title = "IRT true-score"

    def equate(
        self,
        new: IrtForm,
        old: IrtForm,
        options: EquatingOptions,  # noqa: ARG002 - true scores leave nothing open
    ) -> Equivalents[IrtDerivatives]:
        """Find the equivalents; see `EquatingMethod.equate`."""
        theta, values = true_score_equivalents(new.items, old.items)

        def derivatives(forms: FormsApart) -> ConversionDerivatives:
            return true_score_derivatives(forms, theta)

        return Equivalents(values, derivatives, theta=theta)


METHOD = TrueScores()
