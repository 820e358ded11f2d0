"""Revoking credentials, one or all whose decision was overturned, and making a mistake good."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, keep_apart, record_act, require
from examengine.credentials import repository
from examengine.credentials.errors import (
    CredentialNotFound,
    CredentialRevoked,
    NotReplaceable,
    OverturnedMoved,
    RevocationReasonMissing,
)
from examengine.credentials.issued_credential import (
    Ground,
    IssuedCredential,
    Replacement,
    Revocation,
)
from examengine.credentials.issuing.due import awards_due
from examengine.delivery import find_administration, keep_candidates_apart
from examengine.four_eyes import Act, Proposal, agreed
from examengine.kernel.clock import Clock
from examengine.kernel.digest import digest
from examengine.kernel.reasons import checked_reason
from examengine.scoring import find_decisions, standing_decisions

SHOWN = 50
"""How many credentials a page about many of them lists."""
_AT_ONCE = 500


def revoke(
    session: Session, clock: Clock, actor: Actor, credential_id: UUID, reason: str
) -> Revocation | Proposal:
    """End a credential for good; its bit in the status list is set from now on.

    Where two people are needed, the first one's asking is a proposal, and nothing else happens.

    Raises:
        NotAllowed: The actor is no awarding officer.
        OwnMatter, OwnProposal, AlreadyProposed, ProposalOver: As in `revoke_several`.
        CredentialNotFound: There is no such credential.
        CredentialRevoked: It was revoked before.
        RevocationReasonMissing: No reason was given.
    """
    ended = revoke_several(session, clock, actor, [credential_id], reason)
    return ended if isinstance(ended, Proposal) else ended[0]


def revoke_several(
    session: Session, clock: Clock, actor: Actor, credential_ids: Sequence[UUID], reason: str
) -> list[Revocation] | Proposal:
    """End several credentials for good, all of them or, where one cannot be, none.

    Where two people are needed, the first one's asking is a proposal, and nothing else happens.

    Raises:
        NotAllowed: The actor is no awarding officer.
        OwnMatter: One is theirs, or they are enrolled in its exam.
        OwnProposal, AlreadyProposed, ProposalOver: It waits for another person, or did.
        CredentialNotFound: There is no such credential.
        CredentialRevoked: One was revoked before.
        RevocationReasonMissing: No reason was given.
    """
    require(actor, Role.AWARDING_OFFICER)
    words, now = checked_reason(reason, RevocationReasonMissing), clock.now()
    ids = list(dict.fromkeys(credential_ids))
    ended = []
    for start in range(0, len(ids), _AT_ONCE):
        page = ids[start : start + _AT_ONCE]
        known = repository.newest_of(session, page)
        grounds = _grounds(session, known.values())
        for credential_id in page:
            if credential_id not in known:
                raise CredentialNotFound(credential_id)
            if known[credential_id].revocation is not None:
                raise CredentialRevoked(credential_id)
            ground = grounds[credential_id]
            ended.append(Revocation(credential_id, now, actor.person_id, words, ground))
        keep_apart(actor, *(one.holding.person_id for one in known.values()))
        exams = {one.holding.exam_id for one in known.values()}
        keep_candidates_apart(session, actor, *sorted(exams))
    stands = agreed(session, clock, actor, _act(ids, words))
    if isinstance(stands, Proposal):
        return stands
    ended = [replace(one, by=stands.by.person_id) for one in ended]
    repository.add_revocations(session, ended)
    for one in ended:
        detail = {"reason": one.reason, "ground": one.ground.value, **stands.told()}
        subject = f"credential:{one.credential_id}"
        record_act(session, one.at, stands.by, "credentials.revoke", subject, detail)
    return ended


def overturned(
    session: Session, actor: Actor, administration_id: UUID, *, limit: int = SHOWN
) -> tuple[list[IssuedCredential], int]:
    """Return credentials of an administration whose decision no longer stands, and how many.

    Those whose responses pass by a newer decision are not among them: they are issued anew.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    records = awards_due(session, actor, administration_id).stale
    found = repository.newest_among(session, records[:limit])
    return [found[record] for record in records[:limit]], len(records)


def revoke_overturned(
    session: Session, clock: Clock, actor: Actor, administration_id: UUID, reason: str, *, seen: int
) -> list[Revocation] | Proposal:
    """End all credentials of an administration whose decision no longer stands.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: An awarding officer.
        administration_id: The administration.
        reason: Why, for the holders and an appeal.
        seen: How many there were when the officer looked.

    Raises:
        NotAllowed: The actor is no awarding officer.
        OwnMatter, OwnProposal, AlreadyProposed, ProposalOver: As in `revoke_several`.
        AdministrationUnknown: There is none with this id.
        OverturnedMoved: Their number has changed since.
        RevocationReasonMissing: No reason was given.
    """
    records = awards_due(session, actor, administration_id).stale
    find_administration(session, administration_id)  # of another organisation nothing moved
    if len(records) != seen:
        raise OverturnedMoved(seen, len(records))
    ids = [
        credential.id
        for start in range(0, len(records), _AT_ONCE)
        for credential in repository.newest_among(
            session, records[start : start + _AT_ONCE]
        ).values()
    ]
    return revoke_several(session, clock, actor, ids, reason)


def allow_replacement(
    session: Session, clock: Clock, actor: Actor, credential_id: UUID, reason: str
) -> Replacement:
    """Let a new credential follow one that was revoked by mistake; the old one stays revoked.

    The new one is due as soon as a decision in force passes, and has an identity of its own.

    Raises:
        NotAllowed: The actor is no awarding officer.
        OwnMatter: It is theirs, or they are enrolled in its exam.
        CredentialNotFound: There is no such credential.
        NotReplaceable: It holds, or a new one may follow it already.
        RevocationReasonMissing: No reason was given.
    """
    require(actor, Role.AWARDING_OFFICER)
    credential = repository.newest(session, credential_id)
    if credential is None:
        raise CredentialNotFound(credential_id)
    keep_apart(actor, credential.holding.person_id)
    keep_candidates_apart(session, actor, credential.holding.exam_id)
    if credential.revocation is None or credential.revocation.replaceable:
        raise NotReplaceable(credential_id)
    why = checked_reason(reason, RevocationReasonMissing)
    allowed = Replacement(credential_id, clock.now(), actor.person_id, why)
    repository.add_replacement(session, allowed)
    record_act(
        session,
        allowed.at,
        actor,
        "credentials.allow_replacement",
        f"credential:{credential_id}",
        {"reason": allowed.reason},
    )
    return allowed


def _act(ids: Sequence[UUID], reason: str) -> Act:
    """Return what two people have to agree on: these credentials, for this reason."""
    texts = sorted(str(one) for one in ids)
    subject = f"credential:{texts[0]}" if len(texts) == 1 else f"credentials:{digest(texts)}"
    terms = {"credential_ids": texts, "reason": reason}
    return Act("credentials.revoke", subject, Role.AWARDING_OFFICER, terms)


def _grounds(session: Session, credentials: Collection[IssuedCredential]) -> dict[UUID, Ground]:
    """Return on what ground each credential is revoked: as its decision stands at this moment."""
    decisions = find_decisions(session, [one.decision_id for one in credentials])
    standing = {
        decision.decision_id
        for administration_id in {one.holding.administration_id for one in credentials}
        for decision in standing_decisions(
            session,
            administration_id,
            [one.holding.response_record_id for one in credentials],
        )
    }
    return {
        one.id: Ground.OVERTURNED
        if one.decision_id in decisions and one.decision_id not in standing
        else Ground.OFFICER
        for one in credentials
    }
