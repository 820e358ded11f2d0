"""Characteristic curves: from ability to expected score, and back."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import elementwise

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import batches_of
from examengine.psychometrics.parameters import ItemParameters

EXACT = 1e-12


def expected_item_scores(items: Sequence[ItemParameters], theta: npt.ArrayLike) -> FloatArray:
    """Expected score of each item.

    E(X_j | θ) = Σ_k k P_jk(θ)

    Args:
        items: The test.
        theta: Abilities, shape (n_points,), logits.

    Returns:
        Shape (n_points, n_items).
    """
    points = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    result = np.zeros((len(points), len(items)))
    for batch in batches_of(items):
        share = batch.model.probabilities(points, batch.params)
        result[:, batch.columns] = np.einsum("jkq,k->qj", share, np.arange(share.shape[1]))
    return result


def characteristic_curve(items: Sequence[ItemParameters], theta: npt.ArrayLike) -> FloatArray:
    """Expected sum score at each ability, the true score of a test.

    τ(θ) = Σ_j E(X_j | θ)

    Args:
        items: The test.
        theta: Abilities, shape (n_points,), logits.

    Returns:
        Shape (n_points,), score points.

    References:
        Lord (1980), Applications of Item Response Theory, equation 4-5.
    """
    total: FloatArray = expected_item_scores(items, theta).sum(axis=1)
    return total


def theta_at_expected_score(
    items: Sequence[ItemParameters],
    scores: npt.ArrayLike,
    *,
    bounds: tuple[float, float] = (-12.0, 12.0),
) -> FloatArray:
    """The ability at which the expected sum score is a given one.

    Solves τ(θ) = x for θ, by bracketing, to 1e-12 logits.

    Args:
        items: The test; its expected score must rise with ability within the bounds.
        scores: Sum scores, shape (n_scores,), whole or not.
        bounds: Where the search ends, logits.

    Returns:
        Shape (n_scores,). −inf for scores at or below the curve's lower end (guessing), inf at or
        above the upper: no ability within the bounds has such an expected score.

    References:
        Kolen & Brennan (2014), Test Equating, Scaling, and Linking, equation 6.17.
    """
    wanted = np.atleast_1d(np.asarray(scores, dtype=np.float64))
    ends = characteristic_curve(items, bounds)
    result = np.where(wanted <= ends[0], -np.inf, np.inf)
    inside = (wanted > ends[0]) & (wanted < ends[1])

    def distance(theta: FloatArray, score: FloatArray) -> FloatArray:
        return characteristic_curve(items, theta) - score

    if inside.any():
        count = int(inside.sum())
        found = elementwise.find_root(
            distance,
            (np.full(count, bounds[0]), np.full(count, bounds[1])),
            args=(wanted[inside],),
            tolerances={"xatol": EXACT, "xrtol": EXACT, "fatol": 0.0, "frtol": 0.0},
        )
        result[inside] = found.x
    return result
