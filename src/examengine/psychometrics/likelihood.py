"""The marginal likelihood of responses under parameters that are given."""

import numpy as np
from scipy.special import logsumexp

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.binding import bind, log_probability
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.population import Population
from examengine.psychometrics.responses import Responses


def person_log_likelihoods(
    responses: Responses, parameters: ParameterSet, *, scale_nodes: bool = True
) -> FloatArray:
    """Log probability of each person's answers, ability integrated out.

    log P(x_p) = log Σ_q A_q Π_j P_j(x_pj | θ_q)

    Args:
        responses: Persons by items; every item must be in the parameters.
        parameters: A calibrated test; persons get the ability distribution of their group.
        scale_nodes: Whether the points move with mean and deviation of a group.

    Returns:
        Shape (n_persons,); 0 for persons who answered nothing.

    Raises:
        CannotScore: Responses and parameters do not belong together.
    """
    binding = bind(responses, parameters, scale_nodes=scale_nodes, bounds=(-8.0, 8.0))
    populations = [Population.on(binding.quadrature, group) for group in binding.groups]
    sums = [binding.on_grid(one.theta, log_probability) for one in populations]
    result = np.zeros(responses.n_persons)
    for index, rows in binding.rows():
        prior = populations[index].log_weights
        result[rows] = logsumexp(sums[index].at(rows) + prior[:, np.newaxis], axis=0)
    return result


def marginal_log_likelihood(
    responses: Responses, parameters: ParameterSet, *, scale_nodes: bool = True
) -> float:
    """Log-likelihood of all responses, Σ_p w_p log P(x_p).

    Args:
        responses: Persons by items; every item must be in the parameters.
        parameters: A calibrated test.
        scale_nodes: Whether the points move with mean and deviation of a group.

    Returns:
        The sum over persons, each by its frequency.

    Raises:
        CannotScore: Responses and parameters do not belong together.
    """
    logs = person_log_likelihoods(responses, parameters, scale_nodes=scale_nodes)
    return float(responses.weights @ logs)
