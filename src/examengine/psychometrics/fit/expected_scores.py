"""What a model expects of each person on each item, at the abilities given."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import batches_of
from examengine.psychometrics.classical.moments import ScoreArray, presented
from examengine.psychometrics.parameters import ItemParameters

PERSONS_AT_ONCE = 8192


@dataclass(frozen=True, slots=True)
class ItemScoreMoments:
    """Moments of the item scores of each person under a model.

    Attributes:
        expected: E(X_ij | θ_i), shape (n_persons, n_items), points.
        variance: Var(X_ij | θ_i), same shape, squared points.
        fourth: Fourth central moment, same shape.
    """

    expected: FloatArray
    variance: FloatArray
    fourth: FloatArray


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """Log-likelihood of each answer and what the model expects of it.

    With l_ij = log P(X_ij = x | θ_i) and s_ij its derivative by θ:

    Attributes:
        found: l_ij at the observed score; 0 where not presented.
        expected: E l_ij.
        variance: Var l_ij.
        score: s_ij at the observed score; 0 where not presented.
        information: Var s_ij, the item information at θ_i.
        covariance: Cov(l_ij, s_ij).
    """

    found: FloatArray
    expected: FloatArray
    variance: FloatArray
    score: FloatArray
    information: FloatArray
    covariance: FloatArray


def score_moments(items: Sequence[ItemParameters], theta: FloatArray) -> ItemScoreMoments:
    """Expected score, variance and fourth moment for every person and item.

    Args:
        items: The test.
        theta: Ability of each person, shape (n_persons,), logits, finite.

    Returns:
        Three arrays of shape (n_persons, n_items).
    """
    shape = (theta.size, len(items))
    found = ItemScoreMoments(np.empty(shape), np.empty(shape), np.empty(shape))
    for batch in batches_of(items):
        points = np.arange(batch.n_categories, dtype=np.float64)
        for begin in range(0, theta.size, PERSONS_AT_ONCE):
            rows = slice(begin, begin + PERSONS_AT_ONCE)
            share = batch.model.probabilities(theta[rows], batch.params)
            mean = np.einsum("jkq,k->qj", share, points)
            gap = points[:, np.newaxis, np.newaxis] - mean
            found.expected[rows, batch.columns] = mean
            found.variance[rows, batch.columns] = np.einsum("jkq,kqj->qj", share, gap**2)
            found.fourth[rows, batch.columns] = np.einsum("jkq,kqj->qj", share, gap**4)
    return found


def likelihoods(
    items: Sequence[ItemParameters], scores: ScoreArray, theta: FloatArray
) -> Likelihoods:
    """Log-likelihoods of the answers and their moments under the model.

    Args:
        items: The test.
        scores: Shape (n_persons, n_items), −1 = not presented.
        theta: Ability of each person, shape (n_persons,), logits, finite.

    Returns:
        Arrays of shape (n_persons, n_items); 0 where not presented.
    """
    parts = [np.zeros(scores.shape) for _ in range(6)]
    for batch in batches_of(items):
        for begin in range(0, theta.size, PERSONS_AT_ONCE):
            rows = slice(begin, begin + PERSONS_AT_ONCE)
            log_share = batch.model.log_probabilities(theta[rows], batch.params)
            slope, _ = batch.model.theta_derivatives(theta[rows], batch.params)
            share = np.exp(log_share)
            answers = scores[rows][:, batch.columns]
            entropy = np.einsum("jkq,jkq->qj", share, log_share)
            squares = np.einsum("jkq,jkq,jkq->qj", share, log_share, log_share)
            moments = (
                _at(log_share, answers),
                entropy,
                squares - entropy**2,
                _at(slope, answers),
                np.einsum("jkq,jkq,jkq->qj", share, slope, slope),
                np.einsum("jkq,jkq,jkq->qj", share, log_share, slope),
            )
            for part, moment in zip(parts, moments, strict=True):
                part[rows, batch.columns] = np.where(presented(answers), moment, 0.0)
    return Likelihoods(*parts)


def _at(values: FloatArray, answers: ScoreArray) -> FloatArray:
    """The value of the category each person scored; shape (n_persons, n_items)."""
    category = np.where(presented(answers), answers, 0).astype(np.intp).T[:, np.newaxis]
    chosen: FloatArray = np.take_along_axis(values, category, axis=1)[:, 0].T
    return chosen
