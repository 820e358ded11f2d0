"""The use case of explaining: load the whole chain behind a score or a decision, walk it back."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, system_actor
from examengine.assembly import Form, find_exam, find_form
from examengine.bank import (
    AdoptedParameters,
    ItemRef,
    ItemUnknown,
    ItemVersion,
    find_parameters,
    item_versions,
)
from examengine.calibration import RunUnknown, find_run
from examengine.delivery import (
    LoggedEvent,
    ResponseRecord,
    attempt_log,
    find_administration,
    find_response_record,
)
from examengine.integrity import find_clearance, verdict_on
from examengine.psychometrics.parameters import ParameterSet
from examengine.scoring import repository
from examengine.scoring.deciding import decision_stands
from examengine.scoring.decision import Decision
from examengine.scoring.errors import ScoreRecordUnknown
from examengine.scoring.explanation import Explanation, ItemLine, Step, item_line
from examengine.scoring.outcome_steps import (
    clearance_step,
    cut_step,
    decision_step,
    parameters_step,
    score_step,
)
from examengine.scoring.score_record import ScoreRecord
from examengine.scoring.service import Marking, outcomes
from examengine.scoring.source_steps import (
    calibration_step,
    form_step,
    items_step,
    log_step,
    response_step,
)
from examengine.standard_setting import find_cut, recommendation

READERS = (Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)

Versions = Mapping[ItemRef, ItemVersion]


def explain(session: Session, actor: Actor, subject_id: UUID) -> Explanation:
    """Walk from a decision, or a score, back to the answers; every link is computed again now.

    Args:
        session: The transaction.
        actor: Awarding officer, psychometrician, or the candidate themselves once a decision
            stands. A candidate is shown no answers with their keys.
        subject_id: The id of a decision or of a score record.

    Raises:
        ScoreRecordUnknown: There is neither with this id, or it is not for this person to read.
    """
    decision = repository.decision(session, subject_id)
    score_id = subject_id if decision is None else decision.score_record_id
    score = repository.score(session, score_id)
    if score is None:
        raise ScoreRecordUnknown(f"neither decision nor score record {subject_id}")
    decision = decision or repository.decision_on_score(session, score.id)
    staff = actor.may(*READERS)
    if not staff and not _own_result(session, actor, score, decision):
        raise ScoreRecordUnknown(f"{subject_id} is not for this person")
    return _walk(session, score, decision, staff=staff)


def _own_result(
    session: Session, actor: Actor, score: ScoreRecord, decision: Decision | None
) -> bool:
    return (
        score.person_id == actor.person_id
        and decision is not None
        and decision_stands(session, decision)
    )


def _walk(
    session: Session, score: ScoreRecord, decision: Decision | None, *, staff: bool
) -> Explanation:
    record = find_response_record(session, score.response_record_id)
    form = find_form(session, record.form_id)
    exam = find_exam(session, score.exam_id)
    adopted = find_parameters(session, score.parameters_id)
    versions = _versions(session, form)
    parameters = ParameterSet.from_dict(adopted.body)
    again = None
    if len(versions) == len(form.items):
        marking = Marking(exam, adopted, parameters, {form.id: form}, versions)
        (again,) = outcomes(marking, [record])
    log = [] if record.attempt_id is None else attempt_log(session, record.attempt_id)
    return Explanation(
        score=score,
        decision=decision,
        steps=(
            *_decision_steps(session, decision, staff=staff),
            score_step(score, exam, decision, again),
            parameters_step(score, adopted),
            _calibration(session, adopted),
            response_step(score, record),
            log_step(record, log, verdict_on(record, log)),
            form_step(record, form),
            items_step(form, versions),
        ),
        items=_lines(score, record, form, versions, log) if staff else (),
    )


def _decision_steps(
    session: Session, decision: Decision | None, *, staff: bool
) -> tuple[Step, ...]:
    if decision is None:
        return ()
    cut = find_cut(session, decision.cut_score_id)
    panel_now = None
    if cut.panel_id is not None:
        # Whoever may read the explanation may know that the ratings are still the same ones.
        panel_now = recommendation(session, system_actor(), cut.panel_id).digest
    clearance = find_clearance(session, decision.basis.clearance_id)
    ruling = [clearance_step(decision, one, staff=staff) for one in (clearance,) if one is not None]
    return (decision_step(decision), *ruling, cut_step(decision, cut, panel_now))


def _calibration(session: Session, adopted: AdoptedParameters) -> Step:
    # Whoever may read the explanation may know what the parameters rest on.
    try:
        run = find_run(session, system_actor(), adopted.run_id)
    except RunUnknown:
        return calibration_step(adopted, None, ())
    sources = [find_administration(session, one) for one in run.administration_ids]
    return calibration_step(adopted, run, sources)


def _versions(session: Session, form: Form) -> Versions:
    """Return the item versions that are still the ones the form names."""
    refs = [item.ref for item in form.items]
    try:
        return item_versions(session, refs)
    except ItemUnknown:
        return {ref: version for ref in refs for version in _if_unchanged(session, ref)}


def _if_unchanged(session: Session, ref: ItemRef) -> list[ItemVersion]:
    try:
        return [item_versions(session, [ref])[ref]]
    except ItemUnknown:
        return []  # the step of the items names it


def _lines(
    score: ScoreRecord,
    record: ResponseRecord,
    form: Form,
    versions: Versions,
    log: list[LoggedEvent],
) -> tuple[ItemLine, ...]:
    given_at = {event.body["item_id"]: event.at for event in log if event.type == "saved"}
    return tuple(
        item_line(
            versions[item.ref],
            record.responses.get(item.ref.item_id),
            given_at.get(item.ref.item_id),
            scored=item.scored,
            recorded_score=score.item_scores[item.ref.item_id],
        )
        for item in form.items
        if item.ref in versions
    )
