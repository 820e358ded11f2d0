"""Plots of results, one line each; a notebook shows them, `save` writes them as SVG.

plots.item_curves(calibration)
plots.information(calibration)
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.dimensionality import Dimensionality
from examengine.psychometrics.enumeration import some_of
from examengine.psychometrics.face.given import Data, Key, Parameters, parameters_of, read_responses
from examengine.psychometrics.face.scoring import USUAL_ABILITIES
from examengine.psychometrics.face.scoring import information as information_of
from examengine.psychometrics.information import expected_item_scores
from examengine.psychometrics.line_charts import Line, Plot, line_chart
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.refusals import UnusableParameters

__all__ = [
    "characteristic_curve",
    "eigenvalues",
    "information",
    "item_categories",
    "item_curves",
    "score_distribution",
]

ABILITY = "Ability θ, logits"


def item_curves(
    calibration: Parameters,
    item_ids: Iterable[str] | None = None,
    theta: npt.ArrayLike | None = None,
) -> Plot:
    """Expected score of items, as a share of their points, over ability.

    Args:
        calibration: A calibration or item parameters.
        item_ids: Which items; all when not given.
        theta: Abilities, logits; −4 to 4 when not given.

    Raises:
        UnusableParameters: There is no such item.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> item_curves(simulate("2pl", 1, 5, rng=1).parameters, ["Q1", "Q2"]).title
        'Item characteristic curves'
    """
    parameters = parameters_of(calibration)
    points = _points(theta)
    items = [_item(parameters, name) for name in item_ids or parameters.item_ids]
    curves = expected_item_scores(items, points).T
    lines = [
        Line(item.item_id, _pairs(points, curve / (item.n_categories - 1)))
        for item, curve in zip(items, curves, strict=True)
    ]
    return line_chart(
        "Item characteristic curves", ABILITY, "Expected share of points", lines, floor_at=0.0
    )


def item_categories(
    calibration: Parameters, item_id: str, theta: npt.ArrayLike | None = None
) -> Plot:
    """Chance of every category of one item over ability.

    Args:
        calibration: A calibration or item parameters.
        item_id: The item.
        theta: Abilities, logits; −4 to 4 when not given.

    Raises:
        UnusableParameters: There is no such item.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> item_categories(simulate("grm", 1, 3, rng=1).parameters, "Q2").title
        'Categories of Q2'
    """
    item = _item(parameters_of(calibration), item_id)
    points = _points(theta)
    names = item.options or tuple(str(number) for number in range(item.n_categories))
    chances = category_probabilities([item], points)[:, 0].T
    lines = [Line(name, _pairs(points, row)) for name, row in zip(names, chances, strict=True)]
    return line_chart(f"Categories of {item_id}", ABILITY, "Probability", lines, floor_at=0.0)


def information(calibration: Parameters, theta: npt.ArrayLike | None = None) -> Plot:
    """Information of a test and its conditional standard error over ability.

    Args:
        calibration: A calibration or item parameters.
        theta: Abilities, logits; −4 to 4 when not given.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> information(simulate("2pl", 1, 5, rng=1).parameters).svg.startswith("<svg")
        True
    """
    found = information_of(calibration, theta)
    lines = [
        Line("I(θ)", _pairs(found.theta, found.test)),
        Line("SE(θ)", _pairs(found.theta, found.se)),
    ]
    return line_chart("Test information", ABILITY, "Information; logits", lines, floor_at=0.0)


def characteristic_curve(calibration: Parameters, theta: npt.ArrayLike | None = None) -> Plot:
    """Expected score of a test over ability.

    Args:
        calibration: A calibration or item parameters.
        theta: Abilities, logits; −4 to 4 when not given.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> characteristic_curve(simulate("2pl", 1, 5, rng=1).parameters).title
        'Test characteristic curve'
    """
    found = information_of(calibration, theta)
    lines = [Line("", _pairs(found.theta, found.expected_score))]
    return line_chart(
        "Test characteristic curve", ABILITY, "Expected score, points", lines, floor_at=0.0
    )


def score_distribution(data: Data, *, key: Key = None) -> Plot:
    """How many persons have each total score, of those who were presented every item.

    Args:
        data: Responses; see `read_responses`.
        key: The right options.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> score_distribution(simulate("2pl", 60, 5, rng=1).responses).title
        'Total scores'
    """
    responses = read_responses(data, key=key).responses
    whole = np.asarray(responses.presented.all(axis=1))
    counts = np.bincount(
        responses.raw_scores[whole],
        weights=responses.weights[whole],
        minlength=int(responses.max_scores.sum()) + 1,
    )
    lines = [Line("", _pairs(np.arange(counts.size), counts))]
    return line_chart("Total scores", "Total score, points", "Persons", lines, floor_at=0.0)


def eigenvalues(found: Dimensionality) -> Plot:
    """Scree plot of a parallel analysis: eigenvalues beside those of unrelated items.

    Args:
        found: What `dimensionality` gave.

    Examples:
        >>> from examengine.psychometrics import dimensionality, simulate
        >>> data = simulate("2pl", 200, 5, rng=1).responses
        >>> eigenvalues(dimensionality(data, rng=1, correlation="pearson")).title
        'Parallel analysis'
    """
    places = np.arange(1, len(found.eigenvalues) + 1)
    lines = [
        Line("observed", _pairs(places, np.array(found.eigenvalues))),
        Line(f"unrelated, {found.quantile:g}", _pairs(places, np.array(found.reference_quantile))),
    ]
    return line_chart("Parallel analysis", "Dimension", "Eigenvalue", lines, floor_at=0.0)


def _points(theta: npt.ArrayLike | None) -> npt.NDArray[np.float64]:
    given = USUAL_ABILITIES if theta is None else theta
    return np.atleast_1d(np.asarray(given, dtype=np.float64))


def _item(parameters: ParameterSet, item_id: str) -> ItemParameters:
    if item_id not in parameters.item_ids:
        known = some_of(parameters.item_ids)
        raise UnusableParameters([f"item {item_id!r} is none of {known}"])
    return parameters.item(item_id)


def _pairs(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> list[tuple[float, float]]:
    return list(zip(x.astype(float).tolist(), y.astype(float).tolist(), strict=True))
