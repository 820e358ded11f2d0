"""Many commands in one transaction: load what they need, decide each by the rules, append.

Each command gets an answer of its own, a `Recorded` or a refusal. Several commands for one
attempt are applied in the order in which they came; each sees what the one before did.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import NotSignedIn, people_signed_in, record_act
from examengine.delivery import log_repository, repository, rules
from examengine.delivery.administration import Plan
from examengine.delivery.attempt import Head, advance, fold
from examengine.delivery.commands import (
    Asked,
    Command,
    EndByStaff,
    Flag,
    Focus,
    Recorded,
    Save,
    Start,
)
from examengine.delivery.decisions import Case, check_replay, decide
from examengine.delivery.errors import AttemptUnknown
from examengine.delivery.events import AttemptSubmitted, Event, LoggedEvent
from examengine.delivery.forms_in_play import FormInPlay, FormsInPlay
from examengine.delivery.log_repository import Standing
from examengine.delivery.response_record import ResponseRecord, sealed
from examengine.kernel.clock import Clock
from examengine.kernel.errors import ExamError
from examengine.kernel.ids import new_id

Outcome = Recorded | ExamError
Number = tuple[UUID, str, int]


def apply(
    session: Session, clock: Clock, forms: FormsInPlay, commands: Sequence[Command]
) -> list[Outcome]:
    """Decide all commands, write what they became, and return one outcome for each, in order."""
    batch = Batch(session, clock, forms, commands)
    outcomes = [batch.take(command) for command in commands]
    batch.write(clock.now())
    return outcomes


class Batch:
    """What one transaction knows, and what it is going to write."""

    def __init__(
        self, session: Session, clock: Clock, forms: FormsInPlay, commands: Sequence[Command]
    ) -> None:
        self._session, self._forms = session, forms
        asked = {command.session for command in commands if isinstance(command, Asked)}
        self._people: Mapping[str, UUID] = people_signed_in(session, clock, sorted(asked))
        ids = sorted({command.attempt_id for command in commands})
        self._standings: Mapping[UUID, Standing] = log_repository.standings(session, ids)
        self._heads = {found: standing.head for found, standing in self._standings.items()}
        starting = [command.attempt_id for command in commands if isinstance(command, Start)]
        self._plans: Mapping[UUID, Plan] = log_repository.plans(session, starting)
        self._first = log_repository.first_answers(session, self._doubtful(commands))
        self._rows: list[LoggedEvent] = []
        self._submitted: list[UUID] = []

    def _doubtful(self, commands: Sequence[Command]) -> list[Number]:
        """Return the numbers that may have been used before: all but those higher than the last.

        A page counts up, so the usual save needs no look into the log.
        """
        found = []
        for command in commands:
            number, head = _number(command), self._heads.get(command.attempt_id)
            if number is None or head is None or head.version == 0:
                continue
            if number[1] != head.last_client or number[2] <= head.last_seq:
                found.append(number)
        return found

    def take(self, command: Command) -> Outcome:
        """Decide one command on what the commands before it left."""
        try:
            return self._take(command, self._authorised(command))
        except ExamError as refusal:
            return refusal

    def _authorised(self, command: Command) -> Standing:
        """Return the attempt a command is about, when it is the asker's.

        Raises:
            NotSignedIn: The session has ended.
            AttemptUnknown: There is no such attempt, or it is somebody else's.
        """
        standing = self._standings.get(command.attempt_id)
        if isinstance(command, Asked):
            person_id = self._people.get(command.session)
            if person_id is None:
                raise NotSignedIn
            if standing is not None and standing.person_id != person_id:
                standing = None
        if standing is None:
            raise AttemptUnknown(f"no attempt {command.attempt_id} for whoever asks")
        return standing

    def _take(self, command: Command, standing: Standing) -> Recorded:
        form = self._forms.of(self._session, standing.form_id)
        first = self._first_of(command)
        if first is not None and isinstance(command, Save | Flag | Focus):
            check_replay(command, first, form)
            return _recorded(self._heads[first.attempt_id], first)
        closing = rules.close_expired(self._heads[command.attempt_id], command.received_at)
        if closing is not None:
            self._append(command.attempt_id, closing)
        event = decide(command, self._case(command, form))
        if event is None:
            return _recorded(self._heads[command.attempt_id])
        row = self._append(command.attempt_id, event)
        self._note(command, row)
        return _recorded(self._heads[command.attempt_id], row)

    def _first_of(self, command: Command) -> LoggedEvent | None:
        number = _number(command)
        return None if number is None else self._first.get(number)

    def _case(self, command: Command, form: FormInPlay) -> Case:
        plan = self._plans.get(command.attempt_id)
        return Case(self._heads[command.attempt_id], form, plan)

    def _append(self, attempt_id: UUID, event: Event) -> LoggedEvent:
        self._heads[attempt_id], row = advance(self._heads[attempt_id], event)
        self._rows.append(row)
        if isinstance(event, AttemptSubmitted):
            self._submitted.append(attempt_id)
        return row

    def _note(self, command: Command, row: LoggedEvent) -> None:
        """Remember a number that was used, and put an act of staff into their trail."""
        number = _number(command)
        if number is not None:
            self._first[number] = row
        if isinstance(command, EndByStaff):
            subject, detail = f"attempt:{command.attempt_id}", {"reason": command.why}
            record_act(
                self._session, row.at, command.actor, "delivery.end_attempt", subject, detail
            )

    def write(self, now: datetime) -> None:
        """Append the events, move the heads, and hand over what was submitted."""
        if not self._rows:
            return
        log_repository.append(self._session, self._rows)
        touched = sorted({row.attempt_id for row in self._rows})
        log_repository.move(
            self._session,
            [(self._standings[found].head, self._heads[found]) for found in touched],
        )
        if self._submitted:
            self._hand_over(now)

    def _hand_over(self, now: datetime) -> None:
        logs = log_repository.logs(self._session, self._submitted)
        prepared = log_repository.plans(self._session, self._submitted)
        records = [
            self._record(prepared[found], self._heads[found], logs[found], now)
            for found in self._submitted
        ]
        repository.add_response_records(self._session, records)

    def _record(
        self, plan: Plan, head: Head, log: Sequence[LoggedEvent], now: datetime
    ) -> ResponseRecord:
        attempt = fold(plan.attempt_id, log)
        form = self._forms.of(self._session, plan.form_id)
        assert attempt.submitted is not None  # noqa: S101  (it was appended a moment ago)
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
                reason=attempt.submitted.by,
                submitted_at=attempt.submitted.at,
            )
        )


def _number(command: Command) -> Number | None:
    """Return what names one sending of one page, for commands that carry it."""
    if not isinstance(command, Save | Flag | Focus):
        return None
    if command.client is None or command.seq is None:
        return None
    return (command.attempt_id, command.client, command.seq)


def _recorded(head: Head, row: LoggedEvent | None = None) -> Recorded:
    """Return the answer to whoever asked: the row that was written, or where the log stands."""
    return Recorded(
        attempt_id=head.attempt_id,
        version=head.version if row is None else row.version,
        digest=head.digest if row is None else row.digest,
        at=head.last_at if row is None else row.at,
        deadline=head.deadline,
        submitted_at=head.submitted_at,
    )
