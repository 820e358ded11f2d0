"""What may be refused when a credential is read, canonicalised, baked or taken out of a picture."""

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
