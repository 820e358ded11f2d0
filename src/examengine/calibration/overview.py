"""The list of administrations: how many took part, and how reliable their scores are.

The reliability was computed once for the responses as they stand, by a job; the list reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly import Exam, list_exams
from examengine.calibration.analysis_cache import AnalysisCache
from examengine.calibration.service import analysis_of
from examengine.delivery import (
    Administration,
    FigureKind,
    FoundAdministrations,
    figures_of,
    find_administrations,
    record_counts,
)
from examengine.marking import MatrixRefused, states_of_responses


@dataclass(frozen=True, slots=True)
class OverviewLine:
    """One administration.

    Attributes:
        administration: Which one.
        exam: Its exam.
        n_persons: How many have handed in.
        alpha: Of the form that most candidates had; None where there is none, or none yet.
        current: Whether they are of the responses as they stand.
        computed_at: When alpha was computed; None before it was.
    """

    administration: Administration
    exam: Exam
    n_persons: int
    alpha: float | None
    current: bool
    computed_at: datetime | None


def overview(
    session: Session, actor: Actor, words: str = "", *, start: int = 0, most: int = 100
) -> FoundAdministrations[OverviewLine]:
    """Return a page of the administrations with their size and reliability; nothing is computed.

    Args:
        session: A transaction; nothing is written.
        actor: A psychometrician.
        words: Looked for in titles and exams, in any case; all when empty.
        start: How many are passed over.
        most: How many there are on a page.

    Raises:
        NotAllowed: The actor is no psychometrician.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    found = find_administrations(session, words, start=start, most=most)
    ids = [one.id for one in found.lines]
    counts = record_counts(session, ids)
    figures = figures_of(session, CLASSICAL_FIGURES, ids)
    exams = {exam.id: exam for exam in list_exams(session)}

    def line(one: Administration) -> OverviewLine:
        known = figures[one.id]
        return OverviewLine(
            administration=one,
            exam=exams[one.exam_id],
            n_persons=counts.get(one.id, 0),
            alpha=None if known.body is None else known.body["alpha"],
            current=known.current,
            computed_at=known.computed_at,
        )

    return found.telling(line)


def _figures(session: Session, actor: Actor, administration_id: UUID) -> Mapping[str, Any]:
    """Compute what a line shows. Responses that do not go together have no reliability."""
    try:
        forms = analysis_of(session, actor, AnalysisCache(), [administration_id]).reliability
    except MatrixRefused:
        return {"alpha": None}
    return {"alpha": forms[0].alpha if forms else None}


CLASSICAL_FIGURES = FigureKind(
    name="classical",
    title="Compute the figures of the list of administrations",
    roles=(Role.PSYCHOMETRICIAN,),
    states=states_of_responses,
    compute=_figures,
)
"""How reliable the scores of an administration are."""
