"""The use case of asking what a cut would do to those who are scored, before anybody adopts it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from examengine.accounts import Actor, require
from examengine.delivery import Administration, administrations_of
from examengine.scoring.results import READERS, Results, results_of
from examengine.standard_setting import PossibleCut


@dataclass(frozen=True, slots=True)
class Reached:
    """How many would reach one possible cut."""

    passing: int
    share: float


@dataclass(frozen=True, slots=True)
class CutImpact:
    """What possible cuts would do to one administration.

    Attributes:
        administration: The administration.
        n: How many scores are counted, never none.
        reached: For each possible cut, in their order.
    """

    administration: Administration
    n: int
    reached: tuple[Reached, ...]


def impact_of_cuts(
    session: Session, actor: Actor, exam_id: str, cuts: Sequence[PossibleCut]
) -> list[CutImpact]:
    """Return what possible cuts would do to each administration of an exam that has scores.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
    """
    require(actor, *READERS)
    if not cuts:
        return []
    administrations = administrations_of(session, actor, exam_id)
    found = (impact_on(results_of(session, actor, one.id), cuts) for one in administrations)
    return [impact for impact in found if impact is not None]


def impact_on(results: Results, cuts: Sequence[PossibleCut]) -> CutImpact | None:
    """Return what each cut would do to an administration, or None while nobody is scored. Pure.

    The scores are those that are in all other figures (`Results.counted`). They pass when the
    score that candidates are shown reaches the cut.
    """
    scores = [score.reported for score in results.counted]
    if not scores:
        return None
    counts = [sum(score >= cut.placement.passing for score in scores) for cut in cuts]
    reached = tuple(Reached(count, count / len(scores)) for count in counts)
    return CutImpact(results.administration, len(scores), reached)
