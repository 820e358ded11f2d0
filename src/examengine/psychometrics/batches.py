"""Items of one model and size together, so that a mixed test is evaluated in a few array calls."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.models import ItemModel
from examengine.psychometrics.parameters import ItemParameters


@dataclass(frozen=True, slots=True)
class ItemBatch:
    """Some items of a test that share model and number of categories.

    Attributes:
        model: Their model.
        n_categories: Their number of categories.
        columns: Their places in the test, shape (n_batch,).
        params: Their coordinates, shape (n_batch, n_parameters).
    """

    model: ItemModel
    n_categories: int
    columns: IntArray
    params: FloatArray


def batches_of(items: Sequence[ItemParameters]) -> tuple[ItemBatch, ...]:
    """The items of a test in batches, in the order in which each kind first appears."""
    places: dict[tuple[str, int], list[int]] = {}
    for column, item in enumerate(items):
        places.setdefault((item.model, item.n_categories), []).append(column)
    return tuple(
        ItemBatch(
            model=items[columns[0]].item_model,
            n_categories=n_categories,
            columns=np.array(columns),
            params=np.stack([items[column].coordinates for column in columns]),
        )
        for (_, n_categories), columns in places.items()
    )


def category_probabilities(items: Sequence[ItemParameters], theta: FloatArray) -> FloatArray:
    """Probability of every score of every item at every ability.

    Args:
        items: The test.
        theta: Abilities, shape (n_points,), logits.

    Returns:
        Shape (n_points, n_items, n_categories), with the largest number of categories among
        the items; scores an item does not have get probability 0.
    """
    batches = batches_of(items)
    widest = max(batch.n_categories for batch in batches)
    result = np.zeros((len(theta), len(items), widest))
    for batch in batches:
        share = batch.model.probabilities(theta, batch.params)
        result[:, batch.columns, : batch.n_categories] = share.transpose(2, 0, 1)
    return result
