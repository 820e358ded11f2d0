"""What an equating method by item parameters is given, and what it brings.

Each form stays in the metric of its own calibration when derivatives are taken. An ability θ of the
new form's metric is A θ + B in the old one's, so a link moves points of ability and no item.
"""

from collections.abc import Callable
from dataclasses import dataclass

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.irt_forms import IrtForm
from examengine.psychometrics.equating.methods._contract import EquatingMethod
from examengine.psychometrics.linking import Constants
from examengine.psychometrics.models import Values
from examengine.psychometrics.parameters import GroupParameters, ItemParameters, Quadrature
from examengine.psychometrics.population import Population

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


IrtDerivatives = Callable[[FormsApart], ConversionDerivatives]
"""From both forms in their own metrics."""


class IrtMethod(EquatingMethod[IrtForm, IrtDerivatives]):
    """A way to equate two forms, in one metric, by the parameters of their items."""

    anchored = True

    def example(self) -> tuple[IrtForm, IrtForm]:
        """Forms of four and five points: right/wrong items, one with guessing, and a graded one."""
        graded: Values = {"a": 1.1, "thresholds": (-0.5, 0.9)}
        common = ItemParameters("common", "2pl", {"a": 1.2, "b": -0.3})
        new = (
            common,
            ItemParameters("easy", "2pl", {"a": 0.9, "b": -0.8}),
            ItemParameters("steps", "grm", graded),
        )
        old = (
            common,
            ItemParameters("hard", "3pl", {"a": 1.5, "b": 0.4, "c": 0.2}),
            ItemParameters("steady", "2pl", {"a": 0.7, "b": 0.1}),
            ItemParameters("levels", "grm", graded),
        )
        points = Quadrature(points=31)
        return (
            IrtForm(new, Population.on(points, GroupParameters("weaker", -0.2, 1.1)), 300),
            IrtForm(old, Population.on(points, GroupParameters("stronger", 0.3, 0.9)), 500),
        )
