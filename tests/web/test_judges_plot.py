"""The plot of judges' cuts: where the marks lie."""

import pytest

from examengine.psychometrics.csv_tables import read_csv
from examengine.psychometrics.cut_scores import METHODS
from examengine.web.judges_plot import LEFT, RIGHT, judges_plot


def plot_of(text: str):
    """The plot of a ratings file."""
    return judges_plot(METHODS["modified-angoff"].recommend(read_csv("r.csv", text.encode())))


def test_marks_lie_in_the_order_of_the_cuts_and_inside_the_frame():
    """
    The severest judge's mark is rightmost, the cut lies between the judges, inside its band.
    """
    plot = plot_of("judge_id,I1,I2\nAda,0.4,0.4\nBo,0.9,0.9\nCy,0.6,0.6\n")

    marks = {row.name: row.marks[0].x for row in plot.rows}
    assert LEFT < marks["Ada"] < marks["Cy"] < plot.cut_x + 1 < marks["Bo"] < RIGHT
    assert plot.band[0] < plot.cut_x < plot.band[1]


def test_only_the_last_round_is_drawn_full():
    """
    Earlier rounds are open circles on the same row.
    """
    plot = plot_of("judge_id,round,I1\nA,1,0.4\nB,1,0.8\nA,2,0.5\nB,2,0.7\n")

    assert [[mark.full for mark in row.marks] for row in plot.rows] == [[False, True]] * 2
    assert plot.rows[0].marks[0].x < plot.rows[0].marks[1].x


def test_judges_who_agree_entirely_can_still_be_drawn():
    """
    With no spread at all the axis keeps a width, and the marks stand on the cut.
    """
    plot = plot_of("judge_id,I1,I2\nA,0.5,0.5\nB,0.5,0.5\n")

    assert [row.marks[0].x for row in plot.rows] == pytest.approx([plot.cut_x] * 2)
    assert plot.band == (plot.cut_x, plot.cut_x)


def test_a_long_name_is_shortened_in_the_plot_alone():
    """
    Names that would leave the sheet end in an ellipsis; the table has them whole.
    """
    plot = plot_of("judge_id,I1\nFranziska von Hohenstein-Walden,0.5\nB,0.6\n")

    assert plot.rows[0].name == "Franziska von Hoh…"
