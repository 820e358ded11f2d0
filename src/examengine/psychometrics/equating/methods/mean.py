"""Mean: forms differ by the same number of points everywhere."""

from examengine.psychometrics.equating.methods._lines import (
    EquatingLine,
    GroupMoments,
    LinearMethod,
)
from examengine.psychometrics.equating.score_tables import AnchorKind


class Mean(LinearMethod):
    """m(x) = x − μ(X) + μ(Y), for equivalent groups.

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, section 2.3.
    """

    code = "mean"
    title = "mean"

    def line(
        self,
        new: GroupMoments,
        old: GroupMoments,
        weight: float,  # noqa: ARG002 - groups are equivalent
        anchor: AnchorKind | None,  # noqa: ARG002
    ) -> EquatingLine:
        """The line from the moments; see `LinearMethod.line`."""
        return EquatingLine(1.0, old.mean - new.mean)


METHOD = Mean()
