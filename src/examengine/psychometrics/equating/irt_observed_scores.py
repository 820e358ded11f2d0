"""IRT observed-score equating: equipercentile equating of the totals the model predicts."""

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.distributions import ScoreDistribution
from examengine.psychometrics.equating.irt_forms import IrtForm
from examengine.psychometrics.equating.methods import METHODS, Equivalents, Options


def predicted_totals(form: IrtForm, new: IrtForm, old: IrtForm, weight: float) -> FloatArray:
    """Distribution of a form's total in the synthetic population.

    f_s(x) = w₁ f₁(x) + w₂ f₂(x), f_g the distribution that the model predicts for group g

    Args:
        form: The form.
        new: The new form, for its group (1).
        old: The old form, for its group (2).
        weight: w₁; w₂ = 1 − w₁.

    Returns:
        Shape (n_scores,).
    """
    mixed: FloatArray = weight * form.totals(new.population)
    return mixed + (1.0 - weight) * form.totals(old.population)


def observed_score_equivalents(
    new: IrtForm, old: IrtForm, weight: float, options: Options
) -> Equivalents:
    """Equate the observed scores that a model predicts.

    Args:
        new: The new form and the group that took it.
        old: The old form and the group that took it, in the same metric.
        weight: w₁, the share of the new form's group in the synthetic population.
        options: How distributions are made continuous.

    Returns:
        The equivalents of the new form's scores.

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, section 6.6; Lord &
        Wingersky (1984), Applied Psychological Measurement 8, 453–461.
    """
    forms = [
        ScoreDistribution(predicted_totals(form, new, old, weight)[:, None], max(form.n, 1.0))
        for form in (new, old)
    ]
    return METHODS["equipercentile"].equate(forms[0], forms[1], options)
