"""Answers given right after the page came back to the front, on the item it was left on."""

from collections.abc import Iterable
from typing import ClassVar

from examengine.delivery import FileAttached, ResponseEdited, ResponseSaved
from examengine.integrity.detectors._absences import Absence, absences
from examengine.integrity.detectors._detector import Detector, ObservedAttempt, Signal
from examengine.integrity.detectors._examples import away, saved, shown

_Giving = ResponseSaved | ResponseEdited | FileAttached

SOON = 15.0
HOLD_FROM_TIMES = 3


class AnswersAfterReturn(Detector):
    """The pattern of looking something up: leave an item, come back, answer it at once."""

    code: ClassVar[str] = "answers_after_return"
    title: ClassVar[str] = "Answers right after a return"
    rule: ClassVar[str] = (
        "Counts the absences of 2 seconds and more that end with an answer, within 15 seconds, to "
        "the item that was left. From the third on somebody looks before a decision is made. "
        "Somebody who was interrupted and then goes on causes the same signal."
    )
    example: ClassVar[ObservedAttempt] = ObservedAttempt(
        events=(
            *(shown(0, "A-1"), *away(10, 18, "A-1"), saved(22, "A-1")),
            *(shown(30, "A-2"), *away(40, 49, "A-2"), saved(52, "A-2")),
            *(shown(60, "A-3"), *away(70, 77, "A-3"), saved(85, "A-3")),
        )
    )
    quiet_example: ClassVar[ObservedAttempt] = ObservedAttempt(
        events=(
            *(shown(0, "A-1"), *away(10, 18, "A-1"), saved(60, "A-1")),
            *(shown(70, "A-2"), *away(80, 84, "A-2"), shown(86, "A-3"), saved(88, "A-3")),
        )
    )

    def detect(self, attempt: ObservedAttempt) -> Signal | None:
        """Count the absences that were followed by an answer."""
        saves = [event for event in attempt.events if isinstance(event, _Giving)]
        items = [
            absence.item_id for absence in absences(attempt.events) if _answered(absence, saves)
        ]
        if not items:
            return None
        times = "Once" if len(items) == 1 else f"{len(items)} times"
        words = (
            f"{times} the page was left and the same item answered within {SOON:.0f} seconds of "
            f"the return: {', '.join(str(item_id) for item_id in dict.fromkeys(items))}."
        )
        return Signal(self.code, self.title, words, float(len(items)), float(HOLD_FROM_TIMES))


def _answered(absence: Absence, saves: Iterable[_Giving]) -> bool:
    return absence.item_id is not None and any(
        save.item_id == absence.item_id
        and 0 <= (save.at - absence.back_at).total_seconds() <= SOON
        and (not isinstance(save, ResponseSaved) or save.response is not None)
        for save in saves
    )


DETECTOR = AnswersAfterReturn()
