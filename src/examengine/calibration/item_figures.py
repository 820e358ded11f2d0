"""The analysis that the pages of an administration show: of many answers, a job has made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly import Form
from examengine.bank import item_versions
from examengine.calibration.analysis import ResponseAnalysis
from examengine.calibration.analysis_cache import AnalysisCache
from examengine.calibration.kept_analysis import items_named, kept, read_again
from examengine.calibration.service import analysis_of
from examengine.delivery import FigureKind, figures_job, figures_of, record_counts
from examengine.jobs import Job
from examengine.marking import MatrixRefused, NobodyCounts, Policy, Scope, states_of_responses

MOST_ANSWERS_AT_ONCE = 60_000
"""Candidates times items that a page analyses itself, in less than half a second."""


@dataclass(frozen=True, slots=True)
class ShownAnalysis:
    """What is known of the responses of an administration.

    Attributes:
        analysis: None where nobody counts, or before it was computed for the first time.
        current: Whether it is of the responses as they stand.
        computed_at: When a job computed it; None where the page has.
        job: The newest job that computes it, where it is missing or out of date.
    """

    analysis: ResponseAnalysis | None
    current: bool = True
    computed_at: datetime | None = None
    job: Job | None = None


def shown_analysis(
    session: Session,
    actor: Actor,
    cache: AnalysisCache,
    administration_id: UUID,
    forms: tuple[Form, ...],
    scope: Scope,
) -> ShownAnalysis:
    """Return the analysis that a page shows; of many answers nothing is computed here.

    Args:
        session: A transaction; nothing is written.
        actor: A psychometrician.
        cache: Where analyses are kept that pages make.
        administration_id: Whose responses.
        forms: Its forms.
        scope: Which items.

    Raises:
        NotAllowed: The actor is no psychometrician.
        MatrixRefused: The forms do not go together.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    n_items = len({item.ref for form in forms for item in form.items})
    n_persons = record_counts(session, [administration_id]).get(administration_id, 0)
    if n_persons * n_items <= MOST_ANSWERS_AT_ONCE:
        try:
            found = analysis_of(session, actor, cache, [administration_id], Policy(scope))
        except NobodyCounts:
            return ShownAnalysis(None)
        return ShownAnalysis(found)
    figures = figures_of(session, ITEM_FIGURES, [administration_id])[administration_id]
    job = None if figures.current else figures_job(session, actor, ITEM_FIGURES, administration_id)
    return ShownAnalysis(
        _read(session, figures.body, scope), figures.current, figures.computed_at, job
    )


def _read(
    session: Session, body: Mapping[str, Any] | None, scope: Scope
) -> ResponseAnalysis | None:
    """Return what was kept of one scope; None where it was not computed, and where nobody counts.

    Raises:
        MatrixRefused: The responses did not go together.
    """
    found = None if body is None else body.get(scope.value)
    if found is None:
        return None
    if "refused" in found:
        raise MatrixRefused(found["refused"])
    return read_again(found, item_versions(session, items_named(found)))


def _compute(session: Session, actor: Actor, administration_id: UUID) -> Mapping[str, Any]:
    """Analyse the responses in each scope; where nobody counts there is nothing."""
    found: dict[str, Any] = {}
    for scope in Scope:
        try:
            made = analysis_of(session, actor, AnalysisCache(), [administration_id], Policy(scope))
            found[scope.value] = kept(made)
        except NobodyCounts:
            continue
        except MatrixRefused as refusal:
            found[scope.value] = {"refused": refusal.reason}
    return found


ITEM_FIGURES = FigureKind(
    name="items",
    title="Analyse the items",
    roles=(Role.PSYCHOMETRICIAN,),
    states=states_of_responses,
    compute=_compute,
)
"""The item table of an administration, its distractors, totals and reliability."""
