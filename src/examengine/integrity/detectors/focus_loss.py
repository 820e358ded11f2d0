"""How often, and for how long, the exam page was not in front."""

from typing import ClassVar

from examengine.integrity.detectors._absences import absences
from examengine.integrity.detectors._detector import Detector, ObservedAttempt, Signal
from examengine.integrity.detectors._examples import away, saved, shown

HOLD_FROM_SECONDS = 60.0


class FocusLoss(Detector):
    """Time in which another window or tab was in front of the exam."""

    code: ClassVar[str] = "focus_loss"
    title: ClassVar[str] = "The exam page was not in front"
    rule: ClassVar[str] = (
        "Absences of 2 seconds and more are counted. From 60 seconds in all somebody looks before "
        "a decision is made. A system message, a screen reader's own window or a lost device "
        "cause the same signal."
    )
    example: ClassVar[ObservedAttempt] = ObservedAttempt(
        events=(shown(0, "A-1"), *away(20, 65, "A-1"), saved(70, "A-1"), *away(80, 110, "A-1"))
    )
    quiet_example: ClassVar[ObservedAttempt] = ObservedAttempt(
        events=(shown(0, "A-1"), *away(20, 26, "A-1"), saved(70, "A-1"))
    )

    def detect(self, attempt: ObservedAttempt) -> Signal | None:
        """Sum the absences."""
        found = absences(attempt.events)
        if not found:
            return None
        total = sum(absence.seconds for absence in found)
        longest = max(found, key=lambda absence: absence.seconds)
        times = "once" if len(found) == 1 else f"{len(found)} times"
        words = (
            f"The exam page was not in front {times}, {total:.0f} seconds in all; the longest "
            f"absence, {longest.seconds:.0f} seconds, began at {longest.left_at:%H:%M:%S} UTC."
        )
        return Signal(self.code, self.title, words, total, HOLD_FROM_SECONDS)


DETECTOR = FocusLoss()
