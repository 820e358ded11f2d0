"""What the bank refuses."""

from collections.abc import Sequence

from examengine.kernel.errors import ExamError, Kind


class BankMoved(ExamError):
    """Somebody else changed the bank while an import was being checked against it."""

    code = "bank_moved"
    kind = Kind.CONFLICT

    def __init__(self, bank_id: str) -> None:
        self.bank_id = bank_id
        super().__init__(f"bank {bank_id!r} was changed meanwhile; import again")


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


class MediaFileUnknown(ExamError):
    """No bank holds a picture or recording with this digest."""

    code = "media_file_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, digest: str) -> None:
        self.digest = digest
        super().__init__(f"no picture or recording has the digest {digest}")


class ItemsHeld(ExamError):
    """Items are to be shown to candidates that have a finding which is an error in their bank."""

    code = "items_held"
    kind = Kind.CONFLICT

    def __init__(self, bank_id: str, errors: Sequence[str]) -> None:
        self.bank_id = bank_id
        self.errors = tuple(errors)
        shown = "; ".join(errors[:5])
        self.shown = shown if len(errors) <= 5 else f"{shown}; and {len(errors) - 5} more"
        super().__init__("; ".join(errors))


class RuleUnknown(ExamError):
    """The lint has no such rule."""

    code = "rule_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, rule: str) -> None:
        self.rule = rule[:60]
        super().__init__(f"there is no rule {self.rule!r}")


class RulingRefused(ExamError):
    """What a rule of the lint means cannot be ruled like this."""

    code = "ruling_refused"
    kind = Kind.INVALID

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


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


class NoFilesSent(ExamError):
    """An import was asked for without a file, or with files that are kept no more."""

    code = "no_files_sent"
    kind = Kind.INVALID

    def __init__(self, bank_id: str) -> None:
        self.bank_id = bank_id
        super().__init__(f"no files for the bank {bank_id!r}")


class TextTooShort(ExamError):
    """A text is to be compared with items that has too few words to resemble anything."""

    code = "text_too_short"
    kind = Kind.INVALID

    def __init__(self, least_words: int) -> None:
        self.least_words = least_words
        super().__init__(f"fewer than {least_words} words to compare")


class ViewRefused(ExamError):
    """A view of a bank cannot be saved like this."""

    code = "view_refused"
    kind = Kind.INVALID

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class ViewUnknown(ExamError):
    """There is no saved view with this id that the actor may change."""

    code = "view_unknown"
    kind = Kind.NOT_FOUND
