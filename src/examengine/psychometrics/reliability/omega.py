"""Omega total of a test with one common factor."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from examengine.psychometrics.arrays import FloatArray, IntArray

# Of the largest variance: below this a uniqueness is 0.
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class OneFactor:
    """A one-factor solution.

    Attributes:
        loadings: Shape (J,), unit of the matrix analysed (points for covariances).
        uniquenesses: Shape (J,), squared unit; negative ones are Heywood cases.
        omega_total: Reliability of the unweighted sum under this model.
    """

    loadings: FloatArray
    uniquenesses: FloatArray
    omega_total: float

    @property
    def heywood(self) -> IntArray:
        """Items whose own variance is negative, which no factor explains, shape (n,)."""
        variance = self.uniquenesses + self.loadings**2
        return np.flatnonzero(self.uniquenesses < -ROUNDING * variance.max())


def omega_total(covariance: FloatArray) -> OneFactor:
    """Omega total from one minimum-residual factor.

    ω = (Σ λ_j)² / ((Σ λ_j)² + Σ ψ_j), λ least squares on the covariances off the diagonal

    Args:
        covariance: Covariances (or correlations) of the items, shape (J, J).

    Returns:
        Loadings, uniquenesses and omega.

    Raises:
        ValueError: Fewer than three items, for which one factor is not determined.

    Notes:
        Compared with psych 2.2.9 (`fa`, minres, covar = TRUE) to 1e-5 on SAT12, SPISA, ability and
        VerbAgg. On LSAT6, LSAT7, Science and numeracy psych stops short of the least-squares
        solution (its omega falls below alpha on the first three); the gradient here is zero.

    References:
        McDonald (1999), Test Theory, eq. 6.20; Harman & Jones (1966), Psychometrika 31, 351–368.
    """
    if covariance.shape[0] < 3:
        raise ValueError("one common factor needs at least three items")
    off = 1 - np.eye(covariance.shape[0])

    def residuals(loadings: FloatArray) -> tuple[float, FloatArray]:
        left = (covariance - np.outer(loadings, loadings)) * off
        return float((left**2).sum()) / 4, -(left @ loadings)

    values, vectors = np.linalg.eigh(covariance)
    start = vectors[:, -1] * np.sqrt(values[-1]) * 0.9
    fitted = minimize(
        residuals, start, jac=True, method="L-BFGS-B", options={"gtol": 1e-12, "ftol": 1e-16}
    )
    loadings = np.asarray(fitted.x * (1.0 if fitted.x.sum() >= 0 else -1.0))
    uniquenesses = np.diag(covariance) - loadings**2
    common = float(loadings.sum()) ** 2
    return OneFactor(loadings, uniquenesses, common / (common + float(uniquenesses.sum())))
