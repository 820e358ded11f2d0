"""What can be refused around an attempt. Every save that is refused is refused by one of these."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from examengine.kernel.errors import ExamError, Kind
from examengine.kernel.reasons import ReasonMissing


class AttemptUnknown(ExamError):
    """There is no such attempt, or it is somebody else's: never told apart."""

    code = "attempt_unknown"
    kind = Kind.NOT_FOUND


class AttemptNotOpen(ExamError):
    """The administration has not opened yet."""

    code = "attempt_not_open"
    kind = Kind.CONFLICT

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(f"opens at {opens_at.isoformat()}")
        self.opens_at = opens_at


class ProgressionUnknown(ExamError):
    """An exam names what says which item comes next in its forms, and this version has none."""

    code = "progression_unknown"
    kind = Kind.CONFLICT

    def __init__(self, name: str) -> None:
        super().__init__(f"no progression {name[:80]!r}")
        self.name = name


class AttemptNotStarted(ExamError):
    """The candidate has not started yet."""

    code = "attempt_not_started"
    kind = Kind.CONFLICT


class AttemptClosed(ExamError):
    """The attempt was submitted, or its time was over, before this arrived."""

    code = "attempt_closed"
    kind = Kind.CONFLICT

    def __init__(self, closed_at: datetime) -> None:
        super().__init__(f"closed at {closed_at.isoformat()}")
        self.closed_at = closed_at


class MediumNotLimited(ExamError):
    """Nothing stands there whose playings are counted."""

    code = "medium_not_limited"
    kind = Kind.NOT_FOUND

    def __init__(self, item_id: str) -> None:
        super().__init__(f"nothing with a limit is played there in {item_id[:80]!r}")


class PlaysUsedUp(ExamError):
    """A recording or a video was played as often as it may be."""

    code = "plays_used_up"
    kind = Kind.CONFLICT

    def __init__(self, plays: int) -> None:
        super().__init__(f"played {plays} times already")
        self.plays = plays


class PlayingOver(ExamError):
    """There is no such playing of whoever asks, or it is over."""

    code = "playing_over"
    kind = Kind.NOT_FOUND


class MediumWithheld(ExamError):
    """A recording or a video is sent to its candidates in the exam alone, as often as it may be."""

    code = "medium_withheld"
    kind = Kind.FORBIDDEN


class AnswerMoved(ExamError):
    """Another page answered the same item after this one was drawn: the candidate is asked.

    What was sent stands in the log, set aside.
    """

    code = "answer_moved"
    kind = Kind.CONFLICT

    def __init__(self, item_id: str, newer: int, recorded: int) -> None:
        super().__init__(f"{item_id} was answered at version {newer}")
        self.item_id, self.newer = item_id, newer
        self.recorded = recorded
        """The version at which it was set aside: who answers again has seen all up to it."""


class LogFull(ExamError):
    """So much was noted in this attempt that this is not noted any more."""

    code = "log_full"
    kind = Kind.CONFLICT

    def __init__(self, most: int) -> None:
        super().__init__(f"the log has {most} events")
        self.most = most


class FileRefused(ExamError):
    """A file is none that this question takes, or none that still fits; nothing was stored."""

    code = "file_refused"
    kind = Kind.CONFLICT

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class FileNotWhole(ExamError):
    """Of a file not all pieces are stored, so that nothing may name it; it can be sent again."""

    code = "file_not_whole"
    kind = Kind.UNAVAILABLE
    retry_after = 1


class AnswerFileUnknown(ExamError):
    """An attempt has no such file, or its bytes are no longer kept."""

    code = "answer_file_unknown"
    kind = Kind.NOT_FOUND


class AnswerFileDamaged(ExamError):
    """What is stored of a file is not what its digest in the log says."""

    code = "answer_file_damaged"
    kind = Kind.CONFLICT


