"""The one-parameter logistic model: one slope for all items, abilities of variance 1."""

from typing import ClassVar

from examengine.psychometrics.models._contract import Values
from examengine.psychometrics.models._logistic import INTERCEPT, SLOPE, LogisticModel


class OneParameterLogistic(LogisticModel):
    """P(X = 1 | θ) = 1 / (1 + exp(−a (θ − b))), the same a for every item.

    The Rasch model in another metric: a is the latent standard deviation of the Rasch model.

    References:
        Birnbaum (1968), in Lord & Novick, Statistical Theories of Mental Test Scores, part 5.
    """

    code = "1pl"
    title = "one-parameter logistic model"
    free = (SLOPE, INTERCEPT)
    constants: ClassVar[Values] = {"c": 0.0, "d": 1.0}
    example: ClassVar[Values] = {
        "a": 1.1,
        "b": 0.5,
        "c": 0.0,
        "d": 1.0,
        "slope": 1.1,
        "intercept": -0.55,
    }

    def shared(self, n_categories: int) -> tuple[int, ...]:  # noqa: ARG002 - always the slope
        """The slope."""
        return (0,)


MODEL = OneParameterLogistic()
