"""What response times say: how long items take, how fast persons are, and who did not try."""

from examengine.psychometrics.response_time.effort import (
    Effort,
    RapidAccuracy,
    effort,
    rapid_accuracy,
)
from examengine.psychometrics.response_time.lognormal import (
    LognormalTimes,
    UnusableTimes,
    lognormal_times,
)
from examengine.psychometrics.response_time.thresholds import (
    TimeMixture,
    mixture_threshold,
    normative_thresholds,
)

__all__ = [
    "Effort",
    "LognormalTimes",
    "RapidAccuracy",
    "TimeMixture",
    "UnusableTimes",
    "effort",
    "lognormal_times",
    "mixture_threshold",
    "normative_thresholds",
    "rapid_accuracy",
]
