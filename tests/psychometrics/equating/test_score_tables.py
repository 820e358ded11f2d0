"""Score tables: totals and anchor scores are counted, and what cannot be is refused."""

import numpy as np
import pytest

from examengine.psychometrics.equating import (
    CannotEquate,
    ScoreFrequencies,
    answered_all,
    common_item_ids,
    joint_table,
    score_table,
    with_common_maxima,
)
from examengine.psychometrics.responses import Responses

NEW = Responses.from_matrix(
    [[1, 0, 2, 1], [0, 0, 1, 1], [1, 1, 0, 0]], item_ids=["a", "b", "c", "d"], weight=[1, 2, 1]
)
OLD = Responses.from_matrix([[1, 0, 1], [0, 1, 0]], item_ids=["c", "e", "d"])


def test_an_internal_anchor_counts_towards_the_total():
    """
    Each person stands at total and anchor score, weights counted.
    """
    table = score_table(NEW, ["c", "d"], anchor="internal")

    assert table.counts.shape == (6, 4)
    assert (table.counts[4, 3], table.counts[2, 2], table.counts[2, 0]) == (1, 2, 1)
    assert table.n == 4


def test_an_external_anchor_does_not():
    """
    The total is over the form's own items only.
    """
    table = score_table(NEW, ["c", "d"], anchor="external")

    assert table.counts.shape == (3, 4)
    assert (table.counts[1, 3], table.counts[0, 2], table.counts[2, 0]) == (1, 2, 1)


def test_without_an_anchor_there_is_one_column():
    """
    Totals alone are counted for equivalent groups.
    """
    assert score_table(NEW).counts.ravel().tolist() == [0, 0, 3, 0, 1, 0]


def test_common_items_share_the_higher_maximum():
    """
    A file where nobody reached two points learns from the other that the item has them.
    """
    new, old = with_common_maxima(NEW, OLD)

    assert common_item_ids(new, old) == ("c", "d")
    assert new.max_scores.tolist() == [1, 1, 2, 1]
    assert old.max_scores.tolist() == [2, 1, 1]


def test_persons_who_were_not_presented_everything_have_no_total():
    """
    They are left out; when nobody remains, that is said.
    """
    some = Responses.from_matrix([[1, 0], [1, np.nan]])

    assert answered_all(some).n_persons == 1
    with pytest.raises(CannotEquate, match="nobody was presented every item"):
        answered_all(some.with_persons(np.array([1])))


def test_one_group_is_matched_by_person():
    """
    The joint table holds the persons in both files, in whatever order they stand.
    """
    first = Responses.from_matrix([[1, 1], [0, 1], [0, 0]], person_ids=["p", "q", "r"])
    second = Responses.from_matrix([[0], [1]], person_ids=["q", "p"])

    joint = joint_table(first, second)

    assert joint.tolist() == [[0, 0], [1, 0], [0, 1]]
    with pytest.raises(CannotEquate, match="no person_id is in both"):
        joint_table(first, Responses.from_matrix([[0], [1]], person_ids=["x", "y"]))


@pytest.mark.parametrize(
    ("counts", "anchor", "words"),
    [
        (np.zeros((3, 1)), None, "nobody has a score"),
        (np.array([[1.0], [-1.0]]), None, "negative or no number"),
        (np.ones((3, 2)), None, "internal"),
        (np.ones((3, 2)), "internal", "does not fit into the total"),
        (np.ones(3), None, "shape"),
    ],
)
def test_impossible_tables_are_refused(counts, anchor, words):
    """
    Every table that cannot be says why.
    """
    with pytest.raises(CannotEquate, match=words):
        ScoreFrequencies(counts, anchor)


def test_a_form_of_nothing_but_an_external_anchor_is_refused():
    """
    Without items of its own a form has no total.
    """
    with pytest.raises(CannotEquate, match="needs its own items"):
        score_table(NEW, ["a", "b", "c", "d"], anchor="external")
