"""Answers given faster than the item can be read.

The response time effort of Wise & Kong (2005) is the share of answers that took at least a
threshold time; the threshold is a tenth of the time an item normally takes, and never more than
ten seconds (Wise & Ma, 2012). Here the author's expected time stands for the normal time.
"""

from typing import ClassVar

from examengine.integrity.detectors._detector import Detector, Signal, Sitting

SHARE_OF_EXPECTED = 0.10
LONGEST_THRESHOLD = 10.0
MENTIONED_FROM = 0.10
FEWEST_ITEMS = 5


class RapidResponse(Detector):
    """A response time effort below .90, the customary mark; evidence, and never a hold by itself.

    Speed alone has too many innocent causes: running out of time, giving up, a candidate who
    knows the subject well. It is shown beside the other signals.
    """

    code: ClassVar[str] = "rapid_response"
    title: ClassVar[str] = "Very quick answers"
    rule: ClassVar[str] = (
        "Counts answers that took less than a tenth of the item's expected time (10 seconds at "
        "most). Mentioned from one answer in ten on; never holds an attempt by itself, for haste "
        "at the end and giving up look the same."
    )
    example: ClassVar[Sitting] = Sitting(
        seconds={"A-1": 2.0, "A-2": 1.5, "A-3": 40.0, "A-4": 65.0, "A-5": 30.0},
        expected_seconds={f"A-{n}": 60.0 for n in range(1, 6)},
        answered=frozenset({"A-1", "A-2", "A-3", "A-4", "A-5"}),
    )
    quiet_example: ClassVar[Sitting] = Sitting(
        seconds={"A-1": 22.0, "A-2": 31.0, "A-3": 40.0, "A-4": 65.0, "A-5": 30.0},
        expected_seconds={f"A-{n}": 60.0 for n in range(1, 6)},
        answered=frozenset({"A-1", "A-2", "A-3", "A-4", "A-5"}),
    )

    def detect(self, sitting: Sitting) -> Signal | None:
        """Compare each answered item's time with its threshold."""
        timed = {
            item_id: sitting.seconds[item_id]
            for item_id in sitting.answered
            if sitting.seconds.get(item_id, 0) > 0 and sitting.expected_seconds.get(item_id, 0) > 0
        }
        rapid = [item_id for item_id in timed if timed[item_id] < _threshold(sitting, item_id)]
        if len(timed) < FEWEST_ITEMS or len(rapid) < MENTIONED_FROM * len(timed):
            return None
        effort = 1 - len(rapid) / len(timed)
        words = (
            f"{len(rapid)} of {len(timed)} answers took less than a tenth of the expected time: "
            f"a response time effort of {effort:.2f}, where .90 and more is customary."
        )
        return Signal(self.code, self.title, words, len(rapid) / len(timed), None)


def _threshold(sitting: Sitting, item_id: str) -> float:
    return min(LONGEST_THRESHOLD, SHARE_OF_EXPECTED * sitting.expected_seconds[item_id])


DETECTOR = RapidResponse()
