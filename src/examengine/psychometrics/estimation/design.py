"""Responses as blocks of 0/1 columns, so that the expectation step is two matrix products.

A person's log-likelihood at a point is linear in indicators: one column per item and category
above the first, and one column per distinct set of persons an item was presented to. The
columns are kept as bytes, transposed, in blocks of persons of one group; equal rows are
counted once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.batches import Batch
from examengine.psychometrics.responses import NOT_PRESENTED, Responses

BLOCK = 4096
# The work is cut into this many shards whatever the number of threads, so that sums are
# taken in one order and do not depend on it.
SHARDS = 16
# Up to this many items equal rows are frequent enough to be worth looking for.
FEW_ITEMS = 16


@dataclass(frozen=True, slots=True)
class Block:
    """Some persons of one group.

    Attributes:
        group: Index of their group.
        columns: Indicators, shape (n_columns, n_block), int8.
        weight: Frequency of each person, shape (n_block,).
    """

    group: int
    columns: npt.NDArray[np.int8]
    weight: FloatArray


@dataclass(frozen=True, slots=True)
class Design:
    """All persons, cut into shards of blocks, and what the columns mean.

    Attributes:
        shards: Blocks in the order in which they are summed.
        n_scores: Number of category columns; those of one batch are consecutive, item by item.
        mask_of: For each item, the index of its presentation column, shape (n_items,).
        n_masks: Number of presentation columns; they follow the category columns.
        n_groups: Number of groups.
    """

    shards: tuple[tuple[Block, ...], ...]
    n_scores: int
    mask_of: IntArray
    n_masks: int
    n_groups: int

    @property
    def n_columns(self) -> int:
        """Number of columns of every block."""
        return self.n_scores + self.n_masks


def build_design(
    responses: Responses, batches: Sequence[Batch], group: IntArray, n_groups: int
) -> Design:
    """Blocks of indicator columns for the batches of a test.

    Args:
        responses: Persons by items.
        batches: The items, as the layout has them.
        group: Index of each person's group, shape (n_persons,).
        n_groups: Number of groups.

    Returns:
        The design. Persons to whom nothing was presented carry no information and are left out.
    """
    scores, weight, group = _distinct(responses, group)
    masks, mask_of = distinct_columns(scores != NOT_PRESENTED)
    blocks = []
    for index in range(n_groups):
        rows = np.flatnonzero(group == index)
        for first in range(0, len(rows), BLOCK):
            chosen = rows[first : first + BLOCK]
            columns = indicator_columns(scores[chosen], masks[chosen], batches)
            blocks.append(Block(index, columns, weight[chosen]))
    n_scores = sum(len(batch.columns) * (batch.n_categories - 1) for batch in batches)
    per_shard = -(-len(blocks) // SHARDS)
    shards = tuple(
        tuple(blocks[first : first + per_shard]) for first in range(0, len(blocks), per_shard)
    )
    return Design(shards, n_scores, mask_of, masks.shape[1], n_groups)


def distinct_columns(presented: BoolArray) -> tuple[BoolArray, IntArray]:
    """The different columns of a presentation matrix, and which of them each item has.

    Args:
        presented: Where an item was presented, shape (n_persons, n_items).

    Returns:
        Shape (n_persons, n_masks), and an index of shape (n_items,).
    """
    if presented.all():
        return presented[:, :1], np.zeros(presented.shape[1], dtype=np.int64)
    packed = np.packbits(presented, axis=0)
    place: dict[bytes, int] = {}
    mask_of = [place.setdefault(column.tobytes(), len(place)) for column in packed.T]
    first = [mask_of.index(index) for index in range(len(place))]
    return presented[:, first], np.array(mask_of)


def _distinct(
    responses: Responses, group: IntArray
) -> tuple[npt.NDArray[np.int8], FloatArray, IntArray]:
    """Scores, frequencies and groups, equal rows of short tests counted once."""
    some = (responses.scores != NOT_PRESENTED).any(axis=1)
    scores: npt.NDArray[np.int8] = responses.scores[some]
    weight, group = responses.weights[some], group[some]
    if responses.n_items > FEW_ITEMS:
        return scores, weight, group
    keyed = np.column_stack([group.astype(np.int32), scores])
    _, first, inverse = np.unique(keyed, axis=0, return_index=True, return_inverse=True)
    counts = np.bincount(inverse.reshape(-1), weight).astype(np.float64)
    return scores[first], counts, group[first]


def indicator_columns(
    scores: npt.NDArray[np.int8], masks: npt.NDArray[np.bool_], batches: Sequence[Batch]
) -> npt.NDArray[np.int8]:
    """Indicator columns of some persons.

    Args:
        scores: Item scores, shape (n_block, n_items); −1 not presented.
        masks: Distinct presentation columns, shape (n_block, n_masks).
        batches: The items.

    Returns:
        Category columns in the order of the batches, then presentation columns, shape
        (n_columns, n_block), int8.
    """
    rows = []
    for batch in batches:
        mine = scores[:, batch.columns].T
        above = np.arange(1, batch.n_categories, dtype=np.int8)
        hits = mine[:, np.newaxis] == above[:, np.newaxis]
        rows.append(hits.reshape(-1, len(scores)))
    return np.vstack([*rows, masks.T]).astype(np.int8)
