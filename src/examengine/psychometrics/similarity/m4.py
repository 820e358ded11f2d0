"""M4: identical right and identical wrong answers judged together."""

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.similarity._contract import (
    CannotCompareAnswers,
    PairStatistics,
    PairTest,
    SimilarityMethod,
    joined,
)
from examengine.psychometrics.similarity._distributions import rarer_outcomes, trinomial_shares
from examengine.psychometrics.similarity._evidence import Evidence
from examengine.psychometrics.similarity._matches import Agreement, Side, agreement, chances

# Chance of more identical wrong answers than are followed up, over all of them together.
NEGLIGIBLE = 1e-16
# So many pairs at a time keep the recursion in the cache.
AT_ONCE = 32


class M4(SimilarityMethod):
    """The pair (identical right R, identical wrong W) against its generalised trinomial.

    Outcomes are ordered by their upper quadrant F(r, w) = P(R ≥ r, W ≥ w), and
    p = P(F(R, W) ≤ F(r, w)).

    Notes:
        Numbers of identical wrong answers whose chance is below 1e-16 are left out of the sum (by
        Chernoff's bound), so p is right to that. The work grows with the cube of the number of
        items: use it for rooms and chosen pairs, and the generalised binomial test to screen
        everybody.

    References:
        Maynes (2014), in Kingston & Clark, Test Fraud: Statistical Detection and Methodology,
        53–80; Zopluoglu (2019), International Journal of Assessment Tools in Education 6(5), 1–19.
    """

    code = "m4"
    title = "M4"
    directed = False

    def against(self, evidence: Evidence) -> PairTest:
        """A test of pairs; see `SimilarityMethod.against`."""
        answers, model = evidence.answers, self.model_of(evidence)
        right = answers.right
        if right is None:
            raise CannotCompareAnswers(["M4 tells right from wrong answers: give their key"])
        kinds = [right, (answers.points >= 0) & ~right]

        def test(first: IntArray, second: IntArray) -> PairStatistics:
            one, other = Side.of(first), Side.of(second)
            common = agreement(answers, one, other)
            ready = chances(model, answers, one, other, kinds)
            return joined(
                [
                    _statistics(common, part, *ready.of(part))
                    for part in (slice(i, i + AT_ONCE) for i in range(0, first.size, AT_ONCE))
                ]
            )

        return test


METHOD = M4()


def _statistics(
    common: Agreement, part: slice, right: FloatArray, wrong: FloatArray
) -> PairStatistics:
    n_items, matches = common.n_items[part], common.matches[part]
    w = common.matches_wrong[part].astype(np.int64)
    either = right + wrong
    expected = either.sum(axis=0)
    share = trinomial_shares(right, wrong, _most(wrong, w))
    defined = (n_items > 0) & np.isfinite(expected)
    return PairStatistics(
        n_items=n_items,
        matches=matches,
        matches_wrong=common.matches_wrong[part],
        expected=expected,
        sd=np.sqrt((either * (1 - either)).sum(axis=0)),
        p=np.where(defined, rarer_outcomes(share, matches - w, w), np.nan),
    )


def _most(chance: FloatArray, observed: IntArray) -> int:
    """The largest number of identical wrong answers worth following up in a block.

    Chernoff: P(W ≥ k) ≤ exp(k − μ − k log(k / μ)) for k > μ
    """
    n_items = chance.shape[0]
    mean = max(float(np.nan_to_num(chance.sum(axis=0)).max(initial=0.0)), 1e-12)
    k = np.arange(1, n_items + 1)
    bound = np.where(k > mean, np.exp(k - mean - k * np.log(k / mean)), 1.0)
    rare = k[bound < NEGLIGIBLE]
    enough = int(rare[0]) if rare.size else n_items
    seen = int(observed.max(initial=0))
    return max(enough, seen)
