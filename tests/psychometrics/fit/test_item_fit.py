"""S-X² against slow twins, and what it says of a planted misfit."""

from itertools import product

import numpy as np
import pytest
from simulated_tests import mixed_test, simulate, standard, two_pl

from examengine.psychometrics.fit import estimated_counts, s_x2
from examengine.psychometrics.fit.collapsing import FitTable, collapse
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.score_distribution import rest_distributions, score_distribution


def test_sum_scores_are_distributed_as_adding_up_every_pattern_says():
    """
    The recursion over items equals the sum over all 24 patterns of a mixed test.
    """
    share = standard(mixed_test(), theta=np.linspace(-2, 2, 5)).probabilities

    expected = np.zeros((7, 5))
    for pattern in product(range(2), range(3), range(4)):
        likelihood = np.prod([share[:, j, k] for j, k in enumerate(pattern)], axis=0)
        expected[sum(pattern)] += likelihood

    np.testing.assert_allclose(score_distribution(share), expected, atol=1e-14)


def test_the_rest_is_what_is_left_without_the_item():
    """
    Every rest distribution equals the recursion over a test from which the item was taken.
    """
    share = standard(two_pl(9, 1), theta=np.linspace(-2, 2, 7)).probabilities

    for item, rest in rest_distributions(share):
        expected = score_distribution(np.delete(share, item, axis=1))
        np.testing.assert_allclose(rest, expected, atol=1e-14)


def test_collapsing_keeps_every_person():
    """
    Joining cells never loses anyone, and leaves no cell below the minimum.
    """
    rng = np.random.default_rng(3)
    observed = rng.poisson(1.5, size=(20, 4)).astype(float)
    expected = rng.dirichlet(np.ones(4), size=20) * observed.sum(axis=1, keepdims=True)

    found = collapse(FitTable(observed, expected))

    assert found.observed.sum() == observed.sum()
    assert found.expected.sum() == pytest.approx(expected.sum())
    assert (found.expected[found.expected > 0] >= 1).all()


def test_s_x2_adds_up_over_forms():
    """
    Two forms of 150 persons give the χ² of each form's own table, parameters counted once.
    """
    parameters = two_pl(12, 4)
    scores, _ = simulate(parameters, 300, 5)
    scores[:150, 8:] = -1
    scores[150:, :4] = -1
    test, counts = standard(parameters), estimated_counts(parameters)

    both = s_x2(scores, test.probabilities, test.node_weights, counts, np.ones(300))
    parts = [
        s_x2(
            scores[rows][:, columns],
            test.probabilities[:, columns],
            test.node_weights,
            counts[columns],
            np.ones(150),
        )
        for rows, columns in ((slice(150), slice(8)), (slice(150, 300), slice(4, 12)))
    ]

    assert both[0].statistic == pytest.approx(parts[0][0].statistic)
    assert both[5].statistic == pytest.approx(parts[0][5].statistic + parts[1][1].statistic)
    assert both[5].df == parts[0][5].df + parts[1][1].df + 2
    assert (both[0].n, both[5].n) == (150, 300)


def test_s_x2_finds_a_miskeyed_item_and_spares_the_others():
    """
    An item whose scores are turned round is rejected; at most a few of nineteen others are.
    """
    parameters = two_pl(20, 6)
    scores, _ = simulate(parameters, 2000, 7)
    scores[:, 3] = 1 - scores[:, 3]
    test = standard(parameters)

    found = s_x2(
        scores, test.probabilities, test.node_weights, estimated_counts(parameters), np.ones(2000)
    )

    assert found[3].p < 1e-6
    assert sum(row.p < 0.01 for item, row in enumerate(found) if item != 3) <= 3


def test_too_few_scores_have_no_p():
    """
    An item of a two-item test has no degrees of freedom left, and p says nan rather than 1.
    """
    parameters = two_pl(2, 8)
    scores, _ = simulate(parameters, 500, 9)
    test = standard(parameters)

    found = s_x2(
        scores, test.probabilities, test.node_weights, estimated_counts(parameters), np.ones(500)
    )

    assert found[0].df < 1
    assert np.isnan(found[0].p)


def test_estimated_counts_follow_the_model():
    """
    A Rasch item shares the deviation, an anchored item has nothing, a 3PL item three parameters.
    """
    items = (
        ItemParameters("r", "rasch", {"a": 1.0, "b": 0.2, "c": 0.0, "d": 1.0}),
        ItemParameters("t", "3pl", {"a": 1.0, "b": 0.2, "c": 0.1, "d": 1.0}),
        ItemParameters("f", "2pl", {"a": 1.0, "b": 0.2, "c": 0.0, "d": 1.0}, anchored=True),
        ItemParameters("g", "gpcm", {"a": 1.0, "steps": (0.2, 0.4)}),
    )

    assert estimated_counts(ParameterSet(items)).tolist() == [2, 3, 0, 3]
