"""A small awarding body for tests: keys in memory, one achievement, one badge."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from examengine.credentials.badge.achievements import (
    BadgeAchievement,
    Issuer,
    ResultDescription,
    ResultType,
)
from examengine.credentials.badge.document import (
    Badge,
    BadgeResult,
    EvidenceRecord,
    Recipient,
    build,
)
from examengine.credentials.keys.proof import with_proof
from examengine.credentials.keys.ring import FileSigner
from examengine.credentials.status.status_list import StatusEntry, list_credential
from examengine.credentials.vc.did import PublishedKey, did_document, document_url
from examengine.credentials.vc.documents import GivenDocuments
from examengine.credentials.vc.verification import Question

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DID = "did:web:exam.example.org"
LIST_URL = "https://exam.example.org/status/1"
EMAIL = "ada@example.org"

SCORE = ResultDescription(
    "scale-score", "Scale score", ResultType.SCALED_SCORE, least="200", most="800", required="500"
)
STATUS = ResultDescription("status", "Result", ResultType.STATUS)

BADGE = Badge(
    credential_id=UUID("0193f0c2-7a11-7c3e-9a55-3f6f1c0d2e4b"),
    achievement=BadgeAchievement(
        url="https://exam.example.org/achievements/data-literacy",
        name="Data Literacy",
        description="Reads, questions and explains data in everyday decisions.",
        criteria="A scale score of 500 or more in the supervised examination.",
        image_url="https://exam.example.org/achievements/data-literacy/image.png",
        results=(SCORE, STATUS),
        tags=("data", "statistics"),
    ),
    issuer=Issuer(DID, "Example Examination Board", "https://exam.example.org"),
    recipient=Recipient(EMAIL, salt="9b1c7f5e2ad94d1c", name="Ada Example"),
    results=(BadgeResult(SCORE, value="612"), BadgeResult(STATUS, status="Completed")),
    links=(
        EvidenceRecord(
            "ScoreRecord",
            "Score record",
            UUID("0193f0c2-7a11-7c3e-9a55-3f6f1c0d2e4c"),
            "sha256:" + "ab" * 32,
        ),
        EvidenceRecord(
            "Decision",
            "Decision",
            UUID("0193f0c2-7a11-7c3e-9a55-3f6f1c0d2e4d"),
            "sha256:" + "cd" * 32,
        ),
    ),
    valid_from=NOW - timedelta(hours=1),
    valid_until=NOW + timedelta(days=3 * 365),
    awarded=NOW - timedelta(hours=1),
    status=StatusEntry(LIST_URL, 4711),
)


def new_signer(key_id: str = "key-2026-1", *, did: str = DID, development: bool = False):
    """Return a signer with a new key."""
    return FileSigner(did, key_id, Ed25519PrivateKey.generate(), development=development)


@dataclass
class Board:
    """An awarding body: the key it signs with, the keys it publishes, what it has revoked."""

    signer: FileSigner
    published: tuple[PublishedKey, ...]
    now: datetime = NOW
    revoked: tuple[int, ...] = ()

    def issue(self, **changes: Any) -> dict[str, Any]:
        """Return the badge, awarded an hour ago and with `changes`, signed."""
        ago = self.now - timedelta(hours=1)
        until = self.now + timedelta(days=3 * 365)
        dated = replace(BADGE, valid_from=ago, awarded=ago, valid_until=until)
        return with_proof(build(replace(dated, **changes)), self.signer, self.now)

    def sign(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return any document signed by this awarding body."""
        return with_proof(document, self.signer, self.now)

    def status_list(self) -> dict[str, Any]:
        """Return the signed status list."""
        valid = (self.now, self.now + timedelta(hours=1))
        unsigned = list_credential(LIST_URL, DID, self.revoked, valid)
        return with_proof(unsigned, self.signer, self.now)

    def web(self) -> dict[str, dict[str, Any]]:
        """Return what the awarding body publishes, by URL."""
        return {
            document_url(DID): did_document(DID, self.published),
            LIST_URL: self.status_list(),
        }

    def question(self, **changes: Any) -> Question:
        """Return a verification that may look at what is published."""
        by_url = {url: json.dumps(document).encode() for url, document in self.web().items()}
        return replace(Question(GivenDocuments(by_url), self.now, EMAIL), **changes)


def new_board(now: datetime = NOW) -> Board:
    """Return an awarding body with one key."""
    signer = new_signer()
    return Board(signer, (PublishedKey(signer.key_id, signer.public_key),), now)


def as_bytes(document: dict[str, Any]) -> bytes:
    """Return a document as it is sent."""
    return json.dumps(document, ensure_ascii=False).encode()
