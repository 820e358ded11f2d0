"""How precisely a test measures at each ability: information and conditional errors."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import batches_of
from examengine.psychometrics.parameters import ItemParameters


def information_of_items(items: Sequence[ItemParameters], theta: npt.ArrayLike) -> FloatArray:
    """Fisher information of each item about ability.

    I_j(θ) = Σ_k (∂P_jk/∂θ)² / P_jk

    Args:
        items: The test.
        theta: Abilities, shape (n_points,), logits.

    Returns:
        Shape (n_points, n_items), 1/logit².

    References:
        Samejima (1969), Psychometrika Monograph 17, chapter 6.
    """
    points = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    result = np.zeros((len(points), len(items)))
    for batch in batches_of(items):
        result[:, batch.columns] = batch.model.information(points, batch.params).T
    return result


def information_of_test(items: Sequence[ItemParameters], theta: npt.ArrayLike) -> FloatArray:
    """Information of a test: the sum over its items.

    I(θ) = Σ_j I_j(θ)

    Args:
        items: The test.
        theta: Abilities, shape (n_points,), logits.

    Returns:
        Shape (n_points,), 1/logit².

    References:
        Birnbaum (1968), in Lord & Novick, section 17.7; Lord (1980), equation 5-6.
    """
    total: FloatArray = information_of_items(items, theta).sum(axis=1)
    return total


def conditional_sem(items: Sequence[ItemParameters], theta: npt.ArrayLike) -> FloatArray:
    """Standard error of an efficient ability estimate, given ability.

    SE(θ) = 1 / √I(θ)

    Args:
        items: The test.
        theta: Abilities, shape (n_points,), logits.

    Returns:
        Shape (n_points,), logits; inf where the test has no information.

    References:
        Birnbaum (1968), in Lord & Novick, section 17.7.
    """
    with np.errstate(divide="ignore"):
        error: FloatArray = 1.0 / np.sqrt(information_of_test(items, theta))
    return error


def conditional_sem_of_score(items: Sequence[ItemParameters], theta: npt.ArrayLike) -> FloatArray:
    """Standard deviation of the sum score, given ability.

    SEM(X | θ) = √ Σ_j Var(X_j | θ)

    Args:
        items: The test.
        theta: Abilities, shape (n_points,), logits.

    Returns:
        Shape (n_points,), score points.

    References:
        Lord (1980), Applications of Item Response Theory, equation 4-3; Kolen, Zeng & Hanson
        (1996), Journal of Educational Measurement 33, 129–140.
    """
    points = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    variance = np.zeros(len(points))
    for batch in batches_of(items):
        share = batch.model.probabilities(points, batch.params)
        score = np.arange(share.shape[1], dtype=np.float64)
        mean = np.einsum("jkq,k->jq", share, score)
        variance += (np.einsum("jkq,k->jq", share, score**2) - mean**2).sum(axis=0)
    error: FloatArray = np.sqrt(np.maximum(variance, 0.0))
    return error
