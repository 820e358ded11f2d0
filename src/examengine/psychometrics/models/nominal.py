"""The nominal response model: categories without an order, such as the options of an item."""

from typing import ClassVar

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.models._contract import Values, numbers
from examengine.psychometrics.models._divide_by_total import DivideByTotalModel


class Nominal(DivideByTotalModel):
    """P(X = k | θ) ∝ exp(s_k θ + c_k), s_0 = c_0 = 0.

    Coordinates: the slopes s_1 … and the intercepts c_1 … against the first category.

    References:
        Bock (1972), Psychometrika 37, 29–51.
    """

    code = "nrm"
    title = "nominal response model"
    example: ClassVar[Values] = {"slopes": (0.0, 0.6, 1.4), "intercepts": (0.0, 0.5, -0.3)}

    def n_parameters(self, n_categories: int) -> int:
        """A slope and an intercept for each category but the first."""
        return 2 * (n_categories - 1)

    def n_categories(self, values: Values) -> int:
        """One category for each entry: the first, of zeros, is written out."""
        return len(numbers(values, "slopes"))

    def design(self, n_categories: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Every slope and every intercept is its own coordinate."""
        free = np.eye(n_categories)[:, 1:]
        nothing = np.zeros_like(free)
        return np.zeros(n_categories), np.hstack([free, nothing]), np.hstack([nothing, free])

    def start(self, shares: FloatArray, means: FloatArray) -> FloatArray:
        """The linear discriminant of the categories: s_k = m_k − m_0 in units of the spread."""
        unexplained = np.maximum(1.0 - (shares * means**2).sum(axis=1, keepdims=True), 0.3)
        slopes = np.clip((means[:, 1:] - means[:, :1]) / unexplained, -3.0, 3.0)
        bend = (means[:, 1:] ** 2 - means[:, :1] ** 2) / (2.0 * unexplained)
        return np.hstack([slopes, np.log(shares[:, 1:] / shares[:, :1]) - bend])

    def reported_names(self, n_categories: int) -> tuple[str, ...]:
        """The slopes and the intercepts, the zeros of the first category included."""
        return (*["slopes"] * n_categories, *["intercepts"] * n_categories)

    def report(self, params: FloatArray) -> FloatArray:
        """The coordinates with the zeros of the first category."""
        slopes, intercepts = np.split(params, 2, axis=1)
        zero = np.zeros((len(params), 1))
        return np.hstack([zero, slopes, zero, intercepts])

    def report_jacobian(self, params: FloatArray) -> FloatArray:
        """Ones where a reported value is a coordinate."""
        n_free = params.shape[1] // 2
        half = np.vstack([np.zeros((1, n_free)), np.eye(n_free)])
        nothing = np.zeros_like(half)
        one = np.block([[half, nothing], [nothing, half]])
        return np.broadcast_to(one, (len(params), *one.shape))

    def pack(self, values: Values) -> FloatArray:
        """Slopes and intercepts, taken against the first category.

        Raises:
            ValueError: A list is missing or not finite, or the lists differ in length.
        """
        slopes, intercepts = numbers(values, "slopes"), numbers(values, "intercepts")
        if len(slopes) != len(intercepts) or len(slopes) < 2:
            raise ValueError(
                f"{len(slopes)} slopes and {len(intercepts)} intercepts; one of each per category, "
                "the first category included, is needed"
            )
        return np.concatenate([slopes[1:] - slopes[0], intercepts[1:] - intercepts[0]])


MODEL = Nominal()
