"""Use cases of integrity: show the evidence, rule on it, and say which ruling stands."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import Session

from examengine import ledger
from examengine.accounts import Actor, Role, keep_apart, record_act, require
from examengine.delivery import (
    BLOCK,
    AttemptSummary,
    blocks_of_records,
    find_administration,
    find_response_record,
    keep_candidates_apart,
    submissions,
)
from examengine.four_eyes import Act, Agreement, Proposal, agreed
from examengine.integrity import repository, rules
from examengine.integrity.cases import (
    CaseSubject,
    IntegrityCase,
    handed_in,
    load_case,
    sat_here,
    subject_id_of,
)
from examengine.integrity.errors import ClearanceMoved, NotSubmittedYet, RulingReasonMissing
from examengine.integrity.rules import Clearance, ListedRuling, Ruling
from examengine.integrity.tables import CLEARANCES
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id
from examengine.kernel.reasons import checked_reason

WATCHERS = (Role.INVIGILATOR, Role.AWARDING_OFFICER)


def rulings_due(session: Session, clock: Clock, administration_id: UUID) -> list[Clearance]:
    """Return how everybody who has handed in is to be ruled on, on the evidence alone.

    Nothing is stored yet, so that whoever goes on computing keeps nobody waiting meanwhile.

    Attempts on which there is a ruling keep it, unless they were cleared and their log no longer
    verifies, or the ledger knows of another ruling: one that is missing is missed here, and the
    attempt held for a person. It does not ask who is asking: the use case that calls it does.

    Raises:
        AdministrationUnknown: There is no such administration.
    """
    administration = find_administration(session, administration_id)
    standing = repository.newest_of(session, administration_id)
    made = []
    for block in blocks_of_records(session, submissions(session, administration_id)):
        for subject in handed_in(session, administration, block):
            before = standing.get(subject.id)
            ruling = rules.rule_on(subject.evidence, before, genuine=subject.is_genuine(before))
            if ruling is not None:
                version = 1 if before is None else before.version + 1
                made.append(_clearance(clock, subject, ruling, None, version))
    return made


def add_rulings(session: Session, rulings: Sequence[Clearance]) -> None:
    """Store rulings that were due. It does not ask who is asking: the use case that calls it does.

    Raises:
        ClearanceMoved: Somebody ruled on one of them at the same moment.
    """
    for start in range(0, len(rulings), BLOCK):
        repository.append(session, rulings[start : start + BLOCK])


def clearances(session: Session, administration_id: UUID) -> dict[UUID, Clearance]:
    """Return the ruling that stands about each attempt of an administration, by subject.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.newest_of(session, administration_id)


def listed_rulings(session: Session, administration_id: UUID) -> dict[UUID, ListedRuling]:
    """Return the same as lists show it, for as many as there are.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.listed(session, administration_id)


def voided_subjects(session: Session, administration_id: UUID) -> frozenset[UUID]:
    """Return the subjects of an administration whose ruling that stands declares them void.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.voided(session, [administration_id])[administration_id]


def voided_subjects_of_each(
    session: Session, administration_ids: Collection[UUID]
) -> dict[UUID, frozenset[UUID]]:
    """Return the same for several administrations at once.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.voided(session, administration_ids)


def ruling_counts(session: Session, administration_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many rulings there are of each of these administrations that has any.

    Rulings are only ever added. It does not ask who is asking: the use case that calls it does.
    """
    return repository.ruling_counts(session, administration_ids)


def clearance_of(session: Session, response_record_id: UUID) -> Clearance | None:
    """Return the ruling that stands about one response record, or None before there was one.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        ResponseRecordUnknown: There is no such record.
    """
    record = find_response_record(session, response_record_id)
    return next(reversed(repository.rulings_on(session, subject_id_of(record))), None)


def ruling_digests(
    session: Session, administration_id: UUID, among: Collection[UUID] | None = None
) -> dict[UUID, str]:
    """Return the digest of the ruling that stands about each attempt, by subject.

    It does not ask who is asking: the use case that calls it does.

    Args:
        session: The transaction.
        administration_id: The administration.
        among: Only about these subjects; None for all.
    """
    return repository.newest_digests(session, administration_id, among)


