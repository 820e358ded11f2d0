"""Credentials as values: what scoring hands over, what was signed, and how it stands."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class CredentialState(StrEnum):
    """How a credential stands."""

    VALID = "valid"
    REVOKED = "revoked"


class Ground(StrEnum):
    """Why a credential was revoked, as far as rules depend on it."""

    OFFICER = "officer"
    """An officer took it away while its decision stood; only an officer can make that good."""
    OVERTURNED = "overturned"
    """Its decision no longer stood; a new decision that passes earns a new credential."""


@dataclass(frozen=True, slots=True)
class Award:
    """What scoring hands over: one decision with all that a credential says of it.

    Attributes:
        response_record_id: The responses that were judged; one credential for each at a time.
        decision_id: The decision.
        decision_digest: Its digest.
        score_record_id: The score it rests on.
        score_record_digest: Its digest.
        passed: Whether the pass mark was reached.
        clearance: `cleared`, `held` or `voided`.
        score: The reported score: on the scale, or in points.
        score_range: The least and the greatest score there is.
        cut: The pass mark.
        in_points: Whether points are reported.
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
    score: Decimal
    score_range: tuple[str, str]
    cut: Decimal
    administration_id: UUID
    exam_id: str
    achievement: tuple[str, str, str]
    person_id: UUID | None
    identity: str
    name: str | None
    test_reasons: tuple[str, ...] = ()
    in_points: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """What stays the same of a credential through all its versions.

    Attributes:
        credential_id: Its identity.
        response_record_id: The responses it was awarded for.
        ordinal: 1 for the first credential for these responses, 2 for the one after a revocation.
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
    ordinal: int
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
    """That a credential no longer holds.

    Attributes:
        credential_id: The credential.
        at: Since when.
        by: Who revoked it.
        reason: Why, for the holder and an appeal; never for the public.
        ground: What rules make of it.
        replacement_allowed: Whether an officer allowed a new credential all the same.
    """

    credential_id: UUID
    at: datetime
    by: UUID
    reason: str
    ground: Ground
    replacement_allowed: bool = False

    @property
    def replaceable(self) -> bool:
        """Whether a decision that passes earns a new credential, under a new identity."""
        return self.replacement_allowed or self.ground is Ground.OVERTURNED


@dataclass(frozen=True, slots=True)
class Replacement:
    """That an officer allowed a new credential after a revocation, and why."""

    credential_id: UUID
    at: datetime
    by: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """How one credential of an administration stands, without its document.

    Attributes:
        credential_id: Its identity.
        response_record_id: The responses it was awarded for.
        ordinal: Which of the credentials for these responses.
        version: The number of its newest version.
        decision_id: The decision which that version states.
        revocation: How it ended, or None.
    """

    credential_id: UUID
    response_record_id: UUID
    ordinal: int
    version: int
    decision_id: UUID
    revocation: Revocation | None


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
    def state(self) -> CredentialState:
        """How it stands."""
        return CredentialState.REVOKED if self.revocation else CredentialState.VALID
