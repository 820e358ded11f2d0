"""Use cases of the awarding officer and of the contexts above: administrations, records, logs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, OwnMatter, Role, record_act, require
from examengine.assembly import find_exam, find_form, list_exams
from examengine.delivery import log_repository, repository
from examengine.delivery.administration import (
    Administration,
    AttemptSummary,
    check_window,
    checked_title,
)
from examengine.delivery.attempt import Head
from examengine.delivery.errors import (
    AdministrationBegun,
    AdministrationMalformed,
    AdministrationUnknown,
    AdministrationWithdrawn,
    AttemptUnknown,
    EndReasonMissing,
    ExamAhead,
    ResponseRecordUnknown,
)
from examengine.delivery.log import LoggedEvent
from examengine.delivery.progression import progression_named
from examengine.delivery.response_record import ResponseRecord
from examengine.delivery.steps import Recorded
from examengine.delivery.steps.end_by_staff import EndByStaff
from examengine.delivery.writer import AttemptWriter
from examengine.kernel.clock import Clock, iso
from examengine.kernel.ids import new_id
from examengine.kernel.reasons import checked_reason


def list_administrations(session: Session) -> list[Administration]:
    """Return all administrations, the newest first.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.administrations(session)


Line = TypeVar("Line")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class FoundAdministrations(Generic[Line]):
    """A page of a list of administrations, the newest first.

    Attributes:
        lines: What is told of each on the page.
        n_found: How many the search has found.
        n_all: How many there are.
    """

    lines: tuple[Line, ...]
    n_found: int
    n_all: int

    def telling(self, tell: Callable[[Line], Other]) -> "FoundAdministrations[Other]":
        """Return the same page, with something else told of each."""
        return FoundAdministrations(tuple(map(tell, self.lines)), self.n_found, self.n_all)


def find_administrations(
    session: Session, words: str = "", *, start: int = 0, most: int
) -> FoundAdministrations[Administration]:
    """Return a page of the administrations that hold every one of these words, the newest first.

    Words are looked for in the title and in the id of the exam, in any case. It does not ask who
    is asking: the use case that calls it does.
    """
    return FoundAdministrations(
        tuple(repository.administrations_found(session, words, start, most)),
        repository.how_many_administrations(session, words),
        repository.how_many_administrations(session),
    )


