"""The use case of exporting: everything an auditor needs of an exam, in one document.

The file is written as it is read, so that its size costs no memory. What changes the database is
short and comes first: the heads of running attempts are sealed, so that the file answers for every
event that it tells.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine import ledger
from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import ExamUnknown, FormUnknown, find_exam, find_form, form_body
from examengine.db import snapshot, writing
from examengine.delivery import (
    AdministrationUnknown,
    AttemptUnknown,
    LoggedEvent,
    ResponseRecordUnknown,
    attempt_heads,
    attempt_ids_of,
    attempt_logs,
    find_administration,
    find_attempt,
    find_response_record,
    list_administrations,
)
from examengine.integrity.audit_ledger import SCHEMA
from examengine.integrity.errors import NothingToAudit
from examengine.integrity.signed_head import SignedHead, signed_head
from examengine.kernel.clock import Clock, iso
from examengine.kernel.signer import Signer
from examengine.ledger import LOG, SEALINGS, Draft, Sealing

_GONE = (AdministrationUnknown, ExamUnknown, ValueError, TypeError, AttributeError)
"""What reading a row raises that is missing, or was changed so that nobody can read it."""
AT_ONCE = 200
"""How many logs are in memory at a time."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written."""

    n_attempts: int
    n_records: int
    head: SignedHead


@dataclass(frozen=True, slots=True)
class _Extent:
    """What a file is about."""

    administration_ids: tuple[UUID, ...]
    scopes: tuple[str, ...]
    """Of these wholes every record is in the file, in full or by its digest."""
    case: UUID | None
    """The attempt, or response record, that alone is told in full."""
    about: frozenset[str]
    """Ids: a record that names one of them is told in full."""


def export_audit(
    engine: Engine,
    clock: Clock,
    actor: Actor,
    signer: Signer,
    subject_id: UUID | None,
    out: TextIO,
) -> ExportReport:
    """Write the audit file of an administration, an attempt, a response record, or of everything.

    People stand in it by the id of their account; names stay here. Of the staff trail, and beside
    an attempt of the rest of its administration, what is not about the subject is told by digest
    alone, so that it can be missed and not read.

    Args:
        engine: The database; the use case opens its own transactions.
        clock: Tells when.
        actor: Who takes it away.
        signer: The installation's key.
        subject_id: What it is about; None for the whole installation.
        out: Where it is written.

    Raises:
        NotAllowed: The actor is neither administrator nor awarding officer.
        NothingToAudit: Nothing has this id.
    """
    require(actor, Role.ADMINISTRATOR, Role.AWARDING_OFFICER)
    now = clock.now()
    with writing(engine) as session:
        extent = _extent(session, clock, actor, subject_id)
        for administration_id in extent.administration_ids:
            _seal_running(session, administration_id, now)
        subject = "installation:" if subject_id is None else f"case:{subject_id}"
        record_act(session, now, actor, "integrity.export_audit", subject)
    with snapshot(engine) as session:
        return _written(session, signer, now, extent, out)


def _extent(session: Session, clock: Clock, actor: Actor, subject_id: UUID | None) -> _Extent:
    """Return what a file is to be about; what was sealed counts, whether it is there or not."""
    if subject_id is None:
        known = ledger.scopes(session)
        made = [one.id for one in list_administrations(session)]
        return _Extent(tuple(made), tuple(known), None, frozenset())
    if _is_administration(session, subject_id):
        return _about(session, subject_id, None, set())
    attempt_id, record_id, administration_id = _case(session, clock, actor, subject_id)
    about = {str(one) for one in (attempt_id, record_id) if one is not None}
    case = attempt_id or record_id
    return _about(session, administration_id, case, about)


def _is_administration(session: Session, subject_id: UUID) -> bool:
    """Tell whether an administration has this id, or had it."""
    if f"administration:{subject_id}" in ledger.scopes(session):
        return True
    try:
        return find_administration(session, subject_id).id == subject_id
    except AdministrationUnknown:
        return False


def _about(
    session: Session, administration_id: UUID, case: UUID | None, about: set[str]
) -> _Extent:
    scopes = [f"administration:{administration_id}"]
    try:
        exam_id = find_administration(session, administration_id).exam_id
        scopes.append(f"exam:{exam_id}")
        scopes.append(f"bank:{find_exam(session, exam_id).bank_id}")
    except _GONE:
        pass  # the ledger knows of it, and the file will say that it is missing or changed
    scopes += sorted({one.scope for one in SEALINGS.values() if one.scope_column is None})
    if case is None:
        about = {str(administration_id), *map(str, attempt_ids_of(session, administration_id))}
    return _Extent((administration_id,), tuple(scopes), case, frozenset(about))


def _case(
    session: Session, clock: Clock, actor: Actor, subject_id: UUID
) -> tuple[UUID | None, UUID | None, UUID]:
    """Return attempt, response record and administration of either of the first two."""
    try:
        attempt = find_attempt(session, clock, actor, subject_id)
        return attempt.id, None, attempt.administration_id
    except AttemptUnknown:
        pass
    try:
        record = find_response_record(session, subject_id)
        return record.attempt_id, record.id, record.administration_id
    except ResponseRecordUnknown:
        pass
    known = ledger.entry_about(session, subject_id)
    if known is None or not known.draft.scope.startswith("administration:"):
        raise NothingToAudit(subject_id)
    return subject_id, None, UUID(known.draft.scope.partition(":")[2])


