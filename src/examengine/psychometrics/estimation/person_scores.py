"""Scores of persons: derivatives of what one person's answers say about the parameters.

At a point θ_q the score s_p(θ_q) is linear in the indicator columns of the design, so it is
kept as one sparse matrix per point. Its posterior mean E(s_p | x_p) is the derivative of
the person's marginal log-likelihood.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.estimation.design import Block
from examengine.psychometrics.estimation.posterior_surface import PosteriorSurface

# Numbers that may be held at once for the item scores of a block of persons.
ROOM = 4_000_000


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
        drift: ∂ log weight by mean and log deviation, shape (2, n_points).
        drift_slots: Slots of mean and log deviation, shape (2,); −1 fixed.
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
    means, sds = layout.groups(vector)
    mean, sd = float(means[group]), float(sds[group])
    theta, moves = surface.grid.theta(mean, sd), surface.grid.theta_moves(sd)
    found = []
    first = 0
    for index, params in enumerate(layout.params(vector)):
        batch = layout.batches[index]
        slots, score = surface.scores(index, group, theta, moves, params)
        masks = design.n_scores + design.mask_of[batch.columns]
        found.append(BatchScores(slots, score, first, masks))
        first += len(batch.columns) * (batch.n_categories - 1)
    drift = surface.grid.weight_moves(mean, sd)
    return GroupScores(
        tuple(found), drift, layout.group_slots[group], layout.n_free, design.n_columns
    )


def column_maps(scores: GroupScores) -> list[scipy.sparse.csr_array]:
    """For each point the matrix from design columns to person scores.

    Returns:
        Sparse, shape (n_columns + 1, n_free) each. The last row is the part of a score that
        every person has: the pull of the point's weight on mean and deviation.
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
    rows.append(np.full(2, scores.n_columns))
    slots.append(scores.drift_slots)
    values.append(scores.drift)
    row, slot, value = np.concatenate(rows), np.concatenate(slots), np.vstack(values)
    free = slot >= 0
    shape = (scores.n_columns + 1, scores.n_free)
    return [
        scipy.sparse.coo_array((point[free], (row[free], slot[free])), shape=shape).tocsr()
        for point in value.T
    ]


def person_scores(scores: GroupScores, block: Block, weights: FloatArray) -> FloatArray:
    """E(s_p | x_p), the gradient of each person's marginal log-likelihood.

    Args:
        scores: Derivatives of the items in the block's group.
        block: Some persons.
        weights: Their posterior weights, shape (n_points, n_block).

    Returns:
        Shape (n_free, n_block).
    """
    total = np.zeros((scores.n_free + 1, weights.shape[1]))
    for batch in scores.batches:
        n_items, n_categories, n_own, _ = batch.score.shape
        n_above = n_categories - 1
        hits = block.columns[batch.first : batch.first + n_items * n_above]
        hits = hits.reshape(n_items, n_above, -1)
        stride = max(1, ROOM // (n_categories * n_own * weights.shape[1]))
        for start in range(0, n_items, stride):
            part = slice(start, start + stride)
            presented = block.columns[batch.masks[part]]
            mine = _item_scores(batch.score[part] @ weights, hits[part], presented)
            total += _to_slots(batch.slots[part], len(total)) @ mine
    total[scores.drift_slots] += scores.drift @ weights
    # Fixed parameters have slot −1, which is the last row here and is cut off.
    return total[:-1]


def _item_scores(
    averaged: FloatArray, hits: npt.NDArray[np.int8], presented: npt.NDArray[np.int8]
) -> FloatArray:
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
