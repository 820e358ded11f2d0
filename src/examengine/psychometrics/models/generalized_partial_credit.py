"""The generalized partial credit model: steps, and a slope for each item."""

from typing import ClassVar

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.models._contract import (
    Values,
    first_slope,
    names_with_list,
    number,
    numbers,
)
from examengine.psychometrics.models._divide_by_total import (
    DivideByTotalModel,
    log_ratio_intercepts,
)


class GeneralizedPartialCredit(DivideByTotalModel):
    """log P(X = k) / P(X = k − 1) = a (θ − δ_k).

    Coordinates: the slope a and the intercepts c_k = −a (δ_1 + … + δ_k).

    References:
        Muraki (1992), Applied Psychological Measurement 16, 159–176.
    """

    code = "gpcm"
    title = "generalized partial credit model"
    example: ClassVar[Values] = {"a": 0.9, "steps": (-1.2, 0.3, 0.9)}

    def n_parameters(self, n_categories: int) -> int:
        """The slope and one intercept for each category but the first."""
        return n_categories

    def design(self, n_categories: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """s_k = k a; c_k is its own coordinate."""
        to_slope = np.zeros((n_categories, n_categories))
        to_slope[:, 0] = np.arange(n_categories)
        to_intercept = np.eye(n_categories)
        to_intercept[0, 0] = 0.0
        return np.zeros(n_categories), to_slope, to_intercept

    def start(self, shares: FloatArray, means: FloatArray) -> FloatArray:
        """Slope from the rest scores, intercepts from the shares of the categories."""
        slope = first_slope(shares, means)
        return np.column_stack([slope, log_ratio_intercepts(shares, slope)])

    def reported_names(self, n_categories: int) -> tuple[str, ...]:
        """The slope a and the steps."""
        return names_with_list(("a",), "steps", n_categories)

    def report(self, params: FloatArray) -> FloatArray:
        """δ_k = (c_{k−1} − c_k) / a."""
        slope, intercepts = params[:, :1], params[:, 1:]
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = -np.diff(intercepts, axis=1, prepend=0.0) / slope
        return np.hstack([slope, steps])

    def report_jacobian(self, params: FloatArray) -> FloatArray:
        """∂δ_k/∂a = −δ_k / a, ∂δ_k/∂c_k = −1 / a, ∂δ_k/∂c_{k−1} = 1 / a."""
        slope, steps = params[:, 0], self.report(params)[:, 1:]
        n_steps = steps.shape[1]
        jacobian = np.zeros((len(params), n_steps + 1, n_steps + 1))
        jacobian[:, 0, 0] = 1.0
        with np.errstate(divide="ignore", invalid="ignore"):
            jacobian[:, 1:, 0] = -steps / slope[:, np.newaxis]
            by_intercepts = -np.diff(np.eye(n_steps), axis=0, prepend=0.0)
            jacobian[:, 1:, 1:] = by_intercepts / slope[:, np.newaxis, np.newaxis]
        return jacobian

    def pack(self, values: Values) -> FloatArray:
        """Slope and intercepts from a and the steps.

        Raises:
            ValueError: a or the steps are missing or not finite.
        """
        a = number(values, "a")
        return np.concatenate([[a], -a * np.cumsum(numbers(values, "steps"))])


MODEL = GeneralizedPartialCredit()
