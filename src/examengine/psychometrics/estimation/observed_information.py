"""How the log-posterior is curved, and the covariance of the free parameters that follows.

Louis' identity: what the observed data say about the parameters is what the complete data
would say, less what is lost because ability is not seen. At a point θ_q a person's score s_p(θ_q),
the derivative of what the answers say, is linear in the indicator columns of the design, so it is
kept as one sparse matrix per point, and the loss is a sum of weighted cross-products of columns.
The posterior mean E(s_p | x_p) is the derivative of the person's marginal log-likelihood.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy.sparse

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.estimation.design import PersonBlock, Shard, Shards
from examengine.psychometrics.estimation.free_parameters import FIXED
from examengine.psychometrics.estimation.latent import LOCATION_AND_SCALE
from examengine.psychometrics.estimation.plan import StandardErrors
from examengine.psychometrics.estimation.posterior_surface import (
    CompleteData,
    CurveTable,
    Posterior,
    PosteriorSurface,
    as_numbers,
    expect,
    item_scores,
    posterior,
    scattered,
)
from examengine.psychometrics.estimation.priors import add_priors

# Numbers that may be held at once for the item scores of a block of persons.
SCORES_AT_ONCE = 4_000_000
# Relative step of the central differences of analytic gradients.
STEP = 1e-5
# Posterior weights below this add nothing to the sums.
NEGLIGIBLE = 1e-15
# Numbers that may be held at once for the cross-products of columns.
PRODUCTS_AT_ONCE = 16_000_000
# Persons whose lost information suffices to tell a maximum from a saddle when no standard errors
# are wanted; where it does not, all are asked.
ENOUGH_PERSONS = 1000
# Smallest eigenvalue of the information, relative to the largest, that still counts as curved.
FLATTEST = 1e-12


@dataclass(frozen=True, slots=True)
class BatchScores:
    """∂ log P of one batch in one group.

    Attributes:
        slots: Slot of each derivative, shape (n_batch, n_own); −1 fixed.
        score: Derivatives, shape (n_batch, n_categories, n_own, n_points).
        first: First of the batch's columns in the design.
        masks: Presentation column of each item, shape (n_batch,).
    """

    slots: IntArray
    score: FloatArray
    first: int
    masks: IntArray


@dataclass(frozen=True, slots=True)
class GroupScores:
    """∂ log P of all items in one group, and the pull of the points' weights.

    Attributes:
        batches: The items.
        drift: ∂ log weight by mean, log deviation and shape, shape (n_latent, n_points).
        drift_slots: Slots of the same, shape (n_latent,); −1 fixed.
        n_free: Number of free parameters.
        n_columns: Number of columns of the design.
    """

    batches: tuple[BatchScores, ...]
    drift: FloatArray
    drift_slots: IntArray
    n_free: int
    n_columns: int


def group_scores(surface: PosteriorSurface, vector: FloatArray, group: int) -> GroupScores:
    """The derivatives of all items at a vector of free parameters, for one group."""
    layout, design = surface.layout, surface.design
    latent = layout.latents(vector)[group]
    own = layout.group_slots[group, :LOCATION_AND_SCALE]
    moving = own if surface.grid.scaled else np.full_like(own, FIXED)
    found = []
    first = 0
    for index, params in enumerate(layout.params(vector)):
        batch = layout.batches[index]
        slots, score = item_scores(layout, index, surface.grid, latent, params, moving)
        masks = design.n_scores + design.mask_of[batch.columns]
        free = (slots != FIXED).any(axis=0)
        found.append(BatchScores(slots[:, free], score[:, :, free], first, masks))
        first += len(batch.columns) * (batch.n_categories - 1)
    drift = surface.grid.weight_moves(latent)
    return GroupScores(
        tuple(found), drift, layout.group_slots[group], layout.n_free, design.n_columns
    )


def slot_maps(scores: GroupScores) -> list[scipy.sparse.csr_array]:
    """For each point the matrix from a person's design columns to their scores.

    Returns:
        Sparse, shape (n_free, n_columns + 1) each. The last column is the part of a score that
        every person has: the pull of the point's weight on the group's parameters.
    """
    rows, slots, values = [], [], []
    for batch in scores.batches:
        n_items, n_categories, n_own, n_points = batch.score.shape
        own = np.broadcast_to(batch.slots[:, np.newaxis], (n_items, n_categories, n_own))
        n_above = n_items * (n_categories - 1)
        above = batch.first + np.arange(n_above).reshape(n_items, n_categories - 1)
        place = np.column_stack([batch.masks, above])[:, :, np.newaxis]
        change = batch.score.copy()
        change[:, 1:] -= batch.score[:, :1]
        rows.append(np.broadcast_to(place, own.shape).ravel())
        slots.append(own.ravel())
        values.append(change.reshape(-1, n_points))
    rows.append(np.full(len(scores.drift), scores.n_columns))
    slots.append(scores.drift_slots)
    values.append(scores.drift)
    row, slot, value = np.concatenate(rows), np.concatenate(slots), np.vstack(values)
    free = slot != FIXED
    # Only the values differ between points; where they stand is found once.
    n_columns = scores.n_columns + 1
    where, place = np.unique(slot[free] * n_columns + row[free], return_inverse=True)
    entries = np.zeros((len(where), value.shape[1]))
    np.add.at(entries, place, value[free])
    starts = np.searchsorted(where, np.arange(scores.n_free + 1) * n_columns)
    shape = (scores.n_free, n_columns)
    return [
        scipy.sparse.csr_array((entry, where % n_columns, starts), shape=shape)
        for entry in entries.T
    ]


def person_scores(scores: GroupScores, columns: FloatArray, found: Posterior) -> FloatArray:
    """E(s_p | x_p), the gradient of each person's marginal log-likelihood.

    Args:
        scores: Derivatives of the items in the persons' group.
        columns: Indicators of the persons, shape (n_columns, n_block).
        found: Their posterior, each person's weights summing to 1.

    Returns:
        Shape (n_free, n_block).
    """
    window, weights = found.window, found.weights
    total = np.zeros((scores.n_free + 1, weights.shape[1]))
    for batch in scores.batches:
        n_items, n_categories, n_own, _ = batch.score.shape
        n_above = n_categories - 1
        hits = columns[batch.first : batch.first + n_items * n_above]
        hits = hits.reshape(n_items, n_above, -1)
        stride = max(1, SCORES_AT_ONCE // (n_categories * n_own * weights.shape[1]))
        for start in range(0, n_items, stride):
            part = slice(start, start + stride)
            mine = _chosen(
                batch.score[part, ..., window] @ weights, hits[part], columns[batch.masks[part]]
            )
            total += _to_slots(batch.slots[part], len(total)) @ mine
    total[scores.drift_slots] += scores.drift[:, window] @ weights
    # Fixed parameters have slot −1, which is the last row here and is cut off.
    return total[:-1]


def _chosen(averaged: FloatArray, hits: FloatArray, presented: FloatArray) -> FloatArray:
    """Mean ∂ log P of each item at each person's own answer, (n_items · n_own, n_block)."""
    chosen: FloatArray = averaged[:, 0] * presented[:, np.newaxis]
    for k in range(1, averaged.shape[1]):
        chosen += (averaged[:, k] - averaged[:, 0]) * hits[:, k - 1, np.newaxis]
    return chosen.reshape(-1, chosen.shape[-1])


