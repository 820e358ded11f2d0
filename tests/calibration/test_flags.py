"""The rules that mark an item: each on either side of its threshold."""

from dataclasses import replace

import pytest

from examengine.calibration.flags import FLAG_RULES, ItemFigures, OptionFigures, flags_of

SOUND = ItemFigures(
    n=600,
    p=0.62,
    item_rest_r=0.35,
    distractors=(OptionFigures("a", 0.2, -0.2), OptionFigures("c", 0.18, -0.15)),
    a=1.1,
    s_x2_p=0.4,
    infit=1.02,
    outfit=0.98,
)


def _codes(figures: ItemFigures) -> list[str]:
    return [rule.code for rule in flags_of(figures)]


def test_a_sound_item_has_no_flag():
    """
    Nothing is marked where nothing is wrong.
    """
    assert _codes(SOUND) == []


@pytest.mark.parametrize(
    ("figure", "just_sound", "just_flagged", "code"),
    [
        ("p", 0.20, 0.199, "hard"),
        ("p", 0.95, 0.951, "easy"),
        ("item_rest_r", 0.15, 0.149, "weak"),
        ("a", 0.30, 0.29, "flat"),
        ("s_x2_p", 0.01, 0.0099, "misfit"),
        ("infit", 0.7, 0.69, "infit"),
        ("infit", 1.3, 1.31, "infit"),
        ("outfit", 0.5, 0.49, "outfit"),
        ("outfit", 1.5, 1.51, "outfit"),
        ("n", 100, 99, "few"),
    ],
)
def test_a_threshold_is_where_its_words_say(figure, just_sound, just_flagged, code):
    """
    At the threshold an item is sound, and a hair beyond it is marked.
    """
    without_distractors = replace(SOUND, distractors=())

    assert _codes(replace(without_distractors, **{figure: just_sound})) == []
    assert _codes(replace(without_distractors, **{figure: just_flagged})) == [code]


def test_a_negative_slope_is_told_apart_from_a_flat_one():
    """
    A slope below zero points at the key, and is not called flat as well.
    """
    assert _codes(replace(SOUND, a=-0.2)) == ["negative_slope"]


def test_a_distractor_that_beats_the_key_is_grave():
    """
    A wrong answer chosen more often than the key comes first.
    """
    beaten = replace(SOUND, p=0.3, distractors=(OptionFigures("a", 0.31, -0.2),))

    found = flags_of(beaten)

    assert [(rule.code, rule.grave) for rule in found] == [("distractor_over_key", True)]


def test_a_distractor_that_draws_the_strong_is_marked_unless_it_is_rare():
    """
    A wrong answer of strong candidates is marked when enough of them chose it.
    """
    drawn = replace(SOUND, distractors=(OptionFigures("a", 0.1, 0.06),))
    rare = replace(SOUND, distractors=(OptionFigures("a", 0.01, 0.3),))

    assert _codes(drawn) == ["distractor_draws_strong"]
    assert _codes(rare) == []


def test_of_graded_items_a_wrong_answer_is_held_against_all_that_earn_points():
    """
    Few get all points, many some: only a wrong answer more frequent than all of these is flagged.
    """
    graded = replace(SOUND, p=0.35, rewarded=0.5, distractors=(OptionFigures("a", 0.4, -0.2),))
    beaten = replace(graded, rewarded=0.39)

    assert _codes(graded) == []
    assert _codes(beaten) == ["distractor_over_key"]


def test_figures_that_do_not_exist_raise_no_flag():
    """
    Before a calibration, and with figures that are no number, only what is known is judged.
    """
    unknown = ItemFigures(n=600, p=0.5, item_rest_r=float("nan"), a=None, s_x2_p=None)

    assert _codes(unknown) == []


def test_every_rule_has_words_and_its_own_code():
    """
    Each rule can be read on the page, under a code of its own.
    """
    assert len({rule.code for rule in FLAG_RULES}) == len(FLAG_RULES)
    assert all(len(rule.words) > 30 and rule.title for rule in FLAG_RULES)


def test_of_fewer_than_thirty_nothing_is_flagged_but_that():
    """
    An item that two people saw is not questioned by what one of them chose.
    """
    wrong = (OptionFigures("b", 0.6, 0.4),)

    few = flags_of(ItemFigures(n=29, p=0.1, item_rest_r=-0.5, distractors=wrong, a=-1.0))
    enough = flags_of(ItemFigures(n=30, p=0.1, item_rest_r=-0.5, distractors=wrong, a=-1.0))

    assert [rule.code for rule in few] == ["few"]
    assert {"negative_slope", "distractor_over_key", "hard", "few"} <= {one.code for one in enough}
