"""Equipercentile: scores with the same percentile rank in equivalent groups."""

from examengine.psychometrics.equating.distributions import ScoreDistribution
from examengine.psychometrics.equating.methods._contract import (
    Derivatives,
    EquatingOptions,
    Equivalents,
    ObservedEquivalents,
    ObservedScoreMethod,
    bandwidths_of,
)
from examengine.psychometrics.equating.methods._percentiles import crossing


class Equipercentile(ObservedScoreMethod):
    """e(x) = G⁻¹(F(x)), F and G the continuous distributions of both forms.

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, section 2.5.
    """

    code = "equipercentile"
    title = "equipercentile"
    curved = True

    def equate(
        self, new: ScoreDistribution, old: ScoreDistribution, options: EquatingOptions
    ) -> ObservedEquivalents:
        """Find the equivalents; see `EquatingMethod.equate`."""
        forms = options.continuous(new.totals, old.totals)
        link = crossing(forms[0], forms[1], new.scores)

        def derivatives() -> Derivatives:
            by_first, by_second = link.derivatives()
            return (
                by_first[:, :, None] + 0.0 * new.joint,
                by_second[:, :, None] + 0.0 * old.joint,
            )

        return Equivalents(link.values, derivatives, bandwidths=bandwidths_of(forms))


METHOD = Equipercentile()
