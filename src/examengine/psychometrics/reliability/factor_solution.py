"""Several common factors: least squares, an oblique rotation, and a general factor above them."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from examengine.psychometrics.arrays import FloatArray

# Uniquenesses are kept above this, so that no item is all common factor.
LOWEST_UNIQUENESS = 0.005
FLAT = 1e-7
MOST_STEPS = 5000


@dataclass(frozen=True, slots=True, eq=False)
class Oblique:
    """Rotated factors that may correlate.

    Attributes:
        loadings: Pattern loadings, shape (n_items, n_factors).
        correlations: Of the factors, shape (n_factors, n_factors).
    """

    loadings: FloatArray
    correlations: FloatArray


def minimum_residuals(correlation: FloatArray, n_factors: int) -> FloatArray:
    """Loadings that leave the smallest residuals off the diagonal.

    min over ψ of ½ Σ_{m > k} γ_m², γ the eigenvalues of R − diag(ψ), largest first; then
    Λ = V_k (Γ_k)^½ from the first k

    Args:
        correlation: R, shape (n_items, n_items).
        n_factors: k, at least 1.

    Returns:
        Unrotated loadings, shape (n_items, n_factors).

    Notes:
        Uniquenesses are kept between .005 and 1.

    References:
        Harman & Jones (1966), Psychometrika 31, 351–368; Jöreskog (1977), in Enslein, Ralston &
        Wilf, Statistical Methods for Digital Computers 3, 125–153, for the form in ψ.
    """

    def loss(unique: FloatArray) -> tuple[float, FloatArray]:
        values, vectors = np.linalg.eigh(correlation - np.diag(unique))
        left = values[:-n_factors]
        return 0.5 * float(left @ left), -(vectors[:, :-n_factors] ** 2) @ left

    with np.errstate(divide="ignore"):
        start = np.clip(1 / np.diag(np.linalg.pinv(correlation)), 0.05, 0.95)
    found = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(LOWEST_UNIQUENESS, 1.0)] * len(start),
        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 5000},
    )
    values, vectors = np.linalg.eigh(correlation - np.diag(found.x))
    chosen = slice(-1, -n_factors - 1, -1)
    loadings = vectors[:, chosen] * np.sqrt(np.maximum(values[chosen], 0.0))
    signs = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    return np.asarray(loadings * signs, dtype=np.float64)


def quartimin(loadings: FloatArray) -> Oblique:
    """Rotate obliquely to simple structure (direct oblimin with γ = 0).

    min over T of ¼ Σ_{m ≠ n} Σ_j λ_jm² λ_jn² with Λ = A (Tᵀ)⁻¹ and columns of T of length 1, by
    projected gradients

    Args:
        loadings: Unrotated loadings A, shape (n_items, n_factors).

    Returns:
        Pattern loadings and Φ = Tᵀ T, the best of two starts: the factors as they are, and turned
        by Helmert's matrix, since the first can be a place of balance that is no minimum.

    References:
        Jennrich & Sampson (1966), Psychometrika 31, 313–323, for the criterion; Jennrich (2002),
        Psychometrika 67, 7–20, for the gradient projection.
    """
    n_factors = loadings.shape[1]
    ends = [_descend(loadings, start) for start in (np.eye(n_factors), _helmert(n_factors))]
    turn = min(ends, key=lambda end: round(_criterion(loadings, end)[0], 9))
    return Oblique(loadings @ np.linalg.inv(turn).T, turn.T @ turn)


def _helmert(n: int) -> FloatArray:
    """An orthogonal matrix whose first column is constant, shape (n, n)."""
    columns = np.tril(np.ones((n, n)), -1).T - np.diag(np.arange(n, dtype=np.float64))
    columns[:, 0] = 1.0
    return np.asarray(columns / np.linalg.norm(columns, axis=0), dtype=np.float64)


def _descend(loadings: FloatArray, start: FloatArray) -> FloatArray:
    """Follow the projected gradient until it is shorter than 1e-7."""
    turn, step = start, 1.0
    value, slope = _criterion(loadings, turn)
    for _ in range(MOST_STEPS):
        direction = slope - turn * (turn * slope).sum(axis=0)
        length = float(np.linalg.norm(direction))
        if length < FLAT:
            break
        step *= 2.0
        while True:
            tried = turn - step * direction
            tried /= np.linalg.norm(tried, axis=0)
            there, steeper = _criterion(loadings, tried)
            if there <= value - 0.5 * step * length**2 or step < 1e-12:
                break
            step /= 2.0
        turn, value, slope = tried, there, steeper
    return turn


def _criterion(loadings: FloatArray, turn: FloatArray) -> tuple[float, FloatArray]:
    """The quartimin criterion and its gradient by T."""
    inverse = np.linalg.inv(turn)
    rotated = loadings @ inverse.T
    squares = rotated**2
    others = squares @ (1 - np.eye(turn.shape[0]))
    slope = -(rotated.T @ (rotated * others) @ inverse).T
    return float((squares * others).sum()) / 4, slope


def general_loadings(factors: Oblique) -> FloatArray:
    """Loadings of the factors on one factor above them.

    Args:
        factors: Correlated factors.

    Returns:
        Shape (n_factors,): √|φ| each (one with the sign of φ) for two, one minimum-residual factor
        for more.

    References:
        Schmid & Leiman (1957), Psychometrika 22, 53–61.
    """
    if factors.correlations.shape[0] == 2:
        phi = float(factors.correlations[0, 1])
        return np.array([1.0, float(np.sign(phi))]) * float(np.sqrt(abs(phi)))
    above: FloatArray = minimum_residuals(factors.correlations, 1)[:, 0]
    return above
