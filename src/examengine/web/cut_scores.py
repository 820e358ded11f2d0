"""The awarding officer's pages about cut scores: what is recommended, adopted, and was before."""

import re
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlmodel import Session

from examengine import assembly, four_eyes, scoring, standard_setting
from examengine.accounts import Actor
from examengine.kernel.errors import ExamError
from examengine.scoring import simulated_behind_cut
from examengine.standard_setting import CutScore
from examengine.web.dependencies import DepActor, DepClock, DepPage, DepSession
from examengine.web.errors import STATUS
from examengine.web.judges_plot import judges_plot
from examengine.web.messages import Message, message_for
from examengine.web.page import Page
from examengine.web.proposals import after

router = APIRouter(prefix="/awards")

_WHOLE = re.compile(r"-?\d{1,5}", re.ASCII)

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


@dataclass(frozen=True, slots=True)
class TypedScoring:
    """What stands in the form that says how an exam is scored."""

    scoring: str = ""
    weights: str = ""
    slope: str = ""
    intercept: str = ""
    minimum: str = ""
    maximum: str = ""
    reason: str = ""

    def spec(self) -> dict[str, Any]:
        """Return it as the specification of an exam says it."""
        if self.scoring == "points":
            lines = (line.split() for line in self.weights.splitlines() if line.strip())
            weights = {words[0]: " ".join(words[1:]) for words in lines}
            return {"scoring": "points", **({"weights": weights} if weights else {})}
        least, most = self.minimum.strip(), self.maximum.strip()
        scale = {
            "slope": self.slope.strip(),
            "intercept": self.intercept.strip(),
            "minimum": int(least) if _WHOLE.fullmatch(least) else least,
            "maximum": int(most) if _WHOLE.fullmatch(most) else most,
        }
        return {"scoring": self.scoring, "scale": scale}


def typed_scoring(policy: assembly.ScoringPolicy) -> TypedScoring:
    """Return what the form says before anybody has typed: how the exam is scored now."""
    scale, weights = policy.scale, policy.weights or {}
    return TypedScoring(
        policy.basis.value,
        "\n".join(f"{item_id} {weight}" for item_id, weight in weights.items()),
        *(("", "") if scale is None else (scale.slope, scale.intercept)),
        *(("", "") if scale is None else (str(scale.minimum), str(scale.maximum))),
    )


# What an officer can put right on the page itself: shown above the form, nothing typed is lost.
MENDED_ON_THE_PAGE = (
    standard_setting.CutOutOfRange,
    standard_setting.CutScoreMoved,
    standard_setting.NothingRecommended,
    standard_setting.PanelMoved,
    standard_setting.PanelUnusable,
    standard_setting.ParametersLacking,
    standard_setting.AdoptionReasonMissing,
    four_eyes.AlreadyProposed,
    four_eyes.OwnProposal,
)


SCORING_MENDED_ON_THE_PAGE = (
    assembly.ScoringPolicyRefused,
    assembly.ScoringPolicyMoved,
    four_eyes.AlreadyProposed,
    four_eyes.OwnProposal,
)


@router.get("/cut-scores")
def list_exams(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show every exam with the cut that holds for it."""
    return page("cut_scores/exams.html", exams=standard_setting.exams_with_cuts(session, actor))


@router.get("/cut-scores/{exam_id}")
def show_exam(exam_id: str, actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the cut of an exam, the cuts it had before, its panels, and how it is scored."""
    policy = assembly.exam_for_staff(session, actor, exam_id).scoring
    return _exam_page(session, actor, page, exam_id, typed_scoring(policy))


@router.post("/cut-scores/{exam_id}/scoring")
def change_scoring(
    exam_id: str,
    actor: DepActor,
    session: DepSession,
    clock: DepClock,
    page: DepPage,
    basis: Annotated[str, Form(alias="scoring", max_length=20)] = "",
    weights: Text = "",
    slope: Text = "",
    intercept: Text = "",
    minimum: Text = "",
    maximum: Text = "",
    reason: Text = "",
    seen: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Say anew by what an exam is scored, or show what is wrong with it."""
    typed = TypedScoring(basis, weights, slope, intercept, minimum, maximum, reason)
    try:
        made = scoring.change_scoring(
            session, clock, actor, exam_id, typed.spec(), reason=reason, seen=seen
        )
    except SCORING_MENDED_ON_THE_PAGE as refusal:
        return _exam_page(session, actor, page, exam_id, typed, refusal)
    return page("cut_scores/exam.html", then=after(made, f"/awards/cut-scores/{exam_id}#scoring"))


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
        made = standard_setting.adopt_cut(
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
    there = f"/awards/cut-scores/{made.exam_id}" if isinstance(made, CutScore) else ""
    return page("cut_scores/exam.html", then=after(made, there))


@router.get("/cut-scores/{exam_id}/elsewhere")
def show_set_elsewhere(
    exam_id: str, actor: DepActor, session: DepSession, page: DepPage
) -> Response:
    """Show the form that adopts a cut which was set outside this system."""
    return _elsewhere_page(session, actor, page, exam_id, TypedCut())


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
        made = standard_setting.adopt_cut_set_elsewhere(
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
        return _elsewhere_page(session, actor, page, exam_id, typed, refusal)
    return page("cut_scores/exam.html", then=after(made, f"/awards/cut-scores/{exam_id}"))


def _exam_page(
    session: Session,
    actor: Actor,
    page: Page,
    exam_id: str,
    typed: TypedScoring,
    refusal: ExamError | None = None,
) -> Response:
    current = standard_setting.cut_for_staff(session, actor, exam_id)
    return page(
        "cut_scores/exam.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        panels=standard_setting.panels_of_exam(session, actor, exam_id),
        exam=assembly.exam_for_staff(session, actor, exam_id),
        cuts=standard_setting.cut_history(session, actor, exam_id),
        current=current,
        simulated=simulated_behind_cut(session, actor, current) if current else (),
        before=scoring.decided_before(session, actor, current) if current else [],
        codes={form.id: form.code for form in assembly.forms_for_staff(session, actor, exam_id)},
        typed=typed,
        refusal=None if refusal is None else message_for(refusal),
    )


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
        exam=assembly.exam_for_staff(session, actor, found.panel.exam_id),
        form=assembly.form_for_staff(session, actor, found.panel.form_id),
        plot=judges_plot(found.result),
        choices=choices,
        impacts=scoring.impact_of_cuts(session, actor, found.panel.exam_id, choices),
        lacking=lacking,
        current=standard_setting.cut_for_staff(session, actor, found.panel.exam_id),
        typed=typed,
        refusal=None if refusal is None else message_for(refusal),
    )


def _choices(
    session: Session, actor: Actor, panel_id: UUID
) -> tuple[tuple[standard_setting.PossibleCut, ...], Message | None]:
    """Return what may be adopted, or why nothing may yet."""
    try:
        return standard_setting.cuts_to_choose_from(session, actor, panel_id), None
    except (standard_setting.ParametersLacking, standard_setting.PanelUnusable) as refusal:
        return (), message_for(refusal)


def _elsewhere_page(
    session: Session,
    actor: Actor,
    page: Page,
    exam_id: str,
    typed: TypedCut,
    refusal: ExamError | None = None,
) -> Response:
    found = standard_setting.forms_to_cut(session, actor, exam_id)
    return page(
        "cut_scores/elsewhere.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        exam=found.exam,
        forms=found.forms,
        most={form_id: assembly.shown(points) for form_id, points in found.most.items()},
        current=found.current,
        typed=typed,
        refusal=None if refusal is None else message_for(refusal),
    )
