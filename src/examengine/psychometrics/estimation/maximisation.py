"""The maximisation step: where the complete data, as expected, would have the parameters go.

By Fisher's identity the gradient of the marginal log-likelihood is the gradient of the
complete-data log-likelihood at the expected counts of the same parameters, so one
expectation step gives value, exact gradient and a curvature to step with.

The step expands the parameters, as Liu, Rubin and Wu do: mean and deviation of every group are
let free for the step, whether they are parameters or not, and what a fixed group would move is
made up for by its items. This takes out the directions in which plain EM creeps, all slopes or
all intercepts at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse
import scipy.sparse.linalg

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.batches import Batch
from examengine.psychometrics.estimation.expectation import Expectation
from examengine.psychometrics.estimation.latent import LOCATION_AND_SCALE, Latent, LatentGrid
from examengine.psychometrics.estimation.layout import Layout
from examengine.psychometrics.estimation.slots import FIXED

# Above this many free parameters the information is kept and factored as a sparse matrix.
DENSE = 1000
# Relative ridge that keeps the information of nearly unidentified parameters invertible.
RIDGE = 1e-9

Pieces = list[tuple[FloatArray, IntArray]]


@dataclass(frozen=True, slots=True)
class CompleteData:
    """The complete-data log-likelihood at expected counts.

    Attributes:
        layout: The parameters.
        grid: The quadrature.
        expectation: Expected counts, wherever they were taken.
        mask_of: For each item, the index of its presentation column.
    """

    layout: Layout
    grid: LatentGrid
    expectation: Expectation
    mask_of: IntArray

    def gradient(self, vector: FloatArray) -> FloatArray:
        """∂Q/∂φ = Σ_jkq r_jkq ∂ log P_jk(θ_q) + Σ_q r_q ∂ log A_q, shape (n_free,)."""
        return self.derivatives(vector)[0]

    def derivatives(self, vector: FloatArray) -> tuple[FloatArray, Pieces]:
        """Gradient, and the information as blocks with their slots.

        I = Σ_jkq n_jq P_jk ∂ log P_jk ∂ log P_jkᵀ + Σ_q r_q ∂ log A_q ∂ log A_qᵀ

        Args:
            vector: Free parameters, shape (n_free,).

        Returns:
            The gradient, shape (n_free,), and blocks whose slots beyond n_free are the means and
            log deviations that are fixed: see `spare_slots`.
        """
        slots_of = spare_slots(self.layout)
        gradient = np.zeros(self.layout.n_free)
        pieces: Pieces = []
        for group, latent in enumerate(self.layout.latents(vector)):
            theta = self.grid.theta(latent.mean, latent.sd)
            counts = self._category_counts(group)
            for index, params in enumerate(self.layout.params(vector)):
                batch = self.layout.batches[index]
                own = slots_of[group, :LOCATION_AND_SCALE]
                slots, score = self._scores(index, own, latent, params)
                first = np.einsum("jkq,jkpq->jp", counts[index], score)
                gradient += scattered(slots, first, self.layout.n_free)
                everyone = np.maximum(counts[index].sum(axis=1, keepdims=True), 0.0)
                expected = everyone * batch.model.probabilities(theta, params)
                pieces.append((_weighted_products(score, expected), slots))
            drift, at_points = self.grid.weight_moves(latent), self.expectation.at_points[group]
            own = self.layout.group_slots[group : group + 1]
            gradient += scattered(own, (drift @ at_points)[np.newaxis], self.layout.n_free)
            pieces.append((((drift * at_points) @ drift.T)[np.newaxis], own))
        return gradient, pieces

    def _scores(
        self, index: int, own: IntArray, latent: Latent, params: FloatArray
    ) -> tuple[IntArray, FloatArray]:
        """Slots and ∂ log P of one batch; by fixed groups' mean and deviation too."""
        # Points that stand still do not follow a free mean: their weights do.
        still = np.where(own < self.layout.n_free, FIXED, own)
        moved = own if self.grid.scaled else still
        return item_scores(self.layout, index, self.grid, latent, params, moved)

    def _category_counts(self, group: int) -> tuple[FloatArray, ...]:
        """Expected counts of each batch in one group, (n_batch, n_categories, n_points)."""
        return category_counts(self.layout.batches, self.expectation.counts[group], self.mask_of)


