"""What can be refused when responses are scored, decided on and explained."""

from collections.abc import Iterable
from uuid import UUID

from examengine.kernel.errors import ExamError, Kind

NAMED = 8


class NothingToScore(ExamError):
    """Nobody has handed in yet, so there is nothing to score or decide."""

    code = "nothing_to_score"
    kind = Kind.CONFLICT


class NotScoredYet(ExamError):
    """Responses have to be scored before anything can be decided."""

    code = "not_scored_yet"
    kind = Kind.CONFLICT


class NoParameters(ExamError):
    """No item parameters have been adopted for the bank, so there is no scale to score on."""

    code = "no_parameters"
    kind = Kind.CONFLICT

    def __init__(self, bank_id: str) -> None:
        super().__init__(f"bank {bank_id} has no adopted parameters; calibrate and adopt first")
        self.bank_id = bank_id


class ItemsWithoutParameters(ExamError):
    """Scored items have no adopted parameters, or such for other points than they are worth."""

    code = "items_without_parameters"
    kind = Kind.CONFLICT

    def __init__(self, item_ids: Iterable[str]) -> None:
        self.item_ids = tuple(sorted(item_ids))
        shown = ", ".join(self.item_ids[:NAMED])
        more = len(self.item_ids) - NAMED
        self.named = shown if more <= 0 else f"{shown} and {more} more"
        super().__init__(
            f"no parameters for {self.named}; calibrate them and adopt the run, or publish them "
            "as pretest items"
        )


class NoCutScore(ExamError):
    """No cut score has been adopted for the exam, so nobody can pass or fail."""

    code = "no_cut_score"
    kind = Kind.CONFLICT

    def __init__(self, exam_id: str) -> None:
        super().__init__(f"exam {exam_id} has no adopted cut score")
        self.exam_id = exam_id


class FormsWithoutCut(ExamError):
    """Points of different forms are not comparable, and some form has no cut of its own."""

    code = "forms_without_cut"
    kind = Kind.CONFLICT

    def __init__(self, exam_id: str, codes: Iterable[str]) -> None:
        self.exam_id, self.codes = exam_id, tuple(codes)
        super().__init__(f"exam {exam_id} has no cut in points for form {', '.join(self.codes)}")


class ScoredOtherwise(ExamError):
    """The exam is scored in another way since these scores were made."""

    code = "scored_otherwise"
    kind = Kind.CONFLICT


class ScoreRecordUnknown(ExamError):
    """There is no such score record, or it is somebody else's: never told apart."""

    code = "score_record_unknown"
    kind = Kind.NOT_FOUND


class RecordGone(ExamError):
    """A decision or a score was sealed in the ledger, and is missing."""

    code = "record_gone"
    kind = Kind.NOT_FOUND

    def __init__(self, name: str, entry: str) -> None:
        super().__init__(f"{name} was sealed as {entry}, and is missing")
        self.name, self.entry = name, entry


class ResultNotOut(ExamError):
    """The attempt is the candidate's own, and its result has not been decided yet."""

    code = "result_not_out"
    kind = Kind.NOT_FOUND

    def __init__(self, attempt_id: UUID) -> None:
        super().__init__(f"attempt {attempt_id} has no decision in force")
        self.attempt_id = attempt_id


class ScoringMoved(ExamError):
    """Somebody else scored or decided the same administration at the same moment."""

    code = "scoring_moved"
    kind = Kind.CONFLICT
