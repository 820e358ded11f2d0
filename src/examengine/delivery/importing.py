"""Stores administrations that did not take place here: imported from files, or simulated.

Items come without texts, and say so. What a candidate answered goes down the same chain from here
on: the same response records, the same keys, the same digests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import Exam, Form, checked_exam, save_exam
from examengine.bank import ItemRef, LoadedBank, import_bank, item_version, latest_versions
from examengine.delivery import repository
from examengine.delivery.administration import Administration, checked_title
from examengine.delivery.administration_files import GivenAdministration
from examengine.delivery.administration_spec import AdministrationFileUnusable
from examengine.delivery.forms_without_texts import exam_spec, published, texts_not_supplied
from examengine.delivery.response_record import ResponseRecord, sealed
from examengine.kernel.clock import Clock
from examengine.kernel.errors import ExamError, Kind
from examengine.kernel.ids import new_id


class AdministrationImportedAlready(ExamError):
    """The same files were imported before."""

    code = "administration_imported_already"
    kind = Kind.CONFLICT

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(f"these files were imported before, as {title!r}")


@dataclass(frozen=True, slots=True)
class GivenAnswers:
    """What one candidate answered on a published form, and how long each item took."""

    candidate: str
    form: Form
    responses: Mapping[str, Any]
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import stored, or would store."""

    title: str
    exam_id: str
    bank_id: str
    n_persons: int
    n_items: int
    n_operational: int
    forms: Mapping[str, int]
    """Candidates by form."""
    source_digest: str
    administration: Administration | None
    """None after a dry run."""


def import_administration(
    session: Session,
    clock: Clock,
    actor: Actor,
    given: GivenAdministration,
    *,
    dry_run: bool = False,
) -> ImportSummary:
    """Store an administration from files: its bank, exam, forms and response records.

    Items and forms that are there already are used again; nothing that is there is changed.

    Args:
        session: The transaction; nothing is stored unless all of it can be.
        clock: Tells when.
        actor: A psychometrician who is an author too, or the operator's console.
        given: What `read_administration` read.
        dry_run: Check everything and store nothing.

    Raises:
        NotAllowed: The actor lacks one of the roles.
        AdministrationImportedAlready: These very files were imported before.
        AdministrationFileUnusable: The bank refuses an item.
        ExamSpecUnusable: The exam's description has faults.
        FormsPublishedAlready: The exam is there, and is another one.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    require(actor, Role.AUTHOR)
    _refuse_twice(session, given)
    spec = checked_exam(exam_spec(given))
    known = {item.item_id: item for item in latest_versions(session, given.spec.bank["id"])}
    loaded = texts_not_supplied(given, known)
    _import_items(session, clock, actor, loaded, dry_run=dry_run)
    if dry_run:
        return _summary(given, None)
    exam = save_exam(session, clock, actor, spec)
    refs = {item.id: item_version(exam.bank_id, item.content).ref for item in loaded.items}
    stored = _store(session, clock, actor, given, exam, refs)
    return _summary(given, stored)


def record_administration(
    session: Session,
    clock: Clock,
    actor: Actor,
    exam: Exam,
    answers: Sequence[GivenAnswers],
    *,
    title: str,
    simulated: bool,
    test: bool,
    source_digest: str,
    at: datetime,
) -> Administration:
    """Store an administration whose answers are known, with a response record for each candidate.

    Args:
        session: The transaction.
        clock: Tells when it is stored.
        actor: Who stores it.
        exam: The exam.
        answers: What the candidates answered, on published forms of the exam.
        title: What the administration is called.
        simulated: Whether a program made the answers.
        test: Whether what comes of it is for trying the system out.
        source_digest: Where the answers come from; the head of every record.
        at: When they were given.

    Raises:
        NotAllowed: The actor is neither psychometrician nor awarding officer.
        AdministrationMalformed: The title is empty or too long.
    """
    require(actor, Role.PSYCHOMETRICIAN, Role.AWARDING_OFFICER)
    now = clock.now()
    administration = Administration(
        id=new_id(now),
        exam_id=exam.id,
        exam_digest=exam.digest,
        title=checked_title(title),
        form_ids=tuple(dict.fromkeys(given.form.id for given in answers)),
        opens_at=None,
        closes_at=None,
        source="imported",
        simulated=simulated,
        test=test,
        source_digest=source_digest,
    )
    repository.add_administration(session, administration, now)
    records = [_record(administration.id, given, source_digest, now, at) for given in answers]
    repository.add_response_records(session, records)
    detail = {"title": administration.title, "source": source_digest, "candidates": len(records)}
    subject = f"administration:{administration.id}"
    record_act(session, now, actor, "delivery.import_administration", subject, detail)
    return administration


def _store(
    session: Session,
    clock: Clock,
    actor: Actor,
    given: GivenAdministration,
    exam: Exam,
    refs: Mapping[str, ItemRef],
) -> Administration:
    forms = published(session, clock, actor, given, exam, refs)
    answers = [
        GivenAnswers(person.label, forms[person.form_code], person.responses, person.seconds)
        for person in given.persons
    ]
    day = given.spec.date
    return record_administration(
        session,
        clock,
        actor,
        exam,
        answers,
        title=given.spec.title,
        simulated=given.spec.simulated,
        test=given.spec.test,
        source_digest=given.digest,
        at=clock.now() if day is None else datetime.combine(day, time(), UTC),
    )


def _record(
    administration_id: UUID, given: GivenAnswers, head: str, now: datetime, at: datetime
) -> ResponseRecord:
    return sealed(
        ResponseRecord(
            id=new_id(now),
            administration_id=administration_id,
            attempt_id=None,
            person_id=None,
            candidate=given.candidate,
            form_id=given.form.id,
            form_digest=given.form.digest,
            responses=dict(given.responses),
            seconds=dict(given.seconds),
            head=head,
            head_version=None,
            reason="imported",
            submitted_at=at,
        )
    )


def _refuse_twice(session: Session, given: GivenAdministration) -> None:
    for administration in repository.administrations(session):
        if administration.source_digest == given.digest:
            raise AdministrationImportedAlready(administration.title)


def _import_items(
    session: Session, clock: Clock, actor: Actor, loaded: LoadedBank, *, dry_run: bool
) -> None:
    report = import_bank(session, clock, actor, loaded, dry_run=dry_run)
    if not report.accepted:
        refused = [f"{item.item_id}: {fault}" for item in report.items for fault in item.faults]
        raise AdministrationFileUnusable([*report.faults, *refused])


def _summary(given: GivenAdministration, stored: Administration | None) -> ImportSummary:
    candidates = {form.code: 0 for form in given.forms}
    for person in given.persons:
        candidates[person.form_code] += 1
    return ImportSummary(
        title=given.spec.title,
        exam_id=given.spec.exam["id"],
        bank_id=given.spec.bank["id"],
        n_persons=len(given.persons),
        n_items=len(given.items),
        n_operational=sum(item.scored for item in given.items),
        forms=candidates,
        source_digest=given.digest,
        administration=stored,
    )
