"""Expected a posteriori: the mean of the posterior distribution of ability."""

import numpy as np

from examengine.psychometrics.ability._method import AbilityMethod, Estimate
from examengine.psychometrics.ability._posterior import posteriors
from examengine.psychometrics.binding import Binding


def expected_a_posteriori(binding: Binding) -> Estimate:
    """Posterior mean and standard deviation of each person.

    θ̂ = Σ_q θ_q P(θ_q | x),  se² = Σ_q (θ_q − θ̂)² P(θ_q | x)

    Args:
        binding: Responses and parameters.

    Returns:
        Estimates; persons who answered nothing have the mean and deviation of their group.

    References:
        Bock & Mislevy (1982), Applied Psychological Measurement 6, 431–444.
    """
    theta, se = binding.means, binding.sds
    for block in posteriors(binding):
        mean = block.theta @ block.weights
        distance = block.theta[:, np.newaxis] - mean
        theta[block.rows] = mean
        se[block.rows] = np.sqrt((block.weights * distance**2).sum(axis=0))
    return Estimate(theta, se, np.zeros(len(theta), dtype=np.bool_))


METHOD = AbilityMethod("eap", "expected a posteriori", expected_a_posteriori, has_prior=True)
