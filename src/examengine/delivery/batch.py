"""Many commands in one transaction: load what they need, decide each by the rules, append.

Whatever is asked gets an answer of its own, or a refusal. Several commands for one
attempt are applied in the order in which they came; each sees what the one before did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlmodel import Session

from examengine import ledger
from examengine.accounts import (
    Hold,
    NotSignedIn,
    PasswordDue,
    SatElsewhere,
    SignedIn,
    hold_attempts,
    keep_apart,
    people_signed_in,
    record_act,
    release_attempts,
)
from examengine.db import organisation_of
from examengine.delivery import answer_file_repository, log_repository, repository
from examengine.delivery.administration import Plan
from examengine.delivery.answer_files import given_up_files
from examengine.delivery.attempt import Attempt, Head
from examengine.delivery.attempts_in_play import AttemptsInPlay
from examengine.delivery.errors import AttemptUnknown, SequenceReused
from examengine.delivery.form_in_play import FormInPlay
from examengine.delivery.forms_in_play import FormsInPlay
from examengine.delivery.log import LoggedEvent
from examengine.delivery.log_repository import AttemptHeader, is_theirs
from examengine.delivery.reading import advance, read_on
from examengine.delivery.response_record import ResponseRecord, sealed
from examengine.delivery.steps import (
    CandidateCommand,
    Command,
    Event,
    Number,
    Recorded,
    Situation,
    StaffCommand,
    close_expired,
    close_section,
    step_of,
)
from examengine.delivery.steps.attach_file import AttachFile, FileAttached
from examengine.delivery.stored_attempts import as_kept, is_due, read_attempt
from examengine.delivery.turn import Turn, TurnTaken, stays
from examengine.kernel.clock import Clock
from examengine.kernel.errors import ExamError
from examengine.kernel.ids import new_id

Asked = Command | Turn
"""What can be asked of a batch: one command, or the turn of a page."""
Outcome = Recorded | TurnTaken | ExamError


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch came to."""

    outcomes: Sequence[Outcome]
    """One for each that was asked, in order."""
    rows: Sequence[LoggedEvent]
    """What is new in the logs, once it is committed."""
    begun: Mapping[UUID, Plan]
    """What was prepared for those whose logs begin with it."""


def apply(
    session: Session,
    clock: Clock,
    forms: FormsInPlay,
    attempts: AttemptsInPlay,
    asked: Sequence[Asked],
) -> Applied:
    """Decide all that was asked, and write what it became.

    Args:
        session: The transaction that it is written in.
        clock: Tells when sessions end and records are made.
        forms: The forms in memory.
        attempts: The attempts in memory; of those that are not there the log is read.
        asked: What waits.
    """
    commands = [each for one in asked for each in asked_of(one)]
    batch = Batch(session, clock, forms, attempts, commands)
    outcomes = [batch.take(one) for one in asked]
    rows = batch.write(clock.now())
    return Applied(outcomes, rows, batch.begun())


def asked_of(asked: Asked) -> Iterable[Command]:
    """Return the commands that were asked at once, in the order in which they happen."""
    return asked.commands() if isinstance(asked, Turn) else (asked,)