def category_counts(
    batches: Sequence[Batch], counts: FloatArray, mask_of: IntArray
) -> tuple[FloatArray, ...]:
    """Counts by category out of the counts by column of one group.

    Args:
        batches: The items.
        counts: Expected number of persons with each indicator, shape (n_columns, n_points).
        mask_of: For each item, the index of its presentation column.

    Returns:
        For each batch, shape (n_batch, n_categories, n_points).
    """
    n_scores = sum(len(batch.columns) * (batch.n_categories - 1) for batch in batches)
    presented = counts[n_scores:]
    first = 0
    result = []
    for batch in batches:
        n_rows = len(batch.columns) * (batch.n_categories - 1)
        shape = (len(batch.columns), batch.n_categories - 1, -1)
        above = counts[first : first + n_rows].reshape(shape)
        zero = presented[mask_of[batch.columns]] - above.sum(axis=1)
        result.append(np.concatenate([zero[:, np.newaxis], above], axis=1))
        first += n_rows
    return tuple(result)


def item_scores(
    layout: Layout,
    index: int,
    grid: LatentGrid,
    latent: Latent,
    params: FloatArray,
    own: IntArray,
) -> tuple[IntArray, FloatArray]:
    """Slots and ∂ log P of one batch in one group.

    Args:
        layout: The parameters.
        index: Which batch.
        grid: The quadrature.
        latent: The group's distribution.
        params: Coordinates of the batch.
        own: Slots of the group's mean and log deviation as far as they move the points; −1.

    Returns:
        Slots of shape (n_batch, n) and derivatives (n_batch, n_categories, n, n_points).
    """
    model, slots = layout.batches[index].model, layout.slots[index]
    theta = grid.theta(latent.mean, latent.sd)
    score = model.score(theta, params)
    if (own == FIXED).all():
        return slots, score
    by_theta, _ = model.theta_derivatives(theta, params)
    by_group = by_theta[:, :, np.newaxis] * grid.theta_moves(latent)
    wider = np.broadcast_to(own, (len(slots), len(own)))
    return np.hstack([slots, wider]), np.concatenate([score, by_group], axis=2)


def spare_slots(layout: Layout) -> IntArray:
    """Slots of the groups with numbers from n_free on where mean or deviation is fixed."""
    slots = layout.group_slots.copy()
    fixed = np.zeros(slots.shape, dtype=np.bool_)
    fixed[:, :LOCATION_AND_SCALE] = slots[:, :LOCATION_AND_SCALE] == FIXED
    slots[fixed] = layout.n_free + np.arange(fixed.sum())
    return slots


