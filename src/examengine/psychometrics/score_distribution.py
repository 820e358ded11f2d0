"""The distribution of the sum score at given abilities, and what is left when an item is out.

The Lord–Wingersky recursion adds one item at a time: f_{J}(s) = Σ_k f_{J−1}(s − k) P_Jk.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from examengine.psychometrics.arrays import FloatArray


def distribution_of_sum(shares: Iterable[FloatArray], n_points: int) -> FloatArray:
    """Probability of each sum of item scores at each ability, items of any widths.

    Args:
        shares: For each item P(X_j = k | θ), shape (n_categories of the item, n_points).
        n_points: Number of abilities.

    Returns:
        Shape (n_scores, n_points), for sums 0 … Σ_j m_j. Each column sums to 1.

    References:
        Lord & Wingersky (1984), Applied Psychological Measurement 8, 453–461; for ordered
        categories Thissen et al. (1995), Applied Psychological Measurement 19, 39–49.
    """
    found = np.ones((1, n_points))
    for share in shares:
        found = _with_item(found, share)
    return found


def score_distribution(probabilities: FloatArray) -> FloatArray:
    """Probability of each sum score at each ability.

    Args:
        probabilities: P(X_j = k | θ), shape (n_points, n_items, n_categories); scores an item
            does not have have probability 0.

    Returns:
        Shape (n_scores, n_points), for sums 0 … Σ_j m_j. Each column sums to 1.
    """
    return distribution_of_sum(_tables(probabilities), probabilities.shape[0])


def rest_distributions(probabilities: FloatArray) -> Iterator[tuple[int, FloatArray]]:
    """The distribution of the sum of all other items, for each item in turn.

    Halves the items again and again: what is outside a half is added once for the whole half, so
    J items take about J log₂ J additions instead of J².

    Args:
        probabilities: Shape (n_points, n_items, n_categories).

    Yields:
        Item number and its rest distribution, shape (n_scores − m_j, n_points), in item order.
    """
    tables = _tables(probabilities)
    nothing = np.ones((1, probabilities.shape[0]))
    yield from _rests(tables, 0, len(tables), nothing)


def _rests(
    tables: list[FloatArray], begin: int, end: int, outside: FloatArray
) -> Iterator[tuple[int, FloatArray]]:
    if end - begin == 1:
        yield begin, outside
        return
    middle = (begin + end) // 2
    without_left, without_right = outside, outside
    for table in tables[middle:end]:
        without_left = _with_item(without_left, table)
    yield from _rests(tables, begin, middle, without_left)
    for table in tables[begin:middle]:
        without_right = _with_item(without_right, table)
    yield from _rests(tables, middle, end, without_right)


def _tables(probabilities: FloatArray) -> list[FloatArray]:
    """One table (n_categories of the item, n_points) for each item, empty categories cut off."""
    tables = []
    for item in range(probabilities.shape[1]):
        table = probabilities[:, item].T
        n_used = int(np.flatnonzero(table.any(axis=1))[-1]) + 1
        tables.append(np.ascontiguousarray(table[:n_used]))
    return tables


def _with_item(found: FloatArray, table: FloatArray) -> FloatArray:
    """The distribution with one item more."""
    n_scores = found.shape[0]
    longer = np.zeros((n_scores + table.shape[0] - 1, found.shape[1]))
    for score, share in enumerate(table):
        longer[score : score + n_scores] += found * share
    return longer
