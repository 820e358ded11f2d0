"""Cases: one attempt, or one row of an imported file, loaded with all that is known of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from examengine import ledger
from examengine.accounts import Actor
from examengine.assembly import ExamUnknown, Form, FormUnknown, find_exam, find_form
from examengine.bank import ItemVersion, item_versions
from examengine.delivery import (
    Administration,
    AttemptSummary,
    AttemptUnknown,
    LoggedEvent,
    ResponseRecord,
    Submission,
    attempt_heads,
    attempt_logs,
    find_administration,
    find_attempt,
    find_response_record,
    response_records_of,
)
from examengine.integrity import repository
from examengine.integrity.evidence import evidence_of
from examengine.integrity.log_heads import BESIDE_LOG, IN_LEDGER, WitnessedHead
from examengine.integrity.rules import Clearance, Evidence
from examengine.kernel.clock import Clock
from examengine.ledger import Seal

Items = Mapping[UUID, Sequence[ItemVersion]]
"""The item versions of each form."""


@dataclass(frozen=True, slots=True)
class CaseSubject:
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
    rulings: dict[UUID, Seal]
    """What the ledger says of each ruling on it, whether it is here or not, the newest last."""

    def is_genuine(self, ruling: Clearance | None) -> bool:
        """Tell whether a ruling is the last one that was sealed, and is as it was sealed."""
        last = next(reversed(self.rulings), None)
        known = None if ruling is None else ruling.id
        return known == last and (last is None or self.rulings[last].intact)


@dataclass(frozen=True, slots=True)
class IntegrityCase:
    """A subject with every ruling about it, the oldest first."""

    subject: CaseSubject
    rulings: tuple[Clearance, ...]

    @property
    def standing(self) -> Clearance | None:
        """Return the ruling that stands."""
        return self.rulings[-1] if self.rulings else None

    @property
    def version(self) -> int:
        """Return the version of the ruling that stands; 0 before there was one."""
        return self.rulings[-1].version if self.rulings else 0


def subject_id_of(record: ResponseRecord | Submission) -> UUID:
    """Return what clearance is given to: the attempt, or the record when it came from a file."""
    return record.attempt_id or record.id


def load_case(session: Session, clock: Clock, actor: Actor, subject_id: UUID) -> IntegrityCase:
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
    return IntegrityCase(subject, tuple(repository.rulings_on(session, subject.id)))


def handed_in(
    session: Session, administration: Administration, records: Sequence[ResponseRecord]
) -> list[CaseSubject]:
    """Return the subjects of response records of one administration."""
    items = _items(session, {record.form_id for record in records})
    ids = [record.attempt_id for record in records if record.attempt_id]
    about = _Sealed(session, [subject_id_of(one) for one in records], records, [administration.id])
    logs = attempt_logs(session, ids)
    effort = _hold_below_effort(session, administration.exam_id)
    return [
        _subject(
            administration,
            None,
            record,
            _Known(logs.get(subject_id_of(record), ()), *about.of(subject_id_of(record), record)),
            items,
            effort,
        )
        for record in records
    ]


def sat_here(session: Session, attempts: Sequence[AttemptSummary]) -> list[CaseSubject]:
    """Return the subjects of attempts, running or ended, in their order."""
    ids = [attempt.id for attempt in attempts]
    records = response_records_of(session, ids)
    named = {attempt.form_id for attempt in attempts}
    items = _items(session, named | {record.form_id for record in records.values()})
    offered = {attempt.administration_id for attempt in attempts}
    # The heads first: a log that goes on meanwhile is longer than they say, and never shorter.
    about = _Sealed(session, ids, list(records.values()), sorted(offered))
    logs = attempt_logs(session, ids)
    administrations = {id_: find_administration(session, id_) for id_ in offered}
    exams = {one.exam_id for one in administrations.values()}
    efforts = {id_: _hold_below_effort(session, id_) for id_ in exams}
    return [
        _subject(
            administrations[attempt.administration_id],
            attempt,
            records.get(attempt.id),
            _Known(
                logs[attempt.id],
                *about.of(
                    attempt.id, records.get(attempt.id), handed_in=bool(attempt.submitted_at)
                ),
            ),
            items,
            efforts[administrations[attempt.administration_id].exam_id],
        )
        for attempt in attempts
    ]


def known_heads(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, list[WitnessedHead]]:
    """Return the heads that logs once had: in the ledger, and beside the log.

    It does not ask who is asking: the use case that calls it does.
    """
    beside = attempt_heads(session, attempt_ids)
    sealed = ledger.sealed_heads(session, attempt_ids)
    return {
        attempt_id: [
            *(WitnessedHead(one.digest, one.version, IN_LEDGER) for one in sealed[attempt_id]),
            *(
                WitnessedHead(one.digest, one.version, BESIDE_LOG)
                for one in [beside.get(attempt_id)]
                if one is not None and one.digest is not None
            ),
        ]
        for attempt_id in attempt_ids
    }


@dataclass(frozen=True, slots=True)
class _Known:
    """The log of an attempt with all that it can be compared with."""

    log: Sequence[LoggedEvent]
    heads: Sequence[WitnessedHead]
    seals: Sequence[Seal]
    rulings: dict[UUID, Seal]


class _Sealed:
    """What the ledger says of attempts, of what they were prepared with and what came of them."""

    def __init__(
        self,
        session: Session,
        subject_ids: Sequence[UUID],
        records: Sequence[ResponseRecord],
        administration_ids: Sequence[UUID],
    ) -> None:
        imported = {record.id for record in records if record.attempt_id is None}
        attempt_ids = [one for one in subject_ids if one not in imported]
        self._rulings = ledger.check_about(session, "clearance", subject_ids)
        self._late = ledger.check_about(session, "late_answer", subject_ids)
        self._heads = known_heads(session, attempt_ids)
        self._offers = list(
            ledger.check_all(session, "administration", administration_ids).values()
        )
        self._enrolments = ledger.check_all(session, "enrolment", attempt_ids)
        self._records = ledger.check_all(
            session, "response_record", [record.id for record in records]
        )

    def of(
        self, subject_id: UUID, record: ResponseRecord | None, *, handed_in: bool = True
    ) -> tuple[list[WitnessedHead], list[Seal], dict[UUID, Seal]]:
        """Return the heads of a log, the seals of what belongs to it, and those of rulings."""
        seals = list(self._offers)
        if subject_id in self._enrolments:
            seals.append(self._enrolments[subject_id])
        if record is not None:
            seals.append(self._records[record.id])
        elif handed_in:
            words = "The attempt was handed in, and its response record is missing."
            seals.append(Seal("response_record", intact=False, words=words))
        rulings = self._rulings[subject_id]
        seals += [*self._late[subject_id].values(), *rulings.values()]
        return self._heads.get(subject_id, []), seals, rulings


def _attempt(
    session: Session, clock: Clock, actor: Actor, attempt_id: UUID
) -> AttemptSummary | None:
    try:
        return find_attempt(session, clock, actor, attempt_id)
    except AttemptUnknown:
        return None


def _items(session: Session, form_ids: Iterable[UUID]) -> Items:
    """Return the item versions of forms; none of a form that is not there.

    A record whose form is missing was changed past the program. Its case has to be opened exactly
    then, and the ledger names the record there.
    """
    forms = [form for form_id in form_ids if (form := _form(session, form_id)) is not None]
    versions = item_versions(session, (item.ref for form in forms for item in form.items))
    found = {form.id: [versions[item.ref] for item in form.items] for form in forms}
    return defaultdict(list, found)


def _form(session: Session, form_id: UUID) -> Form | None:
    try:
        return find_form(session, form_id)
    except FormUnknown:
        return None


def _hold_below_effort(session: Session, exam_id: str) -> float:
    """Return below which effort a person looks; at any effort, where the exam is not there."""
    try:
        return find_exam(session, exam_id).hold_below_effort
    except ExamUnknown:
        return 1.0


def _subject(
    administration: Administration,
    attempt: AttemptSummary | None,
    record: ResponseRecord | None,
    known: "_Known",
    items: Items,
    effort: float,
) -> CaseSubject:
    either = record or attempt
    assert either is not None  # noqa: S101  (a subject is one or the other)
    evidence = evidence_of(
        record,
        known.log,
        items[either.form_id],
        sealed=known.heads,
        seals=known.seals,
        simulated=administration.simulated,
        hold_below_effort=effort,
    )
    return CaseSubject(
        id=either.id if record is None else subject_id_of(record),
        administration=administration,
        candidate=either.candidate,
        attempt=attempt,
        record=record,
        log=tuple(known.log),
        evidence=evidence,
        rulings=known.rulings,
    )
