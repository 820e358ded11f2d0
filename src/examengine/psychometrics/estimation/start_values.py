"""What the responses say about each item before a model is fitted.

Shares of the categories and the mean rest score of the persons in each; all from sums over
persons, so the order of rows does not matter.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.estimation.layout import ItemStart
from examengine.psychometrics.estimation.tallies import ROWS, category_sums
from examengine.psychometrics.models import MODELS, ItemModel
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.responses import NOT_PRESENTED, Responses

SMALLEST_VARIANCE = 1e-12


def item_starts(
    responses: Responses,
    counts: FloatArray,
    models: Sequence[str],
    anchors: Mapping[str, ItemParameters],
    positive: Collection[str] = (),
) -> tuple[ItemStart, ...]:
    """Start statistics of every item.

    Args:
        responses: Persons by items.
        counts: Number of persons with each score of each item, shape (n_items, n_categories).
        models: Code of the model of each item.
        anchors: Items whose parameters are given.
        positive: Items whose slope has to start above 0, whatever the responses say.

    Returns:
        One entry per item, in order. An anchored item keeps its own model and number of
        categories.
    """
    weight, centred = responses.weights, _centred_totals(responses, counts)
    totals = category_sums(responses.scores, counts.shape[1], weight * centred)
    spread = float(np.sqrt(max(weight @ centred**2 / weight.sum(), SMALLEST_VARIANCE)))
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


def _centred_totals(responses: Responses, counts: FloatArray) -> FloatArray:
    """Sum of score minus item mean over what was presented, shape (n_persons,)."""
    means = counts @ np.arange(counts.shape[1]) / np.maximum(counts.sum(axis=1), 1.0)
    totals = np.empty(responses.n_persons)
    for first in range(0, responses.n_persons, ROWS):
        part = responses.scores[first : first + ROWS]
        presented = part != NOT_PRESENTED
        points = np.where(presented, part, 0).sum(axis=1)
        totals[first : first + ROWS] = points - presented @ means
    return totals
