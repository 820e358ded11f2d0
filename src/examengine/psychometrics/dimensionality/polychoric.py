"""Polychoric correlations: those of the continuous answers that the categories stand for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import elementwise
from scipy.special import ndtri

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.dimensionality.bivariate_normal import (
    bivariate_density,
    bivariate_normal,
)
from examengine.psychometrics.refusals import Refusal, refuse
from examengine.psychometrics.responses import Responses

# A correlation ends here when an empty cell draws it to ±1.
HIGHEST = 0.9999
# Below this, rounding of the normal distribution hides how a probability changes.
LOST = 1e-12
STEEP = 1e12
# Cells of the cumulated tables that are worked on at a time.
CELLS_AT_ONCE = 400_000


class CannotCorrelate(Refusal):
    """An item does not vary, or two items share nobody; one sentence per fault."""


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """Responses as observed categories.

    Attributes:
        codes: Category of every cell counted over what was observed, shape (n_persons, n_items), −1
            where not presented.
        counts: Number of observed categories of each item, shape (n_items,).
        weights: Frequency of each row, shape (n_persons,).
    """

    codes: NDArray[np.int8]
    counts: IntArray
    weights: FloatArray


def observed_categories(responses: Responses) -> Categories:
    """The scores with those left out that nobody got.

    Args:
        responses: Scored responses, missing by design allowed.

    Returns:
        The categories.

    Raises:
        CannotCorrelate: Everybody had the same score on an item; one sentence for each.
    """
    codes = np.full(responses.scores.shape, -1, dtype=np.int8)
    counts = np.ones(responses.n_items, dtype=np.int64)
    for column in range(responses.n_items):
        seen = responses.presented[:, column]
        levels, code = np.unique(responses.scores[seen, column], return_inverse=True)
        codes[seen, column] = code.reshape(-1)
        counts[column] = levels.size
    refuse(
        CannotCorrelate,
        (
            f"item {item_id!r}: everybody had the same score, so it correlates with nothing"
            for item_id, count in zip(responses.item_ids, counts, strict=True)
            if count < 2
        ),
    )
    return Categories(codes, counts, responses.weights)


def polychoric(responses: Responses) -> FloatArray:
    """Polychoric correlations of all items; tetrachoric where items are right or wrong.

    Thresholds are τ_k = Φ⁻¹(share below category k), over all who were presented the item; each
    correlation then maximises Σ_ab n_ab log π_ab(ρ), π_ab the normal probability of the cell.

    Args:
        responses: Scored responses, missing by design allowed.

    Returns:
        Shape (n_items, n_items), ones on the diagonal. Pairs are fitted one by one, so the matrix
        need not be positive semi-definite.

    Raises:
        CannotCorrelate: An item does not vary, or two items were presented to nobody together.

    Notes:
        Empty cells are left empty (no ½ is added); a correlation they draw to ±1 ends at ±.9999.
        Compared with psych 2.2.9 (`polychoric`, correct = 0) to 1e-4.

    References:
        Olsson (1979), Psychometrika 44, 443–460, the two-step estimator.
    """
    categories = observed_categories(responses)
    found = polychoric_of(categories)
    refuse(
        CannotCorrelate,
        (
            f"items {responses.item_ids[one]!r} and {responses.item_ids[other]!r} were presented "
            "to nobody together"
            for one, other in np.argwhere(np.isnan(found))
            if one < other
        ),
    )
    return found


def polychoric_of(categories: Categories) -> FloatArray:
    """Polychoric correlations of observed categories.

    Args:
        categories: The categories.

    Returns:
        Shape (n_items, n_items); nan where nobody was presented both items.
    """
    n_items, widest = categories.counts.size, int(categories.counts.max())
    tables, thresholds = _tables(categories, widest)
    first, second = np.triu_indices(n_items, 1)
    size = max(1, CELLS_AT_ONCE // widest**2)
    found = np.eye(n_items)
    for start in range(0, first.size, size):
        one, other = first[start : start + size], second[start : start + size]
        counts = tables[one, :, other]
        rho = _correlations(counts, thresholds[one], thresholds[other])
        rho[counts.sum(axis=(1, 2)) == 0] = np.nan
        found[one, other] = found[other, one] = rho
    return found


def _tables(categories: Categories, widest: int) -> tuple[FloatArray, FloatArray]:
    """Joint counts (n_items, K, n_items, K) and thresholds (n_items, K − 1), +inf beyond."""
    n_items = categories.counts.size
    took = categories.codes[:, :, np.newaxis] == np.arange(widest)
    flat = took.reshape(len(categories.codes), -1).astype(np.float64)
    tables = ((flat * categories.weights[:, np.newaxis]).T @ flat).reshape(
        n_items, widest, n_items, widest
    )
    own = np.einsum("jkjk->jk", tables)
    shares = own.cumsum(axis=1)[:, :-1] / own.sum(axis=1, keepdims=True)
    beyond = np.arange(1, widest) >= categories.counts[:, np.newaxis]
    return tables, np.where(beyond, np.inf, ndtri(shares))


def _correlations(counts: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    """The correlation that makes each table likeliest.

    Args:
        counts: Shape (n_pairs, K, K).
        first: Thresholds of the rows, shape (n_pairs, K − 1).
        second: Thresholds of the columns, shape (n_pairs, K − 1).

    Returns:
        Shape (n_pairs,).
    """
    pairs = np.arange(counts.shape[0])

    def slope(rho: FloatArray, pair: IntArray) -> FloatArray:
        share, change = _cells(first[pair], second[pair], rho)
        lost = ((counts[pair] > 0) & (share < LOST)).any(axis=(1, 2))
        gradient = (counts[pair] * change / np.maximum(share, LOST)).sum(axis=(1, 2))
        # Where a cell that was seen has hardly a chance, the maximum lies nearer to 0.
        return np.where(lost, -np.sign(rho) * STEEP, gradient)

    low, high = np.full(pairs.size, -HIGHEST), np.full(pairs.size, HIGHEST)
    at_low, at_high = slope(low, pairs), slope(high, pairs)
    inside = (at_low > 0) & (at_high < 0)
    found = np.where(at_high >= 0, high, low)
    if inside.any():
        found[inside] = elementwise.find_root(
            slope,
            (low[inside], high[inside]),
            args=(pairs[inside],),
            tolerances={"xatol": 1e-10, "xrtol": 0.0},
        ).x
    return found


def _cells(h: FloatArray, k: FloatArray, rho: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Probability of each cell and its derivative by ρ, both (n_pairs, K, K)."""
    rows = np.pad(h, ((0, 0), (1, 1)), constant_values=((0, 0), (-np.inf, np.inf)))
    columns = np.pad(k, ((0, 0), (1, 1)), constant_values=((0, 0), (-np.inf, np.inf)))
    corner = (rows[:, :, np.newaxis], columns[:, np.newaxis, :], rho[:, np.newaxis, np.newaxis])
    below, density = bivariate_normal(*corner), bivariate_density(*corner)
    return (
        np.diff(np.diff(below, axis=1), axis=2),
        np.diff(np.diff(density, axis=1), axis=2),
    )
