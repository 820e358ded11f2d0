"""Credentials in use: issue, show, find, revoke."""

import secrets
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from examengine.accounts import Actor, Role, find_person, record_act, require
from examengine.credentials import release, repository, rules, status_list
from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.awards import Award, Holding, IssuedCredential, Revocation
from examengine.credentials.badge import build
from examengine.credentials.errors import (
    CredentialNotFound,
    CredentialRevoked,
    NotAwardable,
)
from examengine.credentials.signing import Signer
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id

_TRIES = 3


def issue(
    session: Session,
    clock: Clock,
    signer: Signer,
    rng: np.random.Generator,
    actor: Actor,
    body: AwardingBody,
    award: Award,
) -> IssuedCredential:
    """Issue the credential that a decision is due, once.

    The same decision asked for again gives the credential that is there. A newer decision for
    the same responses gives the same credential a new version, under the same identity and with
    the first date of award.

    Raises:
        NotAllowed: The actor is no awarding officer.
        NotAwardable: The decision was not passed and cleared, or its credential was revoked.
        KeyUnusable: There is no key to sign with.
        NotCanonical: A name or a text holds characters that cannot be signed.
        SelfCheckFailed: What was signed does not verify here; nothing was issued.
    """
    require(actor, Role.AWARDING_OFFICER)
    rules.check_awardable(award)
    there = repository.newest_for(session, award.response_record_id)
    if there is not None and there.decision_id == award.decision_id:
        return there
    if there is not None and there.revocation is not None:
        raise NotAwardable(award.decision_id, "its credential was revoked")
    issued = (
        _issue_new(session, clock.now(), signer, rng, body, award)
        if there is None
        else _reissue(session, clock.now(), signer, body, award, there)
    )
    record_act(
        session,
        clock.now(),
        actor,
        "credentials.issue",
        f"credential:{issued.id}",
        {"decision": str(award.decision_id), "version": issued.version, "digest": issued.digest},
    )
    return issued


def revoke(
    session: Session, clock: Clock, actor: Actor, credential_id: UUID, reason: str
) -> Revocation:
    """End a credential for good; its bit in the status list is set from now on.

    Raises:
        NotAllowed: The actor is no awarding officer.
        CredentialNotFound: There is no such credential.
        CredentialRevoked: It was revoked before.
        ReasonMissing: No reason was given.
    """
    require(actor, Role.AWARDING_OFFICER)
    credential = _known(session, credential_id)
    if credential.revocation is not None:
        raise CredentialRevoked(credential_id)
    revocation = Revocation(
        credential_id, clock.now(), actor.person_id, rules.checked_reason(reason)
    )
    repository.add_revocation(session, revocation)
    record_act(
        session,
        revocation.at,
        actor,
        "credentials.revoke",
        f"credential:{credential_id}",
        {"reason": revocation.reason},
    )
    return revocation


def show(
    session: Session,
    clock: Clock,
    body: AwardingBody,
    actor: Actor,
    credential_id: UUID,
    *,
    public: bool,
    name_shown: bool,
) -> IssuedCredential:
    """Let the holder choose who sees a credential, and whether their name stands in it.

    A change of the name is signed as a new version; showing or hiding signs nothing. The key is
    read when all of this is settled, so whoever may not ask learns nothing about it.

    Raises:
        CredentialNotFound: There is none, or the actor is not its holder.
        CredentialRevoked: The name of a revoked credential cannot be changed.
        KeyUnusable: There is no key that may sign the new version.
    """
    credential = _known(session, credential_id)
    if not rules.is_holder(actor, credential):
        raise CredentialNotFound(credential_id)
    repository.set_shown(session, credential_id, public=public, name_shown=name_shown)
    if name_shown != credential.holding.name_shown:
        if credential.revocation is not None:
            raise CredentialRevoked(credential_id)
        now = clock.now()
        signer = body.signer()
        name = find_person(session, actor.person_id).name if name_shown else None
        document = release.renewed(credential.document, name, signer, now)
        repository.add_version(
            session, rules.next_version(credential, document, signer.key_id, now)
        )
    return _known(session, credential_id)


