"""Reliability of a weighted composite of subtests."""

import numpy as np

from examengine.psychometrics.arrays import FloatArray


def composite_reliability(
    covariance: FloatArray, reliabilities: FloatArray, weights: FloatArray
) -> float:
    """Reliability of Σ w_k X_k from the reliabilities of the subtests X_k.

    ρ_C = 1 − Σ_k w_k² s_k² (1 − ρ_k) / wᵀ S w

    Args:
        covariance: Covariances S of the subtests' scores, shape (K, K), squared points.
        reliabilities: ρ_k of each subtest, shape (K,).
        weights: w_k of each subtest, shape (K,).

    Returns:
        The coefficient; nan when the composite does not vary.

    Raises:
        ValueError: The shapes differ, or a figure is not finite.

    Notes:
        Errors of different subtests are taken to be unrelated. With weights of 1 and alpha for each
        subtest it is stratified alpha.

    References:
        Mosier (1943), Psychometrika 8, 161–168; Feldt & Brennan (1989), in Linn, Educational
        Measurement, 3rd ed., 105–146.
    """
    if not (
        covariance.shape == (weights.size, weights.size) and reliabilities.size == weights.size
    ):
        raise ValueError(
            f"{weights.size} weights and {reliabilities.size} reliabilities for covariances of "
            f"shape {covariance.shape}; one of each per subtest"
        )
    if not all(np.isfinite(part).all() for part in (covariance, reliabilities, weights)):
        raise ValueError("covariances, reliabilities and weights have to be finite")
    total = float(weights @ covariance @ weights)
    error = float(weights**2 @ (np.diag(covariance) * (1 - reliabilities)))
    return 1 - error / total if total > 0 else float("nan")
