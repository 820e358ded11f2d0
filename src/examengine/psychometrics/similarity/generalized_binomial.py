"""The generalised binomial test: do two agree on more items than two who worked alone would?"""

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.similarity._contract import (
    PairStatistics,
    PairTest,
    SimilarityMethod,
    joined,
)
from examengine.psychometrics.similarity._distributions import poisson_binomial_tail
from examengine.psychometrics.similarity._evidence import SimilarityEvidence
from examengine.psychometrics.similarity._matches import AnswerAgreement, Side, agreement, chances

# So many pairs at a time keep the recursion in the cache.
AT_ONCE = 512


class GeneralizedBinomialTest(SimilarityMethod):
    """The number of agreements against its exact distribution, the Poisson-binomial.

    P_j = Σ_k P_jk(θ_1) P_jk(θ_2), p = P(M ≥ m) by recursion over the items

    References:
        van der Linden & Sotaridona (2006), Journal of Educational and Behavioral Statistics 31,
        283–304.
    """

    code = "gbt"
    title = "generalised binomial test"
    directed = False

    def against(self, evidence: SimilarityEvidence) -> PairTest:
        """A test of pairs; see `SimilarityMethod.against`."""
        answers, model = evidence.answers, self.model_of(evidence)
        every = np.asarray(answers.points >= 0)

        def test(first: IntArray, second: IntArray) -> PairStatistics:
            one, other = Side.of(first), Side.of(second)
            common = agreement(answers, one, other)
            ready = chances(model, answers, one, other, [every])
            return joined(
                [
                    _statistics(common, part, *ready.of(part))
                    for part in (slice(i, i + AT_ONCE) for i in range(0, first.size, AT_ONCE))
                ]
            )

        return test


METHOD = GeneralizedBinomialTest()


def _statistics(common: AnswerAgreement, part: slice, chance: FloatArray) -> PairStatistics:
    n_items, matches = common.n_items[part], common.matches[part]
    expected = chance.sum(axis=0)
    defined = (n_items > 0) & np.isfinite(expected)
    return PairStatistics(
        n_items=n_items,
        matches=matches,
        matches_wrong=common.matches_wrong[part],
        expected=expected,
        sd=np.sqrt((chance * (1 - chance)).sum(axis=0)),
        p=np.where(defined, poisson_binomial_tail(chance, matches), np.nan),
    )
