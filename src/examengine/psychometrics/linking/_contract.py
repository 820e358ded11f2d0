"""What a linking method is given, and the constants it finds: θ_to = A θ_from + B."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.refusals import Refusal

# Models whose items all have the same slope.
ONE_SLOPE = frozenset({"rasch", "pcm", "rsm", "1pl"})


class CannotLink(Refusal):
    """Two parameter sets cannot be brought to one metric; one sentence per fault."""


@dataclass(frozen=True, slots=True)
class Constants:
    """A linear change of the ability metric.

    Attributes:
        slope: A, > 0.
        intercept: B, logits of the target metric.
    """

    slope: float
    intercept: float


@dataclass(frozen=True, slots=True, eq=False)
class CurveWeights:
    """Where characteristic curves are compared, and how much each place counts.

    Attributes:
        name: What to call the weights in a report.
        theta: Abilities in the target metric, shape (n_points,), logits.
        weights: Shape (n_points,), summing to 1.
    """

    name: str
    theta: FloatArray
    weights: FloatArray

    @classmethod
    def normal(cls, points: int = 161, low: float = -4.0, high: float = 4.0) -> "CurveWeights":
        """Equally spaced points with the standard normal density."""
        theta = np.linspace(low, high, points)
        density = np.exp(-0.5 * theta**2)
        return cls(f"normal, {points} points {low:g} to {high:g}", theta, density / density.sum())

    @classmethod
    def uniform(cls, points: int = 161, low: float = -4.0, high: float = 4.0) -> "CurveWeights":
        """Equally spaced points that count alike."""
        theta = np.linspace(low, high, points)
        weights = np.full(points, 1 / points)
        return cls(f"uniform, {points} points {low:g} to {high:g}", theta, weights)


@dataclass(frozen=True, slots=True)
class CommonItems:
    """The items two parameter sets have in common, in one order.

    Attributes:
        source: As calibrated in the metric to be left.
        target: As calibrated in the metric to be reached.
    """

    source: Sequence[ItemParameters]
    target: Sequence[ItemParameters]


class LinkingMethod(ABC):
    """One way to find the constants.

    Attributes:
        code: The name used in commands.
        title: The name used in sentences.
        uses_curves: Whether the weights play a part.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    uses_curves: ClassVar[bool]

    @abstractmethod
    def constants(self, common: CommonItems, weights: CurveWeights) -> Constants:
        """The constants from the common items.

        Args:
            common: At least two items.
            weights: Where curves are compared.

        Returns:
            A and B.

        Raises:
            CannotLink: The items do not determine the constants.
        """

    def equations(
        self, common: CommonItems, weights: CurveWeights, constants: Constants
    ) -> FloatArray:
        """What is zero at the constants, and nowhere near them, shape (2,).

        By it the constants are known to follow the items; a method that searches states what its
        search brings to zero.

        Args:
            common: At least two items.
            weights: Where curves are compared.
            constants: A and B, not necessarily those of these items.

        Returns:
            Here the distance to the constants of these items.
        """
        found = self.constants(common, weights)
        return np.array([found.slope - constants.slope, found.intercept - constants.intercept])


def known_slope(common: CommonItems) -> float | None:
    """A where the models of the common items say it, so that no method has to look for it.

    Items whose slope is 1 by definition keep it in a linked metric too: A is 1. Items that share
    one slope in each calibration have it in the target: A is the ratio of the two.

    Args:
        common: The common items.

    Returns:
        A; None where items have slopes of their own.
    """
    if any(item.model not in ONE_SLOPE for item in (*common.source, *common.target)):
        return None
    source, target = (
        float(np.mean([1.0 if item.item_model.fixed_slope else slopes([item])[0] for item in side]))
        for side in (common.source, common.target)
    )
    return source / target if target > 0 and source > 0 else None


def slopes(items: Sequence[ItemParameters]) -> FloatArray:
    """The slope of every item that has one.

    Raises:
        CannotLink: An item is nominal.
    """
    found = []
    for item in items:
        a = item.values.get("a")
        if not isinstance(a, float | int):
            raise CannotLink(
                [f"item {item.item_id!r} ({item.model}) has no slope a; link by its curves"]
            )
        found.append(float(a))
    return np.array(found)


def locations(items: Sequence[ItemParameters]) -> FloatArray:
    """Difficulties, thresholds and steps of all items in one row.

    Raises:
        CannotLink: An item is nominal.
    """
    found: list[float] = []
    for item in items:
        places = next(
            (item.values[name] for name in ("b", "thresholds", "steps") if name in item.values),
            None,
        )
        if places is None:
            raise CannotLink(
                [f"item {item.item_id!r} ({item.model}) has no location; link by its curves"]
            )
        found += [float(places)] if isinstance(places, float | int) else list(places)
    return np.array(found)
