"""Lee's accuracy and consistency from a response model and a cut on the raw score."""

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classification.agreement import Classification, classification
from examengine.psychometrics.score_distribution import score_distribution


def lee(probabilities: FloatArray, node_weights: FloatArray, cut: float) -> Classification:
    """Classification at a cut on the sum score, over the ability distribution.

    A candidate of ability θ passes with Pr(X ≥ c | θ), and truly should when the expected score
    τ(θ) = Σ_j E(X_j | θ) is at least c.

    Args:
        probabilities: P(X_j = k | θ_q), shape (n_points, n_items, n_categories).
        node_weights: Weights of the nodes, shape (n_points,), summing to 1.
        cut: c, points; a sum of exactly c passes.

    Returns:
        Accuracy, consistency and κ in the population.

    References:
        Lee (2010), Journal of Educational Measurement 47, 1–17, the D method.
    """
    likelihood = score_distribution(probabilities)
    scores = np.arange(likelihood.shape[0])
    passing: FloatArray = likelihood[scores >= cut].sum(axis=0)
    truly = scores @ likelihood >= cut
    return classification(cut, np.clip(passing, 0.0, 1.0), truly, node_weights)
