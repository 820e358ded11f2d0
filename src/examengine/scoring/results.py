"""Use cases of results: an administration at a glance, its candidates, and one's own result."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly import Exam, Form, find_exam, find_form, forms_of, scoring_then
from examengine.bank import bank_of, find_parameters, item_versions
from examengine.delivery import (
    Administration,
    FoundAdministrations,
    ResponseRecord,
    Submission,
    find_administration,
    find_administrations,
    find_response_record,
    response_record_of,
    submissions,
)
from examengine.integrity import (
    Clearance,
    ListedRuling,
    clearance_of,
    listed_rulings,
    subject_id_of,
)
from examengine.marking import most_points
from examengine.psychometrics.parameters import ParameterSet
from examengine.scoring import repository
from examengine.scoring.corrections_in_words import corrections_in_words
from examengine.scoring.decisions.accuracy import (
    Accuracy,
    accuracy_of_abilities,
    accuracy_of_points,
)
from examengine.scoring.decisions.decision import Decision, in_force
from examengine.scoring.errors import ResultNotOut, ScoreRecordUnknown
from examengine.scoring.listed import ListedDecision, ListedScore
from examengine.scoring.listed_repository import listed_decisions, listed_scores
from examengine.scoring.score_record import ScoreRecord
from examengine.scoring.score_report import (
    AreaResult,
    AtCut,
    ScoreRange,
    area_results,
    points_range,
    score_range,
)
from examengine.scoring.simulated import (
    SimulatedSource,
    simulated_behind,
    simulated_now,
    simulated_now_of_each,
)
from examengine.standard_setting import CutScore, current_cut, cut_for_form, find_cut

READERS = (Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)


class ResultState(StrEnum):
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
class CandidateResult:
    """One line of the list of results."""

    response_record_id: UUID
    subject_id: UUID
    candidate: str
    submitted_at: datetime
    score: ListedScore | None
    clearance: ListedRuling | None
    decision: ListedDecision | None
    """The newest decision, in force or not."""
    state: ResultState


@dataclass(frozen=True, slots=True)
class ScoringProgress:
    """How far an administration has come."""

    administration: Administration
    scored: int
    decided: int
    simulated: tuple[SimulatedSource, ...]
    """What was simulated of that by which it would be decided now."""


@dataclass(frozen=True, slots=True)
class Results:
    """An administration with everybody who handed in."""

    administration: Administration
    exam: Exam
    cut: CutScore | None
    """The cut that holds for the exam now; a decision names the one it was taken at."""
    results: tuple[CandidateResult, ...]
    simulated: tuple[SimulatedSource, ...] = ()
    """What was simulated of that by which it would be decided now."""
    form: Form | None = None
    """The form that a cut in points is set on; None otherwise."""
    most_points: Mapping[str, int] = field(default_factory=dict)
    """What each item of that form is worth at most."""
    cuts_now: frozenset[UUID] = frozenset()
    """The cuts that hold now; in points each form may have one of its own."""

    @property
    def counts(self) -> Mapping[ResultState, int]:
        """Return how many stand in each state."""
        return Counter(result.state for result in self.results)

    @property
    def counted(self) -> tuple[ListedScore, ...]:
        """Return the scores that are in figures: made as the exam is scored now, and not void."""
        by_points = self.exam.scoring.by_points
        return tuple(
            result.score
            for result in self.results
            if result.score is not None
            and result.score.in_points == by_points
            and (result.clearance is None or result.clearance.state != "voided")
        )

    @property
    def accuracy(self) -> Accuracy | None:
        """Return how often decisions at the cut are right, and how often they would be repeated.

        Over everybody whose score counts, at the cut that holds now: by ability with Rudner's
        method; by points, over those who sat the form of the cut, with Hanson and Brennan's or
        Livingston and Lewis's. It is worked out anew and stored nowhere. None for fewer than
        `FEWEST_FOR_ACCURACY`.
        """
        if self.cut is None:
            return None
        if not self.cut.in_points:
            return accuracy_of_abilities(self.counted, self.cut)
        if self.form is None:
            return None
        scores = [score for score in self.counted if score.form_id == self.cut.form_id]
        return accuracy_of_points(scores, self.form, self.most_points, self.exam.scoring, self.cut)

    @property
    def decided_elsewhere(self) -> int:
        """Return how many decisions were taken at another cut than the one that holds now."""
        decided = [one.decision for one in self.results if one.decision is not None]
        return sum(
            one.clearance == "cleared" and one.cut_score_id not in self.cuts_now for one in decided
        )

    def searched(self, label: str, state: str) -> tuple[CandidateResult, ...]:
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
    range: ScoreRange | None
    """None where the error of the points is not known."""
    areas: tuple[AreaResult, ...]
    simulated: tuple[SimulatedSource, ...] = ()
    """What was simulated of all that the decision rests on."""
    corrections: str = ""
    """What became of questions whose keys were found wrong after the exam; "" where none was."""


def scoring_progress(
    session: Session, actor: Actor, words: str = "", *, start: int = 0, most: int = 100
) -> FoundAdministrations[ScoringProgress]:
    """Return how far administrations have come, a page of them, the newest first.

    Args:
        session: The transaction.
        actor: Who asks.
        words: Looked for in titles and exams, in any case; all when empty.
        start: How many are passed over.
        most: How many there are on a page.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
    """
    require(actor, *READERS)
    found = find_administrations(session, words, start=start, most=most)
    counts = repository.scored_and_decided(session, [one.id for one in found.lines])
    simulated = simulated_now_of_each(session, found.lines)
    return found.telling(
        lambda one: ScoringProgress(one, *counts.get(one.id, (0, 0)), simulated[one.id])
    )


def decided_before(
    session: Session, actor: Actor, cut: CutScore
) -> list[tuple[Administration, int]]:
    """Return the administrations with decisions that were taken at another cut than this one.

    Such decisions stand: a cut overturns nothing until somebody decides anew.

    Args:
        session: The transaction.
        actor: Who asks.
        cut: The cut that holds now.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
    """
    require(actor, *READERS)
    now = _cuts_now(session, cut.exam_id)
    counts = repository.decided_at_other_cuts(session, cut.exam_id, now)
    return [(find_administration(session, id_), count) for id_, count in sorted(counts.items())]


def results_of(session: Session, actor: Actor, administration_id: UUID) -> Results:
    """Return everybody who handed in, with score, ruling, decision and state, by candidate.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        AdministrationUnknown: There is no such administration.
    """
    require(actor, *READERS)
    administration = find_administration(session, administration_id)
    exam, cut = (
        find_exam(session, administration.exam_id),
        current_cut(session, administration.exam_id),
    )
    form = find_form(session, cut.form_id) if cut is not None and cut.in_points else None
    by_points = exam.scoring.by_points
    scores = listed_scores(session, administration_id, with_items=by_points)
    decided = listed_decisions(session, administration_id)
    rulings = listed_rulings(session, administration_id)
    return Results(
        administration=administration,
        exam=exam,
        cut=cut,
        form=form,
        most_points={} if form is None else _most_points(session, form),
        cuts_now=_cuts_now(session, exam.id),
        results=tuple(
            _result(one, scores.get(one.id), rulings.get(subject_id_of(one)), decided.get(one.id))
            for one in submissions(session, administration_id)
        ),
        simulated=simulated_now(session, administration),
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
    score: ScoreRecord | ListedScore | None,
    clearance: Clearance | ListedRuling | None,
    decision: Decision | ListedDecision | None,
) -> ResultState:
    """Return where one set of responses stands. Pure.

    A hold comes before everything: while somebody has to look, no result is shown.
    """
    if clearance is not None and clearance.state == "held":
        return ResultState.HELD
    if score is None:
        return ResultState.HANDED_IN
    if decision is None:
        return ResultState.SCORED
    if not in_force(decision, score, clearance):
        return ResultState.DECIDE_AGAIN
    if decision.clearance == "voided":
        return ResultState.VOIDED
    return ResultState.PASSED if decision.passed else ResultState.NOT_PASSED


def _result(
    submission: Submission,
    score: ListedScore | None,
    clearance: ListedRuling | None,
    decision: ListedDecision | None,
) -> CandidateResult:
    return CandidateResult(
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
    exam = replace(exam, scoring=scoring_then(session, exam, score.inputs.scoring_digest))
    return OwnResult(
        exam=exam,
        administration=find_administration(session, record.administration_id),
        record=record,
        score=score,
        decision=decision,
        clearance=clearance,
        range=points_range(score) if score.in_points else score_range(score, exam.scale),
        areas=_areas(session, score, exam, decision),
        corrections=corrections_in_words(find_form(session, record.form_id), exam.scoring),
        simulated=simulated_behind(session, [decision])[decision.id],
    )


def _areas(
    session: Session, score: ScoreRecord, exam: Exam, decision: Decision
) -> tuple[AreaResult, ...]:
    form = find_form(session, score.inputs.form_id)
    versions = item_versions(session, [item.ref for item in form.items])
    bank = bank_of(session, exam.bank_id)  # of which the report names nothing but the areas
    at_cut = None
    cut = find_cut(session, decision.cut_score_id)
    if score.parameters_id is not None and cut.theta_cut is not None:
        adopted = find_parameters(session, score.parameters_id)
        at_cut = AtCut(ParameterSet.from_dict(adopted.body), cut.theta_cut)
    return tuple(area_results(score, form, versions, bank, exam.scoring, at_cut))


def _cuts_now(session: Session, exam_id: str) -> frozenset[UUID]:
    found = (cut_for_form(session, exam_id, form) for form in forms_of(session, exam_id))
    return frozenset(cut.id for cut in found if cut is not None)


def _most_points(session: Session, form: Form) -> dict[str, int]:
    versions = item_versions(session, [item.ref for item in form.items])
    return {item.ref.item_id: most_points(versions[item.ref]) for item in form.items}
