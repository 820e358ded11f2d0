"""Chained linear: new form to anchor in one group, anchor to old form in the other."""

from examengine.psychometrics.equating.methods._lines import (
    EquatingLine,
    GroupMoments,
    LinearMethod,
)
from examengine.psychometrics.equating.score_tables import AnchorKind


class ChainedLinear(LinearMethod):
    """l(x) = l_Y(l_V(x)), each link with equal means and deviations in its own group.

    References:
        Angoff (1971), in Thorndike (ed.), Educational Measurement; Kolen & Brennan (2014), Test
        Equating, Scaling, and Linking, chapter 4.
    """

    code = "chained-linear"
    title = "chained linear"
    anchored = True

    def line(
        self,
        new: GroupMoments,
        old: GroupMoments,
        weight: float,  # noqa: ARG002 - no synthetic population
        anchor: AnchorKind | None,  # noqa: ARG002 - the chain is the same for both kinds
    ) -> EquatingLine:
        """The line from the moments; see `LinearMethod.line`."""
        to_anchor = (new.anchor_variance / new.variance) ** 0.5
        to_old = (old.variance / old.anchor_variance) ** 0.5
        slope = to_old * to_anchor
        shift = to_old * (new.anchor_mean - old.anchor_mean)
        return EquatingLine(slope, old.mean + shift - slope * new.mean)


METHOD = ChainedLinear()
