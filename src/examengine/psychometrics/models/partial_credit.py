"""The partial credit model: a Rasch model for items with several steps."""

from typing import ClassVar

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.models._contract import Values, names_with_list, number, numbers
from examengine.psychometrics.models._divide_by_total import (
    DivideByTotalModel,
    log_ratio_intercepts,
)


class PartialCredit(DivideByTotalModel):
    """log P(X = k) / P(X = k − 1) = θ − δ_k, abilities with free variance.

    Coordinates: the intercepts c_k = −(δ_1 + … + δ_k) of categories 1, 2, ….

    References:
        Masters (1982), Psychometrika 47, 149–174.
    """

    code = "pcm"
    title = "partial credit model"
    fixed_slope = True
    constants: ClassVar[Values] = {"a": 1.0}
    example: ClassVar[Values] = {"a": 1.0, "steps": (-1.2, 0.3, 0.9)}

    def n_parameters(self, n_categories: int) -> int:
        """One intercept for each category but the first."""
        return n_categories - 1

    def design(self, n_categories: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """s_k = k; c_k is its own coordinate."""
        free = np.eye(n_categories)[:, 1:]
        return np.arange(n_categories, dtype=np.float64), np.zeros_like(free), free

    def start(self, shares: FloatArray, means: FloatArray) -> FloatArray:  # noqa: ARG002
        """Intercepts from the shares of the categories."""
        return log_ratio_intercepts(shares, np.ones(len(shares)))

    def reported_names(self, n_categories: int) -> tuple[str, ...]:
        """The steps."""
        return names_with_list((), "steps", n_categories)

    def report(self, params: FloatArray) -> FloatArray:
        """δ_k = c_{k−1} − c_k."""
        return -np.diff(params, axis=1, prepend=0.0)

    def report_jacobian(self, params: FloatArray) -> FloatArray:
        """∂δ_k/∂c_k = −1, ∂δ_k/∂c_{k−1} = 1."""
        one = -np.diff(np.eye(params.shape[1]), axis=0, prepend=0.0)
        return np.broadcast_to(one, (len(params), *one.shape))

    def pack(self, values: Values) -> FloatArray:
        """Intercepts from the steps.

        Raises:
            ValueError: The steps are missing or not finite, or a is not 1.
        """
        if number(values, "a", 1.0) != 1.0:
            raise ValueError(f"a is {values['a']}; the {self.title} has 1")
        return -np.cumsum(numbers(values, "steps"))


MODEL = PartialCredit()
