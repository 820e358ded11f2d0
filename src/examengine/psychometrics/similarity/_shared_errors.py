"""The K family: how often do persons as weak as the copier share the source's wrong answers?

No model of abilities: the chance of sharing a wrong answer is read off the persons with the same
number of wrong answers on the same items, the source left out.
"""

from abc import abstractmethod

import numpy as np
from scipy.special import bdtrc

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.similarity._answers import Answers
from examengine.psychometrics.similarity._contract import (
    CannotCompareAnswers,
    PairStatistics,
    PairTest,
    SimilarityMethod,
)
from examengine.psychometrics.similarity._evidence import SimilarityEvidence
from examengine.psychometrics.similarity._matches import Side, agreement, indicators

# Fitted chances of 0 or 1 would make any surprise certain or impossible.
LOWEST, HIGHEST = 0.001, 0.999


class SharedErrors(SimilarityMethod):
    """A binomial tail over the source's wrong answers.

    p = P(Bin(w_s, π) ≥ m), m the wrong answers of the source that the copier shares, w_s the number
    of the source's wrong answers, π the chance that someone with as many wrong answers as the
    copier shares one. Persons who answered other items than the source are not compared (p is nan).
    """

    directed = True
    uses_model = False

    @abstractmethod
    def chance(self, mean: FloatArray) -> FloatArray:
        """Chance of sharing a wrong answer, for every number of wrong answers.

        Args:
            mean: Mean share of the source's wrong answers shared by persons with 0, 1, 2 … wrong
                answers, one column a source, shape (n_items + 1, n_sources); nan for nobody.

        Returns:
            Same shape; nan where it is not known.
        """

    def against(self, evidence: SimilarityEvidence) -> PairTest:
        """A test of pairs; see `SimilarityMethod.against`."""
        answers = evidence.answers
        wrong = answers.wrong
        if wrong is None:
            raise CannotCompareAnswers(
                [f"{self.title} compares wrong answers: give the key that says which they are"]
            )
        n_wrong = wrong.sum(axis=1)
        _, form = np.unique(answers.answered, axis=0, return_inverse=True)
        form = form.reshape(-1)

        def test(first: IntArray, second: IntArray) -> PairStatistics:
            copiers, sources = Side.of(first), Side.of(second)
            common = agreement(answers, copiers, sources)
            shared = common.matches_wrong
            chance = self._table(answers, wrong, form, sources.rows)
            pi = chance[n_wrong[first], sources.place]
            pi = np.where(form[first] == form[second], pi, np.nan)
            n = n_wrong[second]
            return PairStatistics(
                n_items=common.n_items,
                matches=shared.astype(np.int64),
                matches_wrong=shared,
                expected=n * pi,
                sd=np.sqrt(n * pi * (1 - pi)),
                p=_binomial_tail(shared, n, pi),
            )

        return test

    def _table(
        self, answers: Answers, wrong: BoolArray, form: IntArray, sources: IntArray
    ) -> FloatArray:
        """Chance by number of wrong answers and source, shape (n_items + 1, n_sources)."""
        n_items = len(answers.item_ids)
        table = np.full((n_items + 1, sources.size), np.nan)
        for one in np.unique(form[sources]):
            peers, mine = np.flatnonzero(form == one), np.flatnonzero(form[sources] == one)
            answered = int(answers.answered[peers[0]].sum())
            mean = _means(answers, wrong, peers, sources[mine])
            table[: answered + 1, mine] = self.chance(mean[: answered + 1])
        return table


def _means(answers: Answers, wrong: BoolArray, peers: IntArray, sources: IntArray) -> FloatArray:
    """Mean share of each source's wrong answers shared by peers with 0, 1, 2 … wrong answers."""
    n_items = len(answers.item_ids)
    mistaken = np.repeat(wrong[sources], answers.points.shape[1], axis=1)
    shared = indicators(answers, peers) @ (indicators(answers, sources) * mistaken).T
    n_wrong = wrong.sum(axis=1)
    level = np.zeros((n_items + 1, peers.size))
    level[n_wrong[peers], np.arange(peers.size)] = answers.weights[peers]
    n, total = level.sum(axis=1)[:, np.newaxis], level @ shared
    # The source is a peer of itself that shares everything.
    own = np.zeros((n_items + 1, sources.size))
    own[n_wrong[sources], np.arange(sources.size)] = answers.weights[sources]
    with np.errstate(invalid="ignore", divide="ignore"):
        left = n - own
        mean = (total - own * n_wrong[sources]) / (left * n_wrong[sources])
    return np.where(left > 0, mean, np.nan)


def _binomial_tail(count: FloatArray, n: IntArray, chance: FloatArray) -> FloatArray:
    """P(Bin(n, chance) ≥ count); nan where the source has no wrong answer or chance is unknown."""
    defined = np.isfinite(chance) & (n > 0)
    tail = bdtrc(np.maximum(count - 1, 0), np.maximum(n, 1), np.where(defined, chance, 0.5))
    return np.where(defined, np.where(count > 0, tail, 1.0), np.nan)


def fitted_chance(mean: FloatArray, degree: int) -> FloatArray:
    """A polynomial in the share of wrong answers, through the means of the observed groups.

    π(q) = Σ_d β_d q^d, q = number of wrong answers / number of items, by least squares over groups

    Args:
        mean: Shape (n_items + 1, n_sources), nan for nobody.
        degree: Highest power.

    Returns:
        Fitted values kept within .001 … .999, same shape; nan where nobody was, or where there are
        too few groups.
    """
    powers = np.linspace(0, 1, mean.shape[0])[:, np.newaxis] ** np.arange(degree + 1)
    fitted = np.full(mean.shape, np.nan)
    for column in range(mean.shape[1]):
        seen = np.isfinite(mean[:, column])
        if seen.sum() > degree:
            beta, *_ = np.linalg.lstsq(powers[seen], mean[seen, column], rcond=None)
            fitted[seen, column] = np.clip(powers[seen] @ beta, LOWEST, HIGHEST)
    return fitted
