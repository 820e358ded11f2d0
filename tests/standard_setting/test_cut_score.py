"""From a raw cut to the scale, pure."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.assembly import Form, FormItem, Scale
from examengine.bank import ItemRef
from examengine.psychometrics.information import characteristic_curve
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.standard_setting import CutOutOfRange, CutScore, ParametersLacking, cut_score_digest
from examengine.standard_setting.cut_score import (
    error_of,
    parameters_for,
    placed,
    points_of,
    possible_cuts,
)
from examengine.standard_setting.difficulty import share_right

SCALE = Scale("100", "500", 200, 800)
ITEMS = tuple(
    ItemParameters(f"I{n}", "2pl", {"a": a, "b": b})
    for n, (a, b) in enumerate([(0.8, -1.0), (1.0, -0.3), (1.2, 0.0), (1.0, 0.3), (0.8, 1.0)])
)

CUT = CutScore(
    id=UUID(int=1),
    exam_id="exam",
    panel_id=UUID(int=2),
    method="modified_angoff",
    form_id=UUID(int=3),
    raw_cut=2.5,
    theta_cut=0.0,
    scale_cut=500,
    standard_error=0.2,
    parameters_id=UUID(int=4),
    parameters_digest="sha256:p",
    reason="because",
    adopted_by=UUID(int=5),
    adopted_at=datetime(2026, 11, 21, tzinfo=UTC),
    digest="",
    version=1,
    exam_digest="sha256:e",
    form_digest="sha256:f",
    panel_digest="sha256:q",
    recommended_cut=2.5,
    adopted_by_name="Olive",
)


def _place(raw_cut):
    return placed(raw_cut, ITEMS, SCALE)


def test_all_points_can_be_asked_for_where_points_are_reported():
    """
    A cut at the very top has no ability, but points can reach it.
    """
    assert points_of("5", Decimal(5), all_of_them=True) == 5
    with pytest.raises(CutOutOfRange):
        points_of("5.5", Decimal(5), all_of_them=True)


def test_a_cut_in_the_middle_is_the_middle_of_the_scale():
    """
    Half the points of a symmetric test are θ = 0 and 500, not 501 for the noise of a root.
    """
    found = placed(2.5, ITEMS, SCALE)

    assert found.theta_cut == 0
    assert found.scale_cut == 500


@given(st.floats(0.4, 4.6))
def test_the_scale_cut_is_rounded_up_and_the_curve_leads_back(raw_cut):
    """
    The scale cut is the least whole score at or above the exact one, and θ gives the raw cut.
    """
    found = placed(raw_cut, ITEMS, SCALE)

    exact = 500 + 100 * Decimal(repr(found.theta_cut))
    assert 0 <= found.scale_cut - exact < 1
    assert characteristic_curve(ITEMS, [found.theta_cut])[0] == pytest.approx(raw_cut, abs=1e-7)


@pytest.mark.parametrize("raw_cut", [0.0, 5.0, -1.0, 6.0, 0.02, 4.98])
def test_a_cut_that_nobody_or_everybody_reaches_is_refused(raw_cut):
    """
    Where the form or the scale ends there is no cut to adopt.
    """
    with pytest.raises(CutOutOfRange):
        placed(raw_cut, ITEMS, SCALE)


def test_only_steps_with_a_score_are_offered():
    """
    Steps of standard errors that leave the form are left out, the others rise.
    """
    found = possible_cuts(4.0, 0.8, _place)

    assert [one.steps for one in found] == [-2, -1, 0]
    assert [one.placement.raw_cut for one in found] == pytest.approx([2.4, 3.2, 4.0])


def test_judges_who_agree_entirely_leave_one_choice():
    """
    With a standard error of zero only the recommendation itself is offered.
    """
    assert [one.steps for one in possible_cuts(3.0, 0.0, _place)] == [0]


@pytest.mark.parametrize("typed", ["", "abc", "0", "5", "-3", "nan", "inf", "1e9"])
def test_points_lie_between_none_and_all(typed):
    """
    What is no number, or no reachable and missable number of points, is refused.
    """
    with pytest.raises(CutOutOfRange):
        points_of(typed, Decimal(5))


def test_points_are_read_with_point_or_comma():
    """
    24.5 and 24,5 are the same; an unknown standard error is zero.
    """
    assert points_of(" 24,5 ", Decimal(40)) == points_of("24.5", Decimal(40)) == 24.5
    assert error_of("", Decimal(40)) == error_of("0", Decimal(40)) == 0


def test_items_without_parameters_are_named():
    """
    A form is placed on the scale only when each of its items was calibrated.
    """
    body = ParameterSet(ITEMS, model="2pl").to_dict()

    with pytest.raises(ParametersLacking) as refusal:
        parameters_for(["I1", "X1", "X2"], body)

    assert refusal.value.item_ids == ("X1", "X2")
    assert [item.item_id for item in parameters_for(["I4", "I0"], body)] == ["I4", "I0"]


def test_how_many_answer_right_follows_the_model():
    """
    An item at the population's mean is answered right by half of it, an easier one by more.
    """
    body = ParameterSet(ITEMS, model="2pl").to_dict()

    assert share_right("I2", body) == pytest.approx(0.5, abs=1e-9)
    assert share_right("I0", body) > 0.6
    assert share_right("X1", body) is None


@pytest.mark.parametrize(
    "changed",
    [{"raw_cut": 2.6}, {"reason": "another"}, {"panel_digest": "sha256:x"}, {"version": 2}],
)
def test_the_digest_covers_what_was_adopted(changed):
    """
    Another raw cut, reason, panel or version is another digest.
    """
    assert cut_score_digest(replace(CUT, **changed)) != cut_score_digest(CUT)


def form(number: int, *item_ids: str, pretest: tuple[str, ...] = ()) -> Form:
    """A form of scored items and pretest items, whose id is a number."""
    scored = [FormItem(ItemRef(item_id, 1, ""), scored=True) for item_id in item_ids]
    tried_out = [FormItem(ItemRef(item_id, 1, ""), scored=False) for item_id in pretest]
    items = (*scored, *tried_out)
    return Form(UUID(int=number), "exam", "", f"F{number}", items, 60, "", CUT.adopted_at)


def test_a_raw_cut_means_the_same_on_forms_that_score_the_same_items():
    """
    Order and pretest items may differ; the items that count may not, and its own form is there.
    """
    own, same = form(3, "Q1", "Q2"), form(4, "Q2", "Q1", pretest=("T1",))
    other = form(5, "Q1", "Q3")

    assert CUT.raw_cut_on([own, same]) == 2.5
    assert CUT.raw_cut_on([own, other]) is None
    assert CUT.raw_cut_on([same]) is None
    assert CUT.raw_cut_on([]) is None
