"""How credentials of this house stand, read from its records at this moment."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from examengine.credentials import repository
from examengine.credentials.errors import CredentialNotFound
from examengine.credentials.issued_credential import IssuedCredential
from examengine.credentials.status.rules import NOT_ISSUED, Cause, CredentialStatus, Force, standing
from examengine.credentials.vc.report import Report, VerificationStep, failed, passed
from examengine.scoring import find_decisions, overturned_by

_URN = "urn:uuid:"
_LONGEST_PROOF = 200
LISTED = 100
"""How many versions a standing lists, the newest; more than a holder makes of a credential."""


@dataclass(frozen=True, slots=True)
class VersionStatus:
    """How one version of a credential stands, and since when it says that it holds."""

    valid_from: datetime
    standing: CredentialStatus


def status_of(session: Session, credential: IssuedCredential) -> CredentialStatus:
    """Return how the newest version of a credential stands."""
    return _standing(session, credential, credential.version)


def statuses_of(session: Session, credential_id: UUID) -> list[VersionStatus]:
    """Return how each version of a credential stands, the newest first.

    Whoever has a file knows its id, and may ask though the holder shows the credential to nobody:
    the answer names no person, no achievement and no score.

    Raises:
        CredentialNotFound: No credential of that id was issued here.
    """
    newest = repository.newest(session, credential_id)
    if newest is None:
        raise CredentialNotFound(credential_id)
    stands = status_of(session, newest)
    return [
        VersionStatus(
            valid_from,
            _of_version(stands, version),
        )
        for version, valid_from in repository.versions_of(session, credential_id, LISTED)
    ]


def status_of_file(
    session: Session, stated_id: object, proof_values: Iterable[object]
) -> CredentialStatus:
    """Return how a file with our signature stands.

    Args:
        session: The transaction.
        stated_id: What the credential calls itself, `urn:uuid:…`.
        proof_values: The values of its proofs, one of which tells which version it is.
    """
    credential_id = _identity(stated_id)
    newest = None if credential_id is None else repository.newest(session, credential_id)
    if newest is None:
        return NOT_ISSUED
    for value in proof_values:
        if not isinstance(value, str) or len(value) > _LONGEST_PROOF:
            continue
        version = repository.version_with(session, newest.id, value)
        if version is not None:
            return _standing(session, newest, version)
    return NOT_ISSUED


def status_step(session: Session, report: Report) -> VerificationStep:
    """Return the step `standing` of a report about a credential that our own key signed."""
    values = [value for _, value in report.proofs]
    found = status_of_file(session, report.credential_id, values)
    if found.force is Force.IN_FORCE:
        return passed("standing", found.force.value, f"version {found.version}")
    detail = "" if found.newest is None else f"version {found.version} of {found.newest}"
    return failed("standing", found.force.value, detail)


def _of_version(newest: CredentialStatus, version: int) -> CredentialStatus:
    """Return how a version stands, from how the newest one does."""
    if version == newest.newest or newest.force is not Force.IN_FORCE:
        return replace(newest, version=version)
    return replace(newest, version=version, force=Force.SUPERSEDED, cause=Cause.NEWER_VERSION)


def _standing(session: Session, newest: IssuedCredential, version: int) -> CredentialStatus:
    decision = find_decisions(session, [newest.decision_id]).get(newest.decision_id)
    overturned = None if decision is None else overturned_by(session, decision)
    return standing(version, newest.version, newest.issued_at, overturned, newest.revocation)


def _identity(stated: object) -> UUID | None:
    if not isinstance(stated, str) or not stated.startswith(_URN):
        return None
    try:
        found = UUID(stated.removeprefix(_URN))
    except ValueError:
        return None
    return found if stated == f"{_URN}{found}" else None
