"""Linear: forms have the same mean and deviation once scores are equated."""

from examengine.psychometrics.equating.methods._lines import (
    EquatingLine,
    GroupMoments,
    LinearMethod,
)
from examengine.psychometrics.equating.score_tables import AnchorKind


class Linear(LinearMethod):
    """l(x) = σ(Y)/σ(X) (x − μ(X)) + μ(Y), for equivalent groups.

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, section 2.4.
    """

    code = "linear"
    title = "linear"

    def line(
        self,
        new: GroupMoments,
        old: GroupMoments,
        weight: float,  # noqa: ARG002 - groups are equivalent
        anchor: AnchorKind | None,  # noqa: ARG002
    ) -> EquatingLine:
        """The line from the moments; see `LinearMethod.line`."""
        slope = (old.variance / new.variance) ** 0.5
        return EquatingLine(slope, old.mean - slope * new.mean)


METHOD = Linear()
