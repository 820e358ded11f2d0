"""Linear: forms have the same mean and deviation once scores are equated."""

from examengine.psychometrics.equating.methods._lines import Line, LinearMethod, Moments
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
        new: Moments,
        old: Moments,
        weight: float,  # noqa: ARG002 - groups are equivalent
        anchor: AnchorKind | None,  # noqa: ARG002
    ) -> Line:
        """The line from the moments; see `LinearMethod.line`."""
        slope = (old.variance / new.variance) ** 0.5
        return Line(slope, old.mean - slope * new.mean)


METHOD = Linear()
