"""The graded response model: cumulative logits over ordered categories."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit, logit

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.models._contract import (
    TINY,
    ItemModel,
    Values,
    first_slope,
    names_with_list,
    number,
    numbers,
)


class GradedResponse(ItemModel):
    """P(X ≥ k | θ) = 1 / (1 + exp(−a (θ − b_k))), b_1 < … < b_m.

    Coordinates: the slope a and the intercepts d_k = −a b_k, which fall with k.

    References:
        Samejima (1969), Psychometrika Monograph 17.
    """

    code = "grm"
    title = "graded response model"
    polytomous = True
    example: ClassVar[Values] = {"a": 1.3, "thresholds": (-1.5, 0.2, 1.1)}

    def n_parameters(self, n_categories: int) -> int:
        """The slope and one intercept for each category but the first."""
        return n_categories

    def _pieces(self, theta: FloatArray, params: FloatArray) -> "_Pieces":
        """The logistic curves on both sides of each category."""
        z = params[:, :1, np.newaxis] * theta + params[:, 1:, np.newaxis]
        one, zero = np.ones_like(z[:, :1]), np.zeros_like(z[:, :1])
        widths = np.ones((len(params), params.shape[1], 1))
        widths[:, 1:-1, 0] = -np.expm1(params[:, 2:] - params[:, 1:-1])
        return _Pieces(
            reached=np.concatenate([one, expit(z)], axis=1),
            not_reached=np.concatenate([zero, expit(-z)], axis=1),
            passed=np.concatenate([expit(z), zero], axis=1),
            not_passed=np.concatenate([expit(-z), one], axis=1),
            widths=widths,
        )

    def log_probabilities(self, theta: FloatArray, params: FloatArray) -> FloatArray:
        """Log category probabilities, shape (n_items, n_categories, n_points).

        P(X = k) = σ(z_k) − σ(z_{k+1}) = σ(z_k) σ(−z_{k+1}) (1 − exp(z_{k+1} − z_k)), which
        keeps its digits where both terms of the difference are close to 0 or to 1.
        """
        curves = self._pieces(theta, params)
        share = curves.reached * curves.not_passed * curves.widths
        logs: FloatArray = np.log(np.maximum(share, TINY))
        return logs

    def score(self, theta: FloatArray, params: FloatArray) -> FloatArray:
        """Derivatives of the log probabilities by the coordinates.

        ∂P_k/∂d_k = f(z_k), ∂P_k/∂d_{k+1} = −f(z_{k+1}), ∂P_k/∂a = θ (f(z_k) − f(z_{k+1})),
        with f = σ (1 − σ).

        Returns:
            Shape (n_items, n_categories, n_parameters, n_points).
        """
        curves = self._pieces(theta, params)
        lower = curves.not_reached / np.maximum(curves.not_passed * curves.widths, TINY)
        upper = curves.passed / np.maximum(curves.reached * curves.widths, TINY)
        n_items, n_categories, n_points = lower.shape
        result = np.zeros((n_items, n_categories, n_categories, n_points))
        result[:, :, 0] = (lower - upper) * theta
        for k in range(1, n_categories):
            result[:, k, k] = lower[:, k]
            result[:, k - 1, k] = -upper[:, k - 1]
        return result

    def theta_derivatives(
        self, theta: FloatArray, params: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """First and second derivative of the log probabilities by ability.

        ∂ log P_k / ∂θ = a (1 − σ(z_k) − σ(z_{k+1})), from which the second follows:
        −a² (f(z_k) + f(z_{k+1})).
        """
        slope = params[:, :1, np.newaxis]
        curves = self._pieces(theta, params)
        first = slope * (curves.not_reached - curves.passed)
        bells = curves.reached * curves.not_reached + curves.passed * curves.not_passed
        return first, -(slope**2) * bells

    def feasible(self, params: FloatArray) -> bool:
        """Whether the parameters are finite and the intercepts fall strictly."""
        falling = np.diff(params[:, 1:], axis=1) < 0
        return bool(np.isfinite(params).all() and falling.all())

    def start(self, shares: FloatArray, means: FloatArray) -> FloatArray:
        """Slope from the rest scores, intercepts from the shares at or above each category."""
        slope = first_slope(shares, means)
        at_least = 1.0 - np.cumsum(shares, axis=1)[:, :-1]
        spread = np.sqrt(1.0 + (slope[:, np.newaxis] / 1.7) ** 2)
        return np.column_stack([slope, logit(np.clip(at_least, 1e-6, 1 - 1e-6)) * spread])

    def reported_names(self, n_categories: int) -> tuple[str, ...]:
        """The slope a and the thresholds."""
        return names_with_list(("a",), "thresholds", n_categories)

    def report(self, params: FloatArray) -> FloatArray:
        """b_k = −d_k / a."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.hstack([params[:, :1], -params[:, 1:] / params[:, :1]])

    def report_jacobian(self, params: FloatArray) -> FloatArray:
        """∂b_k/∂a = d_k / a², ∂b_k/∂d_k = −1 / a."""
        n_steps = params.shape[1] - 1
        jacobian = np.zeros((len(params), n_steps + 1, n_steps + 1))
        jacobian[:, 0, 0] = 1.0
        with np.errstate(divide="ignore", invalid="ignore"):
            jacobian[:, 1:, 0] = params[:, 1:] / params[:, :1] ** 2
            jacobian[:, 1:, 1:] = -np.eye(n_steps) / params[:, :1, np.newaxis]
        return jacobian

    def pack(self, values: Values) -> FloatArray:
        """Slope and intercepts from a and the thresholds.

        Raises:
            ValueError: a or the thresholds are missing or not finite, or the thresholds do not
                rise (fall, for a negative a).
        """
        a, thresholds = number(values, "a"), numbers(values, "thresholds")
        params = np.concatenate([[a], -a * thresholds])
        if not self.feasible(params[np.newaxis]):
            raise ValueError(f"thresholds are {thresholds.tolist()}; each must exceed the last")
        return params


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Curves beside category k: reached = σ(z_k), passed = σ(z_{k+1}), each with its complement.

    `widths` holds 1 − exp(z_{k+1} − z_k), which does not depend on ability.
    """

    reached: FloatArray
    not_reached: FloatArray
    passed: FloatArray
    not_passed: FloatArray
    widths: FloatArray


MODEL = GradedResponse()
