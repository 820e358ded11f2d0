"""The awarding officer's pages about cut scores: what is recommended, adopted, and was before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlmodel import Session

from examengine import assembly, delivery, scoring, standard_setting
from examengine.accounts import Actor, Role, require
from examengine.kernel.errors import ExamError
from examengine.web.dependencies import DepActor, DepClock, DepPage, DepSession
from examengine.web.errors import STATUS
from examengine.web.impact import Impact, impact_of
from examengine.web.judges_plot import judges_plot
from examengine.web.messages import Message, message_for
from examengine.web.page import Page

router = APIRouter(prefix="/awards")

Text = Annotated[str, Form(max_length=20_000)]
SeenCut = Annotated[UUID | None, Form()]


@dataclass(frozen=True, slots=True)
class TypedCut:
    """What stands in a form that adopts a cut."""

    points: str = ""
    other: str = ""
    reason: str = ""
    form_id: UUID | None = None
    standard_error: str = ""


# What an officer can put right on the page itself: shown above the form, nothing typed is lost.
MENDED_ON_THE_PAGE = (
    standard_setting.CutOutOfRange,
    standard_setting.CutScoreMoved,
    standard_setting.NothingRecommended,
    standard_setting.PanelMoved,
    standard_setting.ParametersLacking,
    standard_setting.ReasonMissing,
)


@router.get("/cut-scores")
def list_exams(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show every exam with the cut that holds for it."""
    require(actor, Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)
    exams = [
        (
            exam,
            standard_setting.current_cut(session, exam.id),
            standard_setting.panels_of_exam(session, actor, exam.id),
        )
        for exam in assembly.list_exams(session)
    ]
    return page("cut_scores/exams.html", exams=exams)


@router.get("/cut-scores/{exam_id}")
def show_exam(exam_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the cut of an exam, the cuts it had before, and its panels."""
    return page(
        "cut_scores/exam.html",
        panels=standard_setting.panels_of_exam(session, actor, exam_id),
        exam=assembly.find_exam(session, exam_id),
        cuts=standard_setting.cut_history(session, exam_id),
        codes={form.id: form.code for form in assembly.forms_of(session, exam_id)},
    )


@router.get("/panels/{panel_id}/recommendation")
def show_recommendation(
    panel_id: UUID, actor: DepActor, session: DepSession, page: DepPage
) -> Response:
    """Show what the panel recommends, how sure that is, and what adopting it would mean."""
    return _recommendation_page(session, actor, page, panel_id, TypedCut())


@router.post("/panels/{panel_id}/cut")
def adopt_cut(
    panel_id: UUID,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    points: Text = "",
    other: Text = "",
    reason: Text = "",
    seen_panel: Text = "",
    seen_cut: SeenCut = None,
) -> Response:
    """Adopt a cut with the panel's recommendation before one's eyes."""
    try:
        cut = standard_setting.adopt_cut(
            session,
            clock,
            actor,
            panel_id,
            points=other if points == "other" else points,
            reason=reason,
            seen_panel=seen_panel,
            seen_cut=seen_cut,
        )
    except MENDED_ON_THE_PAGE as refusal:
        typed = TypedCut(points, other, reason)
        return _recommendation_page(session, actor, page, panel_id, typed, refusal)
    return page("cut_scores/exam.html", then=f"/awards/cut-scores/{cut.exam_id}")


@router.get("/cut-scores/{exam_id}/elsewhere")
def show_set_elsewhere(
    exam_id: str, actor: DepActor, session: DepSession, page: DepPage
) -> Response:
    """Show the form that adopts a cut which was set outside this system."""
    require(actor, Role.AWARDING_OFFICER)
    return _elsewhere_page(session, page, exam_id, TypedCut())


@router.post("/cut-scores/{exam_id}/elsewhere")
def adopt_set_elsewhere(
    exam_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    form_id: Annotated[UUID, Form()],
    points: Text = "",
    standard_error: Text = "",
    reason: Text = "",
    seen_cut: SeenCut = None,
) -> Response:
    """Adopt a cut that was set outside this system."""
    try:
        standard_setting.adopt_cut_set_elsewhere(
            session,
            clock,
            actor,
            exam_id,
            form_id,
            points=points,
            standard_error=standard_error,
            reason=reason,
            seen_cut=seen_cut,
        )
    except MENDED_ON_THE_PAGE as refusal:
        typed = TypedCut(points, "", reason, form_id, standard_error)
        return _elsewhere_page(session, page, exam_id, typed, refusal)
    return page("cut_scores/exam.html", then=f"/awards/cut-scores/{exam_id}")


def _recommendation_page(
    session: Session,
    actor: Actor,
    page: Page,
    panel_id: UUID,
    typed: TypedCut,
    refusal: ExamError | None = None,
) -> Response:
    found = standard_setting.recommendation(session, actor, panel_id)
    choices, lacking = _choices(session, actor, panel_id)
    return page(
        "cut_scores/recommendation.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        found=found,
        exam=assembly.find_exam(session, found.panel.exam_id),
        form=assembly.find_form(session, found.panel.form_id),
        plot=judges_plot(found.result),
        choices=choices,
        impacts=_impacts(session, actor, found.panel.exam_id, choices),
        lacking=lacking,
        current=standard_setting.current_cut(session, found.panel.exam_id),
        typed=typed,
        refusal=None if refusal is None else message_for(refusal),
    )


def _choices(
    session: Session, actor: Actor, panel_id: UUID
) -> tuple[tuple[standard_setting.PossibleCut, ...], Message | None]:
    """Return what may be adopted, or why nothing may yet."""
    try:
        return standard_setting.cuts_to_choose_from(session, actor, panel_id), None
    except standard_setting.ParametersLacking as refusal:
        return (), message_for(refusal)


def _impacts(
    session: Session, actor: Actor, exam_id: str, choices: Sequence[standard_setting.PossibleCut]
) -> list[Impact]:
    """Return what the choices would do to each administration that has scores."""
    found = [
        impact_of(scoring.results_of(session, actor, one.id), choices)
        for one in delivery.list_administrations(session)
        if one.exam_id == exam_id
    ]
    return [impact for impact in found if impact is not None]


def _elsewhere_page(
    session: Session,
    page: Page,
    exam_id: str,
    typed: TypedCut,
    refusal: ExamError | None = None,
) -> Response:
    return page(
        "cut_scores/elsewhere.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        exam=assembly.find_exam(session, exam_id),
        forms=assembly.forms_of(session, exam_id),
        current=standard_setting.current_cut(session, exam_id),
        typed=typed,
        refusal=None if refusal is None else message_for(refusal),
    )