def enrolled_counts(session: Session, administration_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many candidates are enrolled in each of these administrations that has any.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.enrolled_counts(session, administration_ids)


def find_administration(session: Session, administration_id: UUID) -> Administration:
    """Return one administration.

    It does not ask who is asking: the use case that calls it does.

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
        ProgressionUnknown: The exam names a progression that this version does not have.
    """
    require(actor, Role.AWARDING_OFFICER)
    exam = find_exam(session, exam_id)
    progression_named(exam.progression, in_sections=bool(exam.sections))
    if not form_ids:
        raise AdministrationMalformed("choose at least one form")
    for form_id in form_ids:
        if find_form(session, form_id).exam_id != exam.id:
            raise AdministrationMalformed(f"form {form_id} belongs to another exam")
    now = clock.now()
    check_window(opens_at, closes_at, now, _longest(session, form_ids))
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


def administrations_of(session: Session, actor: Actor, exam_id: str) -> list[Administration]:
    """Return the administrations of one exam, the newest first.

    Raises:
        NotAllowed: The actor is neither awarding officer nor psychometrician.
    """
    require(actor, Role.AWARDING_OFFICER, Role.PSYCHOMETRICIAN)
    return repository.administrations_of_exam(session, exam_id)


def keep_candidates_apart(session: Session, actor: Actor, *exam_ids: str) -> None:
    """Refuse somebody who is enrolled in one of these exams: it is their own matter.

    Whatever rules on results of an exam, sets its cut or its parameters, or awards for it asks
    this. `EndByStaff` looks at the one attempt.

    Raises:
        OwnMatter: The actor has an attempt in an administration of one of them.
    """
    if repository.sits_exam(session, actor.person_id, exam_ids):
        raise OwnMatter


def keep_sitters_from_keys(session: Session, clock: Clock, actor: Actor, bank_id: str) -> None:
    """Refuse somebody who has an exam from this bank before them: they would read its keys.

    Whatever shows keys, or questions as a form puts them together, to authors and psychometricians
    asks this. An administration for trying out keeps nobody from them.

    Raises:
        ExamAhead: The actor is enrolled, and has not handed in yet.
    """
    if is_kept_from_keys(session, clock, actor, bank_id):
        raise ExamAhead(bank_id)


def is_kept_from_keys(session: Session, clock: Clock, actor: Actor, bank_id: str) -> bool:
    """Tell whether somebody has an exam from this bank before them, and so must not read its keys.

    For a page that shows the rest without them.
    """
    exam_ids = [exam.id for exam in list_exams(session) if exam.bank_id == bank_id]
    return repository.has_exam_ahead(session, actor.person_id, exam_ids, clock.now())


def change_window(
    session: Session,
    clock: Clock,
    actor: Actor,
    administration_id: UUID,
    opens_at: datetime,
    closes_at: datetime,
) -> None:
    """Move the window of an administration in which nobody has begun.

    Raises:
        NotAllowed: The actor is no awarding officer.
        AdministrationUnknown, AdministrationWithdrawn: There is none to move.
        AdministrationBegun: Somebody has started.
        AdministrationMalformed: Nobody could sit in that window.
    """
    require(actor, Role.AWARDING_OFFICER)
    made = _before_anybody_began(session, administration_id)
    now = clock.now()
    check_window(opens_at, closes_at, now, _longest(session, made.form_ids))
    repository.change_window(session, administration_id, opens_at, closes_at)
    detail = {
        "from": [_said(made.opens_at), _said(made.closes_at)],
        "to": [iso(opens_at), iso(closes_at)],
    }
    subject = f"administration:{administration_id}"
    record_act(session, now, actor, "delivery.change_window", subject, detail)


def withdraw_administration(
    session: Session, clock: Clock, actor: Actor, administration_id: UUID
) -> None:
    """Withdraw an administration in which nobody has begun: nobody can start any more.

    Raises:
        NotAllowed: The actor is no awarding officer.
        AdministrationUnknown, AdministrationWithdrawn: There is none to withdraw.
        AdministrationBegun: Somebody has started.
    """
    require(actor, Role.AWARDING_OFFICER)
    _before_anybody_began(session, administration_id)
    now = clock.now()
    repository.withdraw(session, administration_id, now)
    subject = f"administration:{administration_id}"
    record_act(session, now, actor, "delivery.withdraw_administration", subject, {})


def _before_anybody_began(session: Session, administration_id: UUID) -> Administration:
    made = find_administration(session, administration_id)
    if made.withdrawn_at is not None:
        raise AdministrationWithdrawn
    if made.source != "delivered" or repository.started(session, administration_id):
        raise AdministrationBegun
    return made


def _longest(session: Session, form_ids: Sequence[UUID]) -> timedelta:
    """Return the time allowed for the form that takes longest."""
    return timedelta(minutes=max(find_form(session, form_id).minutes for form_id in form_ids))


def _said(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def attempts_of(
    session: Session, clock: Clock, actor: Actor, administration_id: UUID
) -> list[AttemptSummary]:
    """Return where each attempt of an administration stands, by candidate.

    Raises:
        NotAllowed: The actor is neither awarding officer, invigilator nor psychometrician.
    """
    require(actor, Role.AWARDING_OFFICER, Role.INVIGILATOR, Role.PSYCHOMETRICIAN)
    return repository.attempts(session, administration_id, clock.now())


def enrolled_in(session: Session, actor: Actor, administration_id: UUID) -> frozenset[UUID]:
    """Return the people who are enrolled.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    require(actor, Role.AWARDING_OFFICER)
    return frozenset(repository.enrolled(session, administration_id))


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
        OwnMatter: It is the actor's own.
        AttemptUnknown, AttemptNotStarted: There is nothing to end.
    """
    require(actor, Role.AWARDING_OFFICER, Role.INVIGILATOR)
    reason = checked_reason(why, EndReasonMissing)
    return writer.record(
        EndByStaff(attempt_id=attempt_id, actor=actor, why=reason, received_at=clock.now())
    )


def attempt_log(session: Session, attempt_id: UUID) -> list[LoggedEvent]:
    """Return the log of an attempt, oldest event first; empty when it was never started.

    It does not ask who is asking: the use case that calls it does.
    """
    return log_repository.logs(session, [attempt_id])[attempt_id]


def attempt_ids_of(session: Session, administration_id: UUID) -> list[UUID]:
    """Return the attempts of an administration, in the order in which they were prepared.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.attempt_ids(session, administration_id)


def attempt_heads(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, Head]:
    """Return where the logs of attempts stand, by what is kept beside them.

    It does not ask who is asking: the use case that calls it does.
    """
    return log_repository.heads(session, attempt_ids)


def attempt_logs(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, list[LoggedEvent]]:
    """Return the logs of several attempts, in one query.

    It does not ask who is asking: the use case that calls it does.
    """
    found = log_repository.logs(session, attempt_ids)
    return {attempt_id: found[attempt_id] for attempt_id in attempt_ids}


def response_records(session: Session, administration_id: UUID) -> list[ResponseRecord]:
    """Return the response records of an administration, by candidate.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.response_records(session, administration_id)


def find_response_record(session: Session, record_id: UUID) -> ResponseRecord:
    """Return one response record.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        ResponseRecordUnknown: There is none with this id.
    """
    found = repository.response_record(session, record_id)
    if found is None:
        raise ResponseRecordUnknown(record_id)
    return found


def response_records_of(
    session: Session, attempt_ids: Sequence[UUID]
) -> dict[UUID, ResponseRecord]:
    """Return the response records of attempts, by attempt; those that are open have none.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.records_of_attempts(session, attempt_ids)


def response_record_of(session: Session, attempt_id: UUID) -> ResponseRecord | None:
    """Return the response record of an attempt, or None while it is open.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.record_of_attempt(session, attempt_id)
