"""From decisions to credentials: which are due, and all that a credential says of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, find_person, require
from examengine.assembly import find_exam
from examengine.credentials import repository, rules
from examengine.credentials.issued_credential import Award, Held, IssuedCredential
from examengine.delivery import (
    Administration,
    find_administration,
    find_response_record,
    list_administrations,
)
from examengine.scoring import (
    Decision,
    SimulatedSource,
    score_ranges,
    simulated_behind,
    simulated_now,
    standing_decisions,
)


@dataclass(frozen=True, slots=True)
class AwardsDue:
    """How an administration stands with its credentials.

    Attributes:
        passed: Decisions in force that passed and are cleared.
        due: Those among them whose credential has to be issued, or issued anew: the ids of the
            decisions, in the order of the response records.
        issued: Credentials that state a decision in force and hold.
        ended: Credentials that were revoked.
        stale: Response records whose credential states a decision no longer in force: an officer
            has to look, and to revoke it or to issue it anew.
        barred: Credentials that were revoked while a decision in force passes: an officer may
            allow a new one.
        total: How many credentials there are, however they stand.
    """

    passed: int
    due: tuple[UUID, ...]
    issued: int
    ended: int
    stale: tuple[UUID, ...]
    barred: tuple[UUID, ...]
    total: int


def awards_due(session: Session, actor: Actor, administration_id: UUID) -> AwardsDue:
    """Return which credentials of an administration are due.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    require(actor, Role.AWARDING_OFFICER)
    passed = {
        decision.response_record_id: decision.decision_id
        for decision in standing_decisions(session, administration_id)
        if decision.passed and decision.clearance == "cleared"
    }
    return _tally(passed, repository.held(session, administration_id))


def administrations_to_award(session: Session, actor: Actor) -> list[Administration]:
    """Return all administrations, the newest first.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    require(actor, Role.AWARDING_OFFICER)
    return list_administrations(session)


def stamps_now(session: Session, actor: Actor, administration: Administration) -> tuple[str, ...]:
    """Return why what would be issued now of an administration is no qualification.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    require(actor, Role.AWARDING_OFFICER)
    return stamps(administration, simulated_now(session, administration))


def candidate_of(session: Session, actor: Actor, credential: IssuedCredential) -> str:
    """Return how staff know whoever holds a credential.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    require(actor, Role.AWARDING_OFFICER)
    return find_response_record(session, credential.holding.response_record_id).candidate


def awards_of(session: Session, decisions: Iterable[Decision]) -> list[Award]:
    """Return decisions of one administration with all that a credential says of them.

    It does not ask who is asking: the use case that calls it does.
    """
    decided = list(decisions)
    if not decided:
        return []
    exam = find_exam(session, decided[0].exam_id)
    administration = find_administration(session, decided[0].administration_id)
    words = (exam.achievement.name, exam.achievement.description, exam.achievement.criteria)
    simulated = simulated_behind(session, decided)
    ranges = score_ranges(session, exam, decided)
    awards = []
    for decision in decided:
        identity, name = _recipient(session, decision)
        awards.append(
            Award(
                response_record_id=decision.response_record_id,
                decision_id=decision.id,
                decision_digest=decision.digest,
                score_record_id=decision.score_record_id,
                score_record_digest=decision.score_record_digest,
                passed=decision.passed,
                clearance=decision.clearance,
                score=decision.score,
                score_range=ranges[decision.score_record_id],
                cut=decision.cut,
                in_points=decision.in_points,
                administration_id=decision.administration_id,
                exam_id=decision.exam_id,
                achievement=words,
                person_id=decision.person_id,
                identity=identity,
                name=name,
                test_reasons=stamps(administration, simulated[decision.id]),
            )
        )
    return awards


def stamps(administration: Administration, simulated: Iterable[SimulatedSource]) -> tuple[str, ...]:
    """Return why what comes of an administration is no qualification; empty when it is one.

    Args:
        administration: Where the answers come from.
        simulated: What was simulated of all that a decision about them rests on.
    """
    tested = ("it comes from a test administration",) if administration.test else ()
    return (*(one.reason for one in simulated), *tested)


def _tally(passed: dict[UUID, UUID], credentials: list[Held]) -> AwardsDue:
    """Return how things stand.

    Args:
        passed: The decision in force of each response record that passed.
        credentials: All credentials, for each record the newest last.
    """
    newest = {held.response_record_id: held for held in credentials}
    holding = {record: held for record, held in newest.items() if held.revocation is None}
    due = [
        record for record, decision in passed.items() if rules.is_due(decision, newest.get(record))
    ]
    barred = passed.keys() & newest.keys() - holding.keys() - set(due)
    return AwardsDue(
        passed=len(passed),
        due=tuple(passed[record] for record in sorted(due)),
        issued=sum(passed.get(record) == held.decision_id for record, held in holding.items()),
        ended=sum(held.revocation is not None for held in credentials),
        stale=tuple(sorted(holding.keys() - passed.keys())),
        barred=tuple(sorted(newest[record].credential_id for record in barred)),
        total=len(credentials),
    )


def _recipient(session: Session, decision: Decision) -> tuple[str, str | None]:
    """Return the identity that a credential hashes, and the name it may show."""
    if decision.person_id is None:
        return find_response_record(session, decision.response_record_id).candidate, None
    person = find_person(session, decision.person_id)
    return person.email, person.name
