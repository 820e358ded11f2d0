"""Observed information of the free parameters, and the cross-products of person scores.

Louis' identity: what the observed data say about the parameters is what the complete data
would say, less what is lost because ability is not seen. With the person scores s_p(θ_q),
linear in the indicator columns, the loss is a sum of weighted cross-products of columns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.estimation.expectation import (
    CurveTable,
    as_numbers,
    expect,
    posterior,
)
from examengine.psychometrics.estimation.maximisation import CompleteData, scattered
from examengine.psychometrics.estimation.person_scores import (
    GroupScores,
    group_scores,
    person_scores,
    slot_maps,
)
from examengine.psychometrics.estimation.posterior_surface import PosteriorSurface
from examengine.psychometrics.estimation.prior_terms import add_priors
from examengine.psychometrics.estimation.shards import Block, Shard, Shards
from examengine.psychometrics.estimation.slots import FIXED

# Relative step of the central differences of analytic gradients.
STEP = 1e-5
# Posterior weights below this add nothing to the sums.
NEGLIGIBLE = 1e-15
# Numbers that may be held at once for the cross-products of columns.
ROOM = 16_000_000


@dataclass(frozen=True, slots=True)
class Information:
    """Curvature of the log-posterior at a point.

    Attributes:
        observed: −∂² log posterior, shape (n_free, n_free).
        cross_products: Σ_p w_p s_p s_pᵀ of the marginal person scores, same shape.
    """

    observed: FloatArray
    cross_products: FloatArray


def information_at(
    surface: PosteriorSurface, vector: FloatArray, some: PosteriorSurface | None = None
) -> Information:
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
    return Information(0.5 * (observed + observed.T), crossed)


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


def _every(blocks: Sequence[Block], group: int, step: int) -> Block:
    """Every so manieth person of each block of a group, in one block, for all of the group."""
    mine = [block for block in blocks if block.group == group]
    columns = np.hstack([block.columns[:, ::step] for block in mine])
    weight = np.concatenate([block.weight[::step] for block in mine])
    total = sum(float(block.weight.sum()) for block in mine)
    return Block(group, columns, weight * (total / weight.sum()))


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
    stride = max(1, ROOM // (scores.n_columns + 1) ** 2 // len(shards.here))
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
