"""Use cases of the awarding officer and of the contexts above: administrations, records, logs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import find_exam, find_form
from examengine.delivery import log_repository, repository
from examengine.delivery.administration import (
    Administration,
    AttemptSummary,
    check_window,
    checked_title,
)
from examengine.delivery.commands import EndByStaff, Recorded
from examengine.delivery.errors import (
    AdministrationMalformed,
    AdministrationUnknown,
    AttemptUnknown,
    EndReasonMissing,
    ResponseRecordUnknown,
)
from examengine.delivery.events import LoggedEvent
from examengine.delivery.response_record import ResponseRecord
from examengine.delivery.writer import AttemptWriter
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id

LONGEST_REASON = 500
"""Characters of the reason for which staff end an attempt."""


def list_administrations(session: Session) -> list[Administration]:
    """Return all administrations, the newest first."""
    return repository.administrations(session)


def find_administration(session: Session, administration_id: UUID) -> Administration:
    """Return one administration.

    Raises:
        AdministrationUnknown: There is none with this id.
    """
    found = repository.administration(session, administration_id)
    if found is None:
        raise AdministrationUnknown(f"no administration {administration_id}")
    return found


def open_administration(
    session: Session,
    clock: Clock,
    actor: Actor,
    *,
    exam_id: str,
    form_ids: Sequence[UUID],
    title: str,
    opens_at: datetime,
    closes_at: datetime,
    test: bool = False,
    simulated: bool = False,
) -> Administration:
    """Offer an exam: say which forms, and from when to when.

    Raises:
        NotAllowed: The actor is no awarding officer.
        ExamUnknown, FormUnknown: There is no such exam or form.
        AdministrationMalformed: No title, no form, a form of another exam, an empty window.
    """
    require(actor, Role.AWARDING_OFFICER)
    exam = find_exam(session, exam_id)
    check_window(opens_at, closes_at)
    if not form_ids:
        raise AdministrationMalformed("choose at least one form")
    for form_id in form_ids:
        if find_form(session, form_id).exam_id != exam.id:
            raise AdministrationMalformed(f"form {form_id} belongs to another exam")
    now = clock.now()
    made = Administration(
        id=new_id(now),
        exam_id=exam.id,
        exam_digest=exam.digest,
        title=checked_title(title),
        form_ids=tuple(dict.fromkeys(form_ids)),
        opens_at=opens_at,
        closes_at=closes_at,
        source="delivered",
        simulated=simulated,
        test=test,
        source_digest=None,
    )
    repository.add_administration(session, made, now)
    detail = {"exam": exam.id, "forms": [str(form_id) for form_id in made.form_ids], "test": test}
    subject = f"administration:{made.id}"
    record_act(session, now, actor, "delivery.open_administration", subject, detail)
    return made


def attempts_of(
    session: Session, clock: Clock, actor: Actor, administration_id: UUID
) -> list[AttemptSummary]:
    """Return where each attempt of an administration stands, by candidate.

    Raises:
        NotAllowed: The actor is neither awarding officer, invigilator nor psychometrician.
    """
    require(actor, Role.AWARDING_OFFICER, Role.INVIGILATOR, Role.PSYCHOMETRICIAN)
    return repository.attempts(session, administration_id, clock.now())


def find_attempt(session: Session, clock: Clock, actor: Actor, attempt_id: UUID) -> AttemptSummary:
    """Return where one attempt stands.

    Raises:
        NotAllowed: The actor is neither awarding officer, invigilator nor psychometrician.
        AttemptUnknown: There is none with this id.
    """
    require(actor, Role.AWARDING_OFFICER, Role.INVIGILATOR, Role.PSYCHOMETRICIAN)
    found = repository.attempt(session, attempt_id, clock.now())
    if found is None:
        raise AttemptUnknown(f"no attempt {attempt_id}")
    return found


def end_attempt(
    writer: AttemptWriter, clock: Clock, actor: Actor, attempt_id: UUID, why: str
) -> Recorded:
    """End somebody's attempt: what was saved counts, and the reason stands in the log.

    Call it outside of any transaction that writes: the writer opens its own.

    Raises:
        NotAllowed: The actor is neither awarding officer nor invigilator.
        EndReasonMissing: No reason was given, or one that is too long.
        AttemptUnknown, AttemptNotStarted: There is nothing to end.
    """
    require(actor, Role.AWARDING_OFFICER, Role.INVIGILATOR)
    reason = why.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise EndReasonMissing(LONGEST_REASON)
    return writer.record(
        EndByStaff(attempt_id=attempt_id, actor=actor, why=reason, received_at=clock.now())
    )


def attempt_log(session: Session, attempt_id: UUID) -> list[LoggedEvent]:
    """Return the log of an attempt, oldest event first; empty when it was never started."""
    return log_repository.logs(session, [attempt_id])[attempt_id]


def attempt_logs(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, list[LoggedEvent]]:
    """Return the logs of several attempts, in one query."""
    found = log_repository.logs(session, attempt_ids)
    return {attempt_id: found[attempt_id] for attempt_id in attempt_ids}


def response_records(session: Session, administration_id: UUID) -> list[ResponseRecord]:
    """Return the response records of an administration, by candidate."""
    return repository.response_records(session, administration_id)


def find_response_record(session: Session, record_id: UUID) -> ResponseRecord:
    """Return one response record.

    Raises:
        ResponseRecordUnknown: There is none with this id.
    """
    found = repository.response_record(session, record_id)
    if found is None:
        raise ResponseRecordUnknown(record_id)
    return found


def response_record_of(session: Session, attempt_id: UUID) -> ResponseRecord | None:
    """Return the response record of an attempt, or None while it is open."""
    return repository.record_of_attempt(session, attempt_id)
