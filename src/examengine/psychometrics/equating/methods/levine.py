"""Levine's observed-score method: true scores on form and anchor lie on a line."""

from examengine.psychometrics.equating.methods._levine import levine_gamma
from examengine.psychometrics.equating.methods._lines import (
    EquatingLine,
    GroupMoments,
    LinearMethod,
    synthetic_line,
)
from examengine.psychometrics.equating.score_tables import AnchorKind


class Levine(LinearMethod):
    """The line of the synthetic population with γ from the congeneric model.

    References:
        Levine (1955), Educational Testing Service RB-55-23; Kolen & Brennan (2014), Test Equating,
        Scaling, and Linking, section 4.2.
    """

    code = "levine"
    title = "Levine observed score"
    anchored = True
    synthetic = True

    def line(
        self, new: GroupMoments, old: GroupMoments, weight: float, anchor: AnchorKind | None
    ) -> EquatingLine:
        """The line from the moments; see `LinearMethod.line`."""
        gammas = levine_gamma(new, anchor), levine_gamma(old, anchor)
        return synthetic_line(new, old, gammas, weight)


METHOD = Levine()
