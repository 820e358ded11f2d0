"""Stores an administration that took place elsewhere: its bank, exam, forms and answers.

Items come without texts, and say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlmodel import Session

from examengine.accounts import Actor, Role, require
from examengine.assembly import Exam, checked_exam, save_exam
from examengine.bank import ItemRef, LoadedBank, import_bank, item_version, latest_versions
from examengine.delivery import (
    Administration,
    CandidateResponses,
    progressions_offered,
    record_administration,
    title_of_source,
)
from examengine.importing.administration_files import ImportedAdministration
from examengine.importing.administration_spec import AdministrationFileUnusable
from examengine.importing.forms_without_texts import exam_spec, published, texts_not_supplied
from examengine.kernel.clock import Clock
from examengine.kernel.errors import ExamError, Kind


class AdministrationImportedAlready(ExamError):
    """The same files were imported before."""

    code = "administration_imported_already"
    kind = Kind.CONFLICT

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(f"these files were imported before, as {title!r}")


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
    given: ImportedAdministration,
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
    exam = save_exam(session, clock, actor, spec, progressions_offered())
    refs = {item.id: item_version(exam.bank_id, item.content).ref for item in loaded.items}
    stored = _store(session, clock, actor, given, exam, refs)
    return _summary(given, stored)


def _store(
    session: Session,
    clock: Clock,
    actor: Actor,
    given: ImportedAdministration,
    exam: Exam,
    refs: Mapping[str, ItemRef],
) -> Administration:
    forms = published(session, clock, actor, given, exam, refs)
    answers = [
        CandidateResponses(person.label, forms[person.form_code], person.responses, person.seconds)
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


def _refuse_twice(session: Session, given: ImportedAdministration) -> None:
    title = title_of_source(session, given.digest)
    if title is not None:
        raise AdministrationImportedAlready(title)


def _import_items(
    session: Session, clock: Clock, actor: Actor, loaded: LoadedBank, *, dry_run: bool
) -> None:
    report = import_bank(session, clock, actor, loaded, dry_run=dry_run)
    if not report.accepted:
        refused = [f"{item.item_id}: {fault}" for item in report.items for fault in item.faults]
        raise AdministrationFileUnusable([*report.faults, *refused])


def _summary(given: ImportedAdministration, stored: Administration | None) -> ImportSummary:
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
