"""The covariance of moments that rest on different persons, because items are missing by design.

Each moment is a mean over the persons who supply it: those who were presented its item or both its
items. Persons are independent and whoever supplies two moments contributes Ξ_ab to their
covariance, so that

    Cov(m_a, m_b) = Ξ_ab n_ab / (n_a n_b),

n_ab persons supplying both. This matrix has no low rank and is written out; with everything
presented it is Ξ / n and `InverseCovariance` is the quick way.
"""

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.fit.moment_covariance import covariance
from examengine.psychometrics.fit.moments import MomentLayout, Moments

# A moment that varies less than this has a variance of rounding errors only.
SMALLEST_VARIANCE = 1e-14
# Share of a moment's variance that those before it must leave, or it follows from them.
SMALLEST_REST = 1e-10
# Columns of parameters, each of length 1, that leave less than this follow from one another.
SMALLEST_DIRECTION = 1e-9
# Sets of presented items that are counted at a time, which bounds the memory.
SETS_AT_A_TIME = 1000


def overlap(seen: BoolArray, weight: FloatArray, where: MomentLayout) -> FloatArray:
    """How far every two moments rest on the same persons: n n_ab / (n_a n_b).

    Args:
        seen: Which items were presented, shape (n_persons, n_items).
        weight: Frequencies, shape (n_persons,).
        where: Which moments; each has at least one person.

    Returns:
        Shape (n_moments, n_moments), symmetric, first-order moments first: n times the factor that
        makes Ξ the covariance of the observed moments. All ones when nothing is missing; 0 for
        moments that nobody supplies both of.
    """
    sets, place = np.unique(seen, axis=0, return_inverse=True)
    root = np.sqrt(np.bincount(place.ravel(), weights=weight, minlength=len(sets)))
    shared = np.zeros((where.n, where.n))
    for start in range(0, len(sets), SETS_AT_A_TIME):
        some = slice(start, start + SETS_AT_A_TIME)
        items = sets[some]
        both = items[:, where.left] & items[:, where.right]
        supplied = np.concatenate([items[:, where.item], both], axis=1) * root[some, np.newaxis]
        shared += supplied.T @ supplied
    alone = np.diag(shared).copy()
    shared /= alone[:, np.newaxis]
    shared /= alone
    shared *= float(weight.sum())
    return shared


class AvailableCaseInverse:
    """The inverse of Ξ ∘ overlap as a bilinear form on moments.

    Where Ξ has an inverse this has one too (Schur's product theorem: the overlap is positive
    semi-definite with a positive diagonal). Moments that cannot vary are left out.

    Args:
        probabilities: Shape (n_points, n_items, n_categories).
        node_weights: Shape (n_points,), summing to 1.
        where: Which moments.
        shared: Their `overlap`.

    Raises:
        LinAlgError: Some moment follows from others, so that there is no inverse.
    """

    def __init__(
        self,
        probabilities: FloatArray,
        node_weights: FloatArray,
        where: MomentLayout,
        shared: FloatArray,
    ) -> None:
        matrix = covariance(probabilities, node_weights, where)
        matrix *= shared
        variance = np.diag(matrix).copy()
        self._varies = variance > SMALLEST_VARIANCE
        if not self._varies.all():
            matrix = matrix[np.ix_(self._varies, self._varies)]
        # Rare categories vary a thousand times less than others; as correlations all weigh alike.
        self._spread = np.sqrt(variance[self._varies])
        matrix /= self._spread[:, np.newaxis]
        matrix /= self._spread
        self._root: FloatArray = cholesky(matrix, lower=True, overwrite_a=True)
        if np.diag(self._root).min(initial=1.0) ** 2 < SMALLEST_REST:
            raise np.linalg.LinAlgError("some moments follow from others")

    def products(self, values: Moments) -> FloatArray:
        """Yᵀ (Ξ ∘ overlap)⁻¹ Y.

        Args:
            values: Y, shapes (n_first, n_columns), (n_pairs, n_columns).

        Returns:
            Shape (n_columns, n_columns).
        """
        together = np.concatenate([values.first, values.second])[self._varies]
        whitened = solve_triangular(self._root, together / self._spread[:, np.newaxis], lower=True)
        found: FloatArray = whitened.T @ whitened
        return found


def n_determined(jacobian: Moments) -> int:
    """How many parameters the moments say something about: the rank of Δ.

    An item that nobody saw moves no moment, and one that was only presented alone cannot tell its
    slope from its place; such parameters cost no degrees of freedom.

    Args:
        jacobian: Δ, shapes (n_first, n_parameters), (n_pairs, n_parameters).

    Returns:
        The rank.
    """
    columns = np.concatenate([jacobian.first, jacobian.second])
    lengths = np.linalg.norm(columns, axis=0)
    moving = columns[:, lengths > 0] / lengths[lengths > 0]
    return int(np.linalg.matrix_rank(moving, tol=SMALLEST_DIRECTION)) if moving.size else 0
