"""Cut scores, and how good decisions at a cut are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.csv_tables import CsvTable, read_csv
from examengine.psychometrics.cut_scores import METHODS, CannotRecommend, Recommendation
from examengine.psychometrics.face.given import (
    Data,
    Groups,
    Key,
    Parameters,
    Weights,
    method_named,
    parameters_of,
    read_responses,
)
from examengine.psychometrics.option_categories import by_option, options_of
from examengine.psychometrics.results import DecisionEvidence, Decisions, decisions_at


def classify(
    cut: float,
    data: Data = None,
    calibration: Parameters | None = None,
    *,
    metric: Literal["raw", "theta"] = "raw",
    key: Key = None,
    group: Groups = None,
    weight: Weights = None,
    theta: npt.ArrayLike | None = None,
    se: npt.ArrayLike | None = None,
    reliability: float | None = None,
) -> Decisions:
    """Accuracy and consistency of decisions at a cut, by every method the evidence allows.

    Args:
        cut: The cut.
        data: Responses; see `read_responses`.
        calibration: A calibration or item parameters.
        metric: "raw" for points, "theta" for logits.
        key: The right options.
        group: Group of each person.
        weight: Frequency of each person.
        theta: Ability estimates, logits.
        se: Their standard errors.
        reliability: Of the total score; alpha when not given.

    Returns:
        What Rudner's, Lee's, Livingston and Lewis' and Hanson and Brennan's methods say; `notes`
        says why one does not answer.

    Raises:
        Refusal: No method can answer, or the cut lies outside the scale.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> data = simulate("2pl", 300, 12, rng=1)
        >>> classify(7, data.responses, data.parameters).table().column("method")
        ['lee', 'livingston-lewis', 'hanson-brennan']
    """
    parameters = None if calibration is None else parameters_of(calibration)
    found = None if data is None else read_responses(data, key=key, group=group, weight=weight)
    options = {} if parameters is None else options_of(parameters.items)
    evidence = DecisionEvidence(
        responses=None if found is None else found.responses,
        parameters=parameters,
        theta=None if theta is None else np.asarray(theta, dtype=np.float64),
        se=None if se is None else np.asarray(se, dtype=np.float64),
        reliability=reliability,
        categories=None if found is None or not options else by_option(found, options).responses,
    )
    return decisions_at(evidence, cut, metric)


def cut_score(ratings: Any, *, method: object = "modified-angoff") -> Recommendation:
    """The cut score that a panel's judgements recommend.

    Args:
        ratings: The path of a CSV file, a data frame with its columns (`judge_id`, optional
            `round`, then one column an item; or `judge_id`, `item_id`, `rating`), or a mapping from
            judge to a mapping from item to rating. A rating is the chance, 0 to 1, that a person
            who just qualifies is right.
        method: "modified-angoff", any case.

    Returns:
        The cut, its standard errors, and how far the judges agree.

    Raises:
        Refusal: A rating cannot be read, or there are fewer than two judges.

    Examples:
        >>> panel = {"Ada": {"Q1": 0.8, "Q2": 0.5}, "Bo": {"Q1": 0.7, "Q2": 0.6}}
        >>> found = cut_score(panel)
        >>> round(found.cut, 3), found.passing_score
        (1.3, 2)
    """
    return method_named(method, METHODS, CannotRecommend, "method").recommend(_ratings(ratings))


def _ratings(given: Any) -> CsvTable:
    """Ratings as the table of a ratings file.

    Raises:
        CannotRecommend: They are none of the kinds there are.
    """
    if isinstance(given, str | Path):
        return read_csv(str(given), Path(given).read_bytes())
    if isinstance(given, Mapping):
        items = tuple(dict.fromkeys(item for ratings in given.values() for item in ratings))
        rows = [[judge, *(ratings.get(item) for item in items)] for judge, ratings in given.items()]
        return _table(("judge_id", *items), rows)
    if hasattr(given, "columns"):
        columns = [np.asarray(given[name]).tolist() for name in given.columns]
        return _table(tuple(str(name) for name in given.columns), list(zip(*columns, strict=True)))
    raise CannotRecommend(
        [f"ratings as {type(given).__name__}; a path, a data frame or a mapping by judge is needed"]
    )


def _table(header: tuple[str, ...], rows: list[Any]) -> CsvTable:
    cells = tuple(tuple(_text(cell) for cell in row) for row in rows)
    return CsvTable("ratings", header, cells, tuple(range(1, len(cells) + 1)))


def _text(cell: object) -> str:
    """A cell as text; NaN, which equals nothing, and None are empty."""
    return "" if cell is None or cell != cell else str(cell)  # noqa: PLR0124
