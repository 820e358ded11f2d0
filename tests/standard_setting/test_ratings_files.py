"""Ratings as CSV: what is written can be read, and every fault is named with its place."""

import pytest

from examengine.psychometrics.csv_tables import read_csv
from examengine.psychometrics.cut_scores import METHODS
from examengine.standard_setting import RatingsUnusable, RoundMoved
from examengine.standard_setting.ratings_files import (
    ratings_csv,
    read_panel_ratings,
    template_csv,
)
from tests.standard_setting.test_rules import NOW, panel, ratings

LONG = "judge_id,item_id,rating\n"


def read(text: str, found=None):
    """Read a file for a panel of A and B."""
    return read_panel_ratings(found or panel(), "r.csv", text.encode(), NOW)


def test_the_template_names_every_judge_and_item_of_the_open_round():
    """
    Whoever fills in the last column of the template has a file that can be read.
    """
    template = template_csv(panel(closed=1))

    filled = template.replace(",,2", ",0.5,2")

    assert template.splitlines()[1] == "A,I1,,2"
    assert [(one.round, one.judge_id, one.item_id) for one in read(filled, panel(closed=1))] == [
        (2, judge, item) for judge in ("A", "B") for item in ("I1", "I2")
    ]


def test_what_is_given_out_is_what_the_command_reads():
    """
    The ratings of a panel, given out as CSV, recommend the same cut by the command's method.
    """
    text = ratings_csv(panel(closed=1), ratings(A=(0.25, 0.5), B=(0.65, 0.8)))

    found = METHODS["modified-angoff"].recommend(read_csv("r.csv", text.encode()))

    assert found.cut == pytest.approx((0.75 + 1.45) / 2)


def test_one_row_per_judge_is_read_as_well():
    """
    A file with a column for each item means the same; empty and NA are no ratings.
    """
    found = read("judge_id,I1,I2\nA,0.5,\nB,NA,0.25\n")

    assert [(one.judge_id, one.item_id, one.share) for one in found] == [
        ("A", "I1", 0.5),
        ("B", "I2", 0.25),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (LONG + "A,I1,65\n", "row 2, column 'rating': '65'; a rating is a number from 0 to 1"),
        (LONG + "A,I1,nan\n", "row 2, column 'rating': 'nan'"),
        (LONG + "A,I1,-0.1\n", "row 2, column 'rating': '-0.1'"),
        (LONG + "Z,I1,0.5\n", "row 2, column 'judge_id': 'Z'; the judges of this panel are A, B"),
        (LONG + "A,I9,0.5\n", "row 2, column 'item_id': 'I9'; a scored item of the form is needed"),
        (LONG + "A,I1,0.5\nA,I1,0.6\n", "row 3, column 'rating': '0.6'; 'A' rated 'I1' before"),
        ("judge_id,item_id,rating,round\nA,I1,0.5,7\n", "row 2, column 'round': '7'; the rounds"),
        ("judge_id,item_id,rating,round\nA,I1,0.5,x\n", "row 2, column 'round': 'x'; the rounds"),
        ("judge_id,item_id,rating,round\nA,I1,0.5,2\n", "round 1 is missing before a later one"),
        ("judge_id,item_id,rating,max_score\nA,I1,0.5,1\n", "row 1, column 'max_score': is not"),
        ("judge_id,I1,I9\nA,0.5,0.5\n", "row 1, column 'I9': is not known here"),
        ("judge,item_id,rating\nA,I1,0.5\n", "row 1: there is no column 'judge_id'"),
        ("judge_id,round\nA,1\n", "row 1: no column holds ratings"),
        (LONG + "A,I1,\n", "every rating is empty"),
        (LONG + "A,I1\n", "row 2: 2 cells; the header has 3"),
        ("", "the file is empty"),
    ],
)
def test_each_fault_is_named_with_its_place(text, fault):
    """
    A file that cannot be used says where and what would be right.
    """
    with pytest.raises(RatingsUnusable) as refusal:
        read(text)

    assert any(fault in said for said in refusal.value.faults), refusal.value.faults


def test_all_faults_are_named_at_once():
    """
    Whoever mends a file learns of the judge, the item and the rating in one go.
    """
    with pytest.raises(RatingsUnusable) as refusal:
        read(LONG + "Z,I9,65\nA,I1,2\n")

    assert len(refusal.value.faults) == 4


def test_a_file_that_is_too_large_is_not_read():
    """
    A file beyond the limit is refused before anything of it is looked at.
    """
    with pytest.raises(RatingsUnusable, match="at most 1000000"):
        read("x" * 1_000_001)


def test_a_panel_that_is_over_takes_no_file():
    """
    After the last round no file can bring ratings.
    """
    with pytest.raises(RoundMoved):
        read(LONG + "A,I1,0.5\n", panel(closed=2))