def _seal_running(session: Session, administration_id: UUID, now: datetime) -> None:
    """Seal the heads of running logs that have moved since they were sealed."""
    ids = attempt_ids_of(session, administration_id)
    sealed = ledger.sealed_heads(session, ids)
    for attempt_id, head in attempt_heads(session, ids).items():
        last = max((one.version for one in sealed[attempt_id]), default=0)
        if head.digest is not None and head.submitted_at is None and head.version > last:
            made = ledger.LogHead(administration_id, attempt_id, head.version, head.digest, now)
            ledger.append_heads(session, [made])


def _written(
    session: Session, signer: Signer, now: datetime, extent: _Extent, out: TextIO
) -> ExportReport:
    head = signed_head(signer, now, ledger.head(session), extent.scopes, extent.case)
    salts: dict[tuple[str, str], str | None] = {}
    logs: dict[UUID, None] = {}
    out.write(f'{{"schema": {json.dumps(SCHEMA)},\n"head": {_json(head.body())},\n')
    _list(out, "ledger", _ledger(session, extent, salts, logs))
    forms: dict[str, None] = {}
    n_records = _list(out, "records", _records(session, extent, salts, forms))
    _list(out, "forms", _forms(session, forms))
    for administration_id in extent.administration_ids:
        logs |= dict.fromkeys(attempt_ids_of(session, administration_id))
    told = [one for one in logs if extent.case is None or one == extent.case]
    n_attempts = _list(out, "attempts", _attempts(session, told), last=True)
    out.write("}\n")
    return ExportReport(n_attempts, n_records, head)


def _ledger(
    session: Session,
    extent: _Extent,
    salts: dict[tuple[str, str], str | None],
    logs: dict[UUID, None],
) -> Iterator[list[Any]]:
    """Yield every entry of the ledger, and note what the records of the file need of them."""
    scopes = frozenset(extent.scopes)
    for entry in ledger.entries(session):
        draft: Draft = entry.draft
        if draft.scope in scopes:
            if draft.kind == LOG:
                logs[UUID(draft.subject)] = None
            else:
                salts[draft.kind, draft.subject] = draft.salt
        yield ledger.as_row(entry)


def _records(
    session: Session,
    extent: _Extent,
    salts: Mapping[tuple[str, str], str | None],
    forms: dict[str, None],
) -> Iterator[dict[str, Any]]:
    """Yield every sealed record of the extent, and note the forms that they name."""
    for scope in extent.scopes:
        whose, _, which = scope.partition(":")
        for sealing in SEALINGS.values():
            if sealing.scope == whose:
                for row in ledger.rows_of(session, sealing, which or None):
                    yield _record(extent, sealing, row, salts, forms)


def _record(
    extent: _Extent,
    sealing: Sealing,
    row: Mapping[str, Any],
    salts: Mapping[tuple[str, str], str | None],
    forms: dict[str, None],
) -> dict[str, Any]:
    subject = sealing.subject_of(row)
    salt, body = salts.get((sealing.kind, subject)), ledger.body_of(sealing, row)
    named = {"kind": sealing.kind, "id": subject}
    if not _in_full(extent, sealing, body):
        return {**named, "digest": ledger.seal(salt, body)}
    if "form_id" in body:
        forms[body["form_id"]] = None
    return {**named, "salt": salt, "body": body}


def _in_full(extent: _Extent, sealing: Sealing, body: Mapping[str, Any]) -> bool:
    if not extent.about:
        return True
    if sealing.kind == "staff_act":
        return body["subject"].partition(":")[2] in extent.about
    if sealing.scope in {"exam", "bank"} or sealing.kind == "administration":
        return True
    if extent.case is None and sealing.scope == "administration":
        return True
    return any(isinstance(value, str) and value in extent.about for value in body.values())


def _forms(session: Session, form_ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    for form_id in form_ids:
        try:
            form = find_form(session, UUID(form_id))
        except FormUnknown:
            continue  # whoever verifies the file sees that a record names it
        named = (form.exam_id, form.exam_digest, form.code)
        body = form_body(*named, form.items, form.minutes, form.sections)
        yield {"id": form_id, "digest": form.digest, "body": body}


def _attempts(session: Session, attempt_ids: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(attempt_ids), AT_ONCE):
        some = attempt_ids[start : start + AT_ONCE]
        for attempt_id, log in attempt_logs(session, some).items():
            if log:
                yield {"id": str(attempt_id), "events": [_event_body(event) for event in log]}


def _event_body(event: LoggedEvent) -> dict[str, Any]:
    return {
        "version": event.version,
        "at": iso(event.at),
        "type": event.type,
        "body": dict(event.body),
        "previous": event.previous,
        "digest": event.digest,
    }


def _list(out: TextIO, name: str, elements: Iterable[Any], *, last: bool = False) -> int:
    """Write a list, one element a line, and return how many there were."""
    out.write(f"{json.dumps(name)}: [")
    count = 0
    for element in elements:
        out.write(f"{',' if count else ''}\n{_json(element)}")
        count += 1
    out.write("\n]" if last else "\n],\n")
    return count


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
