"""Standardisation: how many points do matched candidates of two groups differ by on an item?"""

from collections.abc import Sequence
from math import isnan

from examengine.psychometrics.chi_square import chi_square_p
from examengine.psychometrics.dif._contract import Comparison, DifFinding, DifMethod, EtsClass
from examengine.psychometrics.dif._matching import matched_items
from examengine.psychometrics.dif._standardized import standardized_difference

# Dorans & Kulick: within ±.05 negligible, to ±.10 to be inspected, beyond that unusual.
MODERATE, LARGE = 0.05, 0.10


class Standardization(DifMethod):
    """Standardised p-difference, as a share of the item's points.

    STD P-DIF = Σ n_f (x̄_f − x̄_r) / (m Σ n_f) over strata with both groups. Class by size alone, as
    published: B beyond .05, C beyond .10. χ² = (difference / error)² with the error of totals held
    fixed.

    References:
        Dorans & Kulick (1986), Journal of Educational Measurement 23, 355–368; Dorans & Holland
        (1993), in Holland & Wainer, Differential Item Functioning, 35–66, for the bounds; Zwick &
        Thayer (1996), Journal of Educational and Behavioral Statistics 21, 187–201, for the error.
    """

    code = "std"
    title = "standardisation"

    def findings(self, comparison: Comparison) -> Sequence[DifFinding]:
        """A finding for each item; see `DifMethod.findings`."""
        found = []
        points = comparison.responses.max_scores.tolist()
        for data, highest in zip(matched_items(comparison), points, strict=True):
            gap = standardized_difference(data)
            statistic = (gap.points / gap.error) ** 2
            size = gap.points / highest
            found.append(
                DifFinding(
                    statistic=statistic,
                    df=1,
                    p=chi_square_p(statistic, 1),
                    effect="std_p_dif",
                    effect_size=size,
                    ets_class=class_of(size),
                    details={"se_std_p_dif": gap.error / highest, "points": gap.points},
                    compared=data.compared,
                    note=data.note,
                )
            )
        return found


METHOD = Standardization()


def class_of(size: float) -> EtsClass | None:
    """Dorans and Kulick's class of a standardised p-difference.

    Args:
        size: STD P-DIF.

    Returns:
        A within ±.05, B to ±.10, C beyond; None when there is no difference to speak of (nan).
    """
    if isnan(size):
        return None
    if abs(size) <= MODERATE:
        return "A"
    return "C" if abs(size) > LARGE else "B"
