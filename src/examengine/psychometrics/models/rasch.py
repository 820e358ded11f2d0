"""The Rasch model: every item discriminates alike, the spread of abilities is free."""

from typing import ClassVar

from examengine.psychometrics.models._contract import Values
from examengine.psychometrics.models._logistic import INTERCEPT, LogisticModel


class Rasch(LogisticModel):
    """P(X = 1 | θ) = 1 / (1 + exp(−(θ − b))), θ ~ N(μ, σ²) with σ free.

    References:
        Rasch (1960), Probabilistic Models for Some Intelligence and Attainment Tests.
    """

    code = "rasch"
    title = "Rasch model"
    free = (INTERCEPT,)
    fixed_slope = True
    constants: ClassVar[Values] = {"a": 1.0, "c": 0.0, "d": 1.0, "slope": 1.0}
    example: ClassVar[Values] = {
        "a": 1.0,
        "b": -0.4,
        "c": 0.0,
        "d": 1.0,
        "slope": 1.0,
        "intercept": 0.4,
    }


MODEL = Rasch()
