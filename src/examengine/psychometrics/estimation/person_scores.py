"""Scores of persons: derivatives of what one person's answers say about the parameters.

At a point θ_q the score s_p(θ_q) is linear in the indicator columns of the design, so it is
kept as one sparse matrix per point. Its posterior mean E(s_p | x_p) is the derivative of
the person's marginal log-likelihood.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.estimation.expectation import Posterior
from examengine.psychometrics.estimation.latent import LOCATION_AND_SCALE
from examengine.psychometrics.estimation.maximisation import item_scores
from examengine.psychometrics.estimation.posterior_surface import PosteriorSurface
from examengine.psychometrics.estimation.slots import FIXED

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
        stride = max(1, ROOM // (n_categories * n_own * weights.shape[1]))
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
