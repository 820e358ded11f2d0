"""Lee's method integrated over abilities, against sums over so many points that they are as good.

The twin works with numpy alone: chances by formula, the sum score by adding one item at a time.
"""

import numpy as np
import pytest

from examengine.psychometrics.classification import lee, lee_in_population
from examengine.psychometrics.fit import at_nodes
from examengine.psychometrics.parameters import (
    GroupParameters,
    ItemParameters,
    ParameterSet,
    Quadrature,
)

A = np.array([0.6, 0.9, 1.1, 1.3, 0.7, 1.6, 1.0, 0.8, 1.2, 1.4, 0.9, 1.1])
B = np.linspace(-1.2, 2.0, 12)
NORMAL = GroupParameters()
LOW = GroupParameters("low", mean=-1.0, sd=1.3)


def items(slopes=A, floor=0.0):
    """Twelve items, with a floor of guessing when asked."""
    kind = "3pl" if floor else "2pl"
    rest = {"c": floor} if floor else {}
    return tuple(
        ItemParameters(f"Q{n}", kind, {"a": a, "b": b, **rest})
        for n, (a, b) in enumerate(zip(slopes.tolist(), B.tolist(), strict=True))
    )


def chances(theta, cut, slopes, floor):
    """Chance to reach the cut, and the expected score."""
    right = floor + (1 - floor) / (1 + np.exp(-slopes * (theta[:, np.newaxis] - B)))
    scores = np.zeros((13, theta.size))
    scores[0] = 1.0
    for share in right.T:
        scores[1:] = scores[1:] * (1 - share) + scores[:-1] * share
        scores[0] *= 1 - share
    return scores[np.arange(13) >= cut].sum(axis=0), right.sum(axis=1)


def twin(group, cut, slopes=A, floor=0.0, density=None, limits=(-8.0, 8.0)):
    """False positives, false negatives, passes and disagreement over 100,000 middles.

    The points lie on both sides of the crossing, which is bisected, and never straddle it.
    """
    low, high = (group.mean + group.sd * end for end in limits)
    under, over = low, high
    for _ in range(80):
        middle = (under + over) / 2
        above = chances(np.array([middle]), cut, slopes, floor)[1][0] >= cut
        under, over = (under, middle) if above else (middle, over)
    found, whole = np.zeros(4), 0.0
    for begin, end, truly in ((low, over, False), (over, high, True)):
        theta = begin + (np.arange(50_000) + 0.5) / 50_000 * (end - begin)
        passing, _ = chances(theta, cut, slopes, floor)
        if density is None:
            weight = np.exp(-(((theta - group.mean) / group.sd) ** 2) / 2)
        else:
            weight = density(theta)
        weight = weight * (end - begin) / 50_000
        fault = (1 - passing) if truly else passing
        found[int(truly)] += weight @ fault
        found[2] += weight @ passing
        found[3] += weight @ (2 * passing * (1 - passing))
        whole += weight.sum()
    return found / whole


def figures(found):
    """The same four figures of an answer."""
    return [found.false_positive, found.false_negative, found.pass_rate, 1 - found.consistency]


@pytest.mark.parametrize("cut", [1, 4, 5, 7, 8, 11, 6.3])
def test_the_step_lies_where_the_expected_score_crosses_the_cut(cut):
    """
    Every figure of a normal population equals 100,000 points on both sides of the step to 1e-8.
    """
    found = lee_in_population(items(), [(NORMAL, 1.0)], cut)

    expected = twin(NORMAL, cut)
    assert figures(found) == pytest.approx(expected.tolist(), abs=1e-8)
    assert found.accuracy == pytest.approx(1 - expected[:2].sum(), abs=1e-8)
    assert found.true_pass_rate == pytest.approx(expected[2] - expected[0] + expected[1], abs=1e-8)


def test_steep_items_are_followed():
    """
    Items twelve times as steep, whose curves are nearly steps, are integrated as exactly.
    """
    found = lee_in_population(items(12 * A), [(NORMAL, 1.0)], 7)

    assert figures(found) == pytest.approx(twin(NORMAL, 7, 12 * A).tolist(), abs=1e-7)


def test_below_the_floor_of_guessing_everybody_truly_passes():
    """
    A cut that every expected score exceeds has no crossing: the true pass rate is 1.
    """
    found = lee_in_population(items(floor=0.25), [(NORMAL, 1.0)], 2)

    assert found.true_pass_rate == pytest.approx(1, abs=1e-12)
    assert figures(found) == pytest.approx(twin(NORMAL, 2, floor=0.25).tolist(), abs=1e-8)


def test_groups_are_mixed_by_their_numbers_of_persons():
    """
    With 300 persons of one group and 900 of another every rate is a quarter and three quarters.
    """
    found = lee_in_population(items(), [(NORMAL, 300.0), (LOW, 900.0)], 6)

    expected = 0.25 * twin(NORMAL, 6) + 0.75 * twin(LOW, 6)
    assert figures(found) == pytest.approx(expected.tolist(), abs=1e-8)


def test_a_histogram_is_straight_between_its_points():
    """
    A lopsided histogram over 21 points is integrated as the polygon it is.
    """
    rule = Quadrature(21, -5.0, 5.0)
    points = np.linspace(-5, 5, 21)
    heights = np.exp(-((points + 1) ** 2)) + 0.3 * np.exp(-2 * (points - 1.5) ** 2)
    heights /= heights.sum()
    group = GroupParameters("all", weights=tuple(heights.tolist()))

    found = lee_in_population(items(), [(group, 1.0)], 6, rule)

    expected = twin(
        NORMAL, 6, density=lambda theta: np.interp(theta, points, heights), limits=(-5.0, 5.0)
    )
    assert figures(found) == pytest.approx(expected.tolist(), abs=1e-7)


def test_a_sum_over_nodes_comes_near_with_many_and_not_with_few():
    """
    Over 61 nodes the true pass rate is wrong by more than .002; over 20,001 it is right.
    """
    parameters = ParameterSet(items())
    exact = lee_in_population(parameters.items, [(NORMAL, 1.0)], 7)
    sums = {}
    for n in (61, 20_001):
        test = at_nodes(parameters, NORMAL, theta=np.linspace(-6, 6, n))
        sums[n] = lee(test.probabilities, test.node_weights, 7)

    assert abs(sums[61].true_pass_rate - exact.true_pass_rate) > 2e-3
    assert sums[20_001].true_pass_rate == pytest.approx(exact.true_pass_rate, abs=2e-4)
    assert sums[61].consistency == pytest.approx(exact.consistency, abs=1e-6)
