"""The log-posterior of the free parameters: value, gradient, and the step that EM would take.

The expectation step. Everything a marginal likelihood needs of the data, given the item curves, are
the expected numbers of persons at each point in each category. A shard of persons gives its share
of them; shards are independent, so they may be worked on anywhere. Two facts make it cheap. Where
the logits of an item are lines in ability, a person's answers to it enter through two numbers, and
the counts are needed through two sums only; and a block of persons of like scores has no weight to
speak of at most of the points.

The maximisation step: where the complete data, as expected, would have the parameters go. By
Fisher's identity the gradient of the marginal log-likelihood is the gradient of the complete-data
log-likelihood at the expected counts of the same parameters, so one expectation step gives value,
exact gradient and a curvature to step with. The step expands the parameters, as Liu, Rubin and Wu
do: mean and deviation of every group are let free for the step, whether they are parameters or not,
and what a fixed group would move is made up for by its items. This takes out the directions in
which plain EM creeps, all slopes or all intercepts at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse
import scipy.sparse.linalg

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.batches import ItemBatch
from examengine.psychometrics.estimation.design import Design, PersonBlock, Shard
from examengine.psychometrics.estimation.free_parameters import FIXED, Layout
from examengine.psychometrics.estimation.latent import LOCATION_AND_SCALE, Latent, LatentGrid
from examengine.psychometrics.estimation.priors import PriorTerm, add_priors

# Points where the posterior of everyone in a block is below e⁻⁴⁰ of its peak are left out: what
# they add is less than the rounding of what is there.
NEGLIGIBLE = -40.0
# Of the points kept, weights below e⁻⁸⁰ are raised to it: smaller ones are slow subnormal numbers.
FLOOR = -80.0
# Above this many free parameters the information is kept and factored as a sparse matrix.
DENSE = 1000
# Relative ridge that keeps the information of nearly unidentified parameters invertible.
RIDGE = 1e-9

Pieces = list[tuple[FloatArray, IntArray]]


@dataclass(frozen=True, slots=True)
class CurveTable:
    """The item curves of one group as the expectation step multiplies with them.

    Attributes:
        z: Points, shape (n_points,).
        lines: Intercept and slope over z of the columns that are lines, shape (2, n_lines).
        curves: Log-likelihood of the other columns, shape (n_curves, n_points).
        log_weights: Log prior weight of each point, shape (n_points,).
    """

    z: FloatArray
    lines: FloatArray
    curves: FloatArray
    log_weights: FloatArray


@dataclass(frozen=True, slots=True)
class Expectation:
    """Sums over persons at given item curves.

    Attributes:
        log_likelihood: Marginal log-likelihood.
        counts: Expected number of persons with each indicator at each point, shape
            (n_groups, n_columns, n_points). Of columns that are lines only the sums against 1
            and z are right; they are all that a line's derivatives ask for.
        at_points: Expected number of persons at each point, shape (n_groups, n_points).
    """

    log_likelihood: float
    counts: FloatArray
    at_points: FloatArray


@dataclass(frozen=True, slots=True)
class Posterior:
    """Posterior weights of the points for each person of a block.

    Attributes:
        window: The points that matter to someone in the block.
        weights: Weights of those points, shape (n_window, n_block).
        total: Their sum for each person, shape (n_block,); divide by it.
        log_likelihood: log P(x_p), shape (n_block,).
    """

    window: slice
    weights: FloatArray
    total: FloatArray
    log_likelihood: FloatArray

    def shares(self) -> FloatArray:
        """The weights of each person summing to 1; changes the weights in place."""
        np.divide(self.weights, self.total, out=self.weights)
        return self.weights


@dataclass(frozen=True, slots=True)
class _Sums:
    """What one shard adds to the expectation; `sums` are those of lines against 1 and z."""

    log_likelihood: float
    sums: FloatArray
    counts: FloatArray
    at_points: FloatArray


def expect(design: Design, tables: Sequence[CurveTable]) -> Expectation:
    """Expected counts and marginal log-likelihood of all persons.

    log L = Σ_p w_p log Σ_q A_q exp(ℓ_pq),  r_cq = Σ_p w_p u_pc P(q | x_p)

    Args:
        design: The persons.
        tables: Item curves of each group.

    Returns:
        The sums, added in the order of the shards.

    References:
        Bock & Aitkin (1981), Psychometrika 46, 443–459, equations 11–14.
    """
    parts = design.shards.each(_sum_shard, tables)
    sums = np.sum([part.sums for part in parts], axis=0)
    counts = np.sum([part.counts for part in parts], axis=0)
    straight = np.stack([np.ones_like(tables[0].z), tables[0].z])
    of_lines = sums @ np.linalg.solve(straight @ straight.T, straight)
    return Expectation(
        log_likelihood=sum(part.log_likelihood for part in parts),
        counts=np.concatenate([of_lines, counts], axis=1),
        at_points=np.sum([part.at_points for part in parts], axis=0),
    )


def posterior(columns: FloatArray, table: CurveTable) -> Posterior:
    """Posterior weights of some persons of one group.

    Args:
        columns: Their indicators, shape (n_columns, n_block).
        table: Item curves of their group.

    Returns:
        The weights, and log P(x_p).
    """
    n_lines = table.lines.shape[1]
    constant, slope = table.lines @ columns[:n_lines]
    by_point = np.column_stack([table.log_weights, table.z, table.curves.T])
    joint = by_point @ np.vstack([np.ones_like(slope), slope, columns[n_lines:]])
    peak = joint.max(axis=0)
    joint -= peak
    matters = np.flatnonzero(joint.max(axis=1) > NEGLIGIBLE)
    window = slice(int(matters[0]), int(matters[-1]) + 1) if len(matters) else slice(None)
    weights = joint[window]
    np.maximum(weights, FLOOR, out=weights)
    np.exp(weights, out=weights)
    total = weights.sum(axis=0)
    return Posterior(window, weights, total, np.log(total) + peak + constant)


def as_numbers(block: PersonBlock) -> FloatArray:
    """The indicators of a block as the matrix products want them."""
    return block.columns.astype(np.float64)


def _sum_shard(shard: Shard, tables: Sequence[CurveTable]) -> _Sums:
    """The sums over the persons of one shard."""
    first = tables[0]
    n_lines = first.lines.shape[1]
    sums = np.zeros((len(tables), n_lines, 2))
    counts = np.zeros((len(tables), *first.curves.shape))
    at_points = np.zeros((len(tables), len(first.z)))
    log_likelihood = 0.0
    for block in shard:
        columns = as_numbers(block)
        found = posterior(columns, tables[block.group])
        window, weights = found.window, found.weights
        weights *= block.weight / found.total
        along = np.stack([block.weight, first.z[window] @ weights])
        sums[block.group] += columns[:n_lines] @ along.T
        counts[block.group][:, window] += (weights @ columns[n_lines:].T).T
        at_points[block.group, window] += weights.sum(axis=1)
        log_likelihood += float(block.weight @ found.log_likelihood)
    return _Sums(log_likelihood, sums, counts, at_points)


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
    batches: Sequence[ItemBatch], counts: FloatArray, mask_of: IntArray
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


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The log-posterior at one vector of free parameters.

    Attributes:
        vector: The free parameters, shape (n_free,).
        log_likelihood: Marginal log-likelihood.
        log_prior: Sum of the log priors; 0 without.
        gradient: Gradient of their sum, shape (n_free,).
        step: The step of the maximisation, shape (n_free,).
    """

    vector: FloatArray
    log_likelihood: float
    log_prior: float
    gradient: FloatArray
    step: FloatArray

    @property
    def value(self) -> float:
        """The log-posterior."""
        return self.log_likelihood + self.log_prior


