"""Item scores drawn from the models of the items: the one sampler for every model."""

from collections.abc import Sequence

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.responses import Responses


def draw_scores(
    rng: np.random.Generator, items: Sequence[ItemParameters], theta: FloatArray
) -> FloatArray:
    """Draw item scores from the models of the items.

    X_ij = number of k < K with U_ij > P(X_j ≤ k | θ_i), U uniform on (0, 1)

    Args:
        rng: The generator.
        items: The test.
        theta: Abilities, shape (n_persons,), logits.

    Returns:
        Scores, shape (n_persons, n_items).
    """
    below = category_probabilities(items, theta).cumsum(axis=2)[:, :, :-1]
    drawn = rng.random((len(theta), len(items), 1))
    scores: FloatArray = (drawn > below).sum(axis=2).astype(np.float64)
    return scores


def as_responses(
    scores: FloatArray, items: Sequence[ItemParameters], group: Sequence[str] | None = None
) -> Responses:
    """Scores as a response matrix that knows the highest score of each item."""
    return Responses.from_matrix(
        scores,
        item_ids=[item.item_id for item in items],
        max_scores=[item.n_categories - 1 for item in items],
        group=group,
    )
