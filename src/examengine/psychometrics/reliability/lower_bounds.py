"""Guttman's six lower bounds to reliability."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.reliability.internal_consistency import alpha


@dataclass(frozen=True, slots=True)
class GuttmanBounds:
    """The six bounds; lambda3 is alpha.

    Attributes:
        lambda1: Unique variances all counted as error.
        lambda2: With the squared covariances.
        lambda3: Alpha.
        lambda4: Best split half found; see `best_split`.
        lambda5: With the item that covaries most.
        lambda6: From squared multiple correlations; nan when the matrix is singular.
    """

    lambda1: float
    lambda2: float
    lambda3: float
    lambda4: float
    lambda5: float
    lambda6: float


def guttman_bounds(covariance: FloatArray) -> GuttmanBounds:
    """Guttman's lambda 1 to 6.

    With s² = Σ s_jk and C = Σ_{k≠j} s_jk²:
    λ1 = 1 − Σ s_jj / s²; λ2 = λ1 + √(J/(J−1) Σ C_j) / s²; λ3 = α;
    λ4 = 4 cov(A, B) / s²; λ5 = λ1 + 2 √(max_j C_j) / s²; λ6 = 1 − Σ 1/(S⁻¹)_jj / s²

    Args:
        covariance: Shape (J, J); a correlation matrix gives the standardised bounds.

    Returns:
        The bounds.

    Raises:
        ValueError: Fewer than two items, or a covariance is not finite.

    References:
        Guttman (1945), Psychometrika 10, 255–282.
    """
    third = alpha(covariance)
    n_items, total = covariance.shape[0], float(covariance.sum())
    first = 1 - float(np.trace(covariance)) / total
    squares = (covariance**2).sum(axis=0) - np.diag(covariance) ** 2
    return GuttmanBounds(
        lambda1=first,
        lambda2=first + float(np.sqrt(n_items / (n_items - 1) * squares.sum())) / total,
        lambda3=third,
        lambda4=1 - _least_difference(covariance) / total,
        lambda5=first + 2 * float(np.sqrt(squares.max())) / total,
        lambda6=1 - _unique_variance(covariance) / total,
    )


def best_split(covariance: FloatArray) -> FloatArray:
    """The split of the items into halves with the highest lambda 4, as far as found.

    λ4 is highest where the variance of the difference of the halves, uᵀ S u with u_j = ±1, is
    least. Started from odd–even and from the signs of the last twelve eigenvectors, single items
    and pairs are moved while that helps; the best end is kept. No random start: the answer is
    repeatable.

    Args:
        covariance: Shape (J, J).

    Returns:
        Shape (J,), +1 or −1 for the half of each item.
    """
    n_items = covariance.shape[0]
    vectors = np.linalg.eigh(covariance)[1]
    starts = [np.where(np.arange(n_items) % 2 == 0, 1.0, -1.0)]
    starts += [np.where(vector >= 0, 1.0, -1.0) for vector in vectors.T[:12]]
    ends = [_descend(covariance, start) for start in starts]
    return min(ends, key=lambda signs: float(signs @ covariance @ signs))


def _descend(covariance: FloatArray, start: FloatArray) -> FloatArray:
    """Flip one item or two while the variance of the difference falls."""
    signs = start.copy()
    while True:
        pull = signs * (covariance @ signs) - np.diag(covariance)
        single = -4 * pull
        both = single[:, np.newaxis] + single + 8 * covariance * np.outer(signs, signs)
        np.fill_diagonal(both, single)
        one, other = np.unravel_index(int(np.argmin(both)), both.shape)
        if not both[one, other] < -1e-10 * float(np.trace(covariance)):
            return signs
        signs[list({one, other})] *= -1


def _least_difference(covariance: FloatArray) -> float:
    signs = best_split(covariance)
    return float(signs @ covariance @ signs)


def _unique_variance(covariance: FloatArray) -> float:
    """Sum of the residual variances of each item on all others; nan when singular."""
    if np.linalg.matrix_rank(covariance) < covariance.shape[0]:
        return float("nan")
    return float((1 / np.diag(np.linalg.inv(covariance))).sum())
