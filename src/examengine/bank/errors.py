"""What the bank refuses."""

from examengine.kernel.errors import ExamError, Kind


class BankUnknown(ExamError):
    """There is no bank with this id."""

    code = "bank_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, bank_id: str) -> None:
        self.bank_id = bank_id
        super().__init__(f"there is no bank {bank_id!r}")


class ItemUnknown(ExamError):
    """The bank has no such item, or not in this version."""

    code = "item_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, item_id: str, version: int | None = None) -> None:
        self.item_id = item_id
        self.version = version
        which = "" if version is None else f" in version {version}"
        super().__init__(f"the bank has no item {item_id!r}{which}")


class FigureUnknown(ExamError):
    """No bank holds a figure with this digest."""

    code = "figure_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, digest: str) -> None:
        self.digest = digest
        super().__init__(f"no figure has the digest {digest}")


class ParametersUnknown(ExamError):
    """There are no adopted item parameters with this id."""

    code = "parameters_unknown"
    kind = Kind.NOT_FOUND


class ParametersRefused(ExamError):
    """Item parameters cannot be adopted as they stand."""

    code = "parameters_refused"
    kind = Kind.INVALID

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class ResponseMalformed(ExamError):
    """What was sent can be no response to the item; the response saved before stays."""

    code = "response_malformed"
    kind = Kind.INVALID

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
