"""The posterior distribution of each person's ability over the quadrature points."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.binding import Binding, log_probability
from examengine.psychometrics.population import Population


@dataclass(frozen=True, slots=True)
class BlockPosterior:
    """Posterior weights of some persons of one group.

    Attributes:
        rows: Row numbers of the persons.
        theta: Points, shape (n_points,), logits.
        weights: Posterior weights, shape (n_points, n_rows), each column summing to 1.
    """

    rows: IntArray
    theta: FloatArray
    weights: FloatArray


def posteriors(binding: Binding) -> Iterator[BlockPosterior]:
    """Posterior weights of everyone who answered something, in blocks.

    P(θ_q | x) = A_q L(x | θ_q) / Σ_r A_r L(x | θ_r)

    Args:
        binding: Responses and parameters.

    Yields:
        One block after another.
    """
    populations = [Population.on(binding.quadrature, group) for group in binding.groups]
    sums = [binding.on_grid(one.theta, log_probability) for one in populations]
    for index, rows in binding.rows():
        population = populations[index]
        joint = sums[index].at(rows) + population.log_weights[:, np.newaxis]
        joint -= joint.max(axis=0)
        weights = np.exp(joint)
        weights /= weights.sum(axis=0)
        yield BlockPosterior(rows, population.theta, weights)
