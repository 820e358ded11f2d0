"""M4: identical right and identical wrong answers judged together."""

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.similarity._contract import (
    CannotCompareAnswers,
    PairStatistics,
    PairTest,
    Screen,
    SimilarityMethod,
    joined,
)
from examengine.psychometrics.similarity._distributions import rarer_outcomes, trinomial_shares
from examengine.psychometrics.similarity._evidence import SimilarityEvidence
from examengine.psychometrics.similarity._matches import AnswerAgreement, Side, agreement, chances

# Chance of more identical wrong answers than are followed up, over all of them together.
NEGLIGIBLE = 1e-16
# So many pairs at a time keep the recursion in the cache.
AT_ONCE = 32
# Tables that end early are small.
SCREENED = 512
# What single precision may lose over some hundred items, as a share.
SINGLE_PRECISION = 1e-4


class M4(SimilarityMethod):
    """The pair (identical right R, identical wrong W) against its generalised trinomial.

    Outcomes are ordered by their upper quadrant F(r, w) = P(R ≥ r, W ≥ w), and
    p = P(F(R, W) ≤ F(r, w)).

    Notes:
        Numbers of identical wrong answers whose chance is below 1e-16 are left out of the sum (by
        Chernoff's bound), so p is right to that. The work grows with the cube of the number of
        items. Where everybody is screened most pairs are passed by sooner: the outcomes with no
        more identical wrong answers than theirs, few as a rule, already bring p above the level.

    References:
        Maynes (2014), in Kingston & Clark, Test Fraud: Statistical Detection and Methodology,
        53–80; Zopluoglu (2019), International Journal of Assessment Tools in Education 6(5), 1–19.
    """

    code = "m4"
    title = "M4"
    directed = False

    def against(self, evidence: SimilarityEvidence) -> PairTest:
        """A test of pairs; see `SimilarityMethod.against`."""
        answers, model = evidence.answers, self.model_of(evidence)
        kinds = _kinds(evidence)

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

    def screen(self, evidence: SimilarityEvidence, level: float) -> Screen:
        """The p of pairs, exact up to a level; see `SimilarityMethod.screen`."""
        answers, model = evidence.answers, self.model_of(evidence)
        kinds, exact = _kinds(evidence), self.against(evidence)

        def test(first: IntArray, second: IntArray) -> FloatArray:
            one, other = Side.of(first), Side.of(second)
            common = agreement(answers, one, other)
            ready = chances(model, answers, one, other, kinds)
            p, mistakes = np.empty(first.size), np.empty(first.size)
            # Pairs of as many identical wrong answers have tables of one size.
            order = np.argsort(common.matches_wrong, kind="stable")
            for part in (order[i : i + SCREENED] for i in range(0, first.size, SCREENED)):
                right, wrong = ready.of(part)
                p[part], mistakes[part] = _least(common, part, right, wrong), wrong.sum(axis=0)
            left = np.flatnonzero(~((p > level) & (common.n_items > 0)))
            if left.size:
                left = left[np.argsort(mistakes[left])]
                p[left] = exact(first[left], second[left]).p
            return p

        return test


METHOD = M4()


def _kinds(evidence: SimilarityEvidence) -> list[BoolArray]:
    """The right and the wrong options.

    Raises:
        CannotCompareAnswers: Nobody said which are right.
    """
    right = evidence.answers.right
    if right is None:
        raise CannotCompareAnswers(["M4 tells right from wrong answers: give their key"])
    return [right, (evidence.answers.points >= 0) & ~right]


def _least(
    common: AnswerAgreement, part: IntArray, right: FloatArray, wrong: FloatArray
) -> FloatArray:
    """What p is at least: the outcomes that a table up to the pairs' own W tells apart.

    Outcomes of more identical wrong answers count as those of W, so that only the part with fewer
    identical right and more identical wrong answers is missing.
    """
    w = common.matches_wrong[part].astype(np.int64)
    single = right.astype(np.float32), wrong.astype(np.float32)
    share = trinomial_shares(single[0], single[1], int(w.max()), joined=True)
    least = rarer_outcomes(share, common.matches[part] - w, w).astype(np.float64)
    return least * (1 - SINGLE_PRECISION)


def _statistics(
    common: AnswerAgreement, part: slice, right: FloatArray, wrong: FloatArray
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
