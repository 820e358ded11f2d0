"""What an equating method is given, and what it brings: equivalents and their derivatives."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.bandwidth import best_bandwidth
from examengine.psychometrics.equating.continuous import Continuous, Gaussian, Uniform
from examengine.psychometrics.equating.distributions import ScoreDistribution
from examengine.psychometrics.equating.score_tables import CannotEquate

Derivatives = tuple[FloatArray, FloatArray]
"""By the cells of the new group's and of the old group's distribution, each of shape (n_new_scores,
n_scores, n_anchor_scores) of that group."""


@dataclass(frozen=True, slots=True)
class Options:
    """Choices a method leaves open.

    Attributes:
        weight: w₁, the share of the new form's group in the synthetic population; the group's
            share of all persons when None.
        kernel: Whether distributions are made continuous by a Gaussian kernel.
        bandwidths: Of the kernel, in the order in which the method uses its distributions; one
            for all, or those with the least penalty when None.
    """

    weight: float | None = None
    kernel: bool = False
    bandwidths: tuple[float, ...] | None = None

    def weight_of_new(self, new: ScoreDistribution, old: ScoreDistribution) -> float:
        """w₁ for these groups."""
        return new.n / (new.n + old.n) if self.weight is None else self.weight

    def continuous(self, *distributions: FloatArray) -> tuple[Continuous, ...]:
        """Continuous versions of distributions over whole scores from 0.

        Raises:
            CannotEquate: The number of bandwidths is neither 1 nor that of the distributions, or a
                kernel has nothing to spread.
        """
        if not self.kernel:
            return tuple(Uniform(one) for one in distributions)
        if any(np.count_nonzero(one) < 2 for one in distributions):
            raise CannotEquate(["all persons of a group score alike: a kernel needs some spread"])
        chosen = self.bandwidths
        if chosen is None:
            chosen = tuple(best_bandwidth(one) for one in distributions)
        elif len(chosen) == 1:
            chosen = chosen * len(distributions)
        if len(chosen) != len(distributions):
            raise CannotEquate(
                [f"{len(chosen)} bandwidths for {len(distributions)} distributions; one, or each"]
            )
        return tuple(Gaussian(one, h) for one, h in zip(distributions, chosen, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Equivalents:
    """The scores of the old form that correspond to those of the new.

    Attributes:
        values: Equivalent of each score of the new form, shape (n_new_scores,), points of the old.
        derivatives: What the delta method needs, when it is asked for.
        weight: w₁ of the synthetic population; None when the method has none.
        line: Slope and intercept of a linear method; None otherwise.
        bandwidths: Bandwidths of the kernel, empty without one.
        notes: What a reader of the numbers has to know, one sentence each.
    """

    values: FloatArray
    derivatives: Callable[[], Derivatives]
    weight: float | None = None
    line: tuple[float, float] | None = None
    bandwidths: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()


class EquatingMethod(ABC):
    """One way to equate two forms by the distributions of their scores.

    Attributes:
        code: The name used in commands.
        title: The name used in sentences.
        anchored: Whether groups differ and common items tell how; otherwise groups are taken to
            be equivalent.
        curved: Whether whole distributions count rather than a few moments, so that presmoothing
            and kernels play a part.
        synthetic: Whether there is a synthetic population that a weight composes.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    anchored: ClassVar[bool] = False
    curved: ClassVar[bool] = False
    synthetic: ClassVar[bool] = False

    @abstractmethod
    def equate(
        self, new: ScoreDistribution, old: ScoreDistribution, options: Options
    ) -> Equivalents:
        """Find the equivalents.

        Args:
            new: Scores of the group that took the new form.
            old: Scores of the group that took the old form.
            options: Choices left open.

        Returns:
            The equivalents of the scores 0, 1, 2 … of the new form.

        Raises:
            CannotEquate: The distributions do not determine them.
        """


def bandwidths_of(continuous: tuple[Continuous, ...]) -> tuple[float, ...]:
    """The bandwidths of kernels, in order; none for even spreads."""
    return tuple(one.bandwidth for one in continuous if isinstance(one, Gaussian))
