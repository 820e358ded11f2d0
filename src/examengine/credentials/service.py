"""Credentials in use: shown by their holders, and found."""

from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from examengine.accounts import Actor, Role, find_person, require
from examengine.assembly import Exam, find_exam
from examengine.credentials import repository, rules
from examengine.credentials.awarding_bodies import awarding_body_of
from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.errors import CredentialNotFound, CredentialRevoked, IssuingMoved
from examengine.credentials.issued_credential import IssuedCredential
from examengine.credentials.issuing import press as release
from examengine.credentials.keys.used import note_key
from examengine.db import reading, writing
from examengine.kernel.clock import Clock


def show(
    engine: Engine,
    clock: Clock,
    body: AwardingBody,
    actor: Actor,
    credential_id: UUID,
    *,
    public: bool,
    name_shown: bool,
) -> IssuedCredential:
    """Let the holder choose who sees a credential, and whether their name stands in it.

    A change of the name is signed as a new version, while no transaction is open that others wait
    for; showing or hiding signs nothing. The key is read when all of this is settled, so whoever
    may not ask learns nothing about it.

    Raises:
        CredentialNotFound: There is none, or the actor is not its holder.
        CredentialRevoked: The name of a revoked credential cannot be changed.
        KeyUnusable: There is no key that may sign the new version.
        IssuingMoved: It was signed anew, or revoked, at the same moment.
    """
    with reading(engine) as session:
        credential = _known(session, credential_id)
        if not rules.is_holder(actor, credential):
            raise CredentialNotFound(credential_id)
        named = find_person(session, actor.person_id).name if name_shown else None
    renewed = None
    if name_shown != credential.holding.name_shown:
        if credential.revocation is not None:
            raise CredentialRevoked(credential_id)
        signer, since = body.signer(), rules.moment_after(clock.now(), credential.issued_at)
        document = release.renewed(credential.document, named, signer, since)
        renewed = rules.next_version(credential, document, signer.key_id)
    try:
        with writing(engine) as session:
            if renewed is not None:
                _add_renewed(session, credential, renewed)
                note_key(session, signer, since)
            repository.set_shown(session, credential_id, public=public, name_shown=name_shown)
            return _known(session, credential_id)
    except IntegrityError as lost:
        raise IssuingMoved from lost


def find_credential(session: Session, actor: Actor | None, credential_id: UUID) -> IssuedCredential:
    """Return a credential that its holder shows, or that this person may see.

    Raises:
        CredentialNotFound: There is none, or it is not for this person: never told apart.
    """
    credential = _known(session, credential_id)
    if not rules.may_see(actor, credential):
        raise CredentialNotFound(credential_id)
    return credential


def issuer_of_credential(
    session: Session, first: AwardingBody, credential_id: UUID
) -> AwardingBody:
    """Return which awarding body of the installation issued a credential.

    Its address names nobody, so whoever has one is led to where it is; what they may see there is
    for `find_credential` to say.

    Args:
        session: A transaction of the whole installation.
        first: The first awarding body.
        credential_id: The credential.

    Raises:
        CredentialNotFound: There is none.
    """
    organisation_id = repository.organisation_of(session, credential_id)
    if organisation_id is None:
        raise CredentialNotFound(credential_id)
    return awarding_body_of(session, first, organisation_id)


def exam_behind_achievement(session: Session, exam_id: str) -> Exam:
    """Return the exam that an achievement is for: what passing it means is for everybody to read.

    Raises:
        ExamUnknown: There is none with this id.
    """
    return find_exam(session, exam_id)


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


def _known(session: Session, credential_id: UUID) -> IssuedCredential:
    credential = repository.newest(session, credential_id)
    if credential is None:
        raise CredentialNotFound(credential_id)
    return credential


def _add_renewed(session: Session, credential: IssuedCredential, renewed: IssuedCredential) -> None:
    """Append a new version of a credential that nobody changed in between."""
    newest = _known(session, credential.id)
    if newest.version != credential.version or newest.revocation is not None:
        raise IssuingMoved
    repository.add_versions(session, [renewed])
