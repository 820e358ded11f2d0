"""Use cases of scoring: what responses are worth, recorded once for each set of inputs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version as installed_version
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import Exam, Form, find_exam, find_form
from examengine.bank import (
    AdoptedParameters,
    ItemRef,
    ItemVersion,
    current_parameters,
)
from examengine.delivery import (
    BLOCK,
    ResponseRecord,
    agrees,
    blocks_of_records,
    find_administration,
    forms_handed_in,
    keep_candidates_apart,
    submissions,
)
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id
from examengine.marking import ImpossiblePoints, Marks, mark_form, unmarked
from examengine.psychometrics.parameters import ParameterSet
from examengine.scoring import repository, score_record
from examengine.scoring.abilities import abilities, lacking_parameters, prior_of
from examengine.scoring.errors import (
    NAMED,
    ItemsWithoutParameters,
    NoParameters,
    NothingToScore,
)
from examengine.scoring.pinned_versions import Versions, versions_of
from examengine.scoring.raw_score import raw_score, scored_by_points
from examengine.scoring.score_record import Inputs, Scored, ScoreRecord

Told = Callable[[int, int], None]
"""Hears of how many candidates out of how many something has been worked out."""
SCORERS = (Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)
CODE_VERSION = installed_version("examengine")


UNMARKED = "a person has to mark the answer to"
ALTERED = "what was handed in is not what its digest says; the explanation names it"


def untold(done: int, of: int) -> None:
    """Do nothing: nobody waits to hear how far it is."""


@dataclass(frozen=True, slots=True)
class Unscored:
    """Responses that could not be scored, while everybody else's were.

    `why` is the end of a sentence: "not scored: …".
    """

    response_record_id: UUID
    why: str


@dataclass(frozen=True, slots=True)
class ScoringReport:
    """What scoring an administration did."""

    added: int
    unchanged: int
    unscored: tuple[Unscored, ...] = ()

    def body(self) -> dict[str, Any]:
        """Return the report as the trail has it: a number for each reason, and whose it is."""
        said: dict[str, Any] = {"added": self.added, "unchanged": self.unchanged}
        reasons: dict[str, list[str]] = {}
        for one in self.unscored:
            reasons.setdefault(one.why, []).append(str(one.response_record_id))
        if reasons:
            said["unscored"] = [
                {"why": why, "n": len(ids), "response_records": ids[:NAMED]}
                for why, ids in reasons.items()
            ]
        return said


@dataclass(frozen=True, slots=True)
class ScoringParameters:
    """The item parameters that abilities are estimated under."""

    adopted: AdoptedParameters
    parameters: ParameterSet


@dataclass(frozen=True, slots=True)
class ScoredBy:
    """All that a set of responses is scored with.

    `calibrated` is None in an exam that is scored by points.
    """

    exam: Exam
    calibrated: ScoringParameters | None
    forms: Mapping[UUID, Form]
    versions: Versions
    hindered: Mapping[UUID, str] = field(default_factory=dict)
    """Why responses to a form cannot be scored, form by form; most often to none."""

    def why_not(self, record: ResponseRecord) -> str | None:
        """Say why a response record cannot be scored; None where it can."""
        hindered = self.hindered.get(record.form_id) or (None if agrees(record) else ALTERED)
        if hindered is not None:
            return hindered
        form, scoring = self.forms[record.form_id], self.exam.scoring
        waiting = unmarked(form, self.versions, record.responses, scoring)
        return f"{UNMARKED} {_named(waiting)}" if waiting else None

    def marks(self, record: ResponseRecord) -> Marks:
        """Return the marks of one response record.

        Raises:
            AnswerUnmarked: An answer that counts has to be marked by a person.
            ImpossiblePoints: An item gives points that it cannot have.
        """
        form = self.forms[record.form_id]
        return mark_form(form, self.versions, record.responses, record.digest, self.exam.scoring)

    def inputs(self, record: ResponseRecord, marks: Marks) -> Inputs:
        """Return what the score of one response record is computed from."""
        named = Inputs(
            response_record_id=record.id,
            response_record_digest=record.digest,
            form_id=record.form_id,
            form_digest=record.form_digest,
            exam_id=self.exam.id,
            exam_digest=self.exam.digest,
            marks_digest=marks.digest,
            scoring_digest=self.exam.scoring.digest,
        )
        if self.calibrated is None:
            return named
        return replace(
            named,
            parameters_id=self.calibrated.adopted.id,
            parameters_digest=self.calibrated.adopted.digest,
            model=self.calibrated.parameters.model,
            estimator=score_record.ESTIMATOR,
            prior=prior_of(self.calibrated.parameters),
        )


def score_administration(
    session: Session,
    clock: Clock,
    actor: Actor,
    administration_id: UUID,
    *,
    told: Told = untold,
) -> ScoringReport:
    """Score everybody who has handed in: by points, or under the parameters adopted now.

    Whoever has a score that says the same already keeps it; everybody else gets the next version.
    What cannot be scored is left out, and the report says which and why: a record that somebody
    changed, a form with an item that is not what it was, or that has no parameters, or an answer
    that waits for a person.

    Args:
        session: The transaction; it is written to last.
        clock: Tells when.
        actor: Who scores.
        administration_id: Whose candidates.
        told: Hears how far it is.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        OwnMatter: They are enrolled in the exam.
        AdministrationUnknown: There is no such administration.
        NothingToScore: Nobody has handed in yet.
        NoParameters, ItemsWithoutParameters: There is no scale to score on; the items are named.
        ScoringMoved: Somebody else scored at the same moment.
    """
    require(actor, *SCORERS)
    administration = find_administration(session, administration_id)
    keep_candidates_apart(session, actor, administration.exam_id)
    handed_in = submissions(session, administration_id)
    if not handed_in:
        raise NothingToScore
    exam = find_exam(session, administration.exam_id)
    forms = [find_form(session, one) for one in forms_handed_in(session, administration_id)]
    by = scored_by(session, exam, forms)
    made: list[ScoreRecord] = []
    unscored: list[Unscored] = []
    for number, block in enumerate(blocks_of_records(session, handed_in)):
        told(number * BLOCK, len(handed_in))
        usable, unusable = _usable(block, by.why_not)
        try:
            made += _score(session, clock, by, usable)
        except ImpossiblePoints:
            usable, unmarked = _usable(usable, lambda record: _why_not_marked(by, record))
            made += _score(session, clock, by, usable)
            unusable += unmarked
        unscored += unusable
    repository.add_scores(session, made)
    unchanged = len(handed_in) - len(made) - len(unscored)
    report = ScoringReport(len(made), unchanged, tuple(unscored))
    subject = f"administration:{administration_id}"
    record_act(session, clock.now(), actor, "scoring.score", subject, report.body())
    return report


def scored_by(session: Session, exam: Exam, on: Iterable[Form]) -> ScoredBy:
    """Return all that responses to these forms are scored with, as the exam says.

    A form that hinders its own responses from being scored hinders no others.

    Raises:
        NoParameters: There is no scale to score on.
        ItemsWithoutParameters: No form has parameters for all of its items; they are named.
    """
    forms = {form.id: form for form in on}
    versions: dict[ItemRef, ItemVersion] = {}
    hindered: dict[UUID, str] = {}
    for form in forms.values():
        found = versions_of(session, form)
        versions |= found
        changed = [item.ref.item_id for item in form.items if item.ref not in found]
        if changed:
            words = "are not the versions that the form names"
            hindered[form.id] = f"on form {form.code} {_named(changed)} {words}"
    if exam.scoring.by_points:
        return ScoredBy(exam, None, forms, versions, hindered)
    calibrated = _calibrated(session, exam)
    lacking = {
        form.id: lacking_parameters(form, versions, calibrated.parameters, exam.scoring)
        for form in forms.values()
        if form.id not in hindered
    }
    if lacking and all(lacking.values()):
        raise ItemsWithoutParameters(frozenset().union(*lacking.values()))
    for form_id, item_ids in lacking.items():
        if item_ids:
            words = "have no adopted parameters for the points they are worth"
            hindered[form_id] = f"on form {forms[form_id].code} {_named(sorted(item_ids))} {words}"
    return ScoredBy(exam, calibrated, forms, versions, hindered)


def _calibrated(session: Session, exam: Exam) -> ScoringParameters:
    adopted = current_parameters(session, exam.bank_id)
    if adopted is None:
        raise NoParameters(exam.bank_id)
    return ScoringParameters(adopted, ParameterSet.from_dict(adopted.body))


def _named(item_ids: Sequence[str]) -> str:
    more = len(item_ids) - NAMED
    return ", ".join(item_ids[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _usable(
    records: Sequence[ResponseRecord], why_not: Callable[[ResponseRecord], str | None]
) -> tuple[list[ResponseRecord], list[Unscored]]:
    """Return the records that can be scored, and why the others cannot."""
    reasons = [(record, why_not(record)) for record in records]
    usable = [record for record, why in reasons if why is None]
    return usable, [Unscored(record.id, why) for record, why in reasons if why is not None]


def _why_not_marked(by: ScoredBy, record: ResponseRecord) -> str | None:
    try:
        by.marks(record)
    except ImpossiblePoints as refusal:
        return str(refusal)
    return None


def outcomes(by: ScoredBy, records: Sequence[ResponseRecord]) -> list[tuple[Marks, Scored]]:
    """Return the marks of each set of responses, and what it is worth. Nothing is stored."""
    marked = [(by.forms[record.form_id], by.marks(record)) for record in records]
    if by.calibrated is None:
        return [(marks, scored_by_points(form, marks, by.exam.scoring)) for form, marks in marked]
    scale, scoring = by.exam.scale, by.exam.scoring
    found = abilities(marked, by.calibrated.parameters, scoring)
    return [
        (
            marks,
            Scored(
                marks.points,
                *raw_score(form, marks, scoring),
                theta,
                se,
                scale_score=scale.score(theta),
            ),
        )
        for (form, marks), (theta, se) in zip(marked, found, strict=True)
    ]


def _score(
    session: Session, clock: Clock, by: ScoredBy, records: Sequence[ResponseRecord]
) -> list[ScoreRecord]:
    """Return the scores of a block of records that say something new."""
    if not records:
        return []
    newest = repository.newest_scores(session, [record.id for record in records])
    made = []
    for record, (marks, scored) in zip(records, outcomes(by, records), strict=True):
        inputs = by.inputs(record, marks)
        version = score_record.next_version(newest.get(record.id), inputs, scored)
        if version is not None:
            made.append(_score_record(clock, record, version, inputs, scored))
    return made


def _score_record(
    clock: Clock, record: ResponseRecord, version: int, inputs: Inputs, scored: Scored
) -> ScoreRecord:
    now = clock.now()
    return score_record.sealed(
        ScoreRecord(
            id=new_id(now),
            version=version,
            administration_id=record.administration_id,
            attempt_id=record.attempt_id,
            person_id=record.person_id,
            candidate=record.candidate,
            inputs=inputs,
            scored=scored,
            code_version=CODE_VERSION,
            scored_at=now,
        )
    )
