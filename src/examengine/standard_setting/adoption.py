"""Use cases of a cut score: what may be adopted, adopting it, and which one holds."""

from dataclasses import asdict, dataclass, replace
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import Exam, Form, find_exam, find_form
from examengine.bank import AdoptedParameters, current_parameters
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id
from examengine.standard_setting import repository
from examengine.standard_setting.cut_score import (
    SET_ELSEWHERE,
    CutScore,
    Placement,
    PossibleCut,
    cut_score_digest,
    error_of,
    parameters_for,
    placed,
    points_of,
    possible_cuts,
)
from examengine.standard_setting.errors import (
    CutScoreMoved,
    CutScoreUnknown,
    NothingRecommended,
    PanelMoved,
    PanelUnusable,
    ParametersLacking,
)
from examengine.standard_setting.panel import scored_items
from examengine.standard_setting.rules import checked_reason
from examengine.standard_setting.service import PanelRecommendation, recommendation
from examengine.standard_setting.tables import CutScoreRow


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a cut is set on: the exam, the form, and how the cut came about."""

    exam: Exam
    form: Form
    method: str
    standard_error: float
    recommended: PanelRecommendation | None


def current_cut(session: Session, exam_id: str) -> CutScore | None:
    """Return the cut that holds for an exam now, or None before any was adopted."""
    return next(iter(repository.cut_scores(session, exam_id)), None)


def cut_history(session: Session, exam_id: str) -> list[CutScore]:
    """Return every cut an exam ever had, the newest first."""
    return repository.cut_scores(session, exam_id)


def find_cut(session: Session, cut_score_id: UUID) -> CutScore:
    """Return one adopted cut.

    Raises:
        CutScoreUnknown: There is none with this id.
    """
    found = repository.cut_score(session, cut_score_id)
    if found is None:
        raise CutScoreUnknown(f"no cut score {cut_score_id}")
    return found


def cuts_to_choose_from(session: Session, actor: Actor, panel_id: UUID) -> tuple[PossibleCut, ...]:
    """Return what the panel's cut, and one or two standard errors around it, would become.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        PanelUnknown, NothingRecommended: There is no such panel, or no round is closed.
        ParametersLacking: The form's items have no adopted parameters yet.
    """
    found = recommendation(session, actor, panel_id)
    exam = find_exam(session, found.panel.exam_id)
    adopted = _adopted(session, exam.bank_id, found.panel.item_ids)
    items = parameters_for(found.panel.item_ids, adopted.body)
    return possible_cuts(found.result.cut, found.result.se_judges, items, exam.scale)


def adopt_cut(
    session: Session,
    clock: Clock,
    actor: Actor,
    panel_id: UUID,
    *,
    points: str,
    reason: str,
    seen_panel: str,
    seen_cut: UUID | None,
) -> CutScore:
    """Adopt a cut that a panel has recommended, or another one with the panel before one's eyes.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: The awarding officer.
        panel_id: The panel; it has to be over.
        points: The raw cut, a decimal number of points on the panel's form.
        reason: Why this cut.
        seen_panel: Digest of the panel as the officer saw it.
        seen_cut: The cut that held when the page was drawn, or None.

    Raises:
        NotAllowed: The actor is no awarding officer.
        PanelUnknown: There is no such panel.
        NothingRecommended: It has rounds to go.
        PanelMoved, CutScoreMoved: The ratings, or the cut that holds, are not those on the page.
        ReasonMissing: A reason is needed.
        CutOutOfRange: The form, or the scale, has no score there.
        ParametersLacking: The form's items have no adopted parameters.
    """
    require(actor, Role.AWARDING_OFFICER)
    found = recommendation(session, actor, panel_id)
    if not found.panel.over:
        raise NothingRecommended(f"panel {panel_id} has rounds to go")
    if found.digest != seen_panel:
        raise PanelMoved(f"panel {panel_id} is at {found.digest}")
    exam, form = find_exam(session, found.panel.exam_id), find_form(session, found.panel.form_id)
    basis = _Basis(exam, form, found.panel.method, found.result.se_judges, found)
    return _adopt(session, clock, actor, basis, points, reason, seen_cut)


def adopt_cut_set_elsewhere(
    session: Session,
    clock: Clock,
    actor: Actor,
    exam_id: str,
    form_id: UUID,
    *,
    points: str,
    standard_error: str,
    reason: str,
    seen_cut: UUID | None,
) -> CutScore:
    """Adopt a cut that was set outside this system; the reason says by whom and how.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: The awarding officer.
        exam_id: The exam.
        form_id: The form on which the cut is a raw score.
        points: The raw cut, a decimal number of points.
        standard_error: Its standard error in points; empty when it is not known.
        reason: Who set it, how, and where that is written down.
        seen_cut: The cut that held when the page was drawn, or None.

    Raises:
        NotAllowed: The actor is no awarding officer.
        ExamUnknown, FormUnknown: One of the ids names nothing.
        PanelUnusable: The form belongs to another exam.
        CutScoreMoved, ReasonMissing, CutOutOfRange, ParametersLacking: As in `adopt_cut`.
    """
    require(actor, Role.AWARDING_OFFICER)
    exam, form = find_exam(session, exam_id), find_form(session, form_id)
    if form.exam_id != exam.id:
        raise PanelUnusable([f"the form belongs to {form.exam_id}, not to {exam.id}"])
    error = error_of(standard_error, len(scored_items(form)))
    basis = _Basis(exam, form, SET_ELSEWHERE, error, None)
    return _adopt(session, clock, actor, basis, points, reason, seen_cut)


def _adopt(
    session: Session,
    clock: Clock,
    actor: Actor,
    basis: _Basis,
    points: str,
    reason: str,
    seen_cut: UUID | None,
) -> CutScore:
    exam, item_ids = basis.exam, scored_items(basis.form)
    current = current_cut(session, exam.id)
    if seen_cut != (None if current is None else current.id):
        raise CutScoreMoved(f"another cut of {exam.id} holds by now")
    adopted = _adopted(session, exam.bank_id, item_ids)
    raw_cut = points_of(points, len(item_ids))
    placement = placed(raw_cut, parameters_for(item_ids, adopted.body), exam.scale)
    version = 1 if current is None else current.version + 1
    cut = _cut_score(clock, actor, basis, placement, adopted, checked_reason(reason), version)
    repository.add_cut_score(session, CutScoreRow(**asdict(cut)))
    detail = {"digest": cut.digest, "scale_cut": cut.scale_cut, "reason": cut.reason}
    subject = f"exam:{exam.id}"
    record_act(session, cut.adopted_at, actor, "standard_setting.adopt_cut", subject, detail)
    return cut


def _cut_score(
    clock: Clock,
    actor: Actor,
    basis: _Basis,
    placement: Placement,
    adopted: AdoptedParameters,
    reason: str,
    version: int,
) -> CutScore:
    now, found = clock.now(), basis.recommended
    cut = CutScore(
        id=new_id(now),
        exam_id=basis.exam.id,
        panel_id=None if found is None else found.panel.id,
        method=basis.method,
        form_id=basis.form.id,
        raw_cut=placement.raw_cut,
        theta_cut=placement.theta_cut,
        scale_cut=placement.scale_cut,
        standard_error=basis.standard_error,
        parameters_id=adopted.id,
        parameters_digest=adopted.digest,
        reason=reason,
        adopted_by=actor.person_id,
        adopted_at=now,
        digest="",
        version=version,
        exam_digest=basis.exam.digest,
        form_digest=basis.form.digest,
        panel_digest=None if found is None else found.digest,
        recommended_cut=None if found is None else found.result.cut,
        adopted_by_name=actor.name,
    )
    return replace(cut, digest=cut_score_digest(cut))


def _adopted(session: Session, bank_id: str, item_ids: tuple[str, ...]) -> AdoptedParameters:
    adopted = current_parameters(session, bank_id)
    if adopted is None:
        raise ParametersLacking(item_ids)
    return adopted
