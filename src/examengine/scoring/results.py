"""Use cases of results: an administration at a glance, its candidates, and one's own result."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import numpy as np
from sqlmodel import Session

from examengine.accounts import Actor, Role, require, system_actor
from examengine.assembly import Exam, find_exam, find_form
from examengine.bank import Bank, find_bank, find_parameters, item_versions
from examengine.delivery import (
    Administration,
    ResponseRecord,
    Submission,
    find_administration,
    find_response_record,
    list_administrations,
    response_record_of,
    submissions,
)
from examengine.integrity import Clearance, clearance_of, clearances, subject_id_of
from examengine.psychometrics.classification import Classification, rudner
from examengine.psychometrics.parameters import ParameterSet
from examengine.scoring import repository
from examengine.scoring.decision import Decision, in_force
from examengine.scoring.errors import ResultNotOut, ScoreRecordUnknown
from examengine.scoring.score_record import ScoreRecord
from examengine.scoring.score_report import AreaResult, ScoreRange, area_results, score_range
from examengine.standard_setting import CutScore, current_cut, find_cut

READERS = (Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)


class State(StrEnum):
    """Where one set of responses stands, in the order in which it gets there."""

    HANDED_IN = "handed in"
    SCORED = "scored"
    HELD = "held"
    DECIDE_AGAIN = "decide again"
    """Decided, and the score or the ruling has changed since."""
    PASSED = "passed"
    NOT_PASSED = "not passed"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the list of results."""

    response_record_id: UUID
    subject_id: UUID
    candidate: str
    submitted_at: datetime
    score: ScoreRecord | None
    clearance: Clearance | None
    decision: Decision | None
    """The newest decision, in force or not."""
    state: State


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an administration has come."""

    administration: Administration
    scored: int
    decided: int


@dataclass(frozen=True, slots=True)
class Results:
    """An administration with everybody who handed in."""

    administration: Administration
    exam: Exam
    cut: CutScore | None
    """The cut that holds for the exam now; a decision names the one it was taken at."""
    results: tuple[Result, ...]

    @property
    def counts(self) -> Mapping[State, int]:
        """Return how many stand in each state."""
        return Counter(result.state for result in self.results)

    @property
    def accuracy(self) -> Classification | None:
        """Return how often decisions at the cut are right, and how often they would be repeated.

        Rudner's method over everybody who has a score, at the cut that holds now. It is worked
        out anew and stored nowhere.
        """
        scores = [result.score for result in self.results if result.score is not None]
        if self.cut is None or not scores:
            return None
        theta = np.array([score.theta for score in scores])
        errors = np.array([score.se for score in scores])
        return rudner(theta, errors, self.cut.theta_cut)

    def searched(self, label: str, state: str) -> tuple[Result, ...]:
        """Return the results whose candidate's label holds `label`, in one state or in any."""
        wanted = label.strip().casefold()
        return tuple(
            result
            for result in self.results
            if wanted in result.candidate.casefold() and state in {"", result.state.value}
        )


@dataclass(frozen=True, slots=True)
class OwnResult:
    """What a candidate is told."""

    exam: Exam
    administration: Administration
    record: ResponseRecord
    score: ScoreRecord
    decision: Decision
    clearance: Clearance
    range: ScoreRange
    areas: tuple[AreaResult, ...]


def progress(session: Session, actor: Actor) -> list[Progress]:
    """Return how far each administration has come, the newest first.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
    """
    require(actor, *READERS)
    counts = repository.scored_and_decided(session)
    return [
        Progress(administration, *counts.get(administration.id, (0, 0)))
        for administration in list_administrations(session)
    ]


def results_of(session: Session, actor: Actor, administration_id: UUID) -> Results:
    """Return everybody who handed in, with score, ruling, decision and state, by candidate.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        AdministrationUnknown: There is no such administration.
    """
    require(actor, *READERS)
    administration = find_administration(session, administration_id)
    scores = repository.newest_scores(session, administration_id)
    decided = repository.newest_decisions(session, administration_id)
    rulings = clearances(session, administration_id)
    return Results(
        administration=administration,
        exam=find_exam(session, administration.exam_id),
        cut=current_cut(session, administration.exam_id),
        results=tuple(
            _result(one, scores.get(one.id), rulings.get(subject_id_of(one)), decided.get(one.id))
            for one in submissions(session, administration_id)
        ),
    )


def own_result(session: Session, actor: Actor, attempt_id: UUID) -> OwnResult:
    """Return the result of one's own attempt, once a decision about it is in force.

    Raises:
        ScoreRecordUnknown: There is no such attempt, or it is somebody else's.
        ResultNotOut: It is one's own, and nothing is decided yet, or it is being looked at.
    """
    record = response_record_of(session, attempt_id)
    if record is None or record.person_id != actor.person_id:
        raise ScoreRecordUnknown(f"no result of attempt {attempt_id} for this person")
    found = _told(session, record)
    if found is None:
        raise ResultNotOut(attempt_id)
    return found


def result_for_staff(session: Session, actor: Actor, response_record_id: UUID) -> OwnResult:
    """Return what a candidate is told, for whoever has to answer their questions.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        ResponseRecordUnknown: There is no such record.
        ResultNotOut: No decision is in force.
    """
    require(actor, *READERS)
    record = find_response_record(session, response_record_id)
    found = _told(session, record)
    if found is None:
        raise ResultNotOut(subject_id_of(record))
    return found


def state_of(
    score: ScoreRecord | None, clearance: Clearance | None, decision: Decision | None
) -> State:
    """Return where one set of responses stands. Pure.

    A hold comes before everything: while somebody has to look, no result is shown.
    """
    if clearance is not None and clearance.state == "held":
        return State.HELD
    if score is None:
        return State.HANDED_IN
    if decision is None:
        return State.SCORED
    if not in_force(decision, score, clearance):
        return State.DECIDE_AGAIN
    if decision.clearance == "voided":
        return State.VOIDED
    return State.PASSED if decision.passed else State.NOT_PASSED


def _result(
    submission: Submission,
    score: ScoreRecord | None,
    clearance: Clearance | None,
    decision: Decision | None,
) -> Result:
    return Result(
        response_record_id=submission.id,
        subject_id=subject_id_of(submission),
        candidate=submission.candidate,
        submitted_at=submission.submitted_at,
        score=score,
        clearance=clearance,
        decision=decision,
        state=state_of(score, clearance, decision),
    )


def _told(session: Session, record: ResponseRecord) -> OwnResult | None:
    score = repository.newest_score(session, record.id)
    decision = repository.newest_decision(session, record.id)
    clearance = clearance_of(session, record.id)
    if score is None or decision is None or clearance is None:
        return None
    if not in_force(decision, score, clearance):
        return None
    exam = find_exam(session, score.exam_id)
    return OwnResult(
        exam=exam,
        administration=find_administration(session, record.administration_id),
        record=record,
        score=score,
        decision=decision,
        clearance=clearance,
        range=score_range(score, exam.scale),
        areas=_areas(session, score, exam, decision),
    )


def _areas(
    session: Session, score: ScoreRecord, exam: Exam, decision: Decision
) -> tuple[AreaResult, ...]:
    form = find_form(session, score.inputs.form_id)
    versions = item_versions(session, [item.ref for item in form.items])
    # A candidate may not read the bank; the report names nothing of it but its areas.
    bank: Bank = find_bank(session, system_actor(), exam.bank_id)
    parameters = ParameterSet.from_dict(find_parameters(session, score.parameters_id).body)
    cut = find_cut(session, decision.cut_score_id)
    return tuple(area_results(score, form, versions, bank, parameters, cut.theta_cut))
