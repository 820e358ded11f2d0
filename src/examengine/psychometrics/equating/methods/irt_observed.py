"""IRT observed-score equating: distributions of totals that the model predicts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.equating.distributions import ScoreDistribution
from examengine.psychometrics.equating.irt_forms import IrtForm
from examengine.psychometrics.equating.methods._contract import (
    Derivatives,
    EquatingOptions,
    Equivalents,
    ObservedEquivalents,
)
from examengine.psychometrics.equating.methods._item_parameters import (
    PAIR,
    ConversionDerivatives,
    FormsApart,
    IrtDerivatives,
    IrtMethod,
)
from examengine.psychometrics.equating.methods.equipercentile import METHOD as EQUIPERCENTILE
from examengine.psychometrics.information import item_curves
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.population import Population
from examengine.psychometrics.score_distribution import rest_distributions


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
    new: IrtForm, old: IrtForm, weight: float, options: EquatingOptions
) -> ObservedEquivalents:
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
    return EQUIPERCENTILE.equate(forms[0], forms[1], options)


def predicted_score_derivatives(
    forms: FormsApart, weight: float, by_totals: Derivatives
) -> ConversionDerivatives:
    """Derivatives of observed-score equivalents, through the distributions the model predicts.

    ∂e/∂φ = Σ_x ∂e/∂r_x ∂r_x/∂φ + Σ_y ∂e/∂s_y ∂s_y/∂φ, r and s the distributions of both forms in
    the synthetic population

    Args:
        forms: Both forms.
        weight: w₁, the share of the new form's group in the synthetic population.
        by_totals: Derivatives of the equivalents by both distributions, shapes (n_scores,
            n_new_scores, 1) and (n_scores, n_old_scores, 1).

    Returns:
        The derivatives.

    References:
        Ogasawara (2003), Psychometrika 68, 193–211.
    """
    by_new, by_old = (one[:, :, 0] for one in by_totals)
    new_items, new_moves = _total_derivatives(forms.new.items, _new_points(forms, weight))
    old_items, old_moves = _total_derivatives(forms.old.items, _old_points(forms, weight))
    by_moves = by_new @ new_moves + by_old @ old_moves
    return ConversionDerivatives(
        by_new @ new_items,
        by_old @ old_items,
        constants=by_moves[:, :PAIR],
        new_group=by_moves[:, PAIR : 2 * PAIR],
        old_group=by_moves[:, 2 * PAIR :],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _MovingPoints:
    """Abilities of the synthetic population in the metric of one form.

    Attributes:
        theta: Shape (n_points,), logits.
        weights: Share of the population at each, shape (n_points,).
        moves: Derivatives of the abilities by A, B, mean and log deviation of the new form's
            group, and of the old form's, shape (6, n_points).
    """

    theta: FloatArray
    weights: FloatArray
    moves: FloatArray


def _new_points(forms: FormsApart, weight: float) -> _MovingPoints:
    """Both groups where the new form is read: its own as they are, the other's brought over."""
    first, second = forms.new.population, forms.old.population
    own, brought = first.theta, forms.to_new(second.theta)
    moves = np.zeros((3 * PAIR, own.size + brought.size))
    moves[:PAIR, own.size :] = -np.stack([brought, np.ones(brought.size)])
    moves[2 * PAIR :, own.size :] = _spread(second)
    moves /= forms.constants.slope
    moves[PAIR : 2 * PAIR, : own.size] = _spread(first)
    return _MovingPoints(np.concatenate([own, brought]), _shares(forms, weight), moves)


def _old_points(forms: FormsApart, weight: float) -> _MovingPoints:
    """Both groups where the old form is read."""
    first, second = forms.new.population, forms.old.population
    brought, own = forms.to_old(first.theta), second.theta
    moves = np.zeros((3 * PAIR, brought.size + own.size))
    moves[:PAIR, : brought.size] = np.stack([first.theta, np.ones(brought.size)])
    moves[PAIR : 2 * PAIR, : brought.size] = forms.constants.slope * _spread(first)
    moves[2 * PAIR :, brought.size :] = _spread(second)
    return _MovingPoints(np.concatenate([brought, own]), _shares(forms, weight), moves)


def _shares(forms: FormsApart, weight: float) -> FloatArray:
    """Share of the synthetic population at the points of both groups."""
    return np.concatenate(
        [weight * forms.new.population.weights, (1.0 - weight) * forms.old.population.weights]
    )


def _spread(population: Population) -> FloatArray:
    """Derivatives of a group's abilities by its mean and log deviation, shape (2, n_points)."""
    mean = population.weights @ population.theta
    return np.stack([np.ones(population.theta.size), population.theta - mean])


def _total_derivatives(
    items: Sequence[ItemParameters], points: _MovingPoints
) -> tuple[FloatArray, FloatArray]:
    """Derivatives of the distribution of a total in a population.

    ∂f(x)/∂φ_j = Σ_q w_q Σ_k f₋ⱼ(x − k | θ_q) ∂P_jk(θ_q)/∂φ_j, f₋ⱼ the sum of all other items

    Args:
        items: The form.
        points: The population.

    Returns:
        By the coordinates of the items, shape (n_scores, n_coordinates), and by what moves the
        points, shape (n_scores, 6).
    """
    probabilities = category_probabilities(items, points.theta)
    n_scores = 1 + sum(item.n_categories - 1 for item in items)
    by_theta = np.zeros((n_scores, points.theta.size))
    by_items = []
    curves = item_curves(items, points.theta)
    for (_, rest), item in zip(rest_distributions(probabilities), curves, strict=True):
        own = np.zeros((n_scores, item.by_coordinate.shape[1]))
        weighted = rest * points.weights
        for category in range(len(item.share)):
            rows = slice(category, category + len(rest))
            own[rows] += weighted @ item.by_coordinate[category].T
            by_theta[rows] += rest * item.by_theta[category]
        by_items.append(own)
    return np.hstack(by_items), (by_theta * points.weights) @ points.moves.T


class ObservedScores(IrtMethod):
    """Equipercentile equating of predicted distributions; see `observed_score_equivalents`."""

    code = "irt-observed"
    title = "IRT observed-score"
    curved = True
    synthetic = True

    def equate(
        self, new: IrtForm, old: IrtForm, options: EquatingOptions
    ) -> Equivalents[IrtDerivatives]:
        """Find the equivalents; see `EquatingMethod.equate`."""
        weight = _weight(new, old, options)
        found = observed_score_equivalents(new, old, weight, options)

        def derivatives(forms: FormsApart) -> ConversionDerivatives:
            return predicted_score_derivatives(forms, weight, found.derivatives())

        return Equivalents(found.values, derivatives, weight=weight, bandwidths=found.bandwidths)


def _weight(new: IrtForm, old: IrtForm, options: EquatingOptions) -> float:
    if options.weight is None:
        return new.n / (new.n + old.n) if new.n > 0 and old.n > 0 else 0.5
    return options.weight


METHOD = ObservedScores()
