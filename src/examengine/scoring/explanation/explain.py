"""The use case of explaining: load the whole chain behind a score or a decision, walk it back."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import ParamSpec, TypeVar
from uuid import UUID

from sqlmodel import Session

from examengine import ledger
from examengine.accounts import Actor, Role
from examengine.assembly import (
    Exam,
    Form,
    find_exam,
    find_form,
    scoring_policies,
    scoring_then,
)
from examengine.bank import (
    AdoptedParameters,
    find_parameters,
)
from examengine.calibration import elsewhere_behind, run_behind
from examengine.delivery import (
    LoggedEvent,
    ResponseRecord,
    attempt_log,
    find_administration,
    find_response_record,
)
from examengine.integrity import find_clearance, known_heads, verdict_on
from examengine.kernel.errors import ExamError, Kind
from examengine.marking import ImpossiblePoints, Marks
from examengine.psychometrics.parameters import ParameterSet
from examengine.scoring import repository
from examengine.scoring.corrections_in_words import correction_in_words, corrections_in_words
from examengine.scoring.decisions.decide import decision_stands
from examengine.scoring.decisions.decision import Decision
from examengine.scoring.errors import RecordGone, ScoreRecordUnknown
from examengine.scoring.explanation.chain import (
    Explanation,
    ExplanationStep,
    missed_step,
    missing_step,
    with_seals,
)
from examengine.scoring.explanation.item_lines import item_lines
from examengine.scoring.explanation.outcome_steps import (
    clearance_step,
    cut_step,
    decision_step,
    parameters_step,
    score_step,
    scoring_step,
)
from examengine.scoring.explanation.source_steps import (
    calibration_step,
    elsewhere_step,
    form_step,
    items_step,
    log_step,
    response_step,
)
from examengine.scoring.pinned_versions import Versions, versions_of
from examengine.scoring.score_record import Scored, ScoreRecord
from examengine.scoring.service import ScoredBy, ScoringParameters, outcomes
from examengine.scoring.simulated import SimulatedSource, simulated_sources
from examengine.standard_setting import (
    CutScore,
    NothingRecommended,
    PanelUnknown,
    find_cut,
    is_simulated,
    panel_digest_now,
)

READERS = (Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)

P = ParamSpec("P")
Found = TypeVar("Found")


def explain(session: Session, actor: Actor, subject_id: UUID) -> Explanation:
    """Walk from a decision, or a score, back to the answers; every link is computed again now.

    Args:
        session: The transaction.
        actor: Awarding officer, psychometrician, or the candidate themselves once a decision
            stands. A candidate is shown no answers with their keys.
        subject_id: The id of a decision or of a score record.

    Raises:
        ScoreRecordUnknown: There is neither with this id, or it is not for this person to read.
        RecordGone: There was one, as staff are told, and it is missing.
    """
    decision = repository.decision(session, subject_id)
    score_id = subject_id if decision is None else decision.score_record_id
    score = repository.score(session, score_id)
    result = decision or score
    staff = actor.may(*READERS)
    if result is None:
        raise _unknown(session, subject_id, staff=staff)
    decision = decision or repository.decision_on_score(session, score_id)
    if not staff and not _own_result(session, actor, result, decision):
        raise ScoreRecordUnknown(f"{subject_id} is not for this person")
    return _walk(session, decision or result, score, decision, staff=staff)


def _unknown(session: Session, subject_id: UUID, *, staff: bool) -> ScoreRecordUnknown | RecordGone:
    """Return the refusal to explain what is not here: staff are told when it was once."""
    entry = ledger.entry_about(session, subject_id) if staff else None
    if entry is not None and entry.draft.kind in {"decision", "score_record"}:
        return RecordGone(entry.name, entry.words)
    return ScoreRecordUnknown(f"neither decision nor score record {subject_id}")


def _own_result(
    session: Session, actor: Actor, result: ScoreRecord | Decision, decision: Decision | None
) -> bool:
    return (
        result.person_id == actor.person_id
        and decision is not None
        and decision_stands(session, decision)
    )


def _walk(
    session: Session,
    result: ScoreRecord | Decision,
    score: ScoreRecord | None,
    decision: Decision | None,
    *,
    staff: bool,
) -> Explanation:
    record = _found(find_response_record, session, result.response_record_id)
    form = None if record is None else _found(find_form, session, record.form_id)
    versions: Versions = {} if form is None else versions_of(session, form)
    log = _log(session, result.attempt_id)
    steps = (
        *_decision_steps(session, decision, staff=staff),
        *_score_steps(session, result, score, decision, record, form, versions, staff=staff),
        *_source_steps(session, result, score, record, form, versions, log),
    )
    return Explanation(
        about=result,
        candidate=_candidate(score, record),
        score=score,
        decision=decision,
        steps=(*_missed_steps(session, result, {step.id for step in steps}), *steps),
        items=item_lines(score, record, form, versions, log) if staff else (),
        simulated=_simulated(session, result, score, decision),
    )


def _simulated(
    session: Session,
    result: ScoreRecord | Decision,
    score: ScoreRecord | None,
    decision: Decision | None,
) -> tuple[SimulatedSource, ...]:
    administration = _found(find_administration, session, result.administration_id)
    if administration is None:
        return ()
    cut = None if decision is None else _found(find_cut, session, decision.cut_score_id)
    used = None if score is None else score.parameters_id
    parameters = () if used is None else (used,)
    return simulated_sources(session, administration, parameters, cut)


def _missed_steps(
    session: Session, result: ScoreRecord | Decision, told: Collection[str]
) -> Iterator[ExplanationStep]:
    """Yield what the ledger knows about these responses, and no step tells: what was deleted."""
    about = {
        "decision": result.response_record_id,
        "clearance": result.attempt_id or result.response_record_id,
        "score_record": result.response_record_id,
    }
    for kind, subject in about.items():
        for identity, seal in ledger.check_about(session, kind, [subject])[subject].items():
            if not seal.intact and str(identity) not in told:
                yield missed_step(kind, identity, seal)


def _candidate(score: ScoreRecord | None, record: ResponseRecord | None) -> str:
    known = score or record
    return "a candidate" if known is None else known.candidate


def _decision_steps(
    session: Session, decision: Decision | None, *, staff: bool
) -> tuple[ExplanationStep, ...]:
    if decision is None:
        return ()
    basis = decision.basis
    cut = _found(find_cut, session, decision.cut_score_id)
    clearance = find_clearance(session, basis.clearance_id)
    steps = (
        decision_step(decision),
        missing_step("clearance", "Clearance", basis.clearance_id, basis.clearance_digest)
        if clearance is None
        else clearance_step(decision, clearance, staff=staff),
        missing_step("cut_score", "Pass mark", basis.cut_score_id, basis.cut_score_digest)
        if cut is None
        else cut_step(
            decision, cut, _panel_now(session, cut), simulated=is_simulated(session, cut)
        ),
    )
    ids = (decision.id, basis.clearance_id, basis.cut_score_id)
    return tuple(_sealed(session, step, one) for step, one in zip(steps, ids, strict=True))


def _panel_now(session: Session, cut: CutScore) -> str | None:
    """Return the digest of the panel behind a cut, computed now; None where there was none."""
    if cut.panel_id is None:
        return None
    try:
        return panel_digest_now(session, cut.panel_id, cut.panel_digest)
    except (PanelUnknown, NothingRecommended):
        return "nothing: the panel, or a round that it had closed, is missing"


def _score_steps(
    session: Session,
    result: ScoreRecord | Decision,
    score: ScoreRecord | None,
    decision: Decision | None,
    record: ResponseRecord | None,
    form: Form | None,
    versions: Versions,
    *,
    staff: bool,
) -> tuple[ExplanationStep, ...]:
    if score is None:
        assert isinstance(result, Decision)  # noqa: S101  (it began with one of the two)
        gone = result.score_record_id
        step = missing_step("score_record", "Score", gone, result.score_record_digest)
        return (_sealed(session, step, gone),)
    exam = _found(find_exam, session, score.exam_id)
    if exam is not None:
        exam = replace(exam, scoring=scoring_then(session, exam, score.inputs.scoring_digest))
    used = score.parameters_id
    adopted = None if used is None else _found(find_parameters, session, used)
    again = None
    if record and form and exam and (adopted or used is None) and len(versions) == len(form.items):
        calibrated = None
        if adopted is not None:
            calibrated = ScoringParameters(adopted, ParameterSet.from_dict(adopted.body))
        again = _again(ScoredBy(exam, calibrated, {form.id: form}, versions), record)
    about = (
        _sealed(session, score_step(score, exam, decision, again), score.id),
        *_scoring_steps(session, score, exam, form, versions, staff=staff),
    )
    if used is None:
        return about
    if adopted is None:
        digest = str(score.parameters_digest)
        step = missing_step("parameters", "Item parameters", used, digest)
        return (*about, _sealed(session, step, used, "adopted_parameters"))
    return (
        *about,
        _sealed(session, parameters_step(score, adopted), adopted.id, "adopted_parameters"),
        _calibration(session, adopted),
    )


def _again(by: ScoredBy, record: ResponseRecord) -> tuple[Marks, Scored] | None:
    """Return marks and score computed again now; None where an item marks impossibly."""
    try:
        return outcomes(by, [record])[0]
    except ImpossiblePoints:
        return None


def _scoring_steps(
    session: Session,
    score: ScoreRecord,
    exam: Exam | None,
    form: Form | None,
    versions: Versions,
    *,
    staff: bool,
) -> tuple[ExplanationStep, ...]:
    """Return the policy that a score names, where it is not what the specification says."""
    named = score.inputs.scoring_digest
    if named is None or exam is None or scoring_then(session, exam, None).digest == named:
        return ()
    found = (one for one in scoring_policies(session, exam.id) if one.digest == named)
    record = next(found, None)
    if record is None:
        return (missing_step("scoring_policy", "How it is scored", "not known", named),)
    told = corrections_in_words(form, record.policy) if form is not None else ""
    corrections = (
        [correction_in_words(one, versions) for one in record.policy.corrections]
        if staff
        else [told] * bool(told)
    )
    step = scoring_step(score, record, corrections, staff=staff)
    return (_sealed(session, step, record.id),)


def _calibration(session: Session, adopted: AdoptedParameters) -> ExplanationStep:
    """Say where the parameters come from: a run here, or a calibration elsewhere."""
    run_id, elsewhere_id = adopted.run_id, adopted.elsewhere_id
    if elsewhere_id is not None:
        step = elsewhere_step(adopted, _found(elsewhere_behind, session, elsewhere_id))
        return _sealed(session, step, elsewhere_id, "calibration_elsewhere")
    run = None if run_id is None else _found(run_behind, session, run_id)
    sources = [] if run is None else run.administration_ids
    found = [_found(find_administration, session, one) for one in sources]
    step = calibration_step(adopted, run, found)
    return step if run_id is None else _sealed(session, step, run_id, "calibration_run")


def _source_steps(
    session: Session,
    result: ScoreRecord | Decision,
    score: ScoreRecord | None,
    record: ResponseRecord | None,
    form: Form | None,
    versions: Versions,
    log: list[LoggedEvent],
) -> tuple[ExplanationStep, ...]:
    record_id = result.response_record_id
    if record is None:
        digest = "" if score is None else score.response_record_digest
        step = missing_step("response_record", "Answers handed in", record_id, digest)
        return (_sealed(session, step, record_id),)
    return (
        _sealed(session, response_step(score, record), record_id),
        _log_step(session, record, log),
        *(
            (missing_step("form", "Form", record.form_id, record.form_digest),)
            if form is None
            else (form_step(record, form), items_step(form, versions))
        ),
    )


def _log_step(session: Session, record: ResponseRecord, log: list[LoggedEvent]) -> ExplanationStep:
    """Verify the log, and what the attempt was prepared with, against the ledger."""
    attempt_id = record.attempt_id
    heads = [] if attempt_id is None else known_heads(session, [attempt_id])[attempt_id]
    seals = [ledger.check(session, "administration", record.administration_id)]
    if attempt_id is not None:
        seals.append(ledger.check(session, "enrolment", attempt_id))
    return log_step(record, log, verdict_on(record, log, heads), seals)


def _log(session: Session, attempt_id: UUID | None) -> list[LoggedEvent]:
    return [] if attempt_id is None else attempt_log(session, attempt_id)


def _sealed(
    session: Session, step: ExplanationStep, subject_id: UUID, kind: str | None = None
) -> ExplanationStep:
    """Hold the record of a step against the ledger."""
    return with_seals(step, [ledger.check(session, kind or step.kind, subject_id)])


def _found(find: Callable[P, Found], *arguments: P.args, **named: P.kwargs) -> Found | None:
    """Return what a use case finds, or None where it says that there is no such thing."""
    try:
        return find(*arguments, **named)
    except ExamError as refusal:
        if refusal.kind is not Kind.NOT_FOUND:
            raise
        return None
