"""Shards of persons, and where they are worked on: here, on an executor, or on a cluster.

Everything that is summed over persons is summed shard by shard, in the order of the shards, so
that no result depends on where, or in what order, the shards were done.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import FloatArray

Result = TypeVar("Result")


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


Shard = tuple[Block, ...]


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

    def blocks(self) -> Iterator[Block]:
        """All blocks in order."""
        return (block for shard in self.here for block in shard)

    def each(self, work: Callable[..., Result], *arguments: object) -> list[Result]:
        """What `work(shard, *arguments)` gives for each shard, in the order of the shards."""
        if self.executor is None:
            return [work(shard, *arguments) for shard in self.here]
        waiting = [self.executor.submit(work, shard, *arguments) for shard in self.there]
        return [pending.result() for pending in waiting]
