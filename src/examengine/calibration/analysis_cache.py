"""A cache of the analyses that were asked for last: response records never change, only grow."""

from collections.abc import Callable, Hashable
from threading import Lock

from cachetools import LRUCache

from examengine.calibration.analysis import MatrixAnalysis

ROOM = 12


class AnalysisCache:
    """A few analyses by what they were made of; the one not looked at for longest makes room.

    Records are only ever added, so administrations, scope and number of records name an analysis
    for good.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._kept: LRUCache[Hashable, MatrixAnalysis] = LRUCache(room)
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], MatrixAnalysis]) -> MatrixAnalysis:
        """Return the analysis kept under `key`, or make it and keep it.

        Two readers who ask at the same moment may both make it; what they make is equal.
        """
        with self._lock:
            found = self._kept.get(key)
        if found is not None:
            return found
        made = make()
        with self._lock:
            self._kept[key] = made
        return made
