"""What the awarding body publishes at this moment, and verification against it."""

from datetime import timedelta

from sqlmodel import Session

from examengine.credentials import release, repository, status_list
from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.documents import Documents, GivenDocuments
from examengine.credentials.errors import KeyUnusable, StatusListNotFound
from examengine.credentials.own_documents import OwnDocuments
from examengine.credentials.report import Report
from examengine.credentials.signing import Signer, with_proof
from examengine.credentials.verification import Question, verify
from examengine.kernel.clock import Clock

STATUS_LIST_HOLDS_FOR = timedelta(hours=24)


def status_list_document(
    session: Session, clock: Clock, signer: Signer, body: AwardingBody, number: int
) -> bytes:
    """Return a status list, signed now: a revocation shows in it at once.

    Raises:
        StatusListNotFound: No list has that number.
    """
    if not 1 <= number <= repository.newest_list(session):
        raise StatusListNotFound(number)
    now = clock.now()
    unsigned = status_list.list_credential(
        body.status_list_url(number),
        body.did,
        repository.revoked_indexes(session, number),
        (now, now + STATUS_LIST_HOLDS_FOR),
    )
    return release.as_bytes(with_proof(unsigned, signer, now))


def own_documents(session: Session, clock: Clock, body: AwardingBody) -> Documents:
    """Return what this installation publishes, as it would answer now; nothing, without a key."""
    try:
        signer = body.signer()
    except KeyUnusable:
        return GivenDocuments({})
    return OwnDocuments(
        body,
        lambda number: status_list_document(session, clock, signer, body, number),
    )


def verify_here(
    session: Session, clock: Clock, body: AwardingBody, data: bytes, recipient: str | None = None
) -> Report:
    """Verify a credential against what this installation publishes at this moment.

    Nothing is fetched: a credential of somebody else, with a key published elsewhere, is answered
    with `could_not_tell`.
    """
    documents = own_documents(session, clock, body)
    return verify(data, Question(documents, clock.now(), recipient))