def with_genuine_ruling(session: Session, subject_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return the subjects whose newest ruling that was sealed is here, and is as it was sealed.

    Nothing final may follow for the others: a ruling about them was deleted or changed past the
    program. It does not ask who is asking: the use case that calls it does.
    """
    rulings = ledger.check_about(session, CLEARANCES.kind, list(subject_ids))
    newest = {subject: next(reversed(seals.values()), None) for subject, seals in rulings.items()}
    return frozenset(subject for subject, seal in newest.items() if seal and seal.intact)


def find_clearance(session: Session, clearance_id: UUID) -> Clearance | None:
    """Return one ruling, whether it stands or was followed by another; None when unknown.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.ruling(session, clearance_id)


def find_case(session: Session, clock: Clock, actor: Actor, subject_id: UUID) -> IntegrityCase:
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


def watch(
    session: Session, actor: Actor, attempts: Sequence[AttemptSummary]
) -> list[IntegrityCase]:
    """Return the cases of attempts, in their order: a page of the invigilator's list.

    Raises:
        NotAllowed: The actor is neither invigilator nor awarding officer.
    """
    require(actor, *WATCHERS)
    subjects = sat_here(session, attempts)
    rulings = repository.rulings_on_each(session, [subject.id for subject in subjects])
    return [IntegrityCase(subject, tuple(rulings[subject.id])) for subject in subjects]


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
        OwnMatter: They are its candidate, or enrolled in the same exam.
        ResponseRecordUnknown: Neither an attempt nor a record has this id.
        RulingReasonMissing: The reason is too short or too long.
        ClearanceMoved: Another ruling has been made since the page was drawn.
    """
    require(actor, *WATCHERS)
    ruling = Ruling("held", checked_reason(reason, RulingReasonMissing))
    subject = _subject_to_rule_on(session, clock, actor, subject_id, ruling, seen)
    return _rule(session, clock, subject, ruling, Agreement(actor), seen)


def clear(
    session: Session, clock: Clock, actor: Actor, subject_id: UUID, reason: str, *, seen: int
) -> Clearance:
    """Clear a set of responses: whoever signs this has looked at the evidence.

    Raises:
        NotAllowed: The actor is no awarding officer.
        NotSubmittedYet: The attempt still runs.
        OwnMatter, ResponseRecordUnknown, RulingReasonMissing, ClearanceMoved: As in `hold`.
    """
    require(actor, Role.AWARDING_OFFICER)
    ruling = Ruling("cleared", checked_reason(reason, RulingReasonMissing))
    subject = _subject_to_rule_on(session, clock, actor, subject_id, ruling, seen)
    return _rule(session, clock, subject, ruling, Agreement(actor), seen)


def void(
    session: Session, clock: Clock, actor: Actor, subject_id: UUID, reason: str, *, seen: int
) -> Clearance | Proposal:
    """Declare a set of responses void: it never passes, and never earns a credential.

    Where two people are needed, the first one's asking is a proposal, and nothing else happens.

    Raises:
        NotAllowed: The actor is no awarding officer.
        NotSubmittedYet: The attempt still runs.
        OwnMatter, ResponseRecordUnknown, RulingReasonMissing, ClearanceMoved: As in `hold`.
        OwnProposal, AlreadyProposed, ProposalOver: It waits for another person, or did.
    """
    require(actor, Role.AWARDING_OFFICER)
    ruling = Ruling("voided", checked_reason(reason, RulingReasonMissing))
    subject = _subject_to_rule_on(session, clock, actor, subject_id, ruling, seen)
    terms = {"subject_id": str(subject.id), "reason": ruling.reason, "seen": seen}
    act = Act("integrity.void", f"case:{subject.id}", Role.AWARDING_OFFICER, terms)
    stands = agreed(session, clock, actor, act)
    if isinstance(stands, Proposal):
        return stands
    return _rule(session, clock, subject, ruling, stands, seen)


def _subject_to_rule_on(
    session: Session, clock: Clock, actor: Actor, subject_id: UUID, ruling: Ruling, seen: int
) -> CaseSubject:
    """Return what is ruled on, when this actor may make this ruling on it now."""
    case = load_case(session, clock, actor, subject_id)
    subject = case.subject
    known = subject.record or subject.attempt
    keep_apart(actor, None if known is None else known.person_id)
    keep_candidates_apart(session, actor, subject.administration.exam_id)
    if case.version != seen:
        raise ClearanceMoved(f"page shows version {seen}, the ruling is at {case.version}")
    if ruling.state != "held" and subject.record is None:
        raise NotSubmittedYet(subject.id)
    return subject


def _rule(
    session: Session,
    clock: Clock,
    subject: CaseSubject,
    ruling: Ruling,
    stands: Agreement,
    seen: int,
) -> Clearance:
    made = _clearance(clock, subject, ruling, stands, seen + 1)
    repository.append(session, [made])
    detail = {"reason": made.reason, "version": made.version, "digest": made.digest}
    record_act(
        session,
        made.at,
        stands.by,
        f"integrity.{made.state}",
        f"case:{made.subject_id}",
        {**detail, **stands.told()},
    )
    return made


def _clearance(
    clock: Clock, subject: CaseSubject, ruling: Ruling, stands: Agreement | None, version: int
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
            by=rules.BY_RULE if stands is None else stands.names,
            by_id=None if stands is None else stands.by.person_id,
            at=now,
            log_intact=subject.evidence.log_intact,
            signals={one.code: one.measure for one in subject.evidence.signals},
        )
    )
