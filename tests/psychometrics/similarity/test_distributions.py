"""The distributions of agreements against sums over every single outcome."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from simulated_answers import every_outcome

from examengine.psychometrics.similarity._distributions import (
    poisson_binomial_tail,
    rarer_outcomes,
    trinomial_shares,
)
from examengine.psychometrics.similarity.m4 import _most

CHANCES = st.lists(st.tuples(st.floats(0, 0.6), st.floats(0, 0.4)), min_size=1, max_size=6)


@settings(max_examples=50)
@given(chances=CHANCES)
def test_the_tail_is_the_sum_over_all_outcomes(chances):
    """
    For every count the tail of unequal trials is the sum over the outcomes with as many successes.
    """
    p = [right for right, _ in chances]
    outcomes = list(every_outcome([(one, 0.0) for one in p]))
    counts = np.arange(len(p) + 1)

    found = poisson_binomial_tail(np.repeat(np.array(p)[:, np.newaxis], counts.size, 1), counts)

    expected = [sum(chance for right, _, chance in outcomes if right >= count) for count in counts]
    np.testing.assert_allclose(found, expected, atol=1e-14)


def test_small_tails_keep_their_digits():
    """
    With equal chances the tail is the binomial's, also where it is below 1e-100.
    """
    p, counts = np.full((170, 4), 0.2), np.array([0, 60, 120, 170])

    found = poisson_binomial_tail(p, counts)

    np.testing.assert_allclose(found, binom.sf(counts - 1, 170, 0.2), rtol=1e-9)
    assert found[-1] < 1e-100


@settings(max_examples=50)
@given(chances=CHANCES, data=st.data())
def test_the_trinomial_is_the_sum_over_all_outcomes(chances, data):
    """
    The joint distribution, and the chance of outcomes at least as rare, by enumeration.
    """
    n_items = len(chances)
    right, wrong = (np.array([[one[kind]] for one in chances]) for kind in (0, 1))
    r = data.draw(st.integers(0, n_items))
    w = data.draw(st.integers(0, n_items - r))

    share = trinomial_shares(right, wrong, n_items)
    rarer = rarer_outcomes(share, np.array([r]), np.array([w]))

    joint = np.zeros((n_items + 1, n_items + 1))
    for one, other, chance in every_outcome(chances):
        joint[one, other] += chance
    np.testing.assert_allclose(share[:, :, 0], joint, atol=1e-14)
    places = [(k, v) for k in range(n_items + 1) for v in range(n_items + 1 - k)]
    upper = {(k, v): joint[k:, v:].sum() for k, v in places}
    clear = all(abs(one - upper[r, w]) > 1e-10 for at, one in upper.items() if at != (r, w))
    if clear:
        expected = sum(joint[at] for at in places if upper[at] <= upper[r, w])
        assert rarer[0] == pytest.approx(expected, abs=1e-12)
    assert rarer[0] >= upper[r, w] - 1e-12


def test_what_is_left_out_is_negligible():
    """
    With identical wrong answers cut off where they hardly occur, M4's chance stays the same.
    """
    rng = np.random.default_rng(3)
    right, wrong = rng.uniform(0.2, 0.6, (40, 5)), rng.uniform(0.01, 0.1, (40, 5))
    r, w = np.array([10, 14, 20, 25, 30]), np.array([2, 3, 1, 6, 9])

    most = _most(wrong, w)
    short = rarer_outcomes(trinomial_shares(right, wrong, most), r, w)
    whole = rarer_outcomes(trinomial_shares(right, wrong, 40), r, w)

    assert most < 40
    np.testing.assert_allclose(short, whole, atol=1e-15)


def test_a_joined_table_keeps_what_lies_above():
    """
    The last column of a joined table holds all larger numbers of identical wrong answers.
    """
    rng = np.random.default_rng(7)
    right, wrong = rng.uniform(0.1, 0.5, (9, 4)), rng.uniform(0.05, 0.4, (9, 4))

    joined = trinomial_shares(right, wrong, 2, joined=True)

    whole = trinomial_shares(right, wrong, 9)
    np.testing.assert_allclose(joined[:, :2], whole[:, :2], atol=1e-15)
    np.testing.assert_allclose(joined[:, 2], whole[:, 2:].sum(axis=1), atol=1e-15)
