"""Plots: axes, layout, and drawings that say in words and numbers what they show."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.psychometrics.observed_curves import ObservedGroup
from examengine.web import plots, review_figures
from examengine.web.page import page_templates
from examengine.web.plots.chart import axis, headroom, round_ticks
from examengine.web.plots.drawing import HEIGHT, WIDTH, spread

FINITE = st.floats(-1e6, 1e6, allow_nan=False)


def _drawn(figure: plots.Figure) -> ET.Element:
    template = page_templates().from_string(
        '{% from "plots/plot.html" import plot %}{{ plot(figure) }}'
    )
    return ET.fromstring(template.render(figure=figure))  # noqa: S314  (our own markup)


@given(FINITE, st.floats(1e-3, 1e6))
def test_ticks_are_round_and_lie_on_the_axis(low, length):
    """
    Every tick lies between the ends, and there are neither too few nor too many.
    """
    ticks = round_ticks(low, low + length, 6)

    slack = 1e-6 * length + 1e-9 * abs(low)
    assert all(low - slack <= tick.at <= low + length + slack for tick in ticks)
    assert 2 <= len(ticks) <= 14


def test_ticks_read_as_people_write_them():
    """
    Whole steps carry no decimals, half steps one, and a minus sign is a minus sign.
    """
    assert [tick.label for tick in round_ticks(-4, 4, 6)] == ["−4", "−2", "0", "2", "4"]
    assert [tick.label for tick in round_ticks(0, 1, 5)] == [
        "0.0",
        "0.2",
        "0.4",
        "0.6",
        "0.8",
        "1.0",
    ]


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0), (0.0, float("nan"))])
def test_an_axis_needs_two_ends(low, high):
    """
    An axis without extent is refused instead of dividing by nothing.
    """
    with pytest.raises(ValueError, match="two finite ends"):
        axis("x", low, high)


@given(st.floats(1e-9, 1e9))
def test_headroom_holds_what_it_must(highest):
    """
    The end of an axis lies above the highest value, and not far above it.
    """
    assert highest < headroom(highest) <= 2.1 * highest


@given(st.lists(st.floats(0, 200), min_size=1, max_size=8))
def test_labels_never_cover_each_other(wanted):
    """
    Labels keep their distance and their order, and stay on the sheet when there is room.
    """
    placed = spread(wanted, 20, 0, 200)

    in_order = [place for _, place in sorted(zip(wanted, placed, strict=True))]
    gaps = [
        after - before for before, after in zip(sorted(placed), sorted(placed)[1:], strict=False)
    ]
    assert all(gap >= 20 - 1e-9 for gap in gaps)
    assert in_order == sorted(in_order) or len(set(wanted)) < len(wanted)
    assert min(placed) >= 0
    assert max(placed) <= 200


def test_a_curve_stays_inside_its_frame():
    """
    Values beyond the axis are drawn at its end, and nothing leaves the view box.
    """
    observed = [
        ObservedGroup(-9.0, 40, 0.1, 0.0, 0.2),
        ObservedGroup(0, 60, 0.5, 0.4, 0.6),
    ]
    figure = plots.characteristic_curve([-4.0, 0.0, 4.0], [0.1, 0.5, 0.9], observed)

    drawing = figure.drawing
    assert all(drawing.left <= dot.x <= drawing.right for dot in drawing.dots)
    assert all(
        drawing.top <= dot.high <= dot.y <= dot.low <= drawing.bottom for dot in drawing.dots
    )
    assert drawing.right < WIDTH
    assert drawing.bottom < HEIGHT


def test_a_drawing_has_a_name_a_description_and_its_numbers():
    """
    The SVG is an image with a title and a description, and the table holds each point.
    """
    figure = plots.option_curves(
        ["1", "2"],
        [plots.OptionShares("a", False, (0.6, 0.2)), plots.OptionShares("b", True, (0.4, 0.8))],
    )

    drawn = _drawn(figure)

    svg = next(drawn.iter("svg"))
    named = {element.get("id"): element.text for element in drawn.iter() if element.get("id")}
    assert svg.get("role") == "img"
    assert all(named[name] for name in svg.get("aria-labelledby").split())
    assert "from 40 % to 80 %" in named["option-curves-desc"]
    assert [cell.text for cell in drawn.iter("td")] == ["60 %", "20 %", "40 %", "80 %"]


def test_no_drawing_brings_a_style_of_its_own():
    """
    The content security policy forbids inline styles, so no element carries one.
    """
    figure = plots.score_distribution([(0, 3.0), (1, 5.0), (2, 1.0)], 1)

    drawn = _drawn(figure)

    assert all("style" not in element.attrib for element in drawn.iter())


def test_no_bar_is_half_passed():
    """
    Scores are put together so that a bar begins at the cut.
    """
    figure = plots.score_distribution([(score, 1.0) for score in range(131)], 70)

    passed = [bar for bar in figure.drawing.bars if bar.tone == "bar"]
    assert ("70 to 72", "3") in figure.table.rows
    assert passed[0].x >= figure.drawing.rules[0].x
    assert sum(float(count) for _, count in figure.table.rows) == 131


def test_words_are_escaped():
    """
    An answer that a candidate typed is text, whatever it looks like.
    """
    figure = plots.option_curves(["1", "2"], [plots.OptionShares("<b>", False, (0.6, 0.2))])

    drawn = _drawn(figure)

    assert not list(drawn.iter("b"))
    assert "<b>" in [element.text for element in drawn.iter("text")]


def test_the_cut_is_said_in_words_too():
    """
    Information and error name the place of the cut beside drawing it.
    """
    theta, values = [-1.0, 0.0, 1.0], [0.5, 0.4, 0.6]

    information = plots.test_information(theta, [("A", values)], -0.35)
    error = plots.conditional_error(theta, [("A", values)], -0.35)

    assert "The cut lies at θ = −0.35." in information.drawing.description
    assert "smallest, 0.40 logits, near θ = 0.0" in error.drawing.description
    assert error.drawing.rules[0].label == "cut −0.35"


def test_two_forms_are_told_apart():
    """
    With several forms each curve carries its name, and the table has a column for each.
    """
    theta = [-1.0, 0.0, 1.0]

    figure = plots.test_information(theta, [("Form A", [1, 2, 1]), ("Form B", [1, 3, 1])], None)

    assert [line.label for line in figure.drawing.lines] == ["Form A", "Form B"]
    assert figure.table.columns == ("θ", "Information, Form A", "Information, Form B")
    assert figure.table.rows[1] == ("0.0", "2.000", "3.000")


def test_a_curve_without_observed_groups_says_nothing_of_them():
    """
    From few candidates there is the model alone, and the table has its numbers.
    """
    figure = plots.characteristic_curve([-1.0, 0.0, 1.0], [0.2, 0.5, 0.8], [])

    assert "observed" not in figure.drawing.title
    assert "dots" not in figure.drawing.description
    assert figure.table.columns == ("θ", "Probability")


def test_groups_of_few_are_not_drawn():
    """
    Shares of empty groups are left out, and with one group there is nothing to draw.
    """
    nan = float("nan")
    some = [plots.OptionShares("a", True, (0.4, nan, 0.6, nan, 0.9))]
    one = [plots.OptionShares("a", True, (0.4, nan, nan, nan, nan))]

    (figure,) = review_figures._option_plots(some)

    assert figure.table.columns == ("Answer", "lowest fifth", "3rd", "highest fifth")
    assert review_figures._option_plots(one) == []
    assert review_figures._option_plots([]) == []
