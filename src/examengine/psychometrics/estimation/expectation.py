"""The expectation step: posterior weights of the points, summed over persons.

Everything a marginal likelihood needs of the data, given the item curves, are the expected
numbers of persons at each point in each category. A shard of persons gives its share of
them; shards are independent, so they may be worked on anywhere.

Two facts make it cheap. Where the logits of an item are lines in ability, a person's answers to
it enter through two numbers, and the counts are needed through two sums only; and a block of
persons of like scores has no weight to speak of at most of the points.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.estimation.design import Design
from examengine.psychometrics.estimation.shards import Block, Shard

# Points where the posterior of everyone in a block is below e⁻⁴⁰ of its peak are left out: what
# they add is less than the rounding of what is there.
NEGLIGIBLE = -40.0
# Of the points kept, weights below e⁻⁸⁰ are raised to it: smaller ones are slow subnormal numbers.
FLOOR = -80.0


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


def as_numbers(block: Block) -> FloatArray:
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