class Batch:
    """What one transaction knows, and what it is going to write."""

    def __init__(
        self,
        session: Session,
        clock: Clock,
        forms: FormsInPlay,
        attempts: AttemptsInPlay,
        commands: Sequence[Command],
    ) -> None:
        self._session, self._forms, self._attempts = session, forms, attempts
        asked = {command.session for command in commands if isinstance(command, CandidateCommand)}
        self._people: Mapping[str, SignedIn] = people_signed_in(session, clock, sorted(asked))
        ids = sorted({command.attempt_id for command in commands})
        self._headers: Mapping[UUID, AttemptHeader] = log_repository.headers(session, ids)
        self._heads = {found: header.head for found, header in self._headers.items()}
        prepared = {one.attempt_id for one in commands if step_of(one).needs_plan}
        self._plans: Mapping[UUID, Plan] = log_repository.plans(session, sorted(prepared))
        self._first = log_repository.first_answers(session, self._perhaps_used(commands))
        files = {(one.attempt_id, one.digest) for one in commands if isinstance(one, AttachFile)}
        self._stored = answer_file_repository.stored(session, sorted(files))
        self._rows: list[LoggedEvent] = []
        self._began: list[LoggedEvent] = []
        self._submitted: list[UUID] = []
        self._held: dict[UUID, Hold] = {}

    def _perhaps_used(self, commands: Sequence[Command]) -> list[Number]:
        """Return the numbers that may have been used before: all but those higher than the last.

        A page counts up, so the usual save needs no look into the log.
        """
        found = []
        for command in commands:
            number, head = command.number, self._heads.get(command.attempt_id)
            if number is None or head is None or head.version == 0:
                continue
            if number[1] != head.last_client or number[2] <= head.last_seq:
                found.append(number)
        return found

    def take(self, asked: Asked) -> Outcome:
        """Decide what was asked on what came before it left."""
        try:
            return self._turned(asked) if isinstance(asked, Turn) else self._recorded(asked)
        except ExamError as refusal:
            return refusal

    def _turned(self, turn: Turn) -> TurnTaken:
        """Store the answer, and show the question if that was taken.

        Raises:
            ExamError: The answer is refused; where there is none, the question.
        """
        saved = None if turn.answer is None else self._recorded(turn.answer)
        shown: Recorded | ExamError | None = None
        if not stays(saved, turn.warned):
            try:
                shown = self._recorded(turn.show)
            except ExamError as refusal:
                if saved is None:
                    raise
                shown = refusal
        return TurnTaken(organisation_of(self._session), saved, shown)

    def _recorded(self, command: Command) -> Recorded:
        """Decide one command.

        Raises:
            ExamError: It is refused.
        """
        header = self._authorised(command)
        recorded = self._take(command, header)
        self._hold(command, header.person_id)
        return recorded

    def _authorised(self, command: Command) -> AttemptHeader:
        """Return the attempt a command is about, when whoever asks may ask it.

        Raises:
            NotSignedIn: The session has ended.
            AttemptUnknown: There is no such attempt, or it is somebody else's.
            SatElsewhere: The person is sitting an exam in another session.
            PasswordDue: The exam has not begun, and the password has to be changed first.
            OwnMatter: Staff would end their own attempt.
        """
        header = self._headers.get(command.attempt_id)
        if isinstance(command, CandidateCommand):
            return self._of_candidate(command, header)
        if header is None:
            raise AttemptUnknown(f"no attempt {command.attempt_id} for whoever asks")
        if isinstance(command, StaffCommand):
            if command.actor.organisation_id != header.organisation_id:
                raise AttemptUnknown(f"no attempt {command.attempt_id} for whoever asks")
            keep_apart(command.actor, header.person_id)
        return header

    def _of_candidate(
        self, command: CandidateCommand, header: AttemptHeader | None
    ) -> AttemptHeader:
        signed_in = self._people.get(command.session)
        if signed_in is None:
            raise NotSignedIn
        if header is None or not is_theirs(header, signed_in):
            raise AttemptUnknown(f"no attempt {command.attempt_id} for whoever asks")
        if signed_in.elsewhere:
            raise SatElsewhere
        # An exam that runs goes on: nobody is kept from an answer by a password.
        if signed_in.password_due and header.head.started_at is None:
            raise PasswordDue
        return header

    def _hold(self, command: Command, person_id: UUID) -> None:
        """Note that a running attempt is sat in this session from now on, if that is news."""
        head = self._heads[command.attempt_id]
        if (
            not isinstance(command, CandidateCommand)
            or head.deadline is None
            or head.submitted_at is not None
        ):
            return
        if head.attempt_id not in self._people[command.session].holds:
            hold = Hold(head.attempt_id, command.session, person_id, head.deadline)
            self._held.setdefault(head.attempt_id, hold)

    def _take(self, command: Command, header: AttemptHeader) -> Recorded:
        step, form = step_of(command), self._forms.of(self._session, header.form_id)
        row = None if command.number is None else self._first.get(command.number)
        if row is not None:
            if not step.is_same(command, row, form):
                raise SequenceReused(command.number[2] if command.number else 0)
        else:
            row = self._happened(command, form)
        recorded = _as_recorded(self._heads[command.attempt_id], row)
        return recorded if row is None else step.tell(command, recorded, row, form)

    def _happened(self, command: Command, form: FormInPlay) -> LoggedEvent | None:
        """Decide a command that is new, and append what it becomes; None when that is nothing."""
        attempt_id, now, step = command.attempt_id, command.received_at, step_of(command)
        for overdue in (close_section.overdue, close_expired.overdue):
            ended = overdue(self._heads[attempt_id], form, now)
            if ended is not None:
                self._append(attempt_id, ended)
        first = step.before(command, self._situation(attempt_id, form))
        if first is not None:
            self._append(attempt_id, first)
        event = step.decide(command, self._situation(attempt_id, form))
        if event is None:
            return None
        row = self._append(command.attempt_id, event)
        self._note(command, row)
        return row

    def _situation(self, attempt_id: UUID, form: FormInPlay) -> Situation:
        return Situation(
            head=self._heads[attempt_id],
            form=form,
            plan=partial(self._plans.__getitem__, attempt_id),
            attempt=partial(self._attempt, attempt_id),
            stored=lambda digest: self._stored.get((attempt_id, digest), 0),
        )

    def _attempt(self, attempt_id: UUID) -> Attempt:
        """Return where an attempt stands, with what this batch has done to it so far."""
        before = self._headers[attempt_id].head
        known = self._attempts.at(organisation_of(self._session), attempt_id, before.digest)
        stored = read_attempt(self._session, attempt_id) if known is None else known.attempt
        new = (row for row in self._rows if row.attempt_id == attempt_id)
        return read_on(stored, [row for row in new if row.version > stored.head.version])

    def _append(self, attempt_id: UUID, event: Event) -> LoggedEvent:
        before = self._heads[attempt_id]
        after, row = advance(before, event)
        self._heads[attempt_id] = after
        self._rows.append(row)
        if before.started_at is None and after.started_at is not None:
            self._began.append(row)
        if before.submitted_at is None and after.submitted_at is not None:
            self._submitted.append(attempt_id)
        return row

    def _note(self, command: Command, row: LoggedEvent) -> None:
        """Remember a number that was used, and put an act of staff into their trail."""
        if command.number is not None:
            self._first[command.number] = row
        if isinstance(command, StaffCommand):
            subject, detail = f"attempt:{command.attempt_id}", {"reason": command.why}
            record_act(self._session, row.at, command.actor, command.act, subject, detail)

    def write(self, now: datetime) -> Sequence[LoggedEvent]:
        """Append the events, move the heads, seal what began, and hand over what was submitted.

        Returns:
            The events, as they stand in the logs.
        """
        held = [one for found, one in self._held.items() if found not in self._submitted]
        hold_attempts(self._session, held)
        if not self._rows:
            return ()
        log_repository.append(self._session, self._rows)
        touched = sorted({row.attempt_id for row in self._rows})
        log_repository.move(
            self._session,
            [(self._headers[found].head, self._heads[found]) for found in touched],
        )
        answer_file_repository.need(self._session, _files_named(self._rows))
        ledger.append_heads(self._session, map(_head_at, self._began))
        due = [found for found in touched if is_due(self._headers[found].head, self._heads[found])]
        kept = {found: as_kept(self._attempt(found)) for found in due}
        log_repository.keep_states(self._session, kept)
        if self._submitted:
            self._hand_over(now)
            release_attempts(self._session, self._submitted)
        return self._rows

    def begun(self) -> Mapping[UUID, Plan]:
        """Return what was prepared for the attempts that have begun."""
        return {row.attempt_id: self._plans[row.attempt_id] for row in self._began}

    def _hand_over(self, now: datetime) -> None:
        prepared = log_repository.plans(self._session, self._submitted)
        records = [self._record(prepared[found], now) for found in self._submitted]
        ledger.append_heads(self._session, map(_head_handed_over, records))
        repository.add_response_records(self._session, records)
        answer_file_repository.need_no_longer(self._session, self._files_given_up())

    def _files_given_up(self) -> Mapping[tuple[UUID, str], datetime]:
        """Return the files that nothing names which was just handed in, and when that was."""
        found: dict[tuple[UUID, str], datetime] = {}
        for attempt_id in self._submitted:
            attempt = self._attempt(attempt_id)
            if attempt.end is not None:
                given_up = {(attempt_id, digest) for digest in given_up_files(attempt)}
                found |= dict.fromkeys(given_up, attempt.end.at)
        return found

    def _record(self, plan: Plan, now: datetime) -> ResponseRecord:
        attempt = self._attempt(plan.attempt_id)
        head = attempt.head
        form = self._forms.of(self._session, plan.form_id)
        assert attempt.end is not None  # noqa: S101  (it was appended a moment ago)
        return sealed(
            ResponseRecord(
                id=new_id(now),
                administration_id=plan.administration_id,
                attempt_id=plan.attempt_id,
                person_id=plan.person_id,
                candidate=plan.candidate,
                form_id=plan.form_id,
                form_digest=plan.form_digest,
                responses={
                    item.item_id: attempt.responses.get(item.item_id) for item in form.items
                },
                seconds=attempt.seconds,
                head=head.digest or "",
                head_version=head.version,
                reason=attempt.end.by,
                submitted_at=attempt.end.at,
                sections=[one.body() for one in attempt.sections],
            )
        )


