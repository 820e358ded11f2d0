"""Words for how a credential stands, fit for everybody: what was written about it stays inside."""

from dataclasses import dataclass
from typing import Any

from examengine.credentials import Cause, CredentialStatus, Force, VersionStatus
from examengine.kernel.clock import iso

TITLES = {
    Force.IN_FORCE: ("good", "In force"),
    Force.SUPERSEDED: ("warn", "Replaced by a newer version"),
    Force.OVERTURNED: ("bad", "No longer in force"),
    Force.VOIDED: ("bad", "No longer in force"),
    Force.REVOKED: ("bad", "Revoked"),
    Force.NOT_ISSUED: ("bad", "Not issued here"),
}

CAUSES = {
    Cause.NEWEST_VERSION: "It is the newest version, and the decision it states stands.",
    Cause.NEWER_VERSION: "There is a newer version of it. Ask its holder for that one.",
    Cause.UNDER_REVIEW: "The awarding body is looking at the result again.",
    Cause.DECIDED_ANEW: "The result was decided anew; a new version follows.",
    Cause.NOT_PASSED: "The result was decided anew, and the pass mark is no longer reached.",
    Cause.VOIDED: "The attempt it was awarded for was declared void.",
    Cause.REVOKED: "The awarding body has revoked it.",
    Cause.NO_RECORD: "It bears our signature, but we have no record of it.",
}


@dataclass(frozen=True, slots=True)
class StandingInWords:
    """How a credential stands, for people."""

    tone: str
    title: str
    text: str
    standing: CredentialStatus


def in_words(standing: CredentialStatus) -> StandingInWords:
    """Return how a credential stands, in words."""
    tone, title = TITLES[standing.force]
    return StandingInWords(tone, title, CAUSES[standing.cause], standing)


def as_json(
    credential_id: object, address: str, issuer: str, checked: str, versions: list[VersionStatus]
) -> dict[str, Any]:
    """Return how each version of a credential stands, for programs.

    Args:
        credential_id: The credential.
        address: Where this document is published.
        issuer: The DID of the awarding body.
        checked: For which moment it holds.
        versions: How each version stands, the newest first.
    """
    newest = versions[0].standing
    return {
        "schema": "examengine/credential-standing/1",
        "id": address,
        "credential": f"urn:uuid:{credential_id}",
        "issuer": issuer,
        "checked": checked,
        **_stated(newest),
        "versions": [
            {
                "version": one.standing.version,
                "validFrom": iso(one.valid_from).replace(".000Z", "Z"),
                **_stated(one.standing),
            }
            for one in versions
        ],
    }


def _stated(standing: CredentialStatus) -> dict[str, Any]:
    superseded = {"supersededBy": standing.newest} if standing.force is Force.SUPERSEDED else {}
    return {
        "standing": standing.force.value,
        "cause": standing.cause.value,
        "reason": CAUSES[standing.cause],
        "since": None if standing.since is None else iso(standing.since),
        **superseded,
    }