def _to_slots(slots: IntArray, n_slots: int) -> scipy.sparse.csr_array:
    """The matrix that adds item scores up by slot, fixed ones into the last row."""
    flat = slots.ravel() % n_slots
    entries = (np.ones(len(flat)), (flat, np.arange(len(flat))))
    return scipy.sparse.csr_array(entries, shape=(n_slots, len(flat)))


@dataclass(frozen=True, slots=True)
class Curvature:
    """Whether a point is curved as a maximum is, and what follows.

    Attributes:
        condition: Largest over smallest eigenvalue of the observed information; None when it
            is not positive definite.
        covariance: Covariance of the free parameters, shape (n_free, n_free), or None.
    """

    condition: float | None
    covariance: FloatArray | None


@dataclass(frozen=True, slots=True)
class ObservedInformation:
    """Curvature of the log-posterior at a point.

    Attributes:
        observed: −∂² log posterior, shape (n_free, n_free).
        cross_products: Σ_p w_p s_p s_pᵀ of the marginal person scores, same shape.
    """

    observed: FloatArray
    cross_products: FloatArray


def curvature_at(
    surface: PosteriorSurface, vector: FloatArray, wanted: StandardErrors
) -> Curvature:
    """Whether a point is curved as a maximum is, and the covariance when it is wanted.

    Args:
        surface: The log-posterior.
        vector: Free parameters, shape (n_free,).
        wanted: Which standard errors the covariance is for. Where it does not need the observed
            information, what is lost by not seeing ability is first taken from some persons.

    Returns:
        Condition of the observed information, and the covariance.
    """
    if not len(vector):
        return Curvature(1.0, None)
    full = wanted in ("observed", "sandwich")
    for some in [surface] if full else [thinned(surface, ENOUGH_PERSONS), surface]:
        information = information_at(surface, vector, some)
        condition = condition_of(information.observed)
        if condition is not None:
            break
    else:
        return Curvature(None, None)
    if wanted == "none":
        return Curvature(condition, None)
    if wanted == "cross-products":
        crossed = np.linalg.inv(cross_products(surface, vector)).astype(np.float64)
        return Curvature(condition, crossed)
    inverse = np.linalg.inv(information.observed).astype(np.float64)
    if wanted == "sandwich":
        inverse = inverse @ information.cross_products @ inverse
    return Curvature(condition, inverse)


