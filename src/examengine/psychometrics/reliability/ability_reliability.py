"""Reliability of ability estimates under a response model."""

import numpy as np

from examengine.psychometrics.arrays import FloatArray


def empirical_reliability(
    theta: FloatArray, se: FloatArray, weight: FloatArray | None = None
) -> float:
    """Empirical reliability of the estimates of a group.

    ρ = s²(θ̂) / (s²(θ̂) + mean(se²))

    Args:
        theta: Estimates, shape (n,), logits.
        se: Their standard errors, shape (n,), logits.
        weight: Frequencies, shape (n,).

    Returns:
        The coefficient in [0, 1]; nan for fewer than two persons.

    Notes:
        Persons whose estimate or error is not finite (a perfect score under maximum likelihood)
        are left out. Equals mirt 1.47's `empirical_rxx`.

    References:
        Bechger et al. (2003), Applied Psychological Measurement 27, 319–334.
    """
    known = np.isfinite(theta) & np.isfinite(se)
    w = (np.ones(theta.size) if weight is None else weight)[known]
    if w.sum() < 2:
        return float("nan")
    centre = float(w @ theta[known]) / float(w.sum())
    spread = float(w @ (theta[known] - centre) ** 2) / (float(w.sum()) - 1)
    error = float(w @ se[known] ** 2) / float(w.sum())
    return spread / (spread + error)


def marginal_reliability(
    information: FloatArray, node_weights: FloatArray, variance: float
) -> float:
    """Marginal reliability over the population.

    ρ = Σ_q w_q I(θ_q) / (I(θ_q) + 1/σ²)

    Args:
        information: Test information at the nodes, shape (n_points,), 1/logit².
        node_weights: The population's weights at the nodes, shape (n_points,), summing to 1.
        variance: σ², the population's variance, squared logits, > 0.

    Returns:
        The coefficient in [0, 1); the same in every metric.

    Raises:
        ValueError: The variance is not positive.

    Notes:
        With σ² = 1 this is what mirt calls `marginal_rxx`; for a free variance mirt 1.47 weighs
        by N(0, 1) and is not invariant, this is.

    References:
        Green et al. (1984), Journal of Educational Measurement 21, 347–360.
    """
    if not variance > 0:
        raise ValueError(f"population variance {variance}; it is above 0")
    return float(node_weights @ (information / (information + 1 / variance)))
