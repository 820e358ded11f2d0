"""What a similarity statistic is given, and what it says of a pair."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.similarity._evidence import Model, SimilarityEvidence


class CannotCompareAnswers(Refusal):
    """The answers, the key or the parameters do not allow a comparison; one sentence per fault."""


@dataclass(frozen=True, slots=True, eq=False)
class PairStatistics:
    """What a statistic says of some pairs; every array has shape (n_pairs,).

    Attributes:
        n_items: Items that both answered.
        matches: Items on which the statistic counts an agreement: all of them for ω, GBT and M4,
            identical wrong answers for the K family.
        matches_wrong: Identical wrong answers; nan when nobody said which answers are right.
        expected: Agreements expected of two who worked on their own.
        sd: Standard deviation of the agreements, likewise.
        p: Chance of agreeing at least as much when working alone; nan where it is not defined.
    """

    n_items: IntArray
    matches: IntArray
    matches_wrong: FloatArray
    expected: FloatArray
    sd: FloatArray
    p: FloatArray

    @property
    def statistic(self) -> FloatArray:
        """Agreements in standard deviations above what was expected; nan when they cannot vary."""
        with np.errstate(invalid="ignore", divide="ignore"):
            z: FloatArray = (self.matches - self.expected) / self.sd
        return np.where(np.isfinite(z), z, np.nan)


def joined(parts: Sequence[PairStatistics]) -> PairStatistics:
    """The statistics of several blocks of pairs in one."""
    return PairStatistics(
        **{
            one.name: np.concatenate([getattr(part, one.name) for part in parts])
            for one in fields(PairStatistics)
        }
    )


PairTest = Callable[[IntArray, IntArray], PairStatistics]
Screen = Callable[[IntArray, IntArray], FloatArray]


class SimilarityMethod(ABC):
    """One way to ask whether two sets of answers agree more than independent work would.

    Attributes:
        code: The name used in commands.
        title: The name used in sentences.
        directed: Whether the first of a pair is taken as the one who may have copied and the
            second as the source; the two orders are then two tests.
        uses_model: Whether abilities and option probabilities play a part.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    directed: ClassVar[bool]
    uses_model: ClassVar[bool] = True

    @abstractmethod
    def against(self, evidence: SimilarityEvidence) -> PairTest:
        """A test of pairs of these persons.

        Args:
            evidence: Answers, and for methods with a model the option probabilities.

        Returns:
            A function of the row numbers of the first and of the second of each pair, both shape
            (n_pairs,).

        Raises:
            CannotCompareAnswers: The method needs a model or a key that is not there.
        """

    def screen(self, evidence: SimilarityEvidence, level: float) -> Screen:  # noqa: ARG002
        """The p of pairs, as far as it matters when everybody is compared with everybody.

        Args:
            evidence: Answers, and for methods with a model the option probabilities.
            level: p is exact up to here; above it may be any number between the level and p.

        Returns:
            A function of the row numbers of the first and of the second of each pair.

        Raises:
            CannotCompareAnswers: The method needs a model or a key that is not there.
        """
        test = self.against(evidence)
        return lambda first, second: test(first, second).p

    def model_of(self, evidence: SimilarityEvidence) -> Model:
        """The model that the method works with.

        Raises:
            CannotCompareAnswers: The evidence has none.
        """
        if evidence.model is None:
            raise CannotCompareAnswers([f"{self.title} needs item parameters"])
        return evidence.model
