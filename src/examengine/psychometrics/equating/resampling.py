"""Bootstrap standard errors of equating: persons drawn anew, forms equated again."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.conversions import Errors, spread_of
from examengine.psychometrics.equating.score_tables import CannotEquate
from examengine.psychometrics.refusals import Refusal

LEAST = 2
# Samples that give no conversion say something about the data; more than these say too much.
MOST_FAILED = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Bootstrap:
    """How to draw samples.

    Attributes:
        replications: Number of samples, at least 2.
        rng: The generator.
    """

    replications: int
    rng: np.random.Generator


def bootstrap_errors(
    replicate: Callable[[np.random.Generator], FloatArray], bootstrap: Bootstrap
) -> Errors:
    """Standard deviation of the equivalents over bootstrap samples.

    Args:
        replicate: Draws a sample and returns its equivalents, shape (n_scores,).
        bootstrap: How many samples to draw, and from which generator.

    Returns:
        The standard errors, with the number of samples that gave a conversion.

    Raises:
        CannotEquate: Fewer than two samples, or more than a tenth of them gave no conversion.

    References:
        Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 6; Kolen & Brennan
        (2014), Test Equating, Scaling, and Linking, section 7.2.
    """
    if bootstrap.replications < LEAST:
        raise CannotEquate([f"{bootstrap.replications} bootstrap samples; at least {LEAST}"])
    samples, reason = [], ""
    for _ in range(bootstrap.replications):
        try:
            samples.append(replicate(bootstrap.rng))
        except Refusal as refusal:
            reason = str(refusal)
    failed = bootstrap.replications - len(samples)
    if failed > MOST_FAILED * bootstrap.replications:
        raise CannotEquate(
            [f"{failed} of {bootstrap.replications} bootstrap samples gave no conversion: {reason}"]
        )
    return Errors(spread_of(samples), "bootstrap", len(samples))
