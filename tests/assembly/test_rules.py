"""Scales and digests of exams and forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.assembly import Scale
from examengine.assembly.rules import FormItem, form_digest
from examengine.bank import ItemRef

SCALE = Scale(slope="100", intercept="500", minimum=200, maximum=800)


@pytest.mark.parametrize(
    ("theta", "score"),
    [(0.0, 500), (0.004, 500), (0.005, 501), (-0.005, 500), (9.0, 800), (-9.0, 200)],
)
def test_scores_are_rounded_half_up_and_clipped(theta, score):
    """
    A half is rounded up, as the report says, and no score leaves the scale.
    """
    assert SCALE.score(theta) == score


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_whoever_reaches_the_cut_exactly_passes(theta, cut):
    """
    A cut is rounded up: an ability that passes is never below the standard by a whole point.
    """
    passes = SCALE.score(theta) >= SCALE.cut(cut)

    assert passes or theta < cut + 0.01
    assert not passes or theta >= cut - 0.005


@pytest.mark.parametrize(
    "changed",
    [
        {"code": "B"},
        {"minutes": 61},
        {"items": [FormItem(ItemRef("X", 1, "sha256:1"), scored=False)]},
        {"items": [FormItem(ItemRef("X", 2, "sha256:1"), scored=True)]},
        {"exam_digest": "sha256:9"},
    ],
)
def test_the_digest_covers_everything_a_candidate_could_meet(changed):
    """
    Another item version, another order of scoring, another time: another digest.
    """
    form = {
        "exam_id": "e",
        "exam_digest": "sha256:0",
        "code": "A",
        "items": [FormItem(ItemRef("X", 1, "sha256:1"), scored=True)],
        "minutes": 60,
    }

    assert form_digest(**form) != form_digest(**{**form, **changed})
