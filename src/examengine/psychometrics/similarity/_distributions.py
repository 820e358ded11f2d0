"""Exact distributions of a number of agreements, for many pairs at once.

All terms are positive, so small tail probabilities keep their leading digits.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from examengine.psychometrics.arrays import FloatArray, IntArray

# In double precision, or in single where a bound is enough.
Probabilities = NDArray[np.floating[Any]]


def poisson_binomial_tail(chances: FloatArray, count: IntArray) -> FloatArray:
    """Chance of at least so many successes in independent trials of unequal chances.

    f_{j+1}(k) = (1 − p_{j+1}) f_j(k) + p_{j+1} f_j(k − 1), f_0(0) = 1; P(M ≥ m) = Σ_{k ≥ m} f_J(k)

    Args:
        chances: Chance of each trial for each pair, shape (n_items, n_pairs).
        count: m, shape (n_pairs,), 0 … n_items.

    Returns:
        Shape (n_pairs,).

    Notes:
        The recursion runs over each half of the trials and the halves are added up, which is half
        the work of one run over all.

    References:
        Lord & Wingersky (1984), Applied Psychological Measurement 8, 453–461, for the recursion.
    """
    n_items, n_pairs = chances.shape
    half = (n_items + 1) // 2
    padded = np.zeros((2 * half, n_pairs))
    padded[:n_items] = chances
    early, late = _both_halves(padded.reshape(2, half, n_pairs))
    tail = np.zeros((half + 2, n_pairs))
    tail[: half + 1] = np.cumsum(late[::-1], axis=0)[::-1]
    still = np.clip(count - np.arange(half + 1)[:, np.newaxis], 0, half + 1)
    chance: FloatArray = (early * np.take_along_axis(tail, still, axis=0)).sum(axis=0)
    return np.minimum(chance, 1.0)


def _both_halves(chances: FloatArray) -> FloatArray:
    """Distribution of the successes within each half, shape (2, half + 1, n_pairs)."""
    halves, n_items, n_pairs = chances.shape
    share = np.zeros((halves, n_items + 1, n_pairs))
    share[:, 0] = 1.0
    risen = np.empty_like(share)
    against = 1.0 - chances
    for item in range(n_items):
        seen = slice(item + 1)
        np.multiply(share[:, seen], chances[:, item, np.newaxis], out=risen[:, seen])
        share[:, seen] *= against[:, item, np.newaxis]
        share[:, 1 : item + 2] += risen[:, seen]
    return share


def trinomial_shares(
    right: Probabilities, wrong: Probabilities, most_wrong: int, *, joined: bool = False
) -> Probabilities:
    """Joint distribution of identical right and identical wrong answers.

    f_{j+1}(r, w) = (1 − p_r − p_w) f_j(r, w) + p_r f_j(r − 1, w) + p_w f_j(r, w − 1)

    Args:
        right: Chance of agreeing on a right answer, shape (n_items, n_pairs).
        wrong: Chance of agreeing on a wrong answer, same shape.
        most_wrong: Largest w kept.
        joined: Whether what lies above counts there, so that the last column is that of W ≥ w;
            otherwise it is left out.

    Returns:
        Shape (n_items + 1, most_wrong + 1, n_pairs), in the precision of the chances.

    References:
        Maynes (2014), in Kingston & Clark, Test Fraud: Statistical Detection and Methodology,
        53–80, for the generalised trinomial distribution.
    """
    n_items, n_pairs = right.shape
    # One row for each r; within it all pairs for w = 0, then all for w = 1 …: long rows are fast.
    by_right, by_wrong = (np.tile(chance, most_wrong + 1) for chance in (right, wrong))
    neither = np.maximum(1.0 - by_right - by_wrong, 0.0)
    share = np.zeros((n_items + 1, (most_wrong + 1) * n_pairs), dtype=right.dtype)
    share[0, :n_pairs] = 1.0
    risen = np.empty_like(share)
    moved = np.empty_like(share)
    for item in range(n_items):
        # After so many items neither number can be larger than they are.
        wide = min(item + 1, most_wrong) * n_pairs
        old = (slice(item + 1), slice(wide + n_pairs))
        np.multiply(share[old], by_right[item, : old[1].stop], out=risen[old])
        np.multiply(share[old], by_wrong[item, : old[1].stop], out=moved[old])
        share[old] *= neither[item, : old[1].stop]
        share[1 : item + 2, old[1]] += risen[old]
        share[old[0], n_pairs : wide + n_pairs] += moved[old[0], :wide]
        if joined and item >= most_wrong:
            share[old[0], wide:] += moved[old[0], wide : wide + n_pairs]
    return share.reshape(n_items + 1, most_wrong + 1, n_pairs)


def rarer_outcomes(share: Probabilities, right: IntArray, wrong: IntArray) -> FloatArray:
    """Chance of an outcome whose upper quadrant is no likelier than that of the one observed.

    With F(r, w) = P(R ≥ r, W ≥ w): Σ f(k, l) over all (k, l) with F(k, l) ≤ F(r, w)

    Args:
        share: Joint distribution, shape (n_right, n_wrong, n_pairs).
        right: r of each pair, shape (n_pairs,).
        wrong: w of each pair, shape (n_pairs,).

    Returns:
        Shape (n_pairs,).
    """
    upper = np.cumsum(np.cumsum(share[::-1, ::-1], axis=0), axis=1)[::-1, ::-1]
    observed = upper[right, wrong, np.arange(share.shape[2])]
    # Equal quadrants reached along different sums differ by rounding.
    rare = upper <= observed * (1 + 1e-12)
    chance: FloatArray = np.einsum("rwp,rwp->p", share, rare)
    return np.minimum(chance, 1.0)