def condition_of(observed: FloatArray) -> float | None:
    """Largest over smallest eigenvalue; None when the matrix is not positive definite."""
    if not np.isfinite(observed).all():
        return None
    eigenvalues = np.linalg.eigvalsh(observed)
    if eigenvalues[0] <= FLATTEST * eigenvalues[-1]:
        return None
    return float(eigenvalues[-1] / eigenvalues[0])


def information_at(
    surface: PosteriorSurface, vector: FloatArray, some: PosteriorSurface | None = None
) -> ObservedInformation:
    """Observed information and cross-products at a vector of free parameters.

    I = −∂²Q/∂φ² − Σ_p w_p (E(s_p s_pᵀ | x_p) − E(s_p | x_p) E(s_p | x_p)ᵀ)

    Args:
        surface: The log-posterior.
        vector: Free parameters, shape (n_free,).
        some: Persons to take the sum over persons from, weighted to stand for all; all persons
            when not given.

    Returns:
        The matrices, with the curvature of the priors in the observed information.

    References:
        Louis (1982), Journal of the Royal Statistical Society B 44, 226–233, equation 3.1.
    """
    tables = surface.tables(vector)
    complete = _complete_hessian(surface, vector)
    asked = some or surface
    crossed = cross_products(asked, vector)
    expected = np.zeros_like(complete)
    for group, table in enumerate(tables):
        expected += _expected_products(asked, group_scores(asked, vector, group), group, table)
    observed = -(complete + expected - crossed)
    return ObservedInformation(0.5 * (observed + observed.T), crossed)


def cross_products(surface: PosteriorSurface, vector: FloatArray) -> FloatArray:
    """Σ_p w_p E(s_p | x_p) E(s_p | x_p)ᵀ, shape (n_free, n_free).

    Args:
        surface: The log-posterior.
        vector: Free parameters, shape (n_free,).

    Returns:
        An estimate of the information that needs no second derivatives.

    References:
        Berndt, Hall, Hall & Hausman (1974), Annals of Economic and Social Measurement 3.
    """
    tables = surface.tables(vector)
    scores = [group_scores(surface, vector, group) for group in range(len(tables))]
    parts = surface.design.shards.each(_shard_crossed, tables, scores)
    total: FloatArray = np.sum(parts, axis=0)
    return total