@dataclass(frozen=True, slots=True)
class PosteriorSurface:
    """Everything the log-posterior depends on but the free parameters.

    Attributes:
        design: The persons.
        layout: The parameters.
        grid: The quadrature.
        terms: The priors.
    """

    design: Design
    layout: Layout
    grid: LatentGrid
    terms: tuple[PriorTerm, ...] = ()

    def tables(self, vector: FloatArray) -> tuple[CurveTable, ...]:
        """The item curves of each group at the free parameters."""
        params = self.layout.params(vector)
        latents = self.layout.latents(vector)
        tables = {latent: self._table(latent, params) for latent in latents}
        return tuple(tables[latent] for latent in latents)

    def renormalised(self, point: Evaluation) -> float:
        """Log-likelihood of an evaluation with the weights of each group summing to 1."""
        persons = np.zeros(self.design.n_groups)
        for block in self.design.shards.blocks():
            persons[block.group] += block.weight.sum()
        totals = [self.grid.log_total(latent) for latent in self.layout.latents(point.vector)]
        return point.log_likelihood - float(persons @ totals)

    def _table(self, latent: Latent, params: Sequence[FloatArray]) -> CurveTable:
        """Log-likelihood of each column of the design in one group."""
        theta = self.grid.theta(latent.mean, latent.sd)
        lines, curves = [np.zeros((2, 0))], []
        base = np.zeros((self.design.n_masks, len(theta)))
        for batch, part in zip(self.layout.batches, params, strict=True):
            logs = batch.model.log_probabilities(theta, part)
            np.add.at(base, self.design.mask_of[batch.columns], logs[:, 0])
            straight = batch.model.category_lines(part)
            if straight is None:
                curves.append((logs[:, 1:] - logs[:, :1]).reshape(-1, len(theta)))
            else:
                slope, intercept = (each[:, 1:].ravel() for each in straight)
                lines.append(_over_z(slope, intercept, theta, self.grid.z))
        return CurveTable(
            z=self.grid.z,
            lines=np.hstack(lines),
            curves=np.vstack([*curves, base]),
            log_weights=self.grid.log_masses(latent),
        )

    def evaluate(self, vector: FloatArray) -> Evaluation | None:
        """The log-posterior at a vector of free parameters; None where there is none.

        Args:
            vector: Free parameters, shape (n_free,).

        Returns:
            Value, gradient and step; None for parameters without proper probabilities.
        """
        if not self.layout.feasible(vector):
            return None
        expectation = expect(self.design, self.tables(vector))
        params = self.layout.params(vector)
        prior = add_priors(self.terms, self.layout.batches, params)
        if not (np.isfinite(expectation.log_likelihood) and np.isfinite(prior.value)):
            return None
        data = CompleteData(self.layout, self.grid, expectation, self.design.mask_of)
        gradient, pieces = data.derivatives(vector)
        prior_pieces = []
        if self.terms:
            for slots, first in zip(self.layout.slots, prior.gradients, strict=True):
                gradient += scattered(slots, first, self.layout.n_free)
            prior_pieces = list(zip(prior.curvatures, self.layout.slots, strict=True))
        latents = self.layout.latents(vector)
        step = expanded_step(data, latents, gradient, pieces, prior_pieces)
        return Evaluation(vector, expectation.log_likelihood, prior.value, gradient, step)


def _over_z(
    slope: FloatArray, intercept: FloatArray, theta: FloatArray, z: FloatArray
) -> FloatArray:
    """Intercept and slope over z of lines over θ, itself a line over z, shape (2, n_lines)."""
    stretch = (theta[-1] - theta[0]) / (z[-1] - z[0])
    return np.stack([intercept + slope * (theta[0] - stretch * z[0]), slope * stretch])
