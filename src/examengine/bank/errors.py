"""What the bank refuses."""

from collections.abc import Sequence
from datetime import datetime

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


class ModelUnknown(ExamError):
    """The bank has no item model with this id."""

    code = "model_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, model_id: str) -> None:
        self.model_id = model_id
        super().__init__(f"the bank has no item model {model_id!r}")


class ModelUnusable(ExamError):
    """An item model cannot hold this, or no instances can be made of it."""

    code = "model_unusable"
    kind = Kind.INVALID

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class ModelMoved(ExamError):
    """Somebody else saved an item model since the page was drawn."""

    code = "model_moved"
    kind = Kind.CONFLICT

    def __init__(self, model_id: str, saved_by: str) -> None:
        self.model_id = model_id
        self.saved_by = saved_by
        super().__init__(f"item model {model_id!r} was saved by {saved_by}")


class SetUnknown(ExamError):
    """The bank has no item set with this id."""

    code = "set_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, set_id: str) -> None:
        self.set_id = set_id
        super().__init__(f"the bank has no item set {set_id!r}")


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


class ItemsNotApproved(ExamError):
    """Items are to be shown to candidates that are in no state in which they may be."""

    code = "items_not_approved"
    kind = Kind.CONFLICT

    def __init__(self, bank_id: str, item_ids: Sequence[str]) -> None:
        self.bank_id = bank_id
        self.item_ids = tuple(item_ids)
        shown = ", ".join(self.item_ids[:5])
        self.shown = shown if len(item_ids) <= 5 else f"{shown} and {len(item_ids) - 5} more"
        super().__init__(f"not approved: {self.shown}")


class WorkflowUnusable(ExamError):
    """The lines that say a workflow cannot be read, or do not fit together."""

    code = "workflow_unusable"
    kind = Kind.INVALID

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


class NoWorkflow(ExamError):
    """Something is asked of the workflow of a bank that has none."""

    code = "no_workflow"
    kind = Kind.CONFLICT

    def __init__(self, bank_id: str) -> None:
        self.bank_id = bank_id
        super().__init__(f"the bank {bank_id!r} has no workflow")


class MoveRefused(ExamError):
    """An item cannot go there from where it is, or not by this person."""

    code = "move_refused"
    kind = Kind.CONFLICT

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class RemarkRefused(ExamError):
    """A comment, an assignment or a vote cannot be taken as it stands."""

    code = "remark_refused"
    kind = Kind.INVALID

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


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


class StatisticsRefused(ExamError):
    """Statistics from elsewhere cannot be kept as they stand."""

    code = "statistics_refused"
    kind = Kind.INVALID

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


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


class FormUnreadable(ExamError):
    """A form holds a field that no form of an item has, or one field twice."""

    code = "form_unreadable"
    kind = Kind.INVALID

    def __init__(self, name: str) -> None:
        self.name = name[:80]
        super().__init__(f"the field {self.name!r}")


class DraftUnknown(ExamError):
    """Nobody is writing this item."""

    code = "draft_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, item_id: str) -> None:
        self.item_id = item_id[:128]
        super().__init__(f"there is no draft of {self.item_id!r}")


class DraftThere(ExamError):
    """An item is being written already, so nobody can begin to."""

    code = "draft_there"
    kind = Kind.CONFLICT

    def __init__(self, item_id: str, saved_by: str) -> None:
        self.item_id, self.saved_by = item_id, saved_by
        super().__init__(f"there is a draft of {item_id!r}")


class DraftMoved(ExamError):
    """Somebody else saved a draft after the page that is saved now was drawn."""

    code = "draft_moved"
    kind = Kind.CONFLICT

    def __init__(self, item_id: str, saved_by: str, saved_at: datetime) -> None:
        self.item_id, self.saved_by, self.saved_at = item_id, saved_by, saved_at
        super().__init__(f"the draft of {item_id!r} was saved by {saved_by}")


class DraftUnusable(ExamError):
    """A draft cannot hold this, or cannot become what was asked for."""

    code = "draft_unusable"
    kind = Kind.INVALID

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


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


class UploadUnusable(ExamError):
    """A file cannot be shown or played by an item."""

    code = "upload_unusable"
    kind = Kind.INVALID

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name[:80], why
        super().__init__(f"{self.name} {why}")


class ItemMoved(ExamError):
    """An item has another newest version than whoever makes one has seen."""

    code = "item_moved"
    kind = Kind.CONFLICT

    def __init__(self, item_id: str) -> None:
        self.item_id = item_id
        super().__init__(f"{item_id!r} has another newest version")


class ViewUnknown(ExamError):
    """There is no saved view with this id that the actor may change."""

    code = "view_unknown"
    kind = Kind.NOT_FOUND