def thinned(surface: PosteriorSurface, persons: int) -> PosteriorSurface:
    """The surface of about so many persons, evenly spaced over every block.

    They are weighted so that they stand for everyone: sums over them estimate sums over all.
    """
    design = surface.design
    blocks = list(design.shards.blocks())
    every = max(1, sum(len(block.weight) for block in blocks) // persons)
    kept = tuple(_every(blocks, group, every) for group in range(design.n_groups))
    return replace(surface, design=replace(design, shards=Shards((kept,))))


def _every(blocks: Sequence[PersonBlock], group: int, step: int) -> PersonBlock:
    """Every so manieth person of each block of a group, in one block, for all of the group."""
    mine = [block for block in blocks if block.group == group]
    columns = np.hstack([block.columns[:, ::step] for block in mine])
    weight = np.concatenate([block.weight[::step] for block in mine])
    total = sum(float(block.weight.sum()) for block in mine)
    return PersonBlock(group, columns, weight * (total / weight.sum()))


def _shard_crossed(
    shard: Shard, tables: Sequence[CurveTable], scores: Sequence[GroupScores]
) -> FloatArray:
    """Cross-products of the person scores of one shard."""
    total = np.zeros((scores[0].n_free, scores[0].n_free))
    for block in shard:
        columns = as_numbers(block)
        found = posterior(columns, tables[block.group])
        found.shares()
        mine = person_scores(scores[block.group], columns, found)
        mine *= np.sqrt(block.weight)
        total += mine @ mine.T
    return total


def _complete_hessian(surface: PosteriorSurface, vector: FloatArray) -> FloatArray:
    """∂²Q/∂φ² plus the priors, by central differences of the gradient at fixed counts."""
    layout = surface.layout
    expectation = expect(surface.design, surface.tables(vector))
    data = CompleteData(layout, surface.grid, expectation, surface.design.mask_of)

    def gradient(at: FloatArray) -> FloatArray:
        first = data.gradient(at)
        prior = add_priors(surface.terms, layout.batches, layout.params(at))
        for slots, part in zip(layout.slots, prior.gradients, strict=True):
            first += scattered(slots, part, layout.n_free)
        return first

    border = _border(surface)
    hessian = np.zeros((layout.n_free, layout.n_free))
    for moved, reads in _colours(surface, border):
        step = np.zeros(layout.n_free)
        step[moved] = STEP * np.maximum(1.0, np.abs(vector[moved]))
        change = gradient(vector + step) - gradient(vector - step)
        for slot, rows in zip(moved, reads, strict=True):
            hessian[rows, slot] = change[rows] / (2.0 * step[slot])
    hessian[border] = hessian[:, border].T
    return hessian


def _border(surface: PosteriorSurface) -> IntArray:
    """Slots that several items depend on: shared coordinates and the groups' parameters."""
    used = np.concatenate([slots[slots != FIXED] for slots in surface.layout.slots])
    counts = np.bincount(used, minlength=surface.layout.n_free)
    groups = surface.layout.group_slots
    return np.union1d(np.flatnonzero(counts > 1), groups[groups != FIXED])


def _colours(
    surface: PosteriorSurface, border: IntArray
) -> Iterator[tuple[list[int], list[IntArray]]]:
    """Slots that may be moved at once, and for each the gradient entries it alone changes.

    Items do not meet in the complete-data likelihood, so one coordinate of all items of a
    batch moves at once; a slot on the border moves alone.
    """
    on_border = set(border.tolist())
    for slot in border.tolist():
        yield [slot], [np.arange(surface.layout.n_free)]
    for slots in surface.layout.slots:
        for column in slots.T.tolist():
            rows = [
                row for row, slot in enumerate(column) if slot != FIXED and slot not in on_border
            ]
            if rows:
                own = [slots[row][slots[row] != FIXED] for row in rows]
                yield [column[row] for row in rows], own


def _expected_products(
    surface: PosteriorSurface, scores: GroupScores, group: int, table: CurveTable
) -> FloatArray:
    """Σ_p w_p E(s_p s_pᵀ | x_p) over the persons of one group, shape (n_free, n_free)."""
    total = np.zeros((scores.n_free, scores.n_free))
    maps = slot_maps(scores)
    shards = surface.design.shards
    stride = max(1, PRODUCTS_AT_ONCE // (scores.n_columns + 1) ** 2 // len(shards.here))
    for start in range(0, len(maps), stride):
        points = range(start, min(start + stride, len(maps)))
        parts = shards.each(_column_products, group, table, points)
        for point, product in zip(points, np.sum(parts, axis=0), strict=True):
            total += maps[point] @ (maps[point] @ product).T
    return total


def _column_products(
    shard: Shard, group: int, table: CurveTable, points: Sequence[int]
) -> npt.NDArray[np.float64]:
    """Σ_p w_p P(q | x_p) u_p u_pᵀ at some points, (n_some, n_columns + 1, n_columns + 1)."""
    n_columns = len(table.curves) + table.lines.shape[1] + 1
    products = np.zeros((len(points), n_columns, n_columns))
    for block in shard:
        if block.group != group:
            continue
        columns = as_numbers(block)
        found = posterior(columns, table)
        weights, first = found.shares(), found.window.start or 0
        columns = np.vstack([columns, np.ones_like(columns[:1])])
        for place, point in enumerate(points):
            if not first <= point < first + len(weights):
                continue
            # Persons are in the order of their scores, so those who matter stand together.
            matters = np.flatnonzero(weights[point - first] > NEGLIGIBLE)
            if len(matters):
                near = slice(matters[0], matters[-1] + 1)
                shares = weights[point - first, near] * block.weight[near]
                scaled = columns[:, near] * np.sqrt(shares)
                products[place] += scaled @ scaled.T
    return products
