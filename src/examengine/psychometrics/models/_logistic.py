"""The logistic family for right/wrong items: one to four parameters.

P(X = 1 | θ) = c + (d − c) / (1 + exp(−(slope θ + intercept)))

A member says which of slope, intercept, logit c and logit d it estimates; the others are
constants. a = slope, b = −intercept / slope.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from scipy.special import expit, log_expit, logit

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.models._contract import (
    TINY,
    ItemModel,
    Values,
    first_slope,
    number,
)

SLOPE, INTERCEPT, LOGIT_LOWER, LOGIT_UPPER = range(4)
# How far inside (0, 1) an asymptote must lie for its logit to be a usable coordinate.
EDGE = 1e-12


class LogisticModel(ItemModel):
    """A right/wrong item; members differ in which coordinates are free.

    Attributes:
        free: Which of slope, intercept, logit lower and logit upper asymptote are coordinates.

    References:
        Birnbaum (1968), in Lord & Novick, Statistical Theories of Mental Test Scores, part 5;
        Barton & Lord (1981), ETS RR-81-20, for the upper asymptote.
    """

    polytomous = False
    free: ClassVar[tuple[int, ...]]
    first_lower: ClassVar[float] = 0.0
    first_upper: ClassVar[float] = 1.0

    def n_parameters(self, n_categories: int) -> int:  # noqa: ARG002 - two by definition
        """Number of coordinates of an item."""
        return len(self.free)

    def full(self, params: FloatArray) -> tuple[FloatArray, ...]:
        """Slope, intercept, lower and upper asymptote of each item, each (n_items, 1)."""
        everything: list[FloatArray | None] = [None] * 4
        for column, coordinate in enumerate(self.free):
            everything[coordinate] = params[:, column]
        slope, intercept, low, high = everything
        one, zero = np.ones(len(params)), np.zeros(len(params))
        parts = (
            one if slope is None else slope,
            zero if intercept is None else intercept,
            zero if low is None else expit(low),
            one if high is None else expit(high),
        )
        return tuple(part[:, np.newaxis] for part in parts)

    def log_probabilities(self, theta: FloatArray, params: FloatArray) -> FloatArray:
        """Log probabilities of wrong and right, shape (n_items, 2, n_points)."""
        slope, intercept, lower, upper = self.full(params)
        z = slope * theta + intercept
        if LOGIT_LOWER not in self.free:
            return np.stack([log_expit(-z), log_expit(z)], axis=1)
        right = lower + (upper - lower) * expit(z)
        wrong = (1.0 - upper) + (upper - lower) * expit(-z)
        logs: FloatArray = np.log(np.maximum(np.stack([wrong, right], axis=1), TINY))
        return logs

    def category_lines(self, params: FloatArray) -> tuple[FloatArray, FloatArray] | None:
        """Slope and intercept of the logit of right, beside zeros; None with an asymptote."""
        if LOGIT_LOWER in self.free:
            return None
        slope, intercept, _, _ = self.full(params)
        zero = np.zeros_like(slope)
        return np.hstack([zero, slope]), np.hstack([zero, intercept])

    def score(self, theta: FloatArray, params: FloatArray) -> FloatArray:
        """Derivatives of the log probabilities, shape (n_items, 2, n_parameters, n_points).

        ∂P/∂z = (d − c) P* (1 − P*), ∂P/∂c = 1 − P*, ∂P/∂d = P*, with P* the logistic of z.
        """
        slope, intercept, lower, upper = self.full(params)
        z = slope * theta + intercept
        by_z = self._by_z(z, lower, upper)
        by_p = self._by_p(z, lower, upper)
        columns = {
            SLOPE: by_z * theta,
            INTERCEPT: by_z,
            LOGIT_LOWER: by_p * (lower * (1.0 - lower) * expit(-z))[:, np.newaxis],
            LOGIT_UPPER: by_p * (upper * (1.0 - upper) * expit(z))[:, np.newaxis],
        }
        return np.stack([columns[coordinate] for coordinate in self.free], axis=2)

    def theta_derivatives(
        self, theta: FloatArray, params: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """First and second derivative of the log probabilities by ability.

        With f = ∂P/∂z: ∂² log P / ∂θ² = slope² (f (1 − 2 P*) / P − (f / P)²).
        """
        slope, intercept, lower, upper = self.full(params)
        z = slope * theta + intercept
        by_z = self._by_z(z, lower, upper)
        first = slope[:, np.newaxis] * by_z
        bend = (expit(-z) - expit(z))[:, np.newaxis]
        return first, slope[:, np.newaxis] ** 2 * (by_z * bend - by_z**2)

    def _by_z(self, z: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
        """∂ log P / ∂z of wrong and right, shape (n_items, 2, n_points)."""
        if LOGIT_LOWER not in self.free:
            return np.stack([-expit(z), expit(-z)], axis=1)
        bell = (upper - lower) * expit(z) * expit(-z)
        return self._by_p(z, lower, upper) * bell[:, np.newaxis]

    def _by_p(self, z: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
        """∂ log P / ∂P(right) of wrong and right: −1 / Q and 1 / P."""
        right = np.maximum(lower + (upper - lower) * expit(z), TINY)
        wrong = np.maximum((1.0 - upper) + (upper - lower) * expit(-z), TINY)
        return np.stack([-1.0 / wrong, 1.0 / right], axis=1)

    def feasible(self, params: FloatArray) -> bool:
        """Whether the parameters are finite and the lower asymptotes lie below the upper."""
        _, _, lower, upper = self.full(params)
        return bool(np.isfinite(params).all() and (lower < upper).all())

    def start(self, shares: FloatArray, means: FloatArray) -> FloatArray:
        """Slope from the rest scores, intercept from the share right above guessing."""
        slope = np.ones(len(shares)) if self.fixed_slope else first_slope(shares, means)
        lower, upper = self.first_lower, self.first_upper
        right = np.clip((shares[:, 1] - lower) / (upper - lower), 0.02, 0.98)
        # A logit averaged over N(0, 1) abilities shrinks by about √(1 + (slope / 1.7)²).
        intercept = logit(right) * np.sqrt(1.0 + (slope / 1.7) ** 2)
        ends = [logit(np.clip(np.full(len(shares), end), EDGE, 1 - EDGE)) for end in (lower, upper)]
        everything = (slope, intercept, *ends)
        return np.stack([everything[coordinate] for coordinate in self.free], axis=1)

    def reported_names(self, n_categories: int) -> tuple[str, ...]:  # noqa: ARG002
        """a, b, c, d as far as estimated, then slope and intercept."""
        names = [("a", SLOPE), ("b", INTERCEPT), ("c", LOGIT_LOWER), ("d", LOGIT_UPPER)]
        known = [name for name, coordinate in names if coordinate in self.free]
        return (*known, *(["slope"] if SLOPE in self.free else []), "intercept")

    def report(self, params: FloatArray) -> FloatArray:
        """Report a = slope, b = −intercept / slope, c and d from their logits."""
        slope, intercept, lower, upper = (part[:, 0] for part in self.full(params))
        with np.errstate(divide="ignore", invalid="ignore"):
            named = {"a": slope, "b": -intercept / slope, "c": lower, "d": upper}
        named |= {"slope": slope, "intercept": intercept}
        return np.stack([named[name] for name in self.reported_names(2)], axis=1)

    def report_jacobian(self, params: FloatArray) -> FloatArray:
        """∂a/∂slope = 1, ∂b/∂slope = intercept / slope², ∂b/∂intercept = −1 / slope, and so on."""
        slope, intercept, lower, upper = (part[:, 0] for part in self.full(params))
        ones = np.ones(len(params))
        with np.errstate(divide="ignore", invalid="ignore"):
            known: Mapping[tuple[str, int], FloatArray] = {
                ("a", SLOPE): ones,
                ("slope", SLOPE): ones,
                ("intercept", INTERCEPT): ones,
                ("b", SLOPE): intercept / slope**2,
                ("b", INTERCEPT): -1.0 / slope,
                ("c", LOGIT_LOWER): lower * (1.0 - lower),
                ("d", LOGIT_UPPER): upper * (1.0 - upper),
            }
        names = self.reported_names(2)
        jacobian = np.zeros((len(params), len(names), len(self.free)))
        for row, name in enumerate(names):
            for column, coordinate in enumerate(self.free):
                if (name, coordinate) in known:
                    jacobian[:, row, column] = known[name, coordinate]
        return jacobian

    def pack(self, values: Values) -> FloatArray:
        """Coordinates from a and b (or slope and intercept), c and d.

        Raises:
            ValueError: A value is missing or not finite, a constant is contradicted, or not
                0 ≤ c < d ≤ 1.
        """
        a = 1.0 if self.fixed_slope and "a" not in values else _slope(values)
        intercept = -a * number(values, "b") if "b" in values else number(values, "intercept")
        lower, upper = number(values, "c", 0.0), number(values, "d", 1.0)
        if not 0.0 <= lower < upper <= 1.0:
            raise ValueError(f"c is {lower:g} and d is {upper:g}; 0 ≤ c < d ≤ 1 is needed")
        given = {"a": a, "c": lower, "d": upper}
        for name, constant in self.constants.items():
            if name in given and given[name] != constant:
                raise ValueError(f"{name} is {given[name]:g}; the {self.title} has {constant}")
        logits = logit(np.clip([lower, upper], EDGE, 1.0 - EDGE))
        everything = np.array([a, intercept, *logits])
        return everything[list(self.free)]


def _slope(values: Values) -> float:
    """a, or the slope of a file that gives only slope and intercept."""
    return (
        number(values, "slope") if "a" not in values and "slope" in values else number(values, "a")
    )
