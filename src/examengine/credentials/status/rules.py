"""How a credential stands today: pure rules over what happened since it was signed.

A signature says what was true when it was made. Whether it still is, only the house that made it
knows: a newer version, a decision that was overturned, an attempt that was voided, a revocation.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from examengine.credentials.issued_credential import Revocation
from examengine.scoring import Overturned


class Force(StrEnum):
    """Whether a credential is in force, or what took its force away."""

    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    OVERTURNED = "decision_not_in_force"
    VOIDED = "attempt_voided"
    REVOKED = "revoked"
    NOT_ISSUED = "not_issued"


class Cause(StrEnum):
    """Why, in a word that is fit for everybody; what people wrote about it stays inside."""

    NEWEST_VERSION = "newest_version"
    NEWER_VERSION = "newer_version"
    UNDER_REVIEW = "under_review"
    DECIDED_ANEW = "decided_anew"
    NOT_PASSED = "not_passed"
    VOIDED = "voided"
    REVOKED = "revoked"
    NO_RECORD = "no_record"


@dataclass(frozen=True, slots=True)
class CredentialStatus:
    """How a credential, or one version of it, stands.

    Attributes:
        force: Whether it is in force.
        cause: Why.
        since: Since when; None when there is no record of it.
        version: The version that was asked about; None when there is no record of it.
        newest: The newest version; None when there is no record of it.
    """

    force: Force
    cause: Cause
    since: datetime | None
    version: int | None
    newest: int | None


NOT_ISSUED = CredentialStatus(Force.NOT_ISSUED, Cause.NO_RECORD, None, None, None)
"""What has our signature and is in no record of ours: signed with a key that somebody else had."""


def standing(
    version: int,
    newest: int,
    newest_since: datetime,
    overturned: Overturned | None,
    revocation: Revocation | None,
) -> CredentialStatus:
    """Return how a version stands: what ends the credential weighs more than what renews it.

    Args:
        version: The version that was asked about.
        newest: The newest version of the same credential.
        newest_since: Since when the newest version holds.
        overturned: What took the decision that the newest version states out of force, or None.
        revocation: How the credential ended, or None.
    """
    if revocation is not None:
        return CredentialStatus(Force.REVOKED, Cause.REVOKED, revocation.at, version, newest)
    if overturned is not None and overturned.clearance == "voided":
        return CredentialStatus(Force.VOIDED, Cause.VOIDED, overturned.at, version, newest)
    if overturned is not None:
        return CredentialStatus(
            Force.OVERTURNED, _cause(overturned), overturned.at, version, newest
        )
    if version < newest:
        return CredentialStatus(
            Force.SUPERSEDED, Cause.NEWER_VERSION, newest_since, version, newest
        )
    return CredentialStatus(Force.IN_FORCE, Cause.NEWEST_VERSION, newest_since, version, newest)


def _cause(overturned: Overturned) -> Cause:
    if overturned.passed is None:
        return Cause.UNDER_REVIEW
    return Cause.DECIDED_ANEW if overturned.passed else Cause.NOT_PASSED
