"""Use cases of scoring: what responses are worth, recorded once for each set of inputs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import Exam, Form, find_exam, find_form
from examengine.bank import (
    AdoptedParameters,
    ItemRef,
    ItemVersion,
    current_parameters,
    item_versions,
)
from examengine.delivery import (
    ResponseRecord,
    find_administration,
    response_records,
)
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id
from examengine.psychometrics.parameters import ParameterSet
from examengine.scoring import repository, score_record
from examengine.scoring.abilities import abilities, check_parameters, prior_of
from examengine.scoring.errors import (
    NoParameters,
    NothingToScore,
)
from examengine.scoring.marking import mark, raw_score
from examengine.scoring.score_record import Inputs, Scored, ScoreRecord

SCORERS = (Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)
CODE_VERSION = installed_version("examengine")


@dataclass(frozen=True, slots=True)
class ScoringReport:
    """What scoring an administration did."""

    added: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Marking:
    """All that a set of responses is scored with."""

    exam: Exam
    adopted: AdoptedParameters
    parameters: ParameterSet
    forms: Mapping[UUID, Form]
    versions: Mapping[ItemRef, ItemVersion]

    def inputs(self, record: ResponseRecord) -> Inputs:
        """Return what the score of one response record is computed from."""
        return Inputs(
            response_record_id=record.id,
            response_record_digest=record.digest,
            form_id=record.form_id,
            form_digest=record.form_digest,
            exam_id=self.exam.id,
            exam_digest=self.exam.digest,
            parameters_id=self.adopted.id,
            parameters_digest=self.adopted.digest,
            model=self.parameters.model,
            estimator=score_record.ESTIMATOR,
            prior=prior_of(self.parameters),
        )


def score_administration(
    session: Session, clock: Clock, actor: Actor, administration_id: UUID
) -> ScoringReport:
    """Score everybody who has handed in, under the parameters that are adopted now.

    Whoever has a score that says the same already keeps it; everybody else gets the next version.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
        AdministrationUnknown: There is no such administration.
        NothingToScore: Nobody has handed in yet.
        NoParameters, ItemsWithoutParameters: There is no scale to score on; the items are named.
        ScoringMoved: Somebody else scored at the same moment.
    """
    require(actor, *SCORERS)
    administration = find_administration(session, administration_id)
    records = response_records(session, administration_id)
    if not records:
        raise NothingToScore
    newest = repository.newest_scores(session, administration_id)
    made = _score(session, clock, administration.exam_id, records, newest)
    report = ScoringReport(len(made), len(records) - len(made))
    detail = {"added": report.added, "unchanged": report.unchanged}
    subject = f"administration:{administration_id}"
    record_act(session, clock.now(), actor, "scoring.score", subject, detail)
    return report


def marking_for(session: Session, exam_id: str, form_ids: Iterable[UUID]) -> Marking:
    """Return all that responses to these forms are scored with now.

    Raises:
        NoParameters, ItemsWithoutParameters: There is no scale to score on; the items are named.
    """
    exam = find_exam(session, exam_id)
    adopted = current_parameters(session, exam.bank_id)
    if adopted is None:
        raise NoParameters(exam.bank_id)
    parameters = ParameterSet.from_dict(adopted.body)
    forms = {form_id: find_form(session, form_id) for form_id in set(form_ids)}
    check_parameters(list(forms.values()), parameters)
    refs = (item.ref for form in forms.values() for item in form.items)
    return Marking(exam, adopted, parameters, forms, item_versions(session, refs))


def outcomes(marking: Marking, records: Sequence[ResponseRecord]) -> list[Scored]:
    """Return what each set of responses is worth. Nothing is stored."""
    marked = [(marking.forms[record.form_id], _marked(marking, record)) for record in records]
    found = abilities(marked, marking.parameters)
    return [
        Scored(
            item_scores,
            *raw_score(form, item_scores),
            theta,
            se,
            marking.exam.scale.score(theta),
        )
        for (form, item_scores), (theta, se) in zip(marked, found, strict=True)
    ]


def _marked(marking: Marking, record: ResponseRecord) -> dict[str, int]:
    return mark(marking.forms[record.form_id], marking.versions, record.responses)


def _score(
    session: Session,
    clock: Clock,
    exam_id: str,
    records: Sequence[ResponseRecord],
    newest: Mapping[UUID, ScoreRecord],
) -> list[ScoreRecord]:
    marking = marking_for(session, exam_id, (record.form_id for record in records))
    made = []
    for record, scored in zip(records, outcomes(marking, records), strict=True):
        inputs = marking.inputs(record)
        version = score_record.next_version(newest.get(record.id), inputs, scored)
        if version is not None:
            made.append(_score_record(clock, record, version, inputs, scored))
    repository.add_scores(session, made)
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
