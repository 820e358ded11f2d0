"""The four-parameter logistic model: able persons slip, too."""

from typing import ClassVar

from examengine.psychometrics.models._contract import Values
from examengine.psychometrics.models._logistic import (
    INTERCEPT,
    LOGIT_LOWER,
    LOGIT_UPPER,
    SLOPE,
    LogisticModel,
)


class FourParameterLogistic(LogisticModel):
    """P(X = 1 | θ) = c + (d − c) / (1 + exp(−a (θ − b))).

    References:
        Barton & Lord (1981), An upper asymptote for the three-parameter logistic model, ETS
        RR-81-20.
    """

    code = "4pl"
    title = "four-parameter logistic model"
    free = (SLOPE, INTERCEPT, LOGIT_LOWER, LOGIT_UPPER)
    first_lower = 0.15
    first_upper = 0.97
    example: ClassVar[Values] = {
        "a": 1.5,
        "b": 0.4,
        "c": 0.2,
        "d": 0.95,
        "slope": 1.5,
        "intercept": -0.6,
    }


MODEL = FourParameterLogistic()
