"""Classical statistics against slow obvious twins, and what they promise about missing cells."""

import numpy as np
import pytest

from examengine.psychometrics.classical import (
    item_statistics,
    omissions,
    option_statistics,
    pairwise_covariance,
    score_groups,
    totals,
    upper_lower_index,
)


@pytest.fixture
def scores():
    """A small matrix with cells missing by design and an item worth two points."""
    rng = np.random.default_rng(5)
    matrix = rng.integers(0, 2, size=(60, 6)).astype(np.int8)
    matrix[:, 5] += rng.integers(0, 2, size=60).astype(np.int8)
    matrix[:20, 0] = -1
    matrix[20:40, 1] = -1
    return matrix


MAX = np.array([1, 1, 1, 1, 1, 2])


def test_item_rest_is_the_plain_correlation_over_those_who_saw_the_item(scores):
    """
    Item-rest with missing cells equals a loop over persons that sums what each was given.
    """
    row = item_statistics(scores, MAX)[0]

    xs, rests = [], []
    for person in scores:
        if person[0] >= 0:
            others = [j for j in range(1, 6) if person[j] >= 0]
            xs.append(person[0])
            rests.append(sum(person[j] for j in others) / sum(MAX[j] for j in others))
    assert row.n == 40
    assert row.item_rest_r == pytest.approx(np.corrcoef(xs, rests)[0, 1], abs=1e-12)


def test_a_weight_counts_like_repeated_rows(scores):
    """
    Weighting rows by 1, 2, 3 gives every figure that writing them out so often gives.
    """
    weight = np.tile([1.0, 2.0, 3.0], 20)
    repeated = np.repeat(scores, weight.astype(int), axis=0)

    weighted = item_statistics(scores, MAX, weight)
    written_out = item_statistics(repeated, MAX)

    for one, other in zip(weighted, written_out, strict=True):
        for name in ("n", "mean", "sd", "p", "item_total_r", "item_rest_r", "discrimination_27"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-12), name


def test_the_order_of_rows_changes_nothing(scores):
    """
    Every figure is the same after the rows are shuffled, ties at the 27 per cent border included.
    """
    shuffled = scores[np.random.default_rng(1).permutation(60)]

    one, other = item_statistics(scores, MAX), item_statistics(shuffled, MAX)

    for a, b in zip(one, other, strict=True):
        assert a.item_rest_r == pytest.approx(b.item_rest_r, abs=1e-12)
        assert a.discrimination_27 == pytest.approx(b.discrimination_27, abs=1e-12)


def test_an_item_all_right_has_no_correlation(scores):
    """
    An item that everyone got right has p = 1 and no correlations, not zeros.
    """
    scores[:, 3] = 1

    row = item_statistics(scores, MAX)[3]

    assert row.p == 1.0
    assert np.isnan(row.item_total_r)
    assert np.isnan(row.biserial)


def test_pairwise_covariance_says_where_nobody_saw_both():
    """
    Two items of different forms have no covariance; the others are numpy's own.
    """
    matrix = np.array([[1, 0, -1], [0, 1, -1], [1, -1, 1], [0, -1, 0], [1, 1, -1]], dtype=np.int8)

    found = pairwise_covariance(matrix)

    assert np.isnan(found.covariance[1, 2])
    assert not found.complete
    assert found.covariance[0, 1] == pytest.approx(np.cov([1, 0, 1], [0, 1, 1])[0, 1])


def test_the_index_refuses_groups_that_overlap():
    """
    A fraction above one half is refused, since the two groups would share candidates.
    """
    with pytest.raises(ValueError, match="at most half"):
        upper_lower_index(np.ones(4), np.arange(4.0), np.ones(4), fraction=0.6)


def test_options_nobody_chose_are_listed_when_keyed():
    """
    A key that nobody chose stands in the table with a count of zero.
    """
    total = np.array([0.1, 0.4, 0.5, 0.9])

    rows = option_statistics(["a", "a", "b", "b"], ["c"], total, total, np.full(4, 3.0), n_groups=2)

    assert [(row.option, row.n, row.is_key) for row in rows] == [
        ("a", 6.0, False),
        ("b", 6.0, False),
        ("c", 0.0, True),
    ]
    assert rows[0].group_p == (1.0, 0.0)
    assert rows[1].rest_r > 0


def test_shares_and_differences_of_few_persons_are_not_shown():
    """
    A score group of four has no share of its own, and two groups of four no difference.
    """
    total = np.arange(8.0)

    rows = option_statistics(list("aabbabab"), ["a"], total, total, np.ones(8), n_groups=2)

    assert np.isnan([row.group_p for row in rows]).all()
    assert np.isnan(upper_lower_index(total > 3, total, np.ones(8), fraction=0.5))


def test_equal_totals_stay_in_one_score_group():
    """
    Candidates with the same total are never split between groups.
    """
    total = np.array([1.0, 2, 2, 2, 2, 2, 3, 4, 5, 6])

    group = score_groups(total, np.ones(10), 4)

    assert len(set(group[total == 2])) == 1
    assert (np.diff(group) >= 0).all()


def test_not_reached_is_told_from_omitted():
    """
    Blanks after the last answer are not reached; blanks before it are omitted.
    """
    chosen = np.array([["1", "9", "2", "9"], ["9", "1", "9", "9"], ["", "9", "9", ""]])

    counts = omissions(chosen, {"9"}, np.ones(3))

    assert [(c.presented, c.omitted, c.not_reached) for c in counts] == [
        (2, 1, 0),
        (3, 1, 1),
        (3, 0, 2),
        (2, 0, 2),
    ]


def test_totals_are_shares_of_what_was_presented(scores):
    """
    Every share lies between 0 and 1 and is points earned over points possible.
    """
    found = totals(scores, MAX)

    assert (found.possible[:20] == 6).all()
    assert (found.shares() >= 0).all()
    assert (found.shares() <= 1).all()
