"""Answers given faster than the item can be read.

The response time effort of Wise & Kong (2005) is the share of answers that took at least a
threshold time; the threshold is a tenth of the time an item normally takes, and never more than
ten seconds (Wise & Ma, 2012). Here the author's expected time stands for the normal time.
"""

from collections.abc import Mapping
from typing import ClassVar

from examengine.integrity.detectors._detector import Detector, ObservedAttempt, Signal

SHARE_OF_EXPECTED = 0.10
LONGEST_THRESHOLD = 10.0
MENTIONED_FROM = 0.10
FEWEST_ITEMS = 5


class RapidResponse(Detector):
    """A response time effort below .90 is mentioned, and one below the exam's own mark holds.

    Speed has innocent causes: running out of time, giving up, a candidate who knows the subject
    well. So a little of it is only shown; but a result that rests mostly on answers nobody had
    time to read the questions of is looked at before anything follows from it.
    """

    code: ClassVar[str] = "rapid_response"
    title: ClassVar[str] = "Very quick answers"
    rule: ClassVar[str] = (
        "Counts answers that took less than a tenth of the item's expected time (10 seconds at "
        "most), where at least 5 were timed. Mentioned from one answer in ten on. Where the "
        "response time effort, the share of the other answers, is below what the exam sets (0.50 "
        "where it sets nothing), somebody looks before a decision is made. Haste at the end and "
        "giving up look the same."
    )
    example: ClassVar[ObservedAttempt] = ObservedAttempt(
        seconds={"A-1": 2.0, "A-2": 1.5, "A-3": 1.0, "A-4": 65.0, "A-5": 30.0},
        expected_seconds={f"A-{n}": 60.0 for n in range(1, 6)},
        answered=frozenset({"A-1", "A-2", "A-3", "A-4", "A-5"}),
    )
    quiet_example: ClassVar[ObservedAttempt] = ObservedAttempt(
        seconds={"A-1": 2.0, "A-2": 1.5, "A-3": 40.0, "A-4": 65.0, "A-5": 30.0},
        expected_seconds={f"A-{n}": 60.0 for n in range(1, 6)},
        answered=frozenset({"A-1", "A-2", "A-3", "A-4", "A-5"}),
    )

    def detect(self, attempt: ObservedAttempt) -> Signal | None:
        """Compare each answered item's time with its threshold."""
        timed = _timed(attempt)
        rapid = [item_id for item_id in timed if timed[item_id] < _threshold(attempt, item_id)]
        if not rapid or len(timed) < FEWEST_ITEMS:
            return None
        share = len(rapid) / len(timed)
        # A mark has two decimals: rounded, so that an effort of exactly .90 is not below .90.
        most = round(1 - attempt.hold_below_effort, 2)
        if share < MENTIONED_FROM and share <= most:
            return None
        effort = f"a response time effort of {1 - share:.2f}"
        mark = (
            f"below the {attempt.hold_below_effort:.2f} under which this exam has somebody look"
            if share > most
            else "where .90 and more is customary"
        )
        words = (
            f"{len(rapid)} of {len(timed)} answers took less than a tenth of the expected time: "
            f"{effort}, {mark}."
        )
        threshold = most if attempt.hold_below_effort > 0 else None
        return Signal(self.code, self.title, words, share, threshold, above=True)


def _timed(attempt: ObservedAttempt) -> Mapping[str, float]:
    """Return the seconds of each answered item whose expected time is known.

    Where there is a log, an answer to an item that was never on the screen took no time; where
    there is none, nothing is known of it.
    """
    unknown = 0.0 if attempt.events else None
    times = {
        item_id: attempt.seconds.get(item_id, unknown)
        for item_id in attempt.answered
        if attempt.expected_seconds.get(item_id, 0) > 0
    }
    return {item_id: seconds for item_id, seconds in times.items() if seconds is not None}


def _threshold(attempt: ObservedAttempt, item_id: str) -> float:
    return min(LONGEST_THRESHOLD, SHARE_OF_EXPECTED * attempt.expected_seconds[item_id])


DETECTOR = RapidResponse()
