"""The three-parameter logistic model: a lower asymptote for guessing."""

from typing import ClassVar

from examengine.psychometrics.models._contract import Values
from examengine.psychometrics.models._logistic import (
    INTERCEPT,
    LOGIT_LOWER,
    SLOPE,
    LogisticModel,
)


class ThreeParameterLogistic(LogisticModel):
    """P(X = 1 | θ) = c + (1 − c) / (1 + exp(−a (θ − b))).

    References:
        Birnbaum (1968), in Lord & Novick, Statistical Theories of Mental Test Scores, part 5.
    """

    code = "3pl"
    title = "three-parameter logistic model"
    free = (SLOPE, INTERCEPT, LOGIT_LOWER)
    first_lower = 0.15
    constants: ClassVar[Values] = {"d": 1.0}
    example: ClassVar[Values] = {
        "a": 1.5,
        "b": 0.4,
        "c": 0.2,
        "d": 1.0,
        "slope": 1.5,
        "intercept": -0.6,
    }


MODEL = ThreeParameterLogistic()
