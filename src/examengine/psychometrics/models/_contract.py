"""What an item response model must bring, and what follows from it.

A model works on a batch of items at once, in the coordinates in which it is estimated
(slopes and intercepts): an array of shape (n_items, n_parameters). Everything it returns
has one row per item and category and one column per ability, because that is the matrix
the expectation step multiplies with. The names people read (a, b, thresholds …) are made
by `report`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from examengine.psychometrics.arrays import FloatArray

Value = float | tuple[float, ...]
Values = Mapping[str, Value]

# Below this a probability is zero for every purpose here, and its logarithm stays finite.
TINY = 1e-300


class ItemModel(ABC):
    """An item response model in the logistic metric, D = 1.

    Attributes:
        code: The name used in files and commands.
        title: The name used in sentences.
        polytomous: Whether items may have more than two categories.
        fixed_slope: Whether the slope is 1 by definition, so that the latent variance is free.
        pinned: Coordinates of the first item that a shared coordinate makes redundant; held at 0.
        constants: What the model reports without estimating it.
        example: One item as it stands in a parameter file.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    polytomous: ClassVar[bool]
    fixed_slope: ClassVar[bool] = False
    pinned: ClassVar[tuple[int, ...]] = ()
    constants: ClassVar[Values] = {}
    example: ClassVar[Values]

    @abstractmethod
    def n_parameters(self, n_categories: int) -> int:
        """Number of coordinates of an item with that many categories."""

    def shared(self, n_categories: int) -> tuple[int, ...]:  # noqa: ARG002 - none, by default
        """Coordinates that all items of the model have in common."""
        return ()

    @abstractmethod
    def log_probabilities(self, theta: FloatArray, params: FloatArray) -> FloatArray:
        """Log category probabilities.

        Args:
            theta: Abilities, shape (n_points,), logits.
            params: Coordinates, shape (n_items, n_parameters).

        Returns:
            Shape (n_items, n_categories, n_points).
        """

    def category_lines(
        self,
        params: FloatArray,  # noqa: ARG002 - no lines, by default
    ) -> tuple[FloatArray, FloatArray] | None:
        """Slopes and intercepts of log P_k / P_0, both (n_items, n_categories), or None.

        A model has them when all its logits are lines in ability, for whatever coordinates; the
        expectation step is then a matter of two numbers per person rather than one per point.
        """
        return None

    @abstractmethod
    def score(self, theta: FloatArray, params: FloatArray) -> FloatArray:
        """Derivatives of the log probabilities by the coordinates.

        Args:
            theta: Abilities, shape (n_points,), logits.
            params: Coordinates, shape (n_items, n_parameters).

        Returns:
            Shape (n_items, n_categories, n_parameters, n_points).
        """

    @abstractmethod
    def theta_derivatives(
        self, theta: FloatArray, params: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """First and second derivative of the log probabilities by ability.

        Args:
            theta: Abilities, shape (n_points,), logits.
            params: Coordinates, shape (n_items, n_parameters).

        Returns:
            Two arrays of shape (n_items, n_categories, n_points).
        """

    @abstractmethod
    def start(self, shares: FloatArray, means: FloatArray) -> FloatArray:
        """Coordinates to begin an estimation with.

        Args:
            shares: Share of persons in each category, shape (n_items, n_categories), > 0.
            means: Mean standardised rest score of the persons in each category, same shape.

        Returns:
            Shape (n_items, n_parameters).
        """

    @abstractmethod
    def reported_names(self, n_categories: int) -> tuple[str, ...]:
        """Names of what `report` returns; a list such as `thresholds` repeats its name."""

    @abstractmethod
    def report(self, params: FloatArray) -> FloatArray:
        """The coordinates as the parameters people read, shape (n_items, n_reported)."""

    @abstractmethod
    def report_jacobian(self, params: FloatArray) -> FloatArray:
        """Derivatives of `report` by the coordinates, (n_items, n_reported, n_parameters)."""

    @abstractmethod
    def pack(self, values: Values) -> FloatArray:
        """The coordinates of one item from its values in a file, shape (n_parameters,).

        Raises:
            ValueError: A value is missing, not finite or outside its range.
        """

    def together(self, params: FloatArray) -> FloatArray:
        """Coordinates of items calibrated together, from those that `pack` gives each apart.

        Args:
            params: Shape (n_items, n_parameters).

        Returns:
            Same shape; what the items share is equal in all rows, what is pinned is 0 in the
            first.
        """
        return params

    def feasible(self, params: FloatArray) -> bool:
        """Whether every item of the batch has proper probabilities."""
        return bool(np.isfinite(params).all())

    def n_categories(self, values: Values) -> int:
        """Number of categories of the item that `values` describes."""
        lists = [len(value) for value in values.values() if isinstance(value, tuple)]
        return 1 + lists[0] if lists else 2

    def probabilities(self, theta: FloatArray, params: FloatArray) -> FloatArray:
        """Category probabilities, shape (n_items, n_categories, n_points)."""
        return np.exp(self.log_probabilities(theta, params))

    def information(self, theta: FloatArray, params: FloatArray) -> FloatArray:
        """Fisher information of each item about ability.

        I_j(θ) = Σ_k P_jk (∂ log P_jk / ∂θ)²

        Args:
            theta: Abilities, shape (n_points,), logits.
            params: Coordinates, shape (n_items, n_parameters).

        Returns:
            Shape (n_items, n_points), 1/logit².

        References:
            Samejima (1969), Psychometrika Monograph 17, chapter 6.
        """
        slope, _ = self.theta_derivatives(theta, params)
        total: FloatArray = np.einsum(
            "jkq,jkq->jq", self.probabilities(theta, params), slope * slope
        )
        return total

    def unpack(self, params: FloatArray) -> dict[str, Value]:
        """The values of one item as they stand in a file, from its coordinates (n_parameters,)."""
        reported = self.report(params[np.newaxis])[0]
        return in_file_order(self.constants, self.group(reported))

    def group(self, reported: FloatArray) -> dict[str, Value]:
        """A row of `report` (or of its standard errors) as named numbers and named lists."""
        n_categories = self._n_categories_of(len(reported))
        names = self.reported_names(n_categories)
        grouped: dict[str, list[float]] = {}
        for name, number in zip(names, reported.tolist(), strict=True):
            grouped.setdefault(name, []).append(number)
        return {
            name: tuple(numbers) if name in LISTS else numbers[0]
            for name, numbers in grouped.items()
        }

    def _n_categories_of(self, n_reported: int) -> int:
        """How many categories an item has whose report has `n_reported` entries."""
        n_categories = 2
        while len(self.reported_names(n_categories)) < n_reported:
            n_categories += 1
        return n_categories


LISTS = frozenset({"thresholds", "steps", "slopes", "intercepts"})
FILE_ORDER = (
    "a", "b", "c", "d", "thresholds", "steps", "slopes", "intercepts", "slope", "intercept",
)  # fmt: skip


def in_file_order(*parts: Values) -> dict[str, Value]:
    """The named values of all parts in the order in which files list them."""
    together = {name: value for part in parts for name, value in part.items()}
    return {name: together[name] for name in FILE_ORDER if name in together}


def number(values: Values, name: str, default: float | None = None) -> float:
    """One finite number out of the values of an item.

    Raises:
        ValueError: It is missing without a default, a list, or not finite.
    """
    value = values.get(name, default)
    if value is None or isinstance(value, tuple):
        raise ValueError(f"{name} is missing; one number is needed")
    if not np.isfinite(value):
        raise ValueError(f"{name} is {value}; a finite number is needed")
    return float(value)


def numbers(values: Values, name: str) -> FloatArray:
    """One list of finite numbers out of the values of an item.

    Raises:
        ValueError: It is missing, empty, or some entry is not finite.
    """
    value = values.get(name)
    if not isinstance(value, tuple) or not value:
        raise ValueError(f"{name} is missing; a list with one number per step is needed")
    array = np.array(value, dtype=np.float64)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds {list(value)}; finite numbers are needed")
    return array


def first_slope(shares: FloatArray, means: FloatArray) -> FloatArray:
    """A slope for each item from the regression of ability on the item score.

    Treats the standardised rest score as ability: the slope of a linear discriminant of
    the score, cov(x, z) / (var(x) var(z | x)), kept within ±2.5.

    Args:
        shares: Share of persons in each category, shape (n_items, n_categories).
        means: Mean standardised rest score in each category, same shape.

    Returns:
        Shape (n_items,), 1/logit.
    """
    category = np.arange(shares.shape[1])
    centred = category - (shares @ category)[:, np.newaxis]
    covariance = (shares * centred * means).sum(axis=1)
    variance = (shares * centred**2).sum(axis=1)
    unexplained = np.maximum(1.0 - covariance**2 / variance, 0.2)
    # Rest scores are shorter than abilities; 1.2 undoes the usual attenuation.
    slopes: FloatArray = np.clip(1.2 * covariance / (variance * unexplained), -2.5, 2.5)
    return np.where(np.abs(slopes) < 0.1, 0.1, slopes)


def names_with_list(single: Sequence[str], listed: str, n_categories: int) -> tuple[str, ...]:
    """Reported names of a model with some single values and one list of steps."""
    return (*single, *([listed] * (n_categories - 1)))
