"""The rating scale model: items share their steps and differ in location."""

from typing import ClassVar

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.models._contract import Values, names_with_list, number, numbers
from examengine.psychometrics.models._divide_by_total import (
    DivideByTotalModel,
    log_ratio_intercepts,
    step_to_cumulative,
)


class RatingScale(DivideByTotalModel):
    """log P(X = k) / P(X = k − 1) = θ − β − τ_k, τ common to all items, abilities of free variance.

    Coordinates: the item's location β, then the shared steps τ_1 …. The first item's location
    is 0, because a shift of all locations and the opposite shift of all τ say the same.

    References:
        Andrich (1978), Psychometrika 43, 561–573.
    """

    code = "rsm"
    title = "rating scale model"
    fixed_slope = True
    pinned = (0,)
    constants: ClassVar[Values] = {"a": 1.0}
    example: ClassVar[Values] = {"a": 1.0, "steps": (-1.0, 0.1, 1.4)}

    def n_parameters(self, n_categories: int) -> int:
        """The location and one step for each category but the first."""
        return n_categories

    def shared(self, n_categories: int) -> tuple[int, ...]:
        """The steps τ_1 …."""
        return tuple(range(1, n_categories))

    def design(self, n_categories: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """s_k = k; c_k = −(k β + τ_1 + … + τ_k)."""
        category = np.arange(n_categories, dtype=np.float64)
        to_intercept = -np.column_stack([category, step_to_cumulative(n_categories)])
        return category, np.zeros_like(to_intercept), to_intercept

    def start(self, shares: FloatArray, means: FloatArray) -> FloatArray:  # noqa: ARG002
        """Steps averaged over the items, locations from what is left."""
        intercepts = log_ratio_intercepts(shares, np.ones(len(shares)))
        steps = -np.diff(intercepts, axis=1, prepend=0.0)
        common = steps - steps.mean(axis=1, keepdims=True)
        location = steps.mean(axis=1) - steps[0].mean()
        tau = np.broadcast_to(common.mean(axis=0) + steps[0].mean(), steps.shape)
        return np.column_stack([location, tau])

    def reported_names(self, n_categories: int) -> tuple[str, ...]:
        """The steps δ_k = β + τ_k."""
        return names_with_list((), "steps", n_categories)

    def report(self, params: FloatArray) -> FloatArray:
        """δ_k = β + τ_k."""
        return params[:, :1] + params[:, 1:]

    def report_jacobian(self, params: FloatArray) -> FloatArray:
        """∂δ_k/∂β = ∂δ_k/∂τ_k = 1."""
        one = np.column_stack([np.ones(params.shape[1] - 1), np.eye(params.shape[1] - 1)])
        return np.broadcast_to(one, (len(params), *one.shape))

    def together(self, params: FloatArray) -> FloatArray:
        """Locations as distances from the first item, whose steps are the τ."""
        steps = self.report(params)
        location = (steps - steps[0]).mean(axis=1)
        return np.column_stack([location, np.broadcast_to(steps[0], steps.shape)])

    def pack(self, values: Values) -> FloatArray:
        """The steps as τ, with location 0.

        Raises:
            ValueError: The steps are missing or not finite, or a is not 1.
        """
        if number(values, "a", 1.0) != 1.0:
            raise ValueError(f"a is {values['a']}; the {self.title} has 1")
        return np.concatenate([[0.0], numbers(values, "steps")])


MODEL = RatingScale()
