"""Persons as shards of 0/1 columns, so that the expectation step is a few matrix products.

A person's log-likelihood at a point is linear in indicators: one column per item and category
above the first, and one column per distinct set of persons an item was presented to. The
columns are kept as bytes, transposed, in blocks of persons of one group; equal rows of short
tests are counted once.

Shards of blocks are worked on here, on an executor, or on a cluster. Everything that is summed over
persons is summed shard by shard, in the order of the shards, so that no result depends on where, or
in what order, the shards were done.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.batches import ItemBatch
from examengine.psychometrics.responses import NOT_PRESENTED, Responses

Result = TypeVar("Result")
BLOCK = 2048
# The work is cut into this many shards whatever the number of threads, so that sums are
# taken in one order and do not depend on it.
SHARDS = 16
# Up to this many items equal rows are frequent enough to be worth looking for.
FEW_ITEMS = 16

Scores = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class PersonBlock:
    """Some persons of one group.

    Attributes:
        group: Index of their group.
        columns: Indicators, shape (n_columns, n_block), int8.
        weight: Frequency of each person, shape (n_block,).
    """

    group: int
    columns: npt.NDArray[np.int8]
    weight: FloatArray


Shard = tuple[PersonBlock, ...]


class Pending(Protocol):
    """Work that was handed out."""

    def result(self) -> Any:
        """What the work gave, once it is done."""


class Executor(Protocol):
    """Where work is handed out: an executor of `concurrent.futures`, or a Dask client.

    An executor that also has `scatter`, as a Dask client has, is sent every shard once; the
    others are given it with each piece of work.
    """

    def submit(self, work: Callable[..., Any], /, *arguments: Any) -> Pending:
        """Hand out `work(*arguments)`."""


@dataclass(frozen=True, slots=True)
class Shards:
    """All persons, and where they are worked on.

    Attributes:
        here: The shards themselves.
        executor: Where they are worked on; None works in this thread.
        there: What stands for each shard when work is handed out.
    """

    here: tuple[Shard, ...]
    executor: Executor | None = None
    there: tuple[Any, ...] = ()

    @classmethod
    def placed(cls, shards: tuple[Shard, ...], executor: Executor | None) -> "Shards":
        """The shards where the executor wants them, sent once if they have to be sent."""
        scatter = getattr(executor, "scatter", None)
        return cls(shards, executor, shards if scatter is None else tuple(scatter(list(shards))))

    def blocks(self) -> Iterator[PersonBlock]:
        """All blocks in order."""
        return (block for shard in self.here for block in shard)

    def each(self, work: Callable[..., Result], *arguments: object) -> list[Result]:
        """What `work(shard, *arguments)` gives for each shard, in the order of the shards."""
        if self.executor is None:
            return [work(shard, *arguments) for shard in self.here]
        waiting = [self.executor.submit(work, shard, *arguments) for shard in self.there]
        return [pending.result() for pending in waiting]


@dataclass(frozen=True, slots=True)
class Design:
    """All persons in blocks, and what the columns mean.

    Attributes:
        shards: Blocks in the order in which they are summed.
        n_scores: Number of category columns; those of one batch are consecutive, item by item.
        mask_of: For each item, the index of its presentation column, shape (n_items,).
        n_masks: Number of presentation columns; they follow the category columns.
        n_groups: Number of groups.
    """

    shards: Shards
    n_scores: int
    mask_of: IntArray
    n_masks: int
    n_groups: int

    @property
    def n_columns(self) -> int:
        """Number of columns of every block."""
        return self.n_scores + self.n_masks


def build_design(
    responses: Responses,
    batches: Sequence[ItemBatch],
    group: IntArray,
    n_groups: int,
    executor: Executor | None = None,
) -> Design:
    """Blocks of indicator columns for the batches of a test.

    Persons are put in the order of their scores: the points that matter to a block are then
    few, and the expectation step leaves the others out.

    Args:
        responses: Persons by items.
        batches: The items, as the layout has them.
        group: Index of each person's group, shape (n_persons,).
        n_groups: Number of groups.
        executor: Where the blocks will be worked on; None works in this thread.

    Returns:
        The design. Persons to whom nothing was presented carry no information and are left out.
    """
    scores, weight, group = _distinct(responses, group)
    masks, mask_of = distinct_columns(scores != NOT_PRESENTED)
    standing = _standing(scores, responses.max_scores)
    blocks = []
    for index in range(n_groups):
        mine = np.flatnonzero(group == index)
        rows = mine[np.argsort(standing[mine], kind="stable")]
        for first in range(0, len(rows), BLOCK):
            chosen = rows[first : first + BLOCK]
            columns = indicator_columns(scores[chosen], masks[chosen], batches)
            blocks.append(PersonBlock(index, columns, weight[chosen]))
    n_scores = sum(len(batch.columns) * (batch.n_categories - 1) for batch in batches)
    shards = Shards.placed(_cut(blocks), executor)
    return Design(shards, n_scores, mask_of, masks.shape[1], n_groups)


def _cut(blocks: Sequence[PersonBlock]) -> tuple[Shard, ...]:
    """The blocks in shards of nearly equal size, neighbours together."""
    per_shard = -(-len(blocks) // SHARDS)
    return tuple(
        tuple(blocks[first : first + per_shard]) for first in range(0, len(blocks), per_shard)
    )


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


def _standing(scores: Scores, max_scores: IntArray) -> FloatArray:
    """Share of the points a person could have that they have, a rough order of ability."""
    reached = np.empty(len(scores))
    for first in range(0, len(scores), BLOCK):
        part = scores[first : first + BLOCK]
        presented = part != NOT_PRESENTED
        points = np.where(presented, part, 0).sum(axis=1)
        reached[first : first + BLOCK] = points / (presented @ max_scores)
    return reached


def _distinct(responses: Responses, group: IntArray) -> tuple[Scores, FloatArray, IntArray]:
    """Scores, frequencies and groups, equal rows of short tests counted once."""
    scores, weight = responses.scores, responses.weights
    some = (scores != NOT_PRESENTED).any(axis=1)
    if not some.all():
        scores, weight, group = scores[some], weight[some], group[some]
    if responses.n_items > FEW_ITEMS:
        return scores, weight, group
    keyed = np.column_stack([group.astype(np.int32), scores])
    _, first, inverse = np.unique(keyed, axis=0, return_index=True, return_inverse=True)
    counts = np.bincount(inverse.reshape(-1), weight).astype(np.float64)
    return scores[first], counts, group[first]


def indicator_columns(
    scores: Scores, masks: BoolArray, batches: Sequence[ItemBatch]
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