def expanded_step(
    data: CompleteData,
    latents: Sequence[Latent],
    gradient: FloatArray,
    pieces: Pieces,
    prior_pieces: Pieces,
) -> FloatArray:
    """The scoring step with mean and deviation of every group let free.

    I⁻¹ g + E (W + Eᵀ B E)⁻¹ Eᵀ g, where a column of E says how the free parameters make up for
    a group that is shifted or stretched, W is what the persons' abilities would say of that
    shift, n/σ² and 2n, and B is the curvature of the priors.

    Args:
        data: The complete data.
        latents: The groups.
        gradient: Gradient of the log-posterior, shape (n_free,).
        pieces: Complete-data information.
        prior_pieces: Curvature of the priors, empty without.

    Returns:
        The step, shape (n_free,).

    References:
        Liu, Rubin & Wu (1998), Biometrika 85, 755–770, for expanding parameters; the items'
        making up for a group is their regression on it in the complete-data information.
    """
    layout, n_free = data.layout, data.layout.n_free
    if n_free == 0:
        return gradient
    slots = spare_slots(layout)
    n_spare = int((slots >= n_free).sum())
    matrix = assemble([*pieces, *prior_pieces], n_free + n_spare)
    spare = matrix[:n_free, n_free:]
    solved = _solve(matrix[:n_free, :n_free], np.column_stack([gradient, _dense(spare)]))
    # Points that stand still do not follow a free group, whose weights are in the information.
    used = slots >= (0 if data.grid.scaled else n_free)
    ways = np.zeros((n_free, int(used.sum())))
    for column, slot in enumerate(slots[used].tolist()):
        if slot < n_free:
            ways[slot, column] = 1.0
        else:
            ways[:, column] = solved[:, 1 + slot - n_free]
    n_persons = np.maximum(data.expectation.at_points.sum(axis=1), 1.0)
    said = [
        n * data.grid.seen_information(latent) for n, latent in zip(n_persons, latents, strict=True)
    ]
    weight = scipy.linalg.block_diag(*said)[np.ix_(used.ravel(), used.ravel())]
    if prior_pieces:
        weight += ways.T @ (assemble(prior_pieces, n_free) @ ways)
    step: FloatArray = solved[:, 0] + ways @ np.linalg.solve(weight, ways.T @ gradient)
    return step


def scattered(slots: IntArray, values: FloatArray, n_free: int) -> FloatArray:
    """Values added up by slot, shape (n_free,); those of other slots are dropped."""
    free = (slots != FIXED) & (slots < n_free)
    return np.bincount(slots[free], values[free], minlength=n_free).astype(np.float64)


def assemble(pieces: Pieces, n_free: int) -> FloatArray | scipy.sparse.csc_array:
    """The symmetric matrix that blocks with slots stand for, (n_free, n_free)."""
    rows, columns, values = [], [], []
    for block, slots in pieces:
        row = np.broadcast_to(slots[:, :, np.newaxis], block.shape)
        column = np.broadcast_to(slots[:, np.newaxis], block.shape)
        free = (row != FIXED) & (column != FIXED)
        rows.append(row[free])
        columns.append(column[free])
        values.append(block[free])
    row, column, value = (np.concatenate(parts) for parts in (rows, columns, values))
    if n_free > DENSE:
        return scipy.sparse.coo_array((value, (row, column)), shape=(n_free, n_free)).tocsc()
    total = np.bincount(row * n_free + column, value, minlength=n_free**2)
    return total.reshape(n_free, n_free).astype(np.float64)


def _dense(matrix: FloatArray | scipy.sparse.csc_array) -> FloatArray:
    """A matrix of few columns as an array."""
    return matrix.toarray() if isinstance(matrix, scipy.sparse.csc_array) else matrix


def _solve(matrix: FloatArray | scipy.sparse.csc_array, towards: FloatArray) -> FloatArray:
    """matrix⁻¹ towards, with a ridge."""
    diagonal = matrix.diagonal()
    ridge = RIDGE * np.maximum(diagonal, diagonal.max() * 1e-6)
    if isinstance(matrix, scipy.sparse.csc_array):
        steady = (matrix + scipy.sparse.diags_array(ridge)).tocsc()
        solution: FloatArray = scipy.sparse.linalg.splu(steady).solve(towards)
        return solution
    return scipy.linalg.solve(matrix + np.diag(ridge), towards, assume_a="pos")


def _weighted_products(score: FloatArray, weight: FloatArray) -> FloatArray:
    """Σ_kq w_jkq s_jkpq s_jkrq of each item, shape (n_items, n, n)."""
    n_items, n_categories, n_own, n_points = score.shape
    flat = score.transpose(0, 2, 1, 3).reshape(n_items, n_own, -1)
    weighted = flat * weight.reshape(n_items, 1, n_categories * n_points)
    products: FloatArray = weighted @ flat.transpose(0, 2, 1)
    return products
