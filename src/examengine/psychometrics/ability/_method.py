"""What an ability estimator brings: a name and a function of bound responses; what it gives."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.binding import Binding
from examengine.psychometrics.shown import Result, Table


@dataclass(frozen=True, slots=True, repr=False)
class Abilities(Result):
    """Ability estimates of persons.

    Attributes:
        method: Code of the estimator.
        person_ids: The persons.
        theta: Estimates, shape (n_persons,), logits; NaN where there is none.
        se: Standard errors, same shape; of the posterior for eap, map and eapsum.
        n_answered: Number of items presented, same shape.
        raw_score: Sum of item scores, same shape.
        at_bound: Whether the estimate is the bound of the search rather than a maximum.
        notes: What a reader of the estimates has to know, one sentence each.
    """

    method: str
    person_ids: tuple[str, ...]
    theta: FloatArray
    se: FloatArray
    n_answered: IntArray
    raw_score: IntArray
    at_bound: BoolArray
    notes: tuple[str, ...] = ()

    def headline(self) -> str:
        """Method, persons, mean and spread of the estimates."""
        known = self.theta[np.isfinite(self.theta)]
        moments = f": mean {known.mean():.3f}, SD {known.std():.3f}" if known.size else ""
        return f"{self.method.upper()} abilities of {len(self.person_ids)} persons{moments}"

    def table(self) -> Table:
        """One row for each person."""
        return Table(
            {"person_id": name, "theta": theta, "se": se, "raw_score": raw, "n_answered": n}
            for name, theta, se, raw, n in zip(
                self.person_ids,
                self.theta.tolist(),
                self.se.tolist(),
                self.raw_score.tolist(),
                self.n_answered.tolist(),
                strict=True,
            )
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an estimator gives: θ, standard error and whether θ is a bound, each (n_persons,)."""

    theta: FloatArray
    se: FloatArray
    at_bound: BoolArray


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
