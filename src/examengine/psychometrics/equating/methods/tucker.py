"""Tucker: the regression of total on anchor is the same in both groups."""

from examengine.psychometrics.equating.methods._lines import (
    EquatingLine,
    GroupMoments,
    LinearMethod,
    synthetic_line,
)
from examengine.psychometrics.equating.score_tables import AnchorKind


class Tucker(LinearMethod):
    """The line of the synthetic population with γ = σ(X, V) / σ²(V), and alike for Y.

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, section 4.1.
    """

    code = "tucker"
    title = "Tucker"
    anchored = True
    synthetic = True

    def line(
        self,
        new: GroupMoments,
        old: GroupMoments,
        weight: float,
        anchor: AnchorKind | None,  # noqa: ARG002 - the regression is the same for both kinds
    ) -> EquatingLine:
        """The line from the moments; see `LinearMethod.line`."""
        gammas = tuple(group.covariance / group.anchor_variance for group in (new, old))
        return synthetic_line(new, old, (gammas[0], gammas[1]), weight)


METHOD = Tucker()
