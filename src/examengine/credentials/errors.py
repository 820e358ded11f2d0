"""What may be refused when credentials are signed, found and revoked."""

from uuid import UUID

from examengine.kernel.errors import ExamError, Kind
from examengine.kernel.reasons import ReasonMissing


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


class IssuingMoved(ExamError):
    """Others issued the same credentials, or took the same places, again and again."""

    code = "credential_issuing_moved"
    kind = Kind.CONFLICT

    def __init__(self) -> None:
        super().__init__("somebody else is issuing at this moment; look again, then go on")


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


class OverturnedMoved(ExamError):
    """Other credentials have lost their decision since the officer looked, or some got one."""

    code = "credentials_overturned_moved"
    kind = Kind.CONFLICT

    def __init__(self, seen: int, found: int) -> None:
        super().__init__(f"{seen} credentials were to be revoked, and now it would be {found}")
        self.seen = seen
        self.found = found


class NotReplaceable(ExamError):
    """A new credential was allowed for one that holds, or that may be followed already."""

    code = "credential_not_replaceable"
    kind = Kind.CONFLICT

    def __init__(self, credential_id: UUID) -> None:
        super().__init__(
            f"credential {credential_id} was not revoked, or a new one may follow it already"
        )


class RevocationReasonMissing(ReasonMissing):
    """A revocation was asked for without saying why."""

    code = "revocation_reason_missing"
    lengths = (1, 500)
