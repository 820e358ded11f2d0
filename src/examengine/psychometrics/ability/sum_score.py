"""Expected a posteriori from the sum score alone, with the table from scores to abilities."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from examengine.psychometrics.ability._method import AbilityMethod, Estimate
from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.batches import batches_of
from examengine.psychometrics.binding import Binding
from examengine.psychometrics.parameters import (
    STANDARD_NORMAL,
    GroupParameters,
    ItemParameters,
    Quadrature,
)
from examengine.psychometrics.population import Population
from examengine.psychometrics.quadrature_spacing import fine_enough
from examengine.psychometrics.score_distribution import distribution_of_sum


@dataclass(frozen=True, slots=True)
class SumScoreTable:
    """Ability for every sum score of a test.

    Attributes:
        score: Sum scores 0, 1, …, shape (n_scores,).
        theta: Posterior mean given the score, same shape, logits.
        se: Posterior standard deviation, same shape.
        probability: Probability of the score in the population, same shape.
    """

    score: IntArray
    theta: FloatArray
    se: FloatArray
    probability: FloatArray


def sum_score_likelihood(items: Sequence[ItemParameters], theta: FloatArray) -> FloatArray:
    """Probability of every sum score of a test at every ability.

    Pr(S_j = s | θ) = Σ_k Pr(S_{j−1} = s − k | θ) P_jk(θ), item after item

    Args:
        items: The test.
        theta: Abilities, shape (n_points,), logits.

    Returns:
        Shape (n_scores, n_points); columns sum to 1.

    References:
        Lord & Wingersky (1984), Applied Psychological Measurement 8, 453–461; Thissen, Pommerich,
        Billeaud & Williams (1995), ibid. 19, 39–49, for items of several points.
    """
    shares = (
        share
        for batch in batches_of(items)
        for share in batch.model.probabilities(theta, batch.params)
    )
    return distribution_of_sum(shares, len(theta))


def sum_score_table(
    items: Sequence[ItemParameters],
    *,
    group: GroupParameters = STANDARD_NORMAL,
    quadrature: Quadrature | None = None,
    scale_nodes: bool = True,
) -> SumScoreTable:
    """The expected a posteriori table of a test.

    E(θ | s) = Σ_q θ_q Pr(s | θ_q) A_q / Σ_q Pr(s | θ_q) A_q, se² the variance about it

    Args:
        items: The test.
        group: Ability distribution of the persons.
        quadrature: Points of the integral; 61 from −6 to 6 when not given. Points are filled in
            where these lie too far apart for the test.
        scale_nodes: Whether the points move with the group.

    Returns:
        One row per sum score.

    References:
        Thissen & Orlando (2001), in Thissen & Wainer, Test Scoring, chapter 4.
    """
    rule = replace(quadrature or Quadrature(), fixed=not scale_nodes)
    rule, (group,) = fine_enough(items, [group], rule)
    population = Population.on(rule, group)
    theta = population.theta
    joint = sum_score_likelihood(items, theta)
    joint *= population.weights
    probability = joint.sum(axis=1)
    share = joint / np.maximum(probability, np.finfo(np.float64).tiny)[:, np.newaxis]
    mean = share @ theta
    se = np.sqrt((share * (theta - mean[:, np.newaxis]) ** 2).sum(axis=1))
    return SumScoreTable(np.arange(len(mean)), mean, se, probability)


def expected_from_sum_score(binding: Binding) -> Estimate:
    """Posterior mean and deviation given only the sum score of what was presented.

    θ̂ = E(θ | s), see `sum_score_table`; a table for each set of items presented together.

    Args:
        binding: Responses and parameters.

    Returns:
        Estimates. Persons with the same items and the same sum score have the same; persons
        who answered nothing have the mean and deviation of their group.
    """
    theta, se = binding.means, binding.sds
    raw = binding.responses.raw_scores
    for group, rows, columns in _forms(binding):
        table = sum_score_table(
            [binding.items[column] for column in columns],
            group=binding.groups[group],
            quadrature=binding.quadrature,
            scale_nodes=not binding.quadrature.fixed,
        )
        theta[rows], se[rows] = table.theta[raw[rows]], table.se[raw[rows]]
    return Estimate(theta, se, np.zeros(len(theta), dtype=np.bool_))


def _forms(binding: Binding) -> list[tuple[int, IntArray, IntArray]]:
    """Group, rows and columns of each set of persons who were given the same items."""
    presented = binding.responses.presented
    together: dict[tuple[int, bytes], list[int]] = {}
    packed = np.packbits(presented, axis=1)
    for row, (group, bits) in enumerate(zip(binding.group.tolist(), packed, strict=True)):
        together.setdefault((group, bits.tobytes()), []).append(row)
    return [
        (group, np.array(rows), np.flatnonzero(presented[rows[0]]))
        for (group, _), rows in together.items()
        if presented[rows[0]].any()
    ]


METHOD = AbilityMethod(
    "eapsum", "expected a posteriori from the sum score", expected_from_sum_score, has_prior=True
)
