"""An Open Badges 3.0 credential, built from plain values and not yet signed.

A badge that rests on a development key or on a simulated administration is stamped TEST: in its
name and description, where people look, and in the achievement's tags, where programs look.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from examengine.credentials.badge.achievements import BadgeAchievement, Issuer, ResultDescription
from examengine.credentials.keys.proof import timestamp
from examengine.credentials.status.status_list import StatusEntry
from examengine.credentials.vc.context_loader import (
    CREDENTIALS_V2,
    OPEN_BADGES,
    OPEN_BADGES_EXTENSIONS,
)
from examengine.credentials.vc.credential import TEST_TAG
from examengine.credentials.vc.open_badge import identity_hash

SCHEMA_URL = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who earned it.

    Attributes:
        identity: Their address, or the number they sat under; hashed, never written out.
        salt: What makes the hash of this badge differ from that of any other.
        name: Their name, only when they agreed that it be shown; else None.
        kind: What the identity is: `emailAddress`, or `systemId` for a candidate's number.
    """

    identity: str
    salt: str
    name: str | None = None
    kind: Literal["emailAddress", "systemId"] = "emailAddress"


@dataclass(frozen=True, slots=True)
class BadgeResult:
    """One result, as text. `status` is given when the description counts in statuses."""

    description: ResultDescription
    value: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """A record of the chain that this credential rests on, by identity and digest.

    Attributes:
        genre: What kind of record: `ScoreRecord` or `Decision`.
        name: What people call it.
        record_id: Its identity.
        digest: `sha256:…` of its canonical JSON.
    """

    genre: str
    name: str
    record_id: UUID
    digest: str

    def as_json(self) -> dict[str, Any]:
        """Return it as Open Badges Evidence."""
        return {
            "id": f"urn:uuid:{self.record_id}",
            "type": ["Evidence"],
            "name": self.name,
            "genre": self.genre,
            "description": "Held by the awarding body; it can be checked against this digest.",
            "narrative": self.digest,
        }


@dataclass(frozen=True, slots=True)
class Badge:
    """Everything a credential says.

    Attributes:
        credential_id: Its identity; a correction keeps it.
        achievement: What is awarded.
        issuer: By whom.
        recipient: To whom.
        results: With which results.
        links: Resting on which records.
        valid_from: Since when this version holds.
        valid_until: Until when, or None for no end.
        awarded: When it was first awarded.
        status: Where its status is kept.
        test_reason: Why it is no qualification, or None when it is one.
    """

    credential_id: UUID
    achievement: BadgeAchievement
    issuer: Issuer
    recipient: Recipient
    results: tuple[BadgeResult, ...]
    links: tuple[EvidenceRecord, ...]
    valid_from: datetime
    valid_until: datetime | None
    awarded: datetime
    status: StatusEntry
    test_reason: str | None = None


def build(badge: Badge) -> dict[str, Any]:
    """Return the unsigned OpenBadgeCredential that `badge` describes."""
    achievement = _stamped(badge.achievement, badge.test_reason)
    until = {} if badge.valid_until is None else {"validUntil": timestamp(badge.valid_until)}
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS],
        "id": f"urn:uuid:{badge.credential_id}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement.name,
        "description": achievement.description,
        "image": {
            "id": achievement.image_url,
            "type": "Image",
            "caption": f"Badge: {achievement.name}",
        },
        "issuer": badge.issuer.as_json(),
        "validFrom": timestamp(badge.valid_from),
        **until,
        "awardedDate": timestamp(badge.awarded),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": _identifiers(badge.recipient),
            "achievement": achievement.as_json(badge.issuer),
            "result": [_result(result, achievement.url) for result in badge.results],
        },
        "evidence": [link.as_json() for link in badge.links],
        "credentialSchema": [{"id": SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": badge.status.as_json(),
    }


def name_identity(name: str) -> dict[str, Any]:
    """Return the identity by which a holder who agreed is named."""
    return {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": name,
        "identityType": "name",
    }


def _stamped(achievement: BadgeAchievement, reason: str | None) -> BadgeAchievement:
    if reason is None:
        return achievement
    return replace(
        achievement,
        name=f"TEST – {achievement.name}",
        description=f"TEST, not a qualification: {reason}. {achievement.description}",
        tags=(*achievement.tags, TEST_TAG),
    )


def _identifiers(recipient: Recipient) -> list[dict[str, Any]]:
    hashed = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(recipient.identity, recipient.salt),
        "identityType": recipient.kind,
        "salt": recipient.salt,
    }
    if recipient.name is None:
        return [hashed]
    return [hashed, name_identity(recipient.name)]


def _result(result: BadgeResult, achievement_url: str) -> dict[str, Any]:
    stated = {"value": result.value, "status": result.status}
    return {
        "type": ["Result"],
        "resultDescription": result.description.identity(achievement_url),
        **{name: value for name, value in stated.items() if value is not None},
    }
