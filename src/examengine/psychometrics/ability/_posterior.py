"""The posterior distribution of each person's ability over the quadrature points."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.ability._binding import Binding, log_probability
from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.estimation.latent import LatentGrid


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
    grid = LatentGrid.of(binding.quadrature, scaled=binding.scale_nodes)
    points = [grid.theta(group.mean, group.sd) for group in binding.groups]
    prior = [grid.log_weights(group) for group in binding.groups]
    sums = [binding.on_grid(theta, log_probability) for theta in points]
    for index, rows in binding.rows():
        joint = sums[index].at(rows) + prior[index][:, np.newaxis]
        joint -= joint.max(axis=0)
        weights = np.exp(joint)
        weights /= weights.sum(axis=0)
        yield BlockPosterior(rows, points[index], weights)
