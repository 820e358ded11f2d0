"""ω: does the first agree with the answers of the second more than ability explains?"""

import numpy as np
from scipy.special import ndtr

from examengine.psychometrics.arrays import IntArray
from examengine.psychometrics.similarity._contract import (
    PairStatistics,
    PairTest,
    SimilarityMethod,
)
from examengine.psychometrics.similarity._evidence import SimilarityEvidence
from examengine.psychometrics.similarity._matches import Side, agreement, indicators


class Omega(SimilarityMethod):
    """Agreements of a supposed copier with fixed answers of a source, standardised.

    ω = (h − Σ_j P_j) / √Σ_j P_j (1 − P_j), P_j = P(u_j = what the source chose | θ of the copier),
    p = 1 − Φ(ω)

    References:
        Wollack (1997), Applied Psychological Measurement 21, 307–320.
    """

    code = "omega"
    title = "ω"
    directed = True

    def against(self, evidence: SimilarityEvidence) -> PairTest:
        """A test of pairs; see `SimilarityMethod.against`."""
        answers, model = evidence.answers, self.model_of(evidence)

        def test(first: IntArray, second: IntArray) -> PairStatistics:
            copiers, sources = Side.of(first), Side.of(second)
            seen = answers.answered[copiers.rows]
            share = model.option_probabilities(copiers.rows).transpose(2, 0, 1)
            chance = (share * seen[:, :, np.newaxis]).reshape(copiers.rows.size, -1)
            took = indicators(answers, sources.rows).astype(np.float64).T
            place = (copiers.place, sources.place)
            expected = (chance @ took)[place]
            sd = np.sqrt(((chance * (1 - chance)) @ took)[place])
            common = agreement(answers, copiers, sources)
            with np.errstate(invalid="ignore", divide="ignore"):
                z = (common.matches - expected) / sd
            return PairStatistics(
                n_items=common.n_items,
                matches=common.matches,
                matches_wrong=common.matches_wrong,
                expected=expected,
                sd=sd,
                p=np.where(np.isfinite(z), ndtr(-z), np.nan),
            )

        return test


METHOD = Omega()
