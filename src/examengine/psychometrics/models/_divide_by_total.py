"""The divide-by-total family: category logits that are linear in ability.

P(X = k | θ) = exp(z_k) / Σ_h exp(z_h),  z_k = s_k θ + c_k,  s_0 = c_0 = 0

A member says how the category slopes s and intercepts c follow from its coordinates; the
relation is linear in every member, so one matrix says it all.
"""

from abc import abstractmethod

import numpy as np
from scipy.special import log_softmax

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.models._contract import ItemModel


class DivideByTotalModel(ItemModel):
    """Items with ordered or unordered categories whose logits are linear in ability.

    References:
        Thissen & Steinberg (1986), Psychometrika 51, 567–577, for the family.
    """

    polytomous = True

    @abstractmethod
    def design(self, n_categories: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """How coordinates become category slopes and intercepts.

        Returns:
            Category slopes that are constants, shape (n_categories,); then the matrices that
            map the coordinates to slopes and to intercepts, (n_categories, n_parameters).
        """

    def category_lines(self, params: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Slope and intercept of each category logit, both (n_items, n_categories)."""
        constant, to_slope, to_intercept = self.design(self.categories_of(params))
        return constant + params @ to_slope.T, params @ to_intercept.T

    def categories_of(self, params: FloatArray) -> int:
        """Number of categories of the items with these coordinates."""
        n_categories = 2
        while self.n_parameters(n_categories) < params.shape[1]:
            n_categories += 1
        return n_categories

    def log_probabilities(self, theta: FloatArray, params: FloatArray) -> FloatArray:
        """Log category probabilities, shape (n_items, n_categories, n_points)."""
        slope, intercept = self.category_lines(params)
        logits = slope[:, :, np.newaxis] * theta + intercept[:, :, np.newaxis]
        result: FloatArray = log_softmax(logits, axis=1)
        return result

    def score(self, theta: FloatArray, params: FloatArray) -> FloatArray:
        """Derivatives of the log probabilities by the coordinates.

        ∂ log P_k / ∂w = (∂z_k/∂w − Σ_h P_h ∂z_h/∂w),  ∂z_k/∂w = θ ∂s_k/∂w + ∂c_k/∂w

        Returns:
            Shape (n_items, n_categories, n_parameters, n_points).
        """
        _, to_slope, to_intercept = self.design(self.categories_of(params))
        moves: FloatArray = to_slope[:, :, np.newaxis] * theta + to_intercept[:, :, np.newaxis]
        average = np.einsum("jkq,kpq->jpq", self.probabilities(theta, params), moves)
        centred: FloatArray = moves - average[:, np.newaxis]
        return centred

    def theta_derivatives(
        self, theta: FloatArray, params: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """First and second derivative of the log probabilities by ability.

        ∂ log P_k / ∂θ = s_k − E(s | θ);  ∂² log P_k / ∂θ² = −Var(s | θ)
        """
        slope, _ = self.category_lines(params)
        slopes = slope[:, :, np.newaxis]
        share = self.probabilities(theta, params)
        first = slopes - (share * slopes).sum(axis=1, keepdims=True)
        second = -(share * first**2).sum(axis=1, keepdims=True)
        return first, np.broadcast_to(second, first.shape)


def step_to_cumulative(n_categories: int) -> FloatArray:
    """The matrix that sums steps 1 … k for category k, (n_categories, n_categories − 1)."""
    return np.tril(np.ones((n_categories, n_categories - 1)), -1)


def log_ratio_intercepts(shares: FloatArray, slope: FloatArray) -> FloatArray:
    """Category intercepts of a start: log shares against category 0, spread for the slope.

    Args:
        shares: Share of persons in each category, shape (n_items, n_categories), > 0.
        slope: Slope of each item, shape (n_items,).

    Returns:
        Intercepts of the categories 1 …, shape (n_items, n_categories − 1).
    """
    ratios = np.log(shares[:, 1:] / shares[:, :1])
    spread: FloatArray = ratios * np.sqrt(1.0 + (slope[:, np.newaxis] / 1.7) ** 2)
    return spread