def _files_named(rows: Iterable[LoggedEvent]) -> list[tuple[UUID, str]]:
    """Return the files that events have added to answers."""
    return [(row.attempt_id, row.body["digest"]) for row in rows if row.type == FileAttached.type]


def _head_at(start: LoggedEvent) -> ledger.LogHead:
    """Return the head of a log that has just begun."""
    administration_id = UUID(start.body["administration_id"])
    return ledger.LogHead(
        administration_id, start.attempt_id, start.version, start.digest, start.at
    )


def _head_handed_over(record: ResponseRecord) -> ledger.LogHead:
    """Return the head of a log that has ended."""
    assert record.attempt_id is not None  # noqa: S101  (it was sat here)
    assert record.head_version is not None  # noqa: S101  (and its log has events)
    return ledger.LogHead(
        administration_id=record.administration_id,
        attempt_id=record.attempt_id,
        version=record.head_version,
        digest=record.head,
        at=record.submitted_at,
    )


def _as_recorded(head: Head, row: LoggedEvent | None = None) -> Recorded:
    """Return the answer to whoever asked: the row that was written, or where the log stands."""
    return Recorded(
        attempt_id=head.attempt_id,
        version=head.version if row is None else row.version,
        digest=head.digest if row is None else row.digest,
        at=head.last_at if row is None else row.at,
        deadline=head.ends_at,
        submitted_at=head.submitted_at,
    )
