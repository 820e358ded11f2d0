"""Use cases of a cut score: what may be adopted, adopting it, and which one holds."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import Exam, Form, find_exam, find_form, scoring_then
from examengine.bank import AdoptedParameters, current_parameters
from examengine.delivery import keep_candidates_apart
from examengine.four_eyes import Act, Agreement, Proposal, agreed
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id
from examengine.kernel.reasons import checked_reason
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
    AdoptionReasonMissing,
    CutScoreMoved,
    CutScoreUnknown,
    NothingRecommended,
    PanelMoved,
    PanelUnusable,
    ParametersLacking,
)
from examengine.standard_setting.form_points import form_points
from examengine.standard_setting.service import PanelRecommendation, recommendation
from examengine.standard_setting.tables import CutScoreRow


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a cut is set on: the exam, the form, and how the cut came about; and who asked for it.

    `act` is what two people have to agree on.
    """

    exam: Exam
    form: Form
    method: str
    standard_error: float
    recommended: PanelRecommendation | None
    act: Act


@dataclass(frozen=True, slots=True)
class _Placing:
    """How a raw cut on a form becomes a cut: by parameters, or as it is.

    `most` is the highest raw score; `terms` is what two people have to agree on besides.
    """

    most: Decimal
    adopted: AdoptedParameters | None
    place: Callable[[float], Placement]
    terms: Mapping[str, str]


def current_cut(session: Session, exam_id: str) -> CutScore | None:
    """Return the cut that holds for an exam now, or None before any was adopted.

    A cut holds as long as the exam is scored in the way that it was set for, and the same items
    count.

    It does not ask who is asking: the use case that calls it does.
    """
    return next(iter(_cuts_in_force(session, exam_id)), None)


def cut_for_form(session: Session, exam_id: str, form: Form) -> CutScore | None:
    """Return the cut that holds for whoever sat a form, or None where there is none.

    A cut on the scale holds for every form. One in points holds for its own form, and for others
    with the same items that count: points of different forms are not comparable.

    It does not ask who is asking: the use case that calls it does.
    """
    counted = {item.ref for item in form.items if item.scored}
    for cut in _cuts_in_force(session, exam_id):
        own = find_form(session, cut.form_id)
        if not cut.in_points or {item.ref for item in own.items if item.scored} == counted:
            return cut
    return None


def _cuts_in_force(session: Session, exam_id: str) -> list[CutScore]:
    """Return the cuts that were set for the way the exam is scored now, the newest first."""
    cuts = repository.cut_scores(session, exam_id)
    if not cuts:
        return []
    exam = find_exam(session, exam_id)
    if exam.scoring.by_points:
        return [cut for cut in cuts if cut.in_points and _still_holds(session, exam, cut)]
    return [cut for cut in cuts if not cut.in_points]


def _still_holds(session: Session, exam: Exam, cut: CutScore) -> bool:
    """Tell whether a cut in points was set for points that stand for the same as those of now."""
    then = scoring_then(session, exam, cut.scoring_digest)
    return then.digest == cut.scoring_digest and then.gives_the_same_points(exam.scoring)


def find_cut(session: Session, cut_score_id: UUID) -> CutScore:
    """Return one adopted cut.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        CutScoreUnknown: There is none with this id.
    """
    found = repository.cut_score(session, cut_score_id)
    if found is None:
        raise CutScoreUnknown(f"no cut score {cut_score_id}")
    return found


def is_simulated(session: Session, cut: CutScore) -> bool:
    """Tell whether the ratings behind a cut were made by a program.

    It does not ask who is asking: the use case that calls it does.
    """
    panel = None if cut.panel_id is None else repository.panel(session, cut.panel_id)
    return panel is not None and panel.simulated


