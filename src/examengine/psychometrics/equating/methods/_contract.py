"""What an equating method is given, and what it brings: equivalents and their derivatives.

There is one protocol. What differs is what a form is to a method: the distribution of its scores
(`ObservedScoreMethod`, here) or its items and the group that took it (`IrtMethod`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Generic, TypeVar

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.bandwidth import NARROWEST, best_bandwidth
from examengine.psychometrics.equating.continuous import Continuous, Gaussian, Uniform
from examengine.psychometrics.equating.distributions import ScoreDistribution
from examengine.psychometrics.equating.score_tables import CannotEquate, ScoreFrequencies

Derivatives = tuple[FloatArray, FloatArray]
"""By the cells of the new group's and of the old group's distribution, each of shape (n_new_scores,
n_scores, n_anchor_scores) of that group."""


@dataclass(frozen=True, slots=True)
class EquatingOptions:
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


GivenForm = TypeVar("GivenForm")
FoundDerivatives = TypeVar("FoundDerivatives")


@dataclass(frozen=True, slots=True, eq=False)
class Equivalents(Generic[FoundDerivatives]):
    """The scores of the old form that correspond to those of the new.

    Attributes:
        values: Equivalent of each score of the new form, shape (n_new_scores,), points of the old.
        derivatives: What the delta method needs, worked out when it is asked for.
        weight: w₁ of the synthetic population; None when the method has none.
        line: Slope and intercept of a linear method; None otherwise.
        bandwidths: Bandwidths of the kernel, empty without one.
        theta: Ability behind each score, −inf and inf where there is none, logits; None when the
            method goes by none.
        notes: What a reader of the numbers has to know, one sentence each.
    """

    values: FloatArray
    derivatives: FoundDerivatives
    weight: float | None = None
    line: tuple[float, float] | None = None
    bandwidths: tuple[float, ...] = ()
    theta: FloatArray | None = None
    notes: tuple[str, ...] = ()

    def settled(self, options: EquatingOptions) -> EquatingOptions:
        """The options with every choice made, so that samples of persons repeat them."""
        return replace(options, weight=self.weight, bandwidths=self.bandwidths or None)


class EquatingMethod(ABC, Generic[GivenForm, FoundDerivatives]):
    """One way to equate two forms.

    Attributes:
        code: The name used in commands.
        title: The name used in sentences.
        anchored: Whether groups may differ, since common items tell how; otherwise groups are taken
            to be equivalent.
        curved: Whether whole distributions count rather than a few moments, so that kernels play
            a part.
        synthetic: Whether there is a synthetic population that a weight composes.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    anchored: ClassVar[bool] = False
    curved: ClassVar[bool] = False
    synthetic: ClassVar[bool] = False

    @abstractmethod
    def equate(
        self, new: GivenForm, old: GivenForm, options: EquatingOptions
    ) -> Equivalents[FoundDerivatives]:
        """Find the equivalents.

        Args:
            new: The new form, in the group that took it.
            old: The old form, in the group that took it.
            options: Choices left open.

        Returns:
            The equivalents of the scores 0, 1, 2 … of the new form.

        Raises:
            CannotEquate: The forms do not determine them.
        """

    def option_faults(self, options: EquatingOptions, *, smoothed: bool = False) -> Iterator[str]:
        """One sentence for each option that plays no part in the method, or cannot be."""
        if not self.curved and (smoothed or options.kernel or options.bandwidths):
            yield f"{self.code} uses no whole distributions: smoothing and kernels play no part"
        if options.weight is not None and not (self.synthetic and 0 <= options.weight <= 1):
            yield (
                f"weight {options.weight:g}: from 0 to 1, and only for methods with a synthetic "
                "population"
            )
        if options.bandwidths and not all(h >= NARROWEST for h in options.bandwidths):
            yield f"a bandwidth is at least {NARROWEST:g} points: kernels have to overlap"

    @abstractmethod
    def example(self) -> tuple[GivenForm, GivenForm]:
        """Two small forms that the method can equate, the new one first."""


ObservedEquivalents = Equivalents[Callable[[], Derivatives]]


class ObservedScoreMethod(EquatingMethod[ScoreDistribution, Callable[[], Derivatives]]):
    """A way to equate two forms by the distributions of their scores."""

    def example(self) -> tuple[ScoreDistribution, ScoreDistribution]:
        """Forms of four and five points, with an internal anchor of two where groups differ."""
        new = [[8, 0, 0], [9, 6, 0], [5, 12, 4], [0, 7, 9], [0, 0, 6]]
        old = [[5, 0, 0], [8, 4, 0], [7, 9, 3], [3, 11, 8], [0, 6, 10], [0, 0, 7]]
        return self._observed(new), self._observed(old)

    def _observed(self, frequencies: list[list[int]]) -> ScoreDistribution:
        counts = np.array(frequencies, dtype=np.float64)
        if self.anchored:
            return ScoreDistribution.observed(ScoreFrequencies(counts, "internal"))
        return ScoreDistribution.observed(ScoreFrequencies(counts.sum(axis=1, keepdims=True)))


def bandwidths_of(continuous: tuple[Continuous, ...]) -> tuple[float, ...]:
    """The bandwidths of kernels, in order; none for even spreads."""
    return tuple(one.bandwidth for one in continuous if isinstance(one, Gaussian))
