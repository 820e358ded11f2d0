"""The covariance of the moments, and its inverse without ever writing the covariance down.

Given ability, scores of different items are independent, so a product splits into uncorrelated
parts: x_i x_j = μ_i μ_j + μ_j ε_i + μ_i ε_j + ε_i ε_j. The covariance of all moments is therefore

    Ξ = L Lᵀ + diag(0, D),   D_ij = Σ_q w_q Var(x_i | q) Var(x_j | q),

where the columns of L are what abilities differ by (one block) and what one item's ε contributes
at each node (one block an item). Abilities are smooth, so each block has a rank of about a dozen
however many nodes there are. 170 items have 14,535 moments; the system that is solved has about
2,000 unknowns.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.fit.moments import MomentLayout, Moments, mean_scores

# Directions that hold less than this share of a block's largest variance are left out.
SMALLEST_SHARE = 1e-12
# A product of two scores that varies less than this, given ability, has only rounding errors left.
SMALLEST_UNIQUE = 1e-14


class MomentInverse(Protocol):
    """The inverse of a covariance of moments, as a bilinear form."""

    def products(self, values: Moments) -> FloatArray:
        """Yᵀ Ξ⁻¹ Y, shape (n_columns, n_columns); Y has a column for each thing weighed."""
        ...


@dataclass(frozen=True, slots=True)
class _Block:
    """Some columns of L that touch few moments.

    Attributes:
        first_rows: First-order moments touched.
        second_rows: Pairs touched.
        first: Values there, shape (n_touched, rank).
        second: Values there, shape (n_touched, rank).
    """

    first_rows: IntArray
    second_rows: IntArray
    first: FloatArray
    second: FloatArray


class InverseCovariance:
    """Ξ⁻¹ as a bilinear form on moments.

    Args:
        probabilities: Shape (n_points, n_items, n_categories).
        node_weights: Shape (n_points,), summing to 1.
        where: Which moments.

    Raises:
        LinAlgError: Scores of some item do not vary, so that there is no inverse.
    """

    def __init__(
        self, probabilities: FloatArray, node_weights: FloatArray, where: MomentLayout
    ) -> None:
        self._where = where
        means = mean_scores(probabilities)
        self._unique = _unique(probabilities, means, node_weights, where)
        self._blocks = [_compressed(_between_nodes(probabilities, means, node_weights, where))]
        self._blocks += [
            _compressed(_within_item(item, probabilities, means, node_weights, where))
            for item in range(probabilities.shape[1])
        ]
        self._ends = np.cumsum([0, *(block.first.shape[1] for block in self._blocks)])
        self._inner = cho_factor(self._inner_matrix())
        loads = self._first_loadings()
        self._first_solved = cho_solve(self._inner, loads.T)
        self._first_gap = np.linalg.pinv(loads @ self._first_solved, hermitian=True)

    def products(self, values: Moments) -> FloatArray:
        """Yᵀ Ξ⁻¹ Y.

        Args:
            values: Y, shapes (n_first, n_columns), (n_pairs, n_columns).

        Returns:
            Shape (n_columns, n_columns).
        """
        scaled = values.second / self._unique[:, np.newaxis]
        loaded = self._against_loadings(scaled)
        gap = values.first - self._first_solved.T @ loaded
        found: FloatArray = (
            values.second.T @ scaled
            - loaded.T @ cho_solve(self._inner, loaded)
            + gap.T @ self._first_gap @ gap
        )
        return found

    def _against_loadings(self, scaled: FloatArray) -> FloatArray:
        """L_bᵀ D⁻¹ Y from D⁻¹ Y of the second order, shape (n_columns_of_L, n_columns)."""
        return np.concatenate(
            [block.second.T @ scaled[block.second_rows] for block in self._blocks]
        )

    def _inner_matrix(self) -> FloatArray:
        """I + L_bᵀ D⁻¹ L_b; two items share one pair only, so their part has rank one."""
        matrix = np.eye(self._ends[-1])
        between, *items = self._blocks
        scaled = between.second / self._unique[:, np.newaxis]
        matrix[: self._ends[1], : self._ends[1]] += between.second.T @ scaled
        for number, block in enumerate(items, start=1):
            own = slice(self._ends[number], self._ends[number + 1])
            cross = scaled[block.second_rows].T @ block.second
            matrix[: self._ends[1], own], matrix[own, : self._ends[1]] = cross, cross.T
            weighted = block.second / self._unique[block.second_rows, np.newaxis]
            matrix[own, own] += block.second.T @ weighted
            self._add_pairs(matrix, number, weighted)
        return matrix

    def _add_pairs(self, matrix: FloatArray, number: int, weighted: FloatArray) -> None:
        """The parts that item `number` shares with the items before it."""
        block = self._blocks[number]
        own = slice(self._ends[number], self._ends[number + 1])
        item = number - 1
        for row, pair in enumerate(block.second_rows):
            if self._where.left[pair] != item:
                continue
            other = int(self._where.right[pair]) + 1
            partner = self._blocks[other]
            theirs = partner.second[np.searchsorted(partner.second_rows, pair)]
            part = np.outer(weighted[row], theirs)
            there = slice(self._ends[other], self._ends[other + 1])
            matrix[own, there], matrix[there, own] = part, part.T

    def _first_loadings(self) -> FloatArray:
        loads = np.zeros((self._where.item.size, self._ends[-1]))
        for number, block in enumerate(self._blocks):
            own = slice(self._ends[number], self._ends[number + 1])
            loads[block.first_rows, own] = block.first
        return loads


def covariance(
    probabilities: FloatArray, node_weights: FloatArray, where: MomentLayout
) -> FloatArray:
    """Ξ written out: the covariance of the moments of one person.

    Args:
        probabilities: Shape (n_points, n_items, n_categories).
        node_weights: Shape (n_points,), summing to 1.
        where: Which moments; items may be without any.

    Returns:
        Shape (n_moments, n_moments), first-order moments first.

    Raises:
        LinAlgError: Scores of some item do not vary, so that there is no inverse.
    """
    means = mean_scores(probabilities)
    n_first = where.item.size
    unique = _unique(probabilities, means, node_weights, where)
    between = _between_nodes(probabilities, means, node_weights, where)
    loads = np.concatenate([between.first, between.second])
    matrix: FloatArray = loads @ loads.T
    places = np.arange(n_first, where.n)
    matrix[places, places] += unique
    for item in np.unique(where.item).tolist():
        block = _within_item(item, probabilities, means, node_weights, where)
        rows = np.concatenate([block.first_rows, n_first + block.second_rows])
        loads = np.concatenate([block.first, block.second])
        matrix[np.ix_(rows, rows)] += loads @ loads.T
    return matrix


def _unique(
    probabilities: FloatArray, means: FloatArray, node_weights: FloatArray, where: MomentLayout
) -> FloatArray:
    """D: what of the product of two scores is due to neither alone, shape (n_pairs,).

    Raises:
        LinAlgError: Some product has none of it.
    """
    squares = np.arange(probabilities.shape[2], dtype=np.float64) ** 2
    variances = probabilities @ squares - means**2
    unique = (node_weights[:, np.newaxis] * variances).T @ variances
    found: FloatArray = unique[where.left, where.right]
    if found.min(initial=1.0) < SMALLEST_UNIQUE:
        raise np.linalg.LinAlgError("scores of some item do not vary")
    return found


def _between_nodes(
    probabilities: FloatArray, means: FloatArray, node_weights: FloatArray, where: MomentLayout
) -> _Block:
    """How expected moments differ between abilities: √w_q (m(θ_q) − m̄)."""
    first = probabilities[:, where.item, where.category]
    second = means[:, where.left] * means[:, where.right]
    root = np.sqrt(node_weights)[:, np.newaxis]
    first, second = ((root * (part - node_weights @ part)).T for part in (first, second))
    return _Block(np.arange(where.item.size), np.arange(where.left.size), first, second)


def _within_item(
    item: int,
    probabilities: FloatArray,
    means: FloatArray,
    node_weights: FloatArray,
    where: MomentLayout,
) -> _Block:
    """What the deviation of one item contributes, node by node."""
    first_rows = np.flatnonzero(where.item == item)
    second_rows = np.flatnonzero((where.left == item) | (where.right == item))
    others = where.left[second_rows] + where.right[second_rows] - item
    share = probabilities[:, item, where.category[first_rows]]
    covariance = np.einsum("qk,kl->qkl", share, np.eye(share.shape[1]))
    covariance -= share[:, :, np.newaxis] * share[:, np.newaxis]
    values, vectors = np.linalg.eigh(covariance)
    roots = vectors * np.sqrt(np.maximum(values, 0.0) * node_weights[:, np.newaxis])[:, np.newaxis]
    slope = np.einsum("k,qkr->qr", where.category[first_rows].astype(np.float64), roots)
    first = roots.transpose(1, 0, 2).reshape(first_rows.size, -1)
    # An item that goes with no other has no pairs, and the number of columns cannot be inferred.
    second = (means[:, others].T[:, :, np.newaxis] * slope).reshape(others.size, slope.size)
    return _Block(first_rows, second_rows, first, second)


def _compressed(block: _Block) -> _Block:
    """The same L Lᵀ with as few columns as it needs."""
    columns = np.concatenate([block.first, block.second])
    # Only L Lᵀ is wanted, so the small matrix Lᵀ L says all: its eigenvectors make L short.
    values, vectors = np.linalg.eigh(columns.T @ columns)
    short = columns @ vectors[:, values > SMALLEST_SHARE * max(float(values[-1]), 1e-300)]
    n_first = block.first_rows.size
    return _Block(block.first_rows, block.second_rows, short[:n_first], short[n_first:])
