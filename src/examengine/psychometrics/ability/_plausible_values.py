"""Plausible values: draws from each person's posterior distribution of ability."""

import numpy as np

from examengine.psychometrics.ability._posterior import BlockPosterior, posteriors
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.binding import bind
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.refusals import CannotScore
from examengine.psychometrics.responses import Responses


def plausible_values(
    responses: Responses,
    parameters: ParameterSet,
    n_values: int,
    rng: np.random.Generator,
    *,
    scale_nodes: bool = True,
) -> FloatArray:
    """Draw plausible values of every person's ability.

    Statistics of a group are computed once for each column and averaged; unlike point
    estimates, plausible values have the spread of the abilities themselves. A draw inverts
    the posterior distribution function, which is linear between the midpoints of the points.

    Args:
        responses: Persons by items; every item must be in the parameters.
        parameters: A calibrated test; persons get the ability distribution of their group.
        n_values: Number of values for each person, at least 1.
        rng: Source of the draws.
        scale_nodes: Whether the points move with mean and deviation of a group.

    Returns:
        Shape (n_persons, n_values), logits. Persons who answered nothing have draws from the
        distribution of their group.

    Raises:
        CannotScore: Fewer than one value, or responses and parameters do not belong together.

    References:
        Mislevy (1991), Psychometrika 56, 177–196.
    """
    if n_values < 1:
        raise CannotScore([f"{n_values} plausible values; at least 1 is needed"])
    binding = bind(responses, parameters, scale_nodes=scale_nodes, bounds=(-8.0, 8.0))
    prior = rng.normal(size=(responses.n_persons, n_values))
    values: FloatArray = binding.means[:, np.newaxis] + binding.sds[:, np.newaxis] * prior
    for block in posteriors(binding):
        uniform = rng.random((len(block.rows), n_values))
        values[block.rows] = _inverted(block, uniform)
    return values


def _inverted(block: BlockPosterior, uniform: FloatArray) -> FloatArray:
    """Abilities at which each person's distribution function has the given heights."""
    half = 0.5 * (block.theta[1] - block.theta[0])
    edges = np.append(block.theta - half, block.theta[-1] + half)
    heights = np.vstack([np.zeros(len(block.rows)), np.cumsum(block.weights, axis=0)])
    return np.stack(
        [
            np.interp(draws, height / height[-1], edges)
            for draws, height in zip(uniform, heights.T, strict=True)
        ]
    )
