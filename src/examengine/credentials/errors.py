"""What may be refused when credentials are built, signed, baked, found and revoked."""

from typing import ClassVar
from uuid import UUID

from examengine.kernel.errors import ExamError, Kind


class ContextsMissing(ExamError):
    """The JSON-LD contexts are not installed, or are not the ones that were pinned."""

    code = "credential_contexts_missing"
    kind = Kind.UNAVAILABLE

    def __init__(self, file: str, why: str) -> None:
        super().__init__(f"JSON-LD context {file} {why}: run `make assets`")
        self.file = file


class NotCanonical(ExamError):
    """A document has no safe canonical form, so a signature over it would prove nothing."""

    code = "credential_not_canonical"
    kind = Kind.INVALID

    def __init__(self, reason: str, where: str, detail: str) -> None:
        super().__init__(f"{where}: {detail}")
        self.reason = reason
        self.where = where


class NotCredentialJson(ExamError):
    """Bytes that cannot be read as one credential: too large, too deep, ambiguous, not JSON."""

    code = "credential_not_json"
    kind = Kind.INVALID

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class NotBaked(ExamError):
    """An image carries no credential, or carries one that cannot be taken out safely."""

    code = "credential_not_baked"
    kind = Kind.INVALID

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class KeyUnusable(ExamError):
    """A signing key cannot be used: missing, badly kept, or not of the form we write."""

    code = "signing_key_unusable"
    kind = Kind.UNAVAILABLE


class SelfCheckFailed(ExamError):
    """A credential that we signed did not pass our own verification, and was not released."""

    code = "credential_self_check_failed"
    kind = Kind.UNAVAILABLE

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("a signed credential failed its own check: " + ", ".join(reasons))
        self.reasons = reasons


class NotAwardable(ExamError):
    """A decision that never yields a credential: failed, held, voided or superseded."""

    code = "credential_not_awardable"
    kind = Kind.CONFLICT

    def __init__(self, decision_id: UUID, why: str) -> None:
        super().__init__(f"decision {decision_id} yields no credential: {why}")
        self.decision_id = decision_id
        self.why = why


class CredentialNotFound(ExamError):
    """No credential of that identity was issued here, or it is not for this person to see."""

    code = "credential_not_found"
    kind = Kind.NOT_FOUND

    def __init__(self, credential_id: object) -> None:
        super().__init__(f"no credential {credential_id}")


class StatusListNotFound(ExamError):
    """No status list of that number is published here."""

    code = "status_list_not_found"
    kind = Kind.NOT_FOUND

    def __init__(self, number: int) -> None:
        super().__init__(f"no status list {number}")


class CredentialRevoked(ExamError):
    """A credential that was revoked already cannot be revoked again."""

    code = "credential_revoked_already"
    kind = Kind.CONFLICT

    def __init__(self, credential_id: UUID) -> None:
        super().__init__(f"credential {credential_id} was revoked already")


class ReasonMissing(ExamError):
    """A revocation was asked for without saying why."""

    code: ClassVar[str] = "revocation_reason_missing"
    kind = Kind.INVALID

    def __init__(self) -> None:
        super().__init__("a revocation needs a reason that the holder and an appeal can read")
