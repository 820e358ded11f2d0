"""Abilities, and how precisely they are measured."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.ability import METHODS, Abilities, estimate_abilities
from examengine.psychometrics.ability import plausible_values as draw_plausible_values
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.face.given import (
    Data,
    Groups,
    Key,
    Parameters,
    Weights,
    categories_of,
    method_named,
    parameters_of,
)
from examengine.psychometrics.information import characteristic_curve, information_of_items
from examengine.psychometrics.refusals import CannotScore
from examengine.psychometrics.shown import Result, Table

USUAL_ABILITIES = np.linspace(-4.0, 4.0, 81)


def score(
    calibration: Parameters,
    data: Data = None,
    *,
    method: object = "eap",
    key: Key = None,
    group: Groups = None,
    weight: Weights = None,
    bounds: tuple[float, float] = (-8.0, 8.0),
) -> Abilities:
    """Estimate the ability of every person.

    Args:
        calibration: A calibration or item parameters.
        data: Responses; those that were calibrated when not given.
        method: "eap", "map", "ml", "wle" or "eapsum", any case.
        key: The right options; see `read_responses`.
        group: Whose ability distribution each person has; the reference group's when not given.
        weight: Frequency of each person.
        bounds: Where ml, map and wle end their search, logits.

    Returns:
        `theta` and `se` of each person, in the metric of the parameters.

    Raises:
        Refusal: The method is unknown, or responses and parameters do not belong together.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> data = simulate("2pl", 100, 10, rng=1)
        >>> abilities = score(data.parameters, data.responses, method="WLE")
        >>> abilities.theta.shape
        (100,)
        >>> score(data.parameters, [[1] * 10, [0] * 10]).theta.round(1)
        Traceback (most recent call last):
        ...
        examengine.psychometrics.refusals.CannotScore: item 'item1' has no parameters; item \
'item2' has no parameters; item 'item3' has no parameters; item 'item4' has no parameters; item \
'item5' has no parameters; item 'item6' has no parameters; item 'item7' has no parameters; item \
'item8' has no parameters; item 'item9' has no parameters; item 'item10' has no parameters
    """
    chosen = method_named(method, METHODS, CannotScore, "method")
    responses = categories_of(calibration, data, key, group, weight)
    return estimate_abilities(responses, parameters_of(calibration), chosen.code, bounds=bounds)


def plausible_values(
    calibration: Parameters,
    data: Data = None,
    *,
    n: int = 5,
    rng: int | np.random.Generator,
    key: Key = None,
    group: Groups = None,
    weight: Weights = None,
) -> FloatArray:
    """Draw plausible values of every person's ability from its posterior distribution.

    Args:
        calibration: A calibration or item parameters.
        data: Responses; those that were calibrated when not given.
        n: Values for each person.
        rng: A generator, or the seed of one.
        key: The right options; see `read_responses`.
        group: Whose ability distribution each person has.
        weight: Frequency of each person.

    Returns:
        Shape (n_persons, n), logits.

    Raises:
        Refusal: Responses and parameters do not belong together.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> data = simulate("rasch", 50, 8, rng=1)
        >>> plausible_values(data.parameters, data.responses, n=3, rng=1).shape
        (50, 3)
    """
    responses = categories_of(calibration, data, key, group, weight)
    generator = np.random.default_rng(rng)
    return draw_plausible_values(responses, parameters_of(calibration), n, generator)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Information(Result):
    """How precisely a test measures at each ability.

    Attributes:
        theta: Abilities, shape (n_points,), logits.
        test: Information of the test, same shape, 1/logit².
        se: Conditional standard error 1 / √I(θ), same shape, logits; inf without information.
        expected_score: Characteristic curve, same shape, points.
        item_ids: The items.
        items: Information of each item, shape (n_points, n_items).
    """

    theta: FloatArray
    test: FloatArray
    se: FloatArray
    expected_score: FloatArray
    item_ids: tuple[str, ...]
    items: FloatArray

    def headline(self) -> str:
        """Where the test measures best."""
        best = int(self.test.argmax())
        return (
            f"Information of {len(self.item_ids)} items: at most {self.test[best]:.3f} "
            f"(SE {self.se[best]:.3f}), at θ = {self.theta[best]:.2f}"
        )

    def table(self) -> Table:
        """One row for each ability."""
        columns = zip(
            self.theta.tolist(),
            self.test.tolist(),
            self.se.tolist(),
            self.expected_score.tolist(),
            strict=True,
        )
        return Table(
            {"theta": theta, "information": test, "se": se, "expected_score": expected}
            for theta, test, se, expected in columns
        )


def information(calibration: Parameters, theta: npt.ArrayLike | None = None) -> Information:
    """Information, conditional standard errors and the characteristic curve of a test.

    Args:
        calibration: A calibration or item parameters.
        theta: Abilities, logits; −4 to 4 in steps of 0.1 when not given.

    Returns:
        The curves of the test, and the information of each item.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> test = simulate("rasch", 1, 4, rng=1).parameters
        >>> information(test, [0.0]).test.round(3)
        array([0.853])
    """
    items = parameters_of(calibration).items
    given = USUAL_ABILITIES if theta is None else theta
    points = np.atleast_1d(np.asarray(given, dtype=np.float64))
    by_item = information_of_items(items, points)
    test = by_item.sum(axis=1)
    with np.errstate(divide="ignore"):
        se = 1.0 / np.sqrt(test)
    return Information(
        theta=points,
        test=test,
        se=se,
        expected_score=characteristic_curve(items, points),
        item_ids=tuple(item.item_id for item in items),
        items=by_item,
    )
