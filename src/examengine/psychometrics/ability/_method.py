"""What an ability estimator brings: a name, and a function of bound responses."""

from collections.abc import Callable
from dataclasses import dataclass

from examengine.psychometrics.ability._binding import Binding, Estimate


@dataclass(frozen=True, slots=True)
class AbilityMethod:
    """An ability estimator.

    Attributes:
        code: The name used in files and commands.
        title: The name used in sentences.
        estimate: The estimator.
        has_prior: Whether an estimate leans on the ability distribution of the person's group.
    """

    code: str
    title: str
    estimate: Callable[[Binding], Estimate]
    has_prior: bool
