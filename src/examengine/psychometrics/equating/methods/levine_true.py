"""Levine's true-score method: true scores are equated, observed scores take their line."""

from examengine.psychometrics.equating.methods._levine import levine_gamma
from examengine.psychometrics.equating.methods._lines import (
    EquatingLine,
    GroupMoments,
    LinearMethod,
)
from examengine.psychometrics.equating.score_tables import AnchorKind


class LevineTrue(LinearMethod):
    """l(x) = γ₂/γ₁ (x − μ₁(X)) + μ₂(Y) + γ₂ (μ₁(V) − μ₂(V)).

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, section 4.3.
    """

    code = "levine-true"
    title = "Levine true score"
    anchored = True

    def line(
        self,
        new: GroupMoments,
        old: GroupMoments,
        weight: float,  # noqa: ARG002 - no synthetic population
        anchor: AnchorKind | None,
    ) -> EquatingLine:
        """The line from the moments; see `LinearMethod.line`."""
        first, second = levine_gamma(new, anchor), levine_gamma(old, anchor)
        slope = second / first
        shift = second * (new.anchor_mean - old.anchor_mean)
        return EquatingLine(slope, old.mean + shift - slope * new.mean)


METHOD = LevineTrue()
