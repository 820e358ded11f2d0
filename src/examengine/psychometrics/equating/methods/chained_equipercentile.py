"""Chained equipercentile: new form to anchor in one group, anchor to old form in the other."""

import numpy as np

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


class ChainedEquipercentile(ObservedScoreMethod):
    """e(x) = G₂⁻¹(H₂(H₁⁻¹(F₁(x)))), H the distributions of the anchor.

    References:
        Angoff (1971), in Thorndike (ed.), Educational Measurement; Kolen & Brennan (2014), Test
        Equating, Scaling, and Linking, chapter 5; von Davier, Holland & Thayer (2004), The Kernel
        Method of Test Equating, for kernels.
    """

    code = "chained-equipercentile"
    title = "chained equipercentile"
    anchored = True
    curved = True

    def equate(
        self, new: ScoreDistribution, old: ScoreDistribution, options: EquatingOptions
    ) -> ObservedEquivalents:
        """Find the equivalents; see `EquatingMethod.equate`."""
        parts = options.continuous(new.totals, new.anchors, old.anchors, old.totals)
        to_anchor = crossing(parts[0], parts[1], new.scores)
        to_old = crossing(parts[2], parts[3], to_anchor.values)

        def derivatives() -> Derivatives:
            by_total, by_anchor = to_anchor.derivatives()
            steepness = to_old.steepness[:, np.newaxis, np.newaxis]
            by_new = steepness * (by_total[:, :, np.newaxis] + by_anchor[:, np.newaxis, :])
            by_anchor, by_total = to_old.derivatives()
            return by_new, by_total[:, :, np.newaxis] + by_anchor[:, np.newaxis, :]

        return Equivalents(to_old.values, derivatives, bandwidths=bandwidths_of(parts))


METHOD = ChainedEquipercentile()
