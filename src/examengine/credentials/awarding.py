"""From decisions to credentials: which are due, and issuing them."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlmodel import Session

from examengine.accounts import Actor, Role, find_person, require
from examengine.assembly import find_exam
from examengine.credentials import repository, service
from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.awards import Award, IssuedCredential
from examengine.credentials.signing import Signer
from examengine.delivery import Administration, find_administration, find_response_record
from examengine.kernel.clock import Clock
from examengine.scoring import Decision, decisions_in_force


@dataclass(frozen=True, slots=True)
class AwardsDue:
    """How an administration stands with its credentials.

    Attributes:
        passed: Decisions in force that passed and are cleared.
        due: Those among them whose credential has to be issued, or issued anew.
        issued: Credentials that state a decision in force and hold.
        ended: Credentials that were revoked.
        stale: Response records whose credential states a decision no longer in force: an officer
            has to look, and to revoke it or to issue it anew.
        total: How many credentials there are, however they stand.
    """

    passed: int
    due: tuple[Decision, ...]
    issued: int
    ended: int
    stale: tuple[UUID, ...]
    total: int


def awards_due(session: Session, actor: Actor, administration_id: UUID) -> AwardsDue:
    """Return which credentials of an administration are due.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    require(actor, Role.AWARDING_OFFICER)
    in_force = decisions_in_force(session, administration_id)
    passed = {
        decision.response_record_id: decision
        for decision in in_force
        if decision.passed and decision.clearance == "cleared"
    }
    standings = repository.standings(session, administration_id)
    ended = {record for record, (_, revoked) in standings.items() if revoked}
    good = {
        record
        for record, (decision_id, _) in standings.items()
        if record not in ended and record in passed and passed[record].id == decision_id
    }
    return AwardsDue(
        passed=len(passed),
        due=tuple(passed[record] for record in sorted(passed.keys() - good - ended)),
        issued=len(good),
        ended=len(ended),
        stale=tuple(sorted(standings.keys() - ended - passed.keys())),
        total=len(standings),
    )


def issue_due(
    session: Session,
    clock: Clock,
    signer: Signer,
    rng: np.random.Generator,
    actor: Actor,
    body: AwardingBody,
    administration_id: UUID,
    *,
    most: int,
) -> list[IssuedCredential]:
    """Issue the credentials of an administration that are due, at most so many at once.

    What was issued before is never issued twice, so it can be asked for again after anything.

    Raises:
        NotAllowed: The actor is no awarding officer.
        KeyUnusable: There is no key to sign with.
    """
    due = awards_due(session, actor, administration_id).due
    return [
        service.issue(session, clock, signer, rng, actor, body, award_of(session, decision))
        for decision in due[:most]
    ]


def candidate_of(session: Session, credential: IssuedCredential) -> str:
    """Return how staff know whoever holds a credential; it does not ask who is asking."""
    return find_response_record(session, credential.holding.response_record_id).candidate


def award_of(session: Session, decision: Decision) -> Award:
    """Return a decision with all that a credential says of it."""
    exam = find_exam(session, decision.exam_id)
    administration = find_administration(session, decision.administration_id)
    if decision.person_id is None:
        identity = find_response_record(session, decision.response_record_id).candidate
        name = None
    else:
        person = find_person(session, decision.person_id)
        identity, name = person.email, person.name
    return Award(
        response_record_id=decision.response_record_id,
        decision_id=decision.id,
        decision_digest=decision.digest,
        score_record_id=decision.score_record_id,
        score_record_digest=decision.score_record_digest,
        passed=decision.passed,
        clearance=decision.clearance,
        scale_score=decision.scale_score,
        scale_range=(exam.scale.minimum, exam.scale.maximum),
        scale_cut=decision.scale_cut,
        administration_id=decision.administration_id,
        exam_id=decision.exam_id,
        achievement=(
            exam.achievement.name,
            exam.achievement.description,
            exam.achievement.criteria,
        ),
        person_id=decision.person_id,
        identity=identity,
        name=name,
        test_reasons=stamps(administration),
    )


def stamps(administration: Administration) -> tuple[str, ...]:
    """Return why what comes of an administration is no qualification; empty when it is one."""
    reasons = (
        (administration.simulated, "its responses were simulated"),
        (administration.test, "it comes from a test administration"),
    )
    return tuple(words for holds, words in reasons if holds)
