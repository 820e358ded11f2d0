"""The use case of exporting: everything an auditor needs of an exam, in one document."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import find_form, form_body
from examengine.delivery import (
    Administration,
    AdministrationUnknown,
    LoggedEvent,
    ResponseRecord,
    ResponseRecordUnknown,
    attempt_logs,
    attempts_of,
    find_administration,
    response_records,
)
from examengine.delivery import body as response_body
from examengine.integrity.audit_file import SCHEMA, event_body
from examengine.integrity.cases import load_case, subject_id_of
from examengine.integrity.errors import NothingToAudit
from examengine.kernel.clock import Clock, iso


def export_audit(session: Session, clock: Clock, actor: Actor, subject_id: UUID) -> dict[str, Any]:
    """Return the audit file of an administration, of one attempt or of one response record.

    People stand in it by the id of their account; names stay here.

    Raises:
        NotAllowed: The actor is neither administrator nor awarding officer.
        NothingToAudit: Nothing has this id.
    """
    require(actor, Role.ADMINISTRATOR, Role.AWARDING_OFFICER)
    try:
        administration = find_administration(session, subject_id)
        entries = _whole(session, clock, actor, administration)
    except AdministrationUnknown:
        administration, entries = _one(session, clock, actor, subject_id)
    now = clock.now()
    record_act(session, now, actor, "integrity.export_audit", f"case:{subject_id}")
    return {
        "schema": SCHEMA,
        "exported_at": iso(now),
        "administration": _administration_body(administration),
        "forms": [_form_entry(session, form_id) for form_id in administration.form_ids],
        "attempts": entries,
    }


def _whole(
    session: Session, clock: Clock, actor: Actor, administration: Administration
) -> list[dict[str, Any]]:
    records = response_records(session, administration.id)
    handed_in = {subject_id_of(record): record for record in records}
    attempts = attempts_of(session, clock, actor, administration.id)
    logs = attempt_logs(session, [attempt.id for attempt in attempts])
    subjects = dict.fromkeys([*logs, *handed_in])
    return [
        _entry(subject_id, logs.get(subject_id, ()), handed_in.get(subject_id))
        for subject_id in subjects
    ]


def _one(
    session: Session, clock: Clock, actor: Actor, subject_id: UUID
) -> tuple[Administration, list[dict[str, Any]]]:
    try:
        subject = load_case(session, clock, actor, subject_id).subject
    except ResponseRecordUnknown as unknown:
        raise NothingToAudit(subject_id) from unknown
    return subject.administration, [_entry(subject.id, subject.log, subject.record)]


def _entry(
    subject_id: UUID, log: Sequence[LoggedEvent], record: ResponseRecord | None
) -> dict[str, Any]:
    return {
        "id": str(subject_id),
        "events": [event_body(event) for event in log],
        "response_record": None
        if record is None
        else {"body": response_body(record), "digest": record.digest},
    }


def _administration_body(administration: Administration) -> dict[str, Any]:
    return {
        "id": str(administration.id),
        "exam_id": administration.exam_id,
        "exam_digest": administration.exam_digest,
        "title": administration.title,
        "source": administration.source,
        "source_digest": administration.source_digest,
        "simulated": administration.simulated,
        "test": administration.test,
    }


def _form_entry(session: Session, form_id: UUID) -> dict[str, Any]:
    form = find_form(session, form_id)
    return {
        "id": str(form.id),
        "digest": form.digest,
        "body": form_body(form.exam_id, form.exam_digest, form.code, form.items, form.minutes),
    }