class LateAnswersRefused(ExamError):
    """Answers that a device hands over after the end are not taken; the device keeps them."""

    code = "late_answers_refused"
    kind = Kind.CONFLICT

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class EndReasonMissing(ReasonMissing):
    """Staff end an attempt for a reason that its candidate can read, or not at all."""

    code = "end_reason_missing"
    lengths = (1, 500)


class ConsentMissing(ExamError):
    """The candidate did not agree to the conditions; without that nobody starts."""

    code = "consent_missing"
    kind = Kind.INVALID


class ItemNotInForm(ExamError):
    """The form of this attempt has no such item."""

    code = "item_not_in_form"
    kind = Kind.NOT_FOUND


class SectionUnknown(ExamError):
    """The form of this attempt has no such section."""

    code = "section_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, section: int) -> None:
        super().__init__(f"there is no section {section}")
        self.section = section


class SectionNotOpen(ExamError):
    """A section of the exam has not been opened yet."""

    code = "section_not_open"
    kind = Kind.CONFLICT

    def __init__(self, section: int, title: str) -> None:
        super().__init__(f"section {section} is not open yet")
        self.section, self.section_title = section, title


class SectionOver(ExamError):
    """A section of the exam is closed: it was left, or its time is over. There is no way back."""

    code = "section_over"
    kind = Kind.CONFLICT

    def __init__(self, section: int, title: str) -> None:
        super().__init__(f"section {section} is closed")
        self.section, self.section_title = section, title


class SaveMalformed(ExamError):
    """A save, flag or signal does not have the shape that the exam page sends."""

    code = "save_malformed"
    kind = Kind.INVALID


class SequenceReused(ExamError):
    """One page used the same number for two different things."""

    code = "sequence_reused"
    kind = Kind.CONFLICT

    def __init__(self, seq: int) -> None:
        super().__init__(f"number {seq} was used for something else")
        self.seq = seq


class WriterBusy(ExamError):
    """Too many saves wait; the page keeps this one and sends it again."""

    code = "writer_busy"
    kind = Kind.UNAVAILABLE

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


class NotStored(ExamError):
    """The database did not take this one; nothing of it was kept."""

    code = "not_stored"
    kind = Kind.UNAVAILABLE

    def __init__(self, retry_after: int = 2) -> None:
        super().__init__("the database refused the row")
        self.retry_after = retry_after


class AdministrationUnknown(ExamError):
    """There is no such administration."""

    code = "administration_unknown"
    kind = Kind.NOT_FOUND


class AdministrationMalformed(ExamError):
    """What was typed cannot make an administration; `fault` says what would be right."""

    code = "administration_malformed"
    kind = Kind.INVALID

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class AdministrationOver(ExamError):
    """The window has closed; nobody can be enrolled any more."""

    code = "administration_over"
    kind = Kind.CONFLICT

    def __init__(self, closes_at: datetime) -> None:
        super().__init__(f"closed at {closes_at.isoformat()}")
        self.closes_at = closes_at


class ExamAhead(ExamError):
    """Somebody who is enrolled in an exam asks for the keys of its bank before handing in."""

    code = "exam_ahead"
    kind = Kind.FORBIDDEN


class AdministrationWithdrawn(ExamError):
    """The administration was withdrawn before anybody had begun."""

    code = "administration_withdrawn"
    kind = Kind.CONFLICT


class AdministrationBegun(ExamError):
    """Somebody has started: what they were told when they began stays as it is."""

    code = "administration_begun"
    kind = Kind.CONFLICT


class AlreadyEnrolled(ExamError):
    """One of the people has an attempt in this administration already."""

    code = "already_enrolled"
    kind = Kind.CONFLICT

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"enrolled already: {', '.join(self.names)}")


class NotACandidate(ExamError):
    """Somebody without the role of a candidate cannot be enrolled."""

    code = "not_a_candidate"
    kind = Kind.INVALID

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not a candidate")
        self.name = name


class ResponseRecordUnknown(ExamError):
    """There is no such response record."""

    code = "response_record_unknown"
    kind = Kind.NOT_FOUND

    def __init__(self, record_id: UUID) -> None:
        super().__init__(f"no response record {record_id}")
