"""What a cut-score method must bring, and what it recommends."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from examengine.psychometrics.csv_tables import CsvTable
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.shown import Result, Table, table_of


class CannotRecommend(Refusal):
    """The judgements do not give a cut score; one sentence per fault."""


@dataclass(frozen=True, slots=True)
class JudgeRound:
    """One judge in one round.

    Attributes:
        judge_id: The judge.
        n_rated: Items the judge rated.
        cut: The judge's own cut, points.
        severity: How far that lies above the panel's, points.
        r_others: Correlation of the ratings with the mean rating of the other judges; nan when
            either does not vary.
    """

    judge_id: str
    n_rated: int
    cut: float
    severity: float
    r_others: float


@dataclass(frozen=True, slots=True)
class ItemRound:
    """One item in one round.

    Attributes:
        item_id: The item.
        n_judges: Judges who rated it.
        mean: Mean rating, as a share of the item's points.
        sd: Sample standard deviation over judges; nan for one judge.
        lowest: Lowest rating.
        highest: Highest rating.
    """

    item_id: str
    n_judges: int
    mean: float
    sd: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class JudgeAgreement:
    """How far the judges agree.

    Attributes:
        mean_sd: Mean over items of the standard deviation over judges, share of points.
        mean_r: Mean correlation between the ratings of two judges; nan when undefined.
        icc_single: Intraclass correlation of one judge, absolute agreement, ICC(2,1).
        icc_panel: Intraclass correlation of the panel's mean, ICC(2,k).
    """

    mean_sd: float
    mean_r: float
    icc_single: float
    icc_panel: float


@dataclass(frozen=True, slots=True)
class RoundResult:
    """What one round of judgements recommends.

    Attributes:
        round: Number of the round, from 1.
        cut: Recommended cut, points.
        cut_share: The cut as a share of the points of the test.
        se_judges: Standard error over judges, points: another panel, the same items.
        se_judges_items: Standard error over judges and items, points: another panel and form.
        n_missing: Ratings that were not given and were filled in by the documented rule.
        agreement: How far the judges agree.
        judges: One row for each judge.
        items: One row for each item.
    """

    round: int
    cut: float
    cut_share: float
    se_judges: float
    se_judges_items: float
    n_missing: int
    agreement: JudgeAgreement
    judges: tuple[JudgeRound, ...]
    items: tuple[ItemRound, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Recommendation(Result):
    """A panel's recommended cut score; the last round counts.

    Attributes:
        method: Code of the method.
        max_score: Highest possible score of the test, points.
        cut: The cut, points.
        cut_share: The cut as a share of the points.
        passing_score: Lowest whole raw score that reaches the cut.
        se_judges: Standard error over judges, points.
        se_judges_items: Standard error over judges and items, points.
        rounds: Every round in order.
    """

    method: str
    max_score: float
    cut: float
    cut_share: float
    passing_score: int
    se_judges: float
    se_judges_items: float
    rounds: tuple[RoundResult, ...]

    def headline(self) -> str:
        """The cut, its errors and the score that passes."""
        return (
            f"Cut score by {self.method}: {self.cut:.3f} of {self.max_score:g} points "
            f"(SE {self.se_judges:.3f} over judges), so {self.passing_score} passes"
        )

    def table(self) -> Table:
        """One row for each judge of the last round."""
        return table_of(self.rounds[-1].judges)


class CutScoreMethod(ABC):
    """One way to set a cut score.

    Attributes:
        code: The name used in files and commands.
        title: The name used in sentences.
        example: A small ratings file as it would be sent, CSV.
        several_points: Whether it can deal with items worth several points. A method that cannot
            says so before a panel begins.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    example: ClassVar[str]
    several_points: ClassVar[bool] = False

    @abstractmethod
    def recommend(self, table: CsvTable) -> Recommendation:
        """The recommendation of a ratings file.

        Args:
            table: The file.

        Returns:
            The recommended cut and what it rests on.

        Raises:
            UnusableFile: A cell is not what the method needs; one sentence per fault.
            CannotRecommend: The judgements are too few.
        """
