"""What an equating method by item parameters is given, and what it brings.

Each form stays in the metric of its own calibration when derivatives are taken. An ability θ of the
new form's metric is A θ + B in the old one's, so a link moves points of ability and no item.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.irt_forms import IrtForm
from examengine.psychometrics.equating.methods import Options
from examengine.psychometrics.linking import Constants

# Of a group: mean and log deviation. Of a link: slope and intercept.
PAIR = 2


@dataclass(frozen=True, slots=True, eq=False)
class FormsApart:
    """Two forms, each in its own metric.

    Attributes:
        new: The new form and the group that took it.
        old: The old form and the group that took it.
        constants: A and B of θ_old = A θ_new + B.
    """

    new: IrtForm
    old: IrtForm
    constants: Constants

    def to_new(self, theta: FloatArray) -> FloatArray:
        """Abilities of the old form's metric in the new one's."""
        return (theta - self.constants.intercept) / self.constants.slope

    def to_old(self, theta: FloatArray) -> FloatArray:
        """Abilities of the new form's metric in the old one's."""
        return self.constants.slope * theta + self.constants.intercept


@dataclass(frozen=True, slots=True, eq=False)
class ConversionDerivatives:
    """Derivatives of the equivalents of a form's scores.

    Attributes:
        new_items: By the coordinates of the new form's items, one item after the other, shape
            (n_scores, n_new_coordinates).
        old_items: By those of the old form's items, shape (n_scores, n_old_coordinates).
        constants: By A and B, shape (n_scores, 2).
        new_group: By mean and log deviation of the new form's group, shape (n_scores, 2).
        old_group: By those of the old form's group, shape (n_scores, 2).
    """

    new_items: FloatArray
    old_items: FloatArray
    constants: FloatArray
    new_group: FloatArray
    old_group: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class IrtEquivalents:
    """The scores of the old form that correspond to those of the new.

    Attributes:
        values: Equivalent of each score of the new form, shape (n_new_scores,), points of the old.
        derivatives: What the delta method needs, from both forms in their own metrics.
        settled: The options with every choice made, so that samples of persons repeat them.
        theta: Ability behind each score, −inf and inf where there is none, logits; None when the
            method goes by none.
        weight: w₁ of the synthetic population; None when the method has none.
        bandwidths: Bandwidths of the kernel, empty without one.
    """

    values: FloatArray
    derivatives: Callable[[FormsApart], ConversionDerivatives]
    settled: Options
    theta: FloatArray | None = None
    weight: float | None = None
    bandwidths: tuple[float, ...] = ()


class IrtMethod(ABC):
    """One way to equate two forms by the parameters of their items.

    Attributes:
        code: The name used in commands.
        title: The name used in sentences.
        curved: Whether distributions are predicted, so that kernels play a part.
        synthetic: Whether there is a synthetic population that a weight composes.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    curved: ClassVar[bool] = False
    synthetic: ClassVar[bool] = False

    @abstractmethod
    def equate(self, new: IrtForm, old: IrtForm, options: Options) -> IrtEquivalents:
        """Find the equivalents.

        Args:
            new: The new form and the group that took it.
            old: The old form and the group that took it, in the same metric.
            options: Choices left open.

        Returns:
            The equivalents of the scores 0, 1, 2 … of the new form.

        Raises:
            CannotEquate: The parameters do not determine them.
        """
