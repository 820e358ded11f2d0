"""How often each score of each item was given, counted once for everything that asks."""

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.responses import Responses

# Rows at a time: their indicators as numbers stay in a processor's cache.
ROWS = 2048


def category_counts(responses: Responses) -> FloatArray:
    """Number of persons with each score of each item, by frequency.

    Args:
        responses: Persons by items.

    Returns:
        Shape (n_items, n_categories), with the largest number of categories among the items.
    """
    highest = int(responses.max_scores.max())
    return category_sums(responses.scores, highest + 1, responses.weights)


def category_sums(
    scores: npt.NDArray[np.int8], n_categories: int, values: FloatArray
) -> FloatArray:
    """Sum of a value over the persons with each score of each item.

    Args:
        scores: Item scores, shape (n_persons, n_items).
        n_categories: Scores are 0 … n_categories − 1; others are not counted.
        values: One value per person, shape (n_persons,).

    Returns:
        Shape (n_items, n_categories).
    """
    sums = np.zeros((scores.shape[1], n_categories))
    for first in range(0, len(scores), ROWS):
        part, mine = scores[first : first + ROWS], values[first : first + ROWS]
        for k in range(n_categories):
            sums[:, k] += mine @ (part == k)
    return sums
