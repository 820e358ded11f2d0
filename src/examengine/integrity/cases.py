"""Cases: one attempt, or one row of an imported file, loaded with all that is known of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor
from examengine.assembly import find_form
from examengine.bank import ItemVersion, item_versions
from examengine.delivery import (
    Administration,
    AttemptSummary,
    AttemptUnknown,
    LoggedEvent,
    ResponseRecord,
    Submission,
    attempt_logs,
    find_administration,
    find_attempt,
    find_response_record,
    response_record_of,
)
from examengine.integrity import repository
from examengine.integrity.evidence import evidence_of
from examengine.integrity.rules import Clearance, Evidence
from examengine.kernel.clock import Clock

Items = Mapping[UUID, Sequence[ItemVersion]]
"""The item versions of each form."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a ruling is about, and what is known of it."""

    id: UUID
    """The attempt; or the response record, when the responses came from a file."""
    administration: Administration
    candidate: str
    attempt: AttemptSummary | None
    """How the attempt stands, where that was asked for."""
    record: ResponseRecord | None
    """None while the attempt runs."""
    log: tuple[LoggedEvent, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Case:
    """A subject with every ruling about it, the oldest first."""

    subject: Subject
    rulings: tuple[Clearance, ...]

    @property
    def standing(self) -> Clearance | None:
        """Return the ruling that stands."""
        return self.rulings[-1] if self.rulings else None

    @property
    def version(self) -> int:
        """Return the version of the ruling that stands; 0 before there was one."""
        return len(self.rulings)


def subject_id_of(record: ResponseRecord | Submission) -> UUID:
    """Return what clearance is given to: the attempt, or the record when it came from a file."""
    return record.attempt_id or record.id


def load_case(session: Session, clock: Clock, actor: Actor, subject_id: UUID) -> Case:
    """Return the case of an attempt or of a response record, whichever has this id.

    Raises:
        ResponseRecordUnknown: Neither has it.
    """
    attempt = _attempt(session, clock, actor, subject_id)
    if attempt is None:
        record = find_response_record(session, subject_id)
        if record.attempt_id is not None:
            return load_case(session, clock, actor, record.attempt_id)
        administration = find_administration(session, record.administration_id)
        (subject,) = handed_in(session, administration, [record])
    else:
        (subject,) = sat_here(session, [attempt])
    return Case(subject, tuple(repository.rulings_on(session, subject.id)))


def handed_in(
    session: Session, administration: Administration, records: Sequence[ResponseRecord]
) -> list[Subject]:
    """Return the subjects of response records of one administration."""
    items = _items(session, {record.form_id for record in records})
    logs = attempt_logs(session, [record.attempt_id for record in records if record.attempt_id])
    return [
        _subject(administration, None, record, logs.get(subject_id_of(record), []), items)
        for record in records
    ]


def sat_here(session: Session, attempts: Sequence[AttemptSummary]) -> list[Subject]:
    """Return the subjects of attempts, running or ended, in their order."""
    items = _items(session, {attempt.form_id for attempt in attempts})
    logs = attempt_logs(session, [attempt.id for attempt in attempts])
    offered = {attempt.administration_id for attempt in attempts}
    administrations = {id_: find_administration(session, id_) for id_ in offered}
    return [
        _subject(
            administrations[attempt.administration_id],
            attempt,
            response_record_of(session, attempt.id),
            logs[attempt.id],
            items,
        )
        for attempt in attempts
    ]


def _attempt(
    session: Session, clock: Clock, actor: Actor, attempt_id: UUID
) -> AttemptSummary | None:
    try:
        return find_attempt(session, clock, actor, attempt_id)
    except AttemptUnknown:
        return None


def _items(session: Session, form_ids: Iterable[UUID]) -> Items:
    forms = [find_form(session, form_id) for form_id in form_ids]
    versions = item_versions(session, (item.ref for form in forms for item in form.items))
    return {form.id: [versions[item.ref] for item in form.items] for form in forms}


def _subject(
    administration: Administration,
    attempt: AttemptSummary | None,
    record: ResponseRecord | None,
    log: Sequence[LoggedEvent],
    items: Items,
) -> Subject:
    known = record or attempt
    assert known is not None  # noqa: S101  (a subject is one or the other)
    evidence = evidence_of(record, log, items[known.form_id], simulated=administration.simulated)
    return Subject(
        id=known.id if record is None else subject_id_of(record),
        administration=administration,
        candidate=known.candidate,
        attempt=attempt,
        record=record,
        log=tuple(log),
        evidence=evidence,
    )
