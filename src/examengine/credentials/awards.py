"""Credentials as values: what scoring hands over, what was signed, and how it stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    """How a credential stands."""

    VALID = "valid"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Award:
    """What scoring hands over: one decision with all that a credential says of it.

    Attributes:
        response_record_id: The responses that were judged; one credential for each, ever.
        decision_id: The decision.
        decision_digest: Its digest.
        score_record_id: The score it rests on.
        score_record_digest: Its digest.
        passed: Whether the pass mark was reached.
        clearance: `cleared`, `held` or `voided`.
        scale_score: The reported score.
        scale_range: The least and the greatest score of the scale.
        scale_cut: The pass mark.
        administration_id: When and where the exam was sat.
        exam_id: The exam.
        achievement: What passing it means: name, description, criteria.
        person_id: The holder's account, or None for a candidate known by a label only.
        identity: The holder's address, or the label.
        name: The holder's name, or None.
        test_reasons: Why it is no qualification; empty when it is one.
    """

    response_record_id: UUID
    decision_id: UUID
    decision_digest: str
    score_record_id: UUID
    score_record_digest: str
    passed: bool
    clearance: str
    scale_score: int
    scale_range: tuple[int, int]
    scale_cut: int
    administration_id: UUID
    exam_id: str
    achievement: tuple[str, str, str]
    person_id: UUID | None
    identity: str
    name: str | None
    test_reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """What stays the same of a credential through all its versions.

    Attributes:
        credential_id: Its identity.
        response_record_id: The responses it was awarded for.
        administration_id: When and where the exam was sat.
        exam_id: The exam.
        person_id: The holder's account, or None.
        salt: The salt of the hashed identity.
        list_number: The status list that keeps its status.
        list_index: Its place there.
        awarded_at: When it was first awarded.
        public: Whether the holder shows it to everybody.
        name_shown: Whether the holder agreed that their name stands in it.
    """

    credential_id: UUID
    response_record_id: UUID
    administration_id: UUID
    exam_id: str
    person_id: UUID | None
    salt: str
    list_number: int
    list_index: int
    awarded_at: datetime
    public: bool
    name_shown: bool


@dataclass(frozen=True, slots=True)
class Revocation:
    """That a credential no longer holds, since when and why."""

    credential_id: UUID
    at: datetime
    by: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A credential as it was signed, and how it stands.

    Attributes:
        holding: What stays the same of it.
        version: 1, 2, 3 …: a correction, or a change of what the holder shows, adds one.
        decision_id: The decision this version states.
        decision_digest: Its digest.
        document: The signed credential: the bytes that were released.
        digest: `sha256:…` of its canonical JSON.
        key_id: The key that signed it.
        issued_at: When this version was signed.
        revocation: How it ended, or None.
    """

    holding: Holding
    version: int
    decision_id: UUID
    decision_digest: str
    document: bytes
    digest: str
    key_id: str
    issued_at: datetime
    revocation: Revocation | None

    @property
    def id(self) -> UUID:
        """Its identity."""
        return self.holding.credential_id

    @property
    def state(self) -> State:
        """How it stands."""
        return State.REVOKED if self.revocation else State.VALID
