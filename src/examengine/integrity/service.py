"""Use cases of integrity: show the evidence, rule on it, and say which ruling stands."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.delivery import (
    AttemptSummary,
    find_administration,
    find_response_record,
    response_records,
)
from examengine.integrity import repository, rules
from examengine.integrity.cases import (
    Case,
    Subject,
    handed_in,
    load_case,
    sat_here,
    subject_id_of,
)
from examengine.integrity.errors import ClearanceMoved, NotSubmittedYet
from examengine.integrity.rules import Clearance, Ruling
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id

WATCHERS = (Role.INVIGILATOR, Role.AWARDING_OFFICER)


def settle(session: Session, clock: Clock, administration_id: UUID) -> int:
    """Rule, on the evidence alone, on everybody who has handed in; returns how many rulings.

    Attempts on which there is a ruling keep it, unless they were cleared and their log no longer
    verifies. It does not ask who is asking: the use case that calls it does.

    Raises:
        AdministrationUnknown: There is no such administration.
        ClearanceMoved: Somebody ruled on one of them at the same moment.
    """
    administration = find_administration(session, administration_id)
    standing = repository.newest_of(session, administration_id)
    made = []
    for subject in handed_in(session, administration, response_records(session, administration_id)):
        before = standing.get(subject.id)
        ruling = rules.rule_on(subject.evidence, before)
        if ruling is not None:
            version = 1 if before is None else before.version + 1
            made.append(_clearance(clock, subject, ruling, None, version))
    repository.append(session, made)
    return len(made)


def clearances(session: Session, administration_id: UUID) -> dict[UUID, Clearance]:
    """Return the ruling that stands about each attempt of an administration, by subject."""
    return repository.newest_of(session, administration_id)


def clearance_of(session: Session, response_record_id: UUID) -> Clearance | None:
    """Return the ruling that stands about one response record, or None before there was one.

    Raises:
        ResponseRecordUnknown: There is no such record.
    """
    record = find_response_record(session, response_record_id)
    return next(reversed(repository.rulings_on(session, subject_id_of(record))), None)


def find_clearance(session: Session, clearance_id: UUID) -> Clearance | None:
    """Return one ruling, whether it stands or was followed by another; None when unknown."""
    return repository.ruling(session, clearance_id)


def find_case(session: Session, clock: Clock, actor: Actor, subject_id: UUID) -> Case:
    """Return all that a person needs to rule on an attempt, or on a response record.

    Args:
        session: The transaction.
        clock: Tells how the attempt stands now.
        actor: Who asks.
        subject_id: The id of an attempt or of a response record.

    Raises:
        NotAllowed: The actor is neither invigilator nor awarding officer.
        ResponseRecordUnknown: Neither an attempt nor a record has this id.
    """
    require(actor, *WATCHERS)
    return load_case(session, clock, actor, subject_id)


def watch(session: Session, actor: Actor, attempts: Sequence[AttemptSummary]) -> list[Case]:
    """Return the cases of attempts, in their order: a page of the invigilator's list.

    Raises:
        NotAllowed: The actor is neither invigilator nor awarding officer.
    """
    require(actor, *WATCHERS)
    return [
        Case(subject, tuple(repository.rulings_on(session, subject.id)))
        for subject in sat_here(session, attempts)
    ]


def hold(
    session: Session, clock: Clock, actor: Actor, subject_id: UUID, reason: str, *, seen: int
) -> Clearance:
    """Hold an attempt, running or ended, until an awarding officer has looked at it.

    The candidate goes on undisturbed; only the decision waits.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: An invigilator or awarding officer.
        subject_id: The id of an attempt or of a response record.
        reason: What was seen, in words that can be read years later.
        seen: The version of the ruling that the page showed; 0 when there was none.

    Raises:
        NotAllowed: The actor is neither invigilator nor awarding officer.
        ResponseRecordUnknown: Neither an attempt nor a record has this id.
        ReasonMissing: The reason is too short or too long.
        ClearanceMoved: Another ruling has been made since the page was drawn.
    """
    require(actor, *WATCHERS)
    ruling = Ruling("held", rules.checked_reason(reason))
    return _rule(session, clock, actor, subject_id, ruling, seen)


def clear(
    session: Session, clock: Clock, actor: Actor, subject_id: UUID, reason: str, *, seen: int
) -> Clearance:
    """Clear a set of responses: whoever signs this has looked at the evidence.

    Raises:
        NotAllowed: The actor is no awarding officer.
        NotSubmittedYet: The attempt still runs.
        ResponseRecordUnknown, ReasonMissing, ClearanceMoved: As in `hold`.
    """
    require(actor, Role.AWARDING_OFFICER)
    ruling = Ruling("cleared", rules.checked_reason(reason))
    return _rule(session, clock, actor, subject_id, ruling, seen)


def void(
    session: Session, clock: Clock, actor: Actor, subject_id: UUID, reason: str, *, seen: int
) -> Clearance:
    """Declare a set of responses void: it never passes, and never earns a credential.

    Raises:
        NotAllowed: The actor is no awarding officer.
        NotSubmittedYet: The attempt still runs.
        ResponseRecordUnknown, ReasonMissing, ClearanceMoved: As in `hold`.
    """
    require(actor, Role.AWARDING_OFFICER)
    ruling = Ruling("voided", rules.checked_reason(reason))
    return _rule(session, clock, actor, subject_id, ruling, seen)


def _rule(
    session: Session, clock: Clock, actor: Actor, subject_id: UUID, ruling: Ruling, seen: int
) -> Clearance:
    case = load_case(session, clock, actor, subject_id)
    if case.version != seen:
        raise ClearanceMoved(f"page shows version {seen}, the ruling is at {case.version}")
    if ruling.state != "held" and case.subject.record is None:
        raise NotSubmittedYet(case.subject.id)
    made = _clearance(clock, case.subject, ruling, actor, case.version + 1)
    repository.append(session, [made])
    detail = {"reason": made.reason, "version": made.version, "digest": made.digest}
    record_act(
        session, made.at, actor, f"integrity.{made.state}", f"case:{made.subject_id}", detail
    )
    return made


def _clearance(
    clock: Clock, subject: Subject, ruling: Ruling, actor: Actor | None, version: int
) -> Clearance:
    now, record = clock.now(), subject.record
    return rules.sealed(
        Clearance(
            id=new_id(now),
            administration_id=subject.administration.id,
            subject_id=subject.id,
            version=version,
            response_record_id=None if record is None else record.id,
            response_record_digest=None if record is None else record.digest,
            state=ruling.state,
            reason=ruling.reason,
            by=rules.BY_RULE if actor is None else actor.name,
            by_id=None if actor is None else actor.person_id,
            at=now,
            log_intact=subject.evidence.log_intact,
            signals={one.code: one.measure for one in subject.evidence.signals},
        )
    )