def find_credential(session: Session, actor: Actor | None, credential_id: UUID) -> IssuedCredential:
    """Return a credential that its holder shows, or that this person may see.

    Raises:
        CredentialNotFound: There is none, or it is not for this person: never told apart.
    """
    credential = _known(session, credential_id)
    if not rules.may_see(actor, credential):
        raise CredentialNotFound(credential_id)
    return credential


def credentials_of(session: Session, actor: Actor) -> list[IssuedCredential]:
    """Return the actor's own credentials, newest first."""
    return repository.of_person(session, actor.person_id)


def credentials_of_administration(
    session: Session, actor: Actor, administration_id: UUID, *, limit: int = 50, offset: int = 0
) -> list[IssuedCredential]:
    """Return one page of an administration's credentials, newest first.

    Raises:
        NotAllowed: The actor is no awarding officer.
    """
    require(actor, Role.AWARDING_OFFICER)
    return repository.of_administration(session, administration_id, limit=limit, offset=offset)


def credential_for(
    session: Session, actor: Actor, response_record_id: UUID
) -> IssuedCredential | None:
    """Return the credential that was issued for these responses, or None.

    Nobody is told of a credential that they may not see.
    """
    credential = repository.newest_for(session, response_record_id)
    if credential is None or not rules.may_see(actor, credential):
        return None
    return credential


def _issue_new(
    session: Session,
    now: datetime,
    signer: Signer,
    rng: np.random.Generator,
    body: AwardingBody,
    award: Award,
) -> IssuedCredential:
    for _ in range(_TRIES):
        holding = _new_holding(session, now, rng, award)
        document = _document(award, holding, signer, body, now)
        issued = rules.version_of(award, holding, 1, document, signer.key_id)
        try:
            with session.begin_nested():
                repository.add_holding(session, holding)
                repository.add_version(session, issued)
        except IntegrityError:
            # Somebody issued it, or took the place in the list, at the same moment.
            there = repository.newest_for(session, award.response_record_id)
            if there is not None:
                return there
        else:
            return issued
    raise NotAwardable(award.decision_id, "the status list is being written to; try again")


def _reissue(
    session: Session,
    now: datetime,
    signer: Signer,
    body: AwardingBody,
    award: Award,
    there: IssuedCredential,
) -> IssuedCredential:
    document = _document(award, there.holding, signer, body, now)
    issued = rules.version_of(award, there.holding, there.version + 1, document, signer.key_id)
    repository.add_version(session, issued)
    return issued


def _document(
    award: Award, holding: Holding, signer: Signer, body: AwardingBody, now: datetime
) -> bytes:
    reason = rules.stamp_reason(award, development_key=signer.development)
    badge = rules.badge_for(award, holding, body, test=reason, valid_from=now)
    return release.released(build(badge), signer, now)


def _new_holding(
    session: Session, now: datetime, rng: np.random.Generator, award: Award
) -> Holding:
    number, index = _free_place(session, rng)
    return Holding(
        credential_id=new_id(now),
        response_record_id=award.response_record_id,
        administration_id=award.administration_id,
        exam_id=award.exam_id,
        person_id=award.person_id,
        salt=secrets.token_hex(16),
        list_number=number,
        list_index=index,
        awarded_at=now,
        public=False,
        name_shown=False,
    )


def _free_place(session: Session, rng: np.random.Generator) -> tuple[int, int]:
    number = repository.newest_list(session)
    if status_list.is_full(repository.count_in_list(session, number)):
        number += 1
    index = status_list.draw_index(lambda at: repository.is_taken(session, number, at), rng)
    return number, index


def _known(session: Session, credential_id: UUID) -> IssuedCredential:
    credential = repository.newest(session, credential_id)
    if credential is None:
        raise CredentialNotFound(credential_id)
    return credential
