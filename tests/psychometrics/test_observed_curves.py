"""Observed shares by ability: groups, intervals, and what is left out."""

import numpy as np
import pytest

from examengine.psychometrics.observed_curves import (
    observed_categories,
    observed_curve,
    wilson_interval,
)


def test_groups_are_ordered_and_of_about_equal_size():
    """
    A thousand different abilities make ten groups of a hundred, from the least to the most able.
    """
    theta = np.random.default_rng(1).normal(size=1000)
    scores = (theta > 0).astype(np.int8)

    groups = observed_curve(scores, theta, np.ones(1000))

    assert [group.n for group in groups] == [100.0] * 10
    assert [group.theta for group in groups] == sorted(group.theta for group in groups)
    assert (groups[0].p, groups[9].p) == (0.0, 1.0)


def test_shares_of_each_score_make_the_share_of_the_points():
    """
    Of an item of three points: shares add up to one, and their mean is the curve's share.
    """
    rng = np.random.default_rng(2)
    theta, weight = rng.normal(size=400), rng.integers(1, 4, 400).astype(float)
    scores = rng.integers(0, 4, 400).astype(np.int8)

    curve = observed_curve(scores, theta, weight, most_points=3, n_groups=4)
    found = observed_categories(scores, theta, weight, most_points=3, n_groups=4)

    assert [(one.theta, one.n) for one in found] == [(one.theta, one.n) for one in curve]
    for group, one in zip(curve, found, strict=True):
        assert sum(one.shares) == pytest.approx(1)
        assert np.arange(4) @ np.array(one.shares) / 3 == pytest.approx(group.p)
        assert 0 <= group.low < group.p < group.high <= 1


def test_a_score_that_a_group_never_reached_has_the_share_zero():
    """
    Every group tells every score of the item, so that lines have no gaps.
    """
    found = observed_categories(np.array([0, 2]), np.array([-1.0, 1.0]), np.ones(2), most_points=2)

    assert [one.shares for one in found] == [(1.0, 0.0, 0.0), (0.0, 0.0, 1.0)]


def test_who_was_not_presented_the_item_does_not_count():
    """
    Missing by design, and persons without an ability, leave the groups alone.
    """
    theta = np.array([-1.0, 1.0, 0.0, np.nan])

    groups = observed_curve(np.array([0, 1, -1, 1]), theta, np.ones(4), n_groups=2)

    assert [(group.theta, group.n, group.p) for group in groups] == [(-1.0, 1, 0), (1.0, 1, 1)]


def test_weights_are_repetitions():
    """
    A row of weight three is three equal rows.
    """
    theta = np.array([-1.0, 0.0, 1.0])
    scores = np.array([0, 1, 1])

    weighted = observed_curve(scores, theta, np.array([3.0, 1.0, 2.0]), n_groups=3)
    repeated = observed_curve(
        np.repeat(scores, [3, 1, 2]), np.repeat(theta, [3, 1, 2]), np.ones(6), n_groups=3
    )

    assert weighted == repeated


def test_the_interval_is_wilsons():
    """
    Eight of ten gives .490 to .943 (Wilson 1927), and nobody of ten still has an upper end.
    """
    assert wilson_interval(0.8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert wilson_interval(0.0, 10) == pytest.approx((0.0, 0.2775328), abs=1e-6)


def test_an_item_nobody_saw_has_no_curve():
    """
    Without persons there are no groups, and no division by nothing.
    """
    assert observed_curve(np.array([-1, -1]), np.zeros(2), np.ones(2)) == ()


def test_one_group_is_no_comparison():
    """
    A single group is refused.
    """
    with pytest.raises(ValueError, match="at least two"):
        observed_curve(np.array([1]), np.zeros(1), np.ones(1), n_groups=1)