def cuts_to_choose_from(session: Session, actor: Actor, panel_id: UUID) -> tuple[PossibleCut, ...]:
    """Return what the panel's cut, and one or two standard errors around it, would become.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        PanelUnknown, NothingRecommended: There is no such panel, or no round is closed.
        ParametersLacking: The form's items have no adopted parameters yet.
    """
    found = recommendation(session, actor, panel_id)
    exam, form = find_exam(session, found.panel.exam_id), find_form(session, found.panel.form_id)
    _check_points(session, exam, form, found)
    place = _placing(session, exam, form).place
    return possible_cuts(found.result.cut, found.result.se_judges, place)


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
) -> CutScore | Proposal:
    """Adopt a cut that a panel has recommended, or another one with the panel before one's eyes.

    Where two people are needed, the first one's asking is a proposal, and nothing else happens.

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
        OwnMatter: They are enrolled in the exam.
        OwnProposal, AlreadyProposed, ProposalOver: It waits for another person, or did.
        PanelUnknown: There is no such panel.
        NothingRecommended: It has rounds to go.
        PanelMoved, CutScoreMoved: The ratings, or the cut that holds, are not those on the page.
        AdoptionReasonMissing: A reason is needed.
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
    terms = {
        "panel_id": str(panel_id),
        "points": points.strip(),
        "reason": checked_reason(reason, AdoptionReasonMissing),
        "seen_panel": seen_panel,
        "seen_cut": None if seen_cut is None else str(seen_cut),
    }
    act = Act("standard_setting.adopt_cut", f"exam:{exam.id}", Role.AWARDING_OFFICER, terms)
    basis = _Basis(exam, form, found.panel.method, found.result.se_judges, found, act)
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
) -> CutScore | Proposal:
    """Adopt a cut that was set outside this system; the reason says by whom and how.

    Where two people are needed, the first one's asking is a proposal, and nothing else happens.

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
        CutScoreMoved, AdoptionReasonMissing, CutOutOfRange, ParametersLacking: As in `adopt_cut`.
        OwnMatter, OwnProposal, AlreadyProposed, ProposalOver: As in `adopt_cut`.
    """
    require(actor, Role.AWARDING_OFFICER)
    exam, form = find_exam(session, exam_id), find_form(session, form_id)
    if form.exam_id != exam.id:
        raise PanelUnusable([f"the form belongs to {form.exam_id}, not to {exam.id}"])
    error = error_of(standard_error, sum(form_points(session, exam, form), Decimal(0)))
    terms = {
        "exam_id": exam.id,
        "form_id": str(form_id),
        "points": points.strip(),
        "standard_error": standard_error.strip(),
        "reason": checked_reason(reason, AdoptionReasonMissing),
        "seen_cut": None if seen_cut is None else str(seen_cut),
    }
    name = "standard_setting.adopt_cut_set_elsewhere"
    act = Act(name, f"exam:{exam.id}", Role.AWARDING_OFFICER, terms)
    basis = _Basis(exam, form, SET_ELSEWHERE, error, None, act)
    return _adopt(session, clock, actor, basis, points, reason, seen_cut)


def _adopt(
    session: Session,
    clock: Clock,
    actor: Actor,
    basis: _Basis,
    points: str,
    reason: str,
    seen_cut: UUID | None,
) -> CutScore | Proposal:
    exam = basis.exam
    keep_candidates_apart(session, actor, exam.id)
    # The number is read before the cut that holds: whoever adopts in between takes either the
    # number or the cut that the page showed, and never lets this one pass as knowing of theirs.
    version = 1 + len(repository.cut_scores(session, exam.id))
    current = current_cut(session, exam.id)
    if seen_cut != (None if current is None else current.id):
        raise CutScoreMoved(f"another cut of {exam.id} holds by now")
    _check_points(session, exam, basis.form, basis.recommended)
    placing = _placing(session, exam, basis.form)
    placement = placing.place(points_of(points, placing.most, all_of_them=exam.scoring.by_points))
    act = replace(basis.act, terms={**basis.act.terms, **placing.terms})
    stands = agreed(session, clock, actor, act)
    if isinstance(stands, Proposal):
        return stands
    why = checked_reason(reason, AdoptionReasonMissing)
    cut = _cut_score(clock, stands, basis, placement, placing, why, version)
    repository.add_cut_score(session, CutScoreRow(**asdict(cut)))
    detail = {"digest": cut.digest, "cut": str(cut.passing), "reason": cut.reason}
    record_act(
        session,
        cut.adopted_at,
        stands.by,
        "standard_setting.adopt_cut",
        basis.act.subject,
        {**detail, **stands.told()},
    )
    return cut


def _cut_score(
    clock: Clock,
    stands: Agreement,
    basis: _Basis,
    placement: Placement,
    placing: _Placing,
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
        parameters_id=None if placing.adopted is None else placing.adopted.id,
        parameters_digest=None if placing.adopted is None else placing.adopted.digest,
        scoring_digest=basis.exam.scoring.digest if placing.adopted is None else None,
        reason=reason,
        adopted_by=stands.by.person_id,
        adopted_at=now,
        digest="",
        version=version,
        exam_digest=basis.exam.digest,
        form_digest=basis.form.digest,
        panel_digest=None if found is None else found.digest,
        recommended_cut=None if found is None else found.result.cut,
        adopted_by_name=stands.names,
    )
    return replace(cut, digest=cut_score_digest(cut))


def _placing(session: Session, exam: Exam, form: Form) -> _Placing:
    """Return how raw cuts on a form are placed, as the exam is scored now.

    Raises:
        ParametersLacking: It is scored by ability, and items have no adopted parameters.
    """
    most = sum(form_points(session, exam, form), Decimal(0))
    if exam.scoring.by_points:
        return _Placing(most, None, Placement, {"scoring": exam.scoring.digest})
    ids = tuple(item.ref.item_id for item in form.counted(exam.scoring))
    adopted = _adopted(session, exam.bank_id, ids)
    items = parameters_for(ids, adopted.body)
    return _Placing(
        most, adopted, lambda raw: placed(raw, items, exam.scale), {"parameters": adopted.digest}
    )


def _check_points(
    session: Session, exam: Exam, form: Form, found: PanelRecommendation | None
) -> None:
    """Refuse a panel whose items count otherwise by now than when it was set up.

    Raises:
        PanelUnusable: They do; another panel has to say what the points are worth.
    """
    if found is None:
        return
    now = tuple(float(points) for points in form_points(session, exam, form))
    if now != found.panel.most_points:
        raise PanelUnusable(
            ["the points of its items count otherwise since the exam is scored in another way"]
        )


def _adopted(session: Session, bank_id: str, item_ids: tuple[str, ...]) -> AdoptedParameters:
    adopted = current_parameters(session, bank_id)
    if adopted is None:
        raise ParametersLacking(item_ids)
    return adopted
