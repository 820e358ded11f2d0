"""What the responses say about each item before a model is fitted.

Shares of the categories and the mean rest score of the persons in each; all from sums over
persons, so the order of rows does not matter.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.estimation.layout import ItemStart
from examengine.psychometrics.item_parameters import ItemParameters
from examengine.psychometrics.models import MODELS, ItemModel
from examengine.psychometrics.responses import NOT_PRESENTED, Responses

ROWS = 8192


def item_starts(
    responses: Responses,
    models: Sequence[str],
    anchors: Mapping[str, ItemParameters],
    positive: Collection[str] = (),
) -> tuple[ItemStart, ...]:
    """Start statistics of every item.

    Args:
        responses: Persons by items.
        models: Code of the model of each item.
        anchors: Items whose parameters are given.
        positive: Items whose slope has to start above 0, whatever the responses say.

    Returns:
        One entry per item, in order. An anchored item keeps its own model and number of
        categories.
    """
    counts, totals = _category_sums(responses)
    spread = _total_spread(responses, counts)
    return tuple(
        _item_start(
            MODELS[model],
            anchors.get(item_id),
            counts[column, : int(best) + 1],
            totals[column, : int(best) + 1],
            spread,
            upright=item_id in positive,
        )
        for column, (item_id, model, best) in enumerate(
            zip(responses.item_ids, models, responses.max_scores, strict=True)
        )
    )


def _item_start(
    model: ItemModel,
    anchor: ItemParameters | None,
    counts: FloatArray,
    totals: FloatArray,
    spread: float,
    *,
    upright: bool,
) -> ItemStart:
    """The start statistics of one item from its sums."""
    category = np.arange(len(counts))
    smooth = counts + 0.5
    shares = smooth / smooth.sum()
    mean_total = totals / smooth
    rest = mean_total - (category - shares @ category)
    variance = max(spread**2 - float(shares @ (mean_total**2 - rest**2)), 0.25 * spread**2)
    means = (rest - shares @ rest) / np.sqrt(variance)
    if upright and (shares * means) @ category < 0:
        means = -means
    if anchor is not None:
        return ItemStart(anchor.item_model, anchor.n_categories, shares, means, anchor)
    return ItemStart(model, len(counts), shares, means)


def _category_sums(responses: Responses) -> tuple[FloatArray, FloatArray]:
    """Persons in each category, and the sum of their centred total scores, (n_items, n_cats)."""
    n_categories = int(responses.max_scores.max()) + 1
    counts = np.zeros((responses.n_items, n_categories))
    for rows in _row_blocks(responses.n_persons):
        scores, weight = responses.scores[rows], responses.weights[rows]
        for k in range(n_categories):
            counts[:, k] += weight @ (scores == k)
    means = _item_means(counts)
    totals = np.zeros_like(counts)
    for rows in _row_blocks(responses.n_persons):
        scores, weight = responses.scores[rows], responses.weights[rows]
        total = weight * _centred_totals(scores, means)
        for k in range(n_categories):
            totals[:, k] += total @ (scores == k)
    return counts, totals


def _total_spread(responses: Responses, counts: FloatArray) -> float:
    """Standard deviation of the centred total scores."""
    means = _item_means(counts)
    weight = responses.weights
    squares = sum(
        float(weight[rows] @ _centred_totals(responses.scores[rows], means) ** 2)
        for rows in _row_blocks(responses.n_persons)
    )
    return float(np.sqrt(max(squares / weight.sum(), 1e-12)))


def _item_means(counts: FloatArray) -> FloatArray:
    """Mean score of each item."""
    means: FloatArray = counts @ np.arange(counts.shape[1]) / np.maximum(counts.sum(axis=1), 1.0)
    return means


def _centred_totals(scores: npt.NDArray[np.int8], means: FloatArray) -> FloatArray:
    """Sum of score minus item mean over what was presented, shape (n_rows,)."""
    presented = scores != NOT_PRESENTED
    total: FloatArray = np.where(presented, scores, 0).sum(axis=1) - presented @ means
    return total


def _row_blocks(n_persons: int) -> list[slice]:
    """The rows in blocks."""
    return [slice(first, first + ROWS) for first in range(0, n_persons, ROWS)]
