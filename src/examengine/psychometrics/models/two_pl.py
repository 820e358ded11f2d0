"""The two-parameter logistic model: items differ in difficulty and in discrimination."""

from typing import ClassVar

from examengine.psychometrics.models._contract import Values
from examengine.psychometrics.models._logistic import INTERCEPT, SLOPE, LogisticModel


class TwoParameterLogistic(LogisticModel):
    """P(X = 1 | θ) = 1 / (1 + exp(−a (θ − b))).

    References:
        Birnbaum (1968), in Lord & Novick, Statistical Theories of Mental Test Scores, part 5.
    """

    code = "2pl"
    title = "two-parameter logistic model"
    free = (SLOPE, INTERCEPT)
    constants: ClassVar[Values] = {"c": 0.0, "d": 1.0}
    example: ClassVar[Values] = {
        "a": 0.8,
        "b": -1.25,
        "c": 0.0,
        "d": 1.0,
        "slope": 0.8,
        "intercept": 1.0,
    }


MODEL = TwoParameterLogistic()
