"""Sums on different items brought to one scale: what a person's sum amounts to on all items."""

import numpy as np
from scipy.special import expit, logit

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.responses import Responses

ROUNDS = 30
STEPS = 12
# Beyond this ability a sum is all or nothing for items of any difficulty within ±8.
FURTHEST = 12.0
HARDEST = 8.0


def equated_sums(responses: Responses, columns: BoolArray) -> FloatArray:
    """The sum on all columns that has the ability of the sum on those presented.

    Σ_seen m_j P_j(θ̂) = Σ_seen x_j, T = Σ_all m_j P_j(θ̂), P_j(θ) = 1 / (1 + exp(b_j − θ)): true
    score equating by the Rasch model, an item of m points taken for m trials. Difficulties and
    abilities are found in turn (joint maximum likelihood), persons without and with all points
    apart. Who was presented every column keeps the sum.

    Args:
        responses: Persons by items.
        columns: The items of the sum, shape (n_items,).

    Returns:
        Shape (n_persons,), points; 0 for whoever was presented none of the columns.

    References:
        Wright & Stone (1979), Best Test Design, chapter 5, for forms of different items.
    """
    scores, points = responses.scores[:, columns], responses.max_scores[columns].astype(float)
    seen = scores >= 0
    possible = seen * points
    most = possible.sum(axis=1)
    total = np.where(seen, scores, 0).sum(axis=1).astype(np.float64)
    inner = (total > 0) & (total < most)
    weight = responses.weights * inner
    by_item = weight @ np.where(seen, scores, 0), weight @ possible
    share = np.clip(by_item[0] / np.maximum(by_item[1], 1e-9), 1e-3, 1 - 1e-3)
    difficulty = -logit(share)
    ability = np.zeros(len(total))
    for _ in range(ROUNDS):
        before = difficulty
        ability = _abilities(ability, difficulty, possible, total, inner)
        difficulty = _difficulties(ability, difficulty, possible, by_item, weight)
        if np.abs(difficulty - before).max(initial=0.0) < 1e-4:
            break
    ability = _abilities(ability, difficulty, possible, total, inner)
    expected = expit(ability[:, np.newaxis] - difficulty) @ points
    # Nothing is guessed where nothing is missing, and no share has an ability at 0 or 1.
    whole = np.where(most > 0, total / np.maximum(most, 1) * points.sum(), 0.0)
    return np.where(inner & ~seen.all(axis=1), expected, whole)


def _abilities(
    ability: FloatArray,
    difficulty: FloatArray,
    possible: FloatArray,
    total: FloatArray,
    inner: BoolArray,
) -> FloatArray:
    """Abilities at which the expected sum is the sum, by Newton's method."""
    for _ in range(STEPS):
        right = expit(ability[:, np.newaxis] - difficulty)
        gap = total - (possible * right).sum(axis=1)
        spread = (possible * right * (1 - right)).sum(axis=1)
        step = np.where(inner, np.clip(gap / np.maximum(spread, 1e-9), -1.0, 1.0), 0.0)
        ability = np.clip(ability + step, -FURTHEST, FURTHEST)
        if np.abs(step).max(initial=0.0) < 1e-6:
            break
    return ability


def _difficulties(
    ability: FloatArray,
    difficulty: FloatArray,
    possible: FloatArray,
    by_item: tuple[FloatArray, FloatArray],
    weight: FloatArray,
) -> FloatArray:
    """One step of Newton's method for every item, the mean held at 0."""
    right = expit(ability[:, np.newaxis] - difficulty)
    gap = by_item[0] - weight @ (possible * right)
    spread = weight @ (possible * right * (1 - right))
    step = np.clip(gap / np.maximum(spread, 1e-9), -1.0, 1.0)
    moved: FloatArray = np.clip(difficulty - step, -HARDEST, HARDEST)
    moved -= moved.mean()
    return moved
