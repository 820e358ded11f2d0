"""What can be refused when evidence is looked at and clearance is given."""

from collections.abc import Iterable
from uuid import UUID

from examengine.kernel.errors import ExamError, Kind
from examengine.kernel.reasons import ReasonMissing


class RulingReasonMissing(ReasonMissing):
    """Holding, clearing and voiding need a reason that can be read years later."""

    code = "clearance_reason_missing"
    lengths = (10, 1000)


class ClearanceMoved(ExamError):
    """Somebody else decided about the same attempt at the same moment."""

    code = "clearance_moved"
    kind = Kind.CONFLICT


class NotSubmittedYet(ExamError):
    """Only an attempt that has ended can be cleared or voided; a running one can be held."""

    code = "not_submitted_yet"
    kind = Kind.CONFLICT

    def __init__(self, attempt_id: UUID) -> None:
        super().__init__(f"attempt {attempt_id} has no response record yet")
        self.attempt_id = attempt_id


class AuditFileUnusable(ExamError):
    """The file is no audit file; each fault says where, and what would be right."""

    code = "audit_file_unusable"
    kind = Kind.INVALID

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class NothingToAudit(ExamError):
    """Neither an administration, an attempt nor a response record has this id."""

    code = "nothing_to_audit"
    kind = Kind.NOT_FOUND

    def __init__(self, subject_id: UUID) -> None:
        super().__init__(f"no administration, attempt or response record {subject_id}")
        self.subject_id = subject_id
