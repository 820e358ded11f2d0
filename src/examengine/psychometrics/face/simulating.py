"""Responses of known persons to a known test, from any model."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.estimation import Calibration
from examengine.psychometrics.face.given import model_code, parameters_of
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.refusals import CannotScore
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.shown import Result, Table
from examengine.psychometrics.simulation import LAID_OUT, as_responses, draw_scores, true_items


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Simulation(Result):
    """Simulated responses and the truth behind them.

    Attributes:
        responses: What was drawn.
        parameters: The true item parameters.
        theta: The true abilities, shape (n_persons,), logits.
    """

    responses: Responses
    parameters: ParameterSet
    theta: FloatArray

    def headline(self) -> str:
        """What was simulated."""
        size = f"{self.responses.n_persons} persons × {self.responses.n_items} items"
        return f"Simulated {self.parameters.model} responses: {size}"

    def table(self) -> Table:
        """The responses; see `Responses.table`."""
        return self.responses.table()


def simulate(
    model: Any = "2pl",
    n_persons: int | None = None,
    n_items: int | None = None,
    *,
    rng: int | np.random.Generator,
    theta: npt.ArrayLike | None = None,
    group: Iterable[str] | None = None,
) -> Simulation:
    """Draw responses.

    X_ij = number of k < K with U_ij > P(X_j ≤ k | θ_i), U uniform on (0, 1)

    Args:
        model: Name of a model, whose parameters are then spread evenly over what exams have; or
            the test itself: a calibration, its parameters, or `ItemParameters` of each item.
        n_persons: Number of persons, whose abilities are standard normal; left out with `theta`.
        n_items: Number of items; left out when the test itself is given.
        rng: A generator, or the seed of one.
        theta: Abilities, shape (n_persons,), logits.
        group: Group of each person.

    Returns:
        The responses, the true parameters and the true abilities.

    Raises:
        Refusal: The model is unknown, or it is not said how many persons and items there are.

    Examples:
        >>> data = simulate("grm", 200, 5, rng=1)
        >>> data
        Simulated grm responses: 200 persons × 5 items
        >>> simulate(data.parameters, theta=[-1.0, 0.0, 1.0], rng=2).responses.scores.shape
        (3, 5)
        >>> simulate("4pl", 100, 3, rng=1).parameters.items[0].values["d"] < 1
        True
        >>> simulate("rsm", 100, 3, rng=1).parameters
        rsm parameters of 3 items
    """
    parameters = _test(model, n_items)
    generator = np.random.default_rng(rng)
    if theta is None and n_persons is None:
        raise CannotScore(["how many persons? give n_persons, or their abilities as theta"])
    abilities: FloatArray = (
        generator.standard_normal(n_persons or 0)
        if theta is None
        else np.atleast_1d(np.asarray(theta, dtype=np.float64))
    )
    labels = None if group is None else [str(one) for one in group]
    scores = draw_scores(generator, parameters.items, abilities)
    return Simulation(as_responses(scores, parameters.items, labels), parameters, abilities)


def _test(model: Any, n_items: int | None) -> ParameterSet:
    if isinstance(model, Calibration | ParameterSet):
        return parameters_of(model)
    if isinstance(model, Iterable) and not isinstance(model, str):
        items: tuple[ItemParameters, ...] = tuple(model)
        models = {item.model for item in items}
        return ParameterSet(items, model=models.pop() if len(models) == 1 else "mixed")
    code = model_code(model)
    if code not in LAID_OUT:
        raise CannotScore([f"{code} has no usual parameters; give the items themselves"])
    if n_items is None:
        raise CannotScore(["how many items? give n_items, or the items themselves"])
    return ParameterSet(true_items(code, n_items), model=code)
