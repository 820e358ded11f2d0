"""What a method that looks for differential item functioning is given, and what it brings."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import ClassVar, Literal

from examengine.psychometrics.arrays import BoolArray
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.responses import Responses

EtsClass = Literal["A", "B", "C"]
SIGNIFICANT = 0.05
# Below so many persons compared of either group a class would be luck.
FEWEST_COMPARED = 30


class CannotCompareGroups(Refusal):
    """The groups or items do not allow a comparison; one sentence per fault."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two groups on one test.

    Attributes:
        responses: Responses of both groups, nobody else's.
        reference: Label of the reference group.
        focal: Label of the focal group.
        is_focal: Who is in the focal group, shape (n_persons,).
        anchors: Which items candidates are matched on, shape (n_items,). The item studied always
            counts among them.
        models: Code of the model of each item, for what calibrates.
    """

    responses: Responses
    reference: str
    focal: str
    is_focal: BoolArray
    anchors: BoolArray
    models: Mapping[str, str]

    def matching(self, item: int) -> BoolArray:
        """The items candidates are matched on when one item is studied, shape (n_items,)."""
        chosen = self.anchors.copy()
        chosen[item] = True
        return chosen


@dataclass(frozen=True, slots=True)
class Compared:
    """How many persons an item was compared by, by weight.

    Attributes:
        reference: Of the reference group.
        focal: Of the focal group.
    """

    reference: float
    focal: float

    @property
    def fewest(self) -> float:
        """Persons of the smaller group."""
        return min(self.reference, self.focal)


@dataclass(frozen=True, slots=True)
class DifRow:
    """One item in one comparison.

    Attributes:
        item_id: The item.
        reference: Label of the reference group.
        focal: Label of the focal group.
        statistic: χ² of the method.
        df: Its degrees of freedom.
        p: Its upper tail probability.
        p_adjusted: The same after control for the number of items of the comparison.
        effect: Name of the effect size: d_dif (ETS delta), smd_sd (standardised mean difference),
            std_p_dif (standardised difference as a share of the points), delta_r2 (gain in
            Nagelkerke's R²), p_gap (mean absolute difference of the curves).
        effect_size: Its value; d_dif, smd_sd and std_p_dif are negative when the item is harder for
            the focal group, the others have no sign.
        ets_class: A negligible, B moderate, C large, by the method's rule; None where what the rule
            needs is missing, or fewer than 30 persons of either group were compared.
        purified: Whether flagged items were taken out of the matching.
        details: Further figures of the method.
        model: Code of the model the item was calibrated under; None when the method has no model.
        n_compared: Persons the item was compared by, by weight: those who could be matched with
            somebody of the other group.
        n_compared_focal: Those of the focal group.
        notes: What a reader has to know of the comparison.
    """

    item_id: str
    reference: str
    focal: str
    statistic: float
    df: int
    p: float
    p_adjusted: float
    effect: str
    effect_size: float
    ets_class: EtsClass | None
    purified: bool
    details: Mapping[str, float]
    model: str | None = None
    n_compared: float = 0.0
    n_compared_focal: float = 0.0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DifFinding:
    """What a method says of one item; the rest of a row is the same for all methods."""

    statistic: float
    df: int
    p: float
    effect: str
    effect_size: float
    ets_class: EtsClass | None
    details: Mapping[str, float]
    compared: Compared
    note: str | None = None


def unknown(effect: str, df: int, compared: Compared, note: str | None = None) -> DifFinding:
    """A finding that says nothing of an item but why.

    Args:
        effect: Name of the effect size.
        df: Degrees of freedom of the method.
        compared: Persons who could be matched.
        note: The reason; None when it is in the numbers of persons.

    Returns:
        The finding, without class.
    """
    nan = float("nan")
    return DifFinding(nan, df, nan, effect, nan, None, {}, compared, note)


class DifMethod(ABC):
    """One way to look for differential item functioning.

    Attributes:
        code: The name used in commands.
        title: The name used in sentences.
        calibrates: Whether items are calibrated, so that their models play a part.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    calibrates: ClassVar[bool] = False

    @abstractmethod
    def findings(self, comparison: Comparison) -> Sequence[DifFinding]:
        """A finding for each item.

        Args:
            comparison: The groups and what they are matched on.

        Returns:
            Findings in column order.

        Raises:
            CannotCompareGroups: The method cannot work on these items.
            CannotCalibrate: A model-based method could not estimate its model.
        """


def by_size(p: float, size: float, moderate: float, large: float) -> EtsClass | None:
    """A class from significance and an absolute effect size.

    Args:
        p: Tail probability.
        size: Absolute effect size.
        moderate: From here on B.
        large: From here on C.

    Returns:
        A when not significant at .05 or below `moderate`, C from `large` on, else B; None when
        either is nan.
    """
    if isnan(p) or isnan(size):
        return None
    if not (p < SIGNIFICANT and size >= moderate):
        return "A"
    return "C" if size >= large else "B"
