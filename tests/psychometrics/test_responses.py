"""The response matrix and what it refuses."""

import numpy as np
import pytest

from examengine.psychometrics.refusals import UnusableResponses
from examengine.psychometrics.responses import Responses

MATRIX = [[1, 0, np.nan], [0, 2, 1], [1, 1, 0]]


def test_what_was_not_presented_is_no_score():
    """
    Raw scores, counts and highest scores are over what was presented.
    """
    responses = Responses.from_matrix(MATRIX)

    assert responses.scores.dtype == np.int8
    assert responses.max_scores.tolist() == [1, 2, 1]
    assert responses.n_answered.tolist() == [2, 3, 3]
    assert responses.raw_scores.tolist() == [1, 3, 2]
    assert responses.max_raw_scores.tolist() == [3, 4, 4]


def test_the_matrix_cannot_be_written_to():
    """
    A response matrix stays what it was when it was checked.
    """
    responses = Responses.from_matrix(MATRIX)

    with pytest.raises(ValueError, match="read-only"):
        responses.scores[0, 0] = 0


def test_items_and_persons_can_be_chosen():
    """
    Choosing keeps names, weights and groups with their rows and columns.
    """
    responses = Responses.from_matrix(
        MATRIX, item_ids="abc", group=["x", "y", "x"], weight=[1, 2, 3]
    )

    chosen = responses.with_items("ca").with_persons(np.array([False, True, True]))

    assert chosen.item_ids == ("c", "a")
    assert chosen.person_ids == ("2", "3")
    assert chosen.scores.tolist() == [[1, 0], [0, 1]]
    assert chosen.group == ("y", "x")
    assert chosen.weights.tolist() == [2.0, 3.0]


def test_the_reference_group_comes_first():
    """
    Groups are counted from the reference, the first to appear unless another is named.
    """
    responses = Responses.from_matrix(MATRIX, group=["x", "y", "x"])

    assert responses.group_index()[0] == ("x", "y")
    labels, index = responses.group_index("y")
    assert labels == ("y", "x")
    assert index.tolist() == [1, 0, 1]
    with pytest.raises(UnusableResponses, match="'z' is none of x, y"):
        responses.group_index("z")


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"item_ids": ["a", "a", "b"]}, "item id 'a' appears more than once"),
        ({"person_ids": ["1", "", "2"]}, "an empty person id"),
        ({"item_ids": ["a"]}, "item_ids has 1 entries; the matrix needs 3"),
        ({"max_scores": [1, 1, 1]}, "person '2', item 'item2': score 2 lies outside 0 … 1"),
        ({"max_scores": [0, 2, 1]}, "item 'item1': the highest score is 0; at least 1 is needed"),
        ({"weight": [1, 0, 1]}, "person '2': weight 0.0 is no positive number"),
        ({"group": ["x"]}, "group has 1 entries; the matrix needs 3"),
    ],
)
def test_contradictions_are_named(parts, fault):
    """
    Each part that contradicts the matrix is named with what would be right.
    """
    with pytest.raises(UnusableResponses) as refusal:
        Responses.from_matrix(MATRIX, **parts)

    assert fault in refusal.value.faults


def test_every_cell_that_is_no_score_is_named():
    """
    Fractions and scores beyond the range are reported with row and column, all at once.
    """
    with pytest.raises(UnusableResponses) as refusal:
        Responses.from_matrix([[0.5, 1], [1, 300]])

    assert len(refusal.value.faults) == 2
    assert "row 2, column 2: 300" in refusal.value.faults[1]


def test_an_empty_matrix_is_refused():
    """
    Without persons or items there is nothing to do.
    """
    with pytest.raises(UnusableResponses, match="no responses"):
        Responses.from_matrix(np.zeros((0, 3)))
