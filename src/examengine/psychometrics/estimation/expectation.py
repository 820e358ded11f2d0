"""The expectation step: posterior weights of the points, summed over persons.

Everything a marginal likelihood needs of the data, given the item curves, are the expected
numbers of persons at each point in each category. A shard of persons gives its share of
them; shards are independent, so they may be worked on anywhere.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.estimation.design import Block, Design

# A posterior weight below e⁻⁸⁰ is nothing; keeping it would make slow subnormal numbers.
FLOOR = -80.0

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class CurveTable:
    """The item curves of one group as the expectation step multiplies with them.

    Attributes:
        columns: Log-likelihood of each column of the design, shape (n_columns, n_points).
        log_weights: Log prior weight of each point, shape (n_points,).
    """

    columns: FloatArray
    log_weights: FloatArray


@dataclass(frozen=True, slots=True)
class Expectation:
    """Sums over persons at given item curves.

    Attributes:
        log_likelihood: Marginal log-likelihood.
        counts: Expected number of persons with each indicator at each point, shape
            (n_groups, n_columns, n_points).
        at_points: Expected number of persons at each point, shape (n_groups, n_points).
    """

    log_likelihood: float
    counts: FloatArray
    at_points: FloatArray


def expect(design: Design, tables: Sequence[CurveTable], executor: Executor | None) -> Expectation:
    """Expected counts and marginal log-likelihood of all persons.

    log L = Σ_p w_p log Σ_q A_q exp(ℓ_pq),  r_cq = Σ_p w_p u_pc P(q | x_p)

    Args:
        design: The persons.
        tables: Item curves of each group.
        executor: Where shards are worked on; None works here. The result does not depend on it.

    Returns:
        The sums, added in the order of the shards.

    References:
        Bock & Aitkin (1981), Psychometrika 46, 443–459, equations 11–14.
    """
    parts = each_shard(executor, _expect_shard, design.shards, tables)
    return Expectation(
        log_likelihood=sum(part.log_likelihood for part in parts),
        counts=np.sum([part.counts for part in parts], axis=0),
        at_points=np.sum([part.at_points for part in parts], axis=0),
    )


def each_shard(
    executor: Executor | None,
    work: Callable[..., Result],
    shards: Sequence[Sequence[Block]],
    *arguments: object,
) -> list[Result]:
    """What `work(shard, *arguments)` gives for each shard, in the order of the shards."""
    if executor is None:
        return [work(shard, *arguments) for shard in shards]
    waiting = [executor.submit(work, shard, *arguments) for shard in shards]
    return [future.result() for future in waiting]


def posterior(block: Block, table: CurveTable) -> tuple[FloatArray, FloatArray]:
    """Posterior weights of the points for each person of a block, and log-likelihoods.

    Args:
        block: Some persons.
        table: Item curves of their group.

    Returns:
        Weights of shape (n_points, n_block), each column summing to 1, and log P(x_p), shape
        (n_block,).
    """
    joint: FloatArray = table.columns.T @ block.columns.astype(np.float64)
    joint += table.log_weights[:, np.newaxis]
    peak = joint.max(axis=0)
    joint -= peak
    np.maximum(joint, FLOOR, out=joint)
    np.exp(joint, out=joint)
    total = joint.sum(axis=0)
    joint /= total
    return joint, np.log(total) + peak


def _expect_shard(shard: Sequence[Block], tables: Sequence[CurveTable]) -> Expectation:
    """The sums over the persons of one shard."""
    n_columns, n_points = tables[0].columns.shape
    counts = np.zeros((len(tables), n_columns, n_points))
    at_points = np.zeros((len(tables), n_points))
    log_likelihood = 0.0
    for block in shard:
        weights, logs = posterior(block, tables[block.group])
        weights *= block.weight
        counts[block.group] += (weights @ block.columns.T.astype(np.float64)).T
        at_points[block.group] += weights.sum(axis=1)
        log_likelihood += float(block.weight @ logs)
    return Expectation(log_likelihood, counts, at_points)
