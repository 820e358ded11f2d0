"""What the awarding body publishes at this moment."""

from datetime import timedelta

from sqlmodel import Session

from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.errors import KeyUnusable, StatusListNotFound
from examengine.credentials.issuing import press as release
from examengine.credentials.keys.proof import with_proof
from examengine.credentials.own_documents import OwnDocuments
from examengine.credentials.status import repository as places
from examengine.credentials.status import status_list
from examengine.credentials.vc.documents import Documents, GivenDocuments
from examengine.kernel.clock import Clock
from examengine.kernel.signer import Signer

STATUS_LIST_HOLDS_FOR = timedelta(hours=24)


def status_list_document(
    session: Session, clock: Clock, signer: Signer, body: AwardingBody, number: int
) -> bytes:
    """Return a status list, signed now: a revocation shows in it at once.

    Raises:
        StatusListNotFound: No list has that number.
    """
    if not 1 <= number <= places.newest_list(session):
        raise StatusListNotFound(number)
    now = clock.now()
    unsigned = status_list.list_credential(
        body.status_list_url(number),
        body.did,
        places.revoked_indexes(session, number),
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
