"""Detectors, one file each: what may be seen in an attempt, as evidence for a person to read.

To add one, add a file that brings `DETECTOR` with its own examples; the conformance suite picks
it up and checks it.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.integrity.detectors._detector import Detector, ObservedAttempt, Signal
from examengine.kernel import plugins

DETECTORS: Mapping[str, Detector] = MappingProxyType(
    {
        detector.code: detector
        for detector in plugins.load(sys.modules[__name__], attribute="DETECTOR").values()
    }
)

__all__ = ["DETECTORS", "Detector", "ObservedAttempt", "Signal", "signals_of"]


def signals_of(attempt: ObservedAttempt) -> tuple[Signal, ...]:
    """Return what the detectors see, those that hold the attempt first."""
    found = (detector.detect(attempt) for detector in DETECTORS.values())
    return tuple(sorted((one for one in found if one), key=lambda one: not one.holds))
