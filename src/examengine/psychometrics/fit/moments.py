"""First and second moments of item scores under a model, and how they move with parameters.

The moments are those of Cai and Monroe's C2: the share of every category but the first of each
item, and the mean product of the scores of every two items. For right/wrong items that is M2.
"""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.classical.moments import ScoreArray, presented


@dataclass(frozen=True, slots=True)
class MomentLayout:
    """Which moments there are.

    Attributes:
        item: Item of each first-order moment, shape (n_first,).
        category: Its category, 1 … m_j, shape (n_first,).
        left: First item of each pair, shape (n_pairs,).
        right: Second item of each pair, shape (n_pairs,).
    """

    item: IntArray
    category: IntArray
    left: IntArray
    right: IntArray

    @property
    def n(self) -> int:
        """Number of moments."""
        return self.item.size + self.left.size


@dataclass(frozen=True, slots=True)
class Moments:
    """Values of the moments, or of several things that are one number for each moment.

    Attributes:
        first: Shape (n_first, …).
        second: Shape (n_pairs, …).
    """

    first: FloatArray
    second: FloatArray


def layout(max_scores: IntArray, pair_counts: FloatArray) -> MomentLayout:
    """The moments of a test; pairs that nobody was presented together have none.

    Args:
        max_scores: Highest score of each item, shape (n_items,).
        pair_counts: Persons presented both items, shape (n_items, n_items).

    Returns:
        The layout.
    """
    item = np.repeat(np.arange(max_scores.size), max_scores)
    category = np.concatenate([np.arange(1, highest + 1) for highest in max_scores])
    left, right = np.tril_indices(max_scores.size, -1)
    known = pair_counts[left, right] > 0
    return MomentLayout(item, category, left[known], right[known])


def observed_moments(scores: ScoreArray, weight: FloatArray, where: MomentLayout) -> Moments:
    """Moments of the data, each over the persons who were presented the items concerned.

    Args:
        scores: Shape (n_persons, n_items), −1 = not presented.
        weight: Frequencies, shape (n_persons,).
        where: Which moments.

    Returns:
        Shares and mean products.
    """
    seen = presented(scores).astype(np.float64)
    points = np.where(presented(scores), scores, 0).astype(np.float64)
    chosen = scores[:, where.item] == where.category
    counts = (weight[:, np.newaxis] * seen).T @ seen
    products = (weight[:, np.newaxis] * points).T @ points
    pairs = (where.left, where.right)
    return Moments(
        first=(weight @ chosen) / np.diag(counts)[where.item],
        second=products[pairs] / counts[pairs],
    )


def expected_moments(
    probabilities: FloatArray, node_weights: FloatArray, where: MomentLayout
) -> Moments:
    """Moments under a model.

    Args:
        probabilities: P(X_j = k | θ_q), shape (n_points, n_items, n_categories).
        node_weights: Shape (n_points,), summing to 1.
        where: Which moments.

    Returns:
        Shares and mean products.
    """
    means = mean_scores(probabilities)
    products = (node_weights[:, np.newaxis] * means).T @ means
    return Moments(
        first=node_weights @ probabilities[:, where.item, where.category],
        second=products[where.left, where.right],
    )


def moved_by_item(
    item: int,
    change: FloatArray,
    probabilities: FloatArray,
    node_weights: FloatArray,
    where: MomentLayout,
) -> Moments:
    """How the moments move with the coordinates of one item.

    Args:
        item: The item.
        change: ∂P(X = k | θ_q)/∂γ_a, shape (n_categories, n_coordinates, n_points).
        probabilities: Shape (n_points, n_items, n_categories).
        node_weights: Shape (n_points,).
        where: Which moments.

    Returns:
        Derivatives, shapes (n_first, n_coordinates) and (n_pairs, n_coordinates).
    """
    n_coordinates = change.shape[1]
    first = np.zeros((where.item.size, n_coordinates))
    own = where.item == item
    first[own] = (change @ node_weights)[where.category[own]]
    slope = np.einsum("k,kaq->aq", np.arange(change.shape[0], dtype=np.float64), change)
    with_others = (slope * node_weights) @ mean_scores(probabilities)
    second = np.zeros((where.left.size, n_coordinates))
    for mine, other in ((where.left, where.right), (where.right, where.left)):
        touched = mine == item
        second[touched] = with_others[:, other[touched]].T
    return Moments(first, second)


def moved_by_population(
    change: FloatArray, probabilities: FloatArray, where: MomentLayout
) -> Moments:
    """How the moments move with the ability distribution.

    Args:
        change: Derivatives of the node weights, shape (n_points, n_coordinates).
        probabilities: Shape (n_points, n_items, n_categories).
        where: Which moments.

    Returns:
        Derivatives, shapes (n_first, n_coordinates) and (n_pairs, n_coordinates).
    """
    columns = [expected_moments(probabilities, one, where) for one in change.T]
    return Moments(
        np.stack([column.first for column in columns], axis=-1),
        np.stack([column.second for column in columns], axis=-1),
    )


def mean_scores(probabilities: FloatArray) -> FloatArray:
    """Expected score of each item at each node.

    Args:
        probabilities: Shape (n_points, n_items, n_categories).

    Returns:
        Shape (n_points, n_items), points.
    """
    return probabilities @ np.arange(probabilities.shape[2], dtype=np.float64)
