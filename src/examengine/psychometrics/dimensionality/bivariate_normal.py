"""The bivariate normal distribution, for many places and correlations at once."""

import numpy as np
from scipy.special import ndtr, owens_t

from examengine.psychometrics.arrays import FloatArray

# Φ is 0 or 1 to the last bit beyond this, so infinite limits may be moved here.
FAR = 40.0
TINY = 1e-100


def bivariate_normal(h: FloatArray, k: FloatArray, rho: FloatArray) -> FloatArray:
    """Distribution function of two standard normal variables.

    Φ₂(h, k; ρ) = ½ Φ(h) + ½ Φ(k) − T(h, a_h) − T(k, a_k) − ½ [h k < 0, or h k = 0 and h + k < 0],
    a_h = (k / h − ρ) / √(1 − ρ²), a_k = (h / k − ρ) / √(1 − ρ²), T Owen's function

    Args:
        h: Upper limits of the first variable; ±inf allowed.
        k: Upper limits of the second, broadcast against h.
        rho: Correlations in (−1, 1), broadcast likewise.

    Returns:
        P(X ≤ h, Y ≤ k), of the broadcast shape.

    References:
        Owen (1956), Annals of Mathematical Statistics 27, 1075–1090, eq. 2.1.
    """
    h, k, rho = np.broadcast_arrays(_within(h), _within(k), rho)
    root = np.sqrt(1 - rho**2)
    opposite = np.where((h == 0) | (k == 0), h + k < 0, np.sign(h) != np.sign(k))
    total = 0.5 * (ndtr(h) + ndtr(k)) - _owen(h, k, rho, root) - _owen(k, h, rho, root)
    chance: FloatArray = np.clip(total - 0.5 * opposite, 0.0, 1.0)
    # Both limits at 0, where neither quotient exists.
    return np.where((h == 0) & (k == 0), 0.25 + np.arcsin(rho) / (2 * np.pi), chance)


def _within(limit: FloatArray) -> FloatArray:
    """Limits that can be divided by: infinite ones brought near, tiny ones made 0."""
    return np.where(np.abs(limit) < TINY, 0.0, np.clip(limit, -FAR, FAR))


def _owen(h: FloatArray, k: FloatArray, rho: FloatArray, root: FloatArray) -> FloatArray:
    """T(h, (k / h − ρ) / √(1 − ρ²)); ±¼ where h is 0."""
    at_zero = h == 0
    slope = (k - rho * h) / np.where(at_zero, 1.0, h * root)
    value: FloatArray = owens_t(h, slope)
    return np.where(at_zero, 0.25 * np.sign(k), value)


def bivariate_density(h: FloatArray, k: FloatArray, rho: FloatArray) -> FloatArray:
    """Density of two standard normal variables, which is also ∂Φ₂ / ∂ρ.

    φ₂(h, k; ρ) = exp(−(h² − 2 ρ h k + k²) / (2 (1 − ρ²))) / (2 π √(1 − ρ²))

    Args:
        h: Values of the first variable; ±inf allowed.
        k: Values of the second, broadcast against h.
        rho: Correlations in (−1, 1), broadcast likewise.

    Returns:
        Of the broadcast shape; 0 at infinity.

    References:
        Plackett (1954), Biometrika 41, 351–360, for the derivative.
    """
    h, k = np.clip(h, -FAR, FAR), np.clip(k, -FAR, FAR)
    left = 1 - rho**2
    density: FloatArray = np.exp(-(h**2 - 2 * rho * h * k + k**2) / (2 * left))
    return density / (2 * np.pi * np.sqrt(left))
