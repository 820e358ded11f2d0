"""What a cut would do: how many of those who were scored would reach it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from examengine.delivery import Administration
from examengine.scoring import Results, State
from examengine.standard_setting import PossibleCut


@dataclass(frozen=True, slots=True)
class Reached:
    """How many would reach one possible cut."""

    passing: int
    share: float


@dataclass(frozen=True, slots=True)
class Impact:
    """One administration against every possible cut, in their order."""

    administration: Administration
    n: int
    reached: tuple[Reached, ...]


def impact_of(results: Results, choices: Sequence[PossibleCut]) -> Impact | None:
    """Return what each cut would do to an administration, or None while nobody is scored.

    Counted is everybody with a score whose attempt is not voided. They pass when the score
    that they are shown reaches the cut.
    """
    scores = [
        result.score.reported
        for result in results.results
        if result.score is not None
        and result.score.in_points == results.exam.scoring.by_points
        and result.state is not State.VOIDED
    ]
    if not scores:
        return None
    counts = [sum(score >= choice.placement.passing for score in scores) for choice in choices]
    reached = tuple(Reached(count, count / len(scores)) for count in counts)
    return Impact(results.administration, len(scores), reached)
