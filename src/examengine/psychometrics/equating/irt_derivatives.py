"""How a conversion by item parameters moves with the parameters, the groups and the link.

Each form stays in the metric of its own calibration. An ability θ of the new form's metric is
A θ + B in the old one's, so a link moves points of ability and no item.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.equating.irt_forms import IrtForm, Population
from examengine.psychometrics.equating.irt_true_scores import BOUNDS
from examengine.psychometrics.equating.methods import Derivatives
from examengine.psychometrics.information import expected_score_derivatives, item_curves
from examengine.psychometrics.item_parameters import ItemParameters
from examengine.psychometrics.linking import Constants
from examengine.psychometrics.score_distribution import rest_distributions

# Of a group: mean and log deviation. Of a link: slope and intercept.
PAIR = 2


@dataclass(frozen=True, slots=True, eq=False)
class FormsApart:
    """Two forms, each in its own metric.

    Attributes:
        new: The new form and the group that took it.
        old: The old form and the group that took it.
        constants: A and B of θ_old = A θ_new + B.
    """

    new: IrtForm
    old: IrtForm
    constants: Constants

    def to_new(self, theta: FloatArray) -> FloatArray:
        """Abilities of the old form's metric in the new one's."""
        return (theta - self.constants.intercept) / self.constants.slope

    def to_old(self, theta: FloatArray) -> FloatArray:
        """Abilities of the new form's metric in the old one's."""
        return self.constants.slope * theta + self.constants.intercept


@dataclass(frozen=True, slots=True, eq=False)
class ConversionDerivatives:
    """Derivatives of the equivalents of a form's scores.

    Attributes:
        new_items: By the coordinates of the new form's items, one item after the other, shape
            (n_scores, n_new_coordinates).
        old_items: By those of the old form's items, shape (n_scores, n_old_coordinates).
        constants: By A and B, shape (n_scores, 2).
        new_group: By mean and log deviation of the new form's group, shape (n_scores, 2).
        old_group: By those of the old form's group, shape (n_scores, 2).
    """

    new_items: FloatArray
    old_items: FloatArray
    constants: FloatArray
    new_group: FloatArray
    old_group: FloatArray


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
