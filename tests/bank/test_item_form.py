"""An item as a form: rows that come, go and move, and forms that no page of ours has sent."""

import pytest

from examengine.bank.errors import FormUnreadable
from examengine.bank.item_form import (
    changed_rows,
    fits_form,
    form_values,
    read_form,
    with_proposed_words,
)
from tests.bank.small_bank import item

CHOICE = item("S-1", "single_choice")
MATCHING = item("S-2", "matching")


def test_a_row_that_is_added_gets_an_id_that_is_free():
    """
    Options are lettered, other rows numbered, and no id is given twice.
    """
    options = changed_rows(CHOICE, "add", "options")["options"]
    again = changed_rows({**CHOICE, "options": [*options[:1], *options[2:]]}, "add", "options")
    prompts = changed_rows(MATCHING, "add", "prompts")["prompts"]

    assert [option["id"] for option in options] == ["a", "b", "c", "d", "e"]
    assert [option["id"] for option in again["options"]] == ["a", "c", "d", "e", "b"]
    assert prompts[-1] == {"id": "p4"}


def test_rows_move_and_the_content_they_came_from_stays():
    """
    A row goes up or down by one, and no further than the ends.
    """
    down = changed_rows(CHOICE, "down", "options.0")
    stays = changed_rows(CHOICE, "up", "options.0")

    assert [option["id"] for option in down["options"]] == ["b", "a", "c", "d"]
    assert stays == CHOICE
    assert [option["id"] for option in CHOICE["options"]] == ["a", "b", "c", "d"]


def test_what_is_said_of_a_row_goes_with_it():
    """
    A line that is taken away takes its option from the key, so that the form still holds the item.
    """
    scoring = {"rule": "graded_options", "points": {"c": 2, "b": 1}}

    lines = changed_rows(MATCHING, "remove", "prompts.0")
    options = changed_rows({**CHOICE, "scoring": scoring}, "remove", "options.1")

    assert lines["key"] == {"p2": "a", "p3": "c"}
    assert options["scoring"]["points"] == {"c": 2}
    assert scoring["points"] == {"c": 2, "b": 1}
    assert fits_form(lines)
    assert fits_form(options)


def test_parts_of_a_stimulus_and_of_a_rule_are_rows_too():
    """
    A figure, a table or a band is added where it belongs, the list begun with the first.
    """
    scoring = {"rule": "bands", "points": 2}

    shown = changed_rows(CHOICE, "add", "stimulus.table")
    band = changed_rows(item("S-3", "numeric_entry", scoring=scoring), "add", "scoring.bands")

    assert shown["stimulus"] == [{"table": {}}]
    assert band["scoring"] == {"rule": "bands", "points": 2, "bands": [{}]}
    assert fits_form(shown)


@pytest.mark.parametrize(
    ("act", "place"),
    [
        ("add", "nothing"),
        ("add", "key"),
        ("add", "stimulus.film"),
        ("add", "scoring.bands"),
        ("remove", "options.4"),
        ("remove", "options.999999999"),
        ("remove", "options"),
        ("remove", "options.-1"),
        ("swap", "options.0"),
        ("up", "stem.0"),
        ("add", "a.b.c.d.e.f.g"),
        ("add", ""),
    ],
)
def test_a_row_that_is_not_there_is_refused(act, place):
    """
    Whoever writes addresses of rows by hand changes nothing.
    """
    with pytest.raises(FormUnreadable):
        changed_rows(CHOICE, act, place)


@pytest.mark.parametrize(
    "name",
    [
        "options.999999999.text",
        "options.7.text",
        "options.1.key",
        "options.1.text.deeper.and.deeper",
        "a." * 60 + "a",
        "prompts.0.text",
        "__class__",
        "stem[0]",
        "ſtem",
        "",
        "id",
        "version",
        "stimulus.0.part",
    ],
)
def test_a_field_that_no_form_has_is_refused_and_named(name):
    """
    Nothing that is sent is lost in silence: deep paths, huge rows, gaps, fields of other types.
    """
    sent = {**form_values(CHOICE), name: ["x"]}

    with pytest.raises(FormUnreadable) as refusal:
        read_form(CHOICE, sent)

    assert refusal.value.name == name[:80]


def test_a_field_that_comes_twice_is_refused():
    """
    Of two values neither is chosen silently.
    """
    with pytest.raises(FormUnreadable):
        read_form(CHOICE, {**form_values(CHOICE), "stem": ["one", "two"]})


def test_more_rows_than_a_form_has_are_refused():
    """
    The rows beyond the most are not dropped: the form is refused.
    """
    rows = {f"options.{row}.text": ["x"] for row in range(201)}

    with pytest.raises(FormUnreadable):
        read_form(CHOICE, rows)


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "blue"},
        {"key": 3},
        {"options": "none"},
        {"seconds": "60"},
        {"shuffle": 1},
        {"options": [{"id": "a", "text": "One", "weight": 1}]},
        {"stimulus": [{"film": {}}]},
        {"type": "unheard_of"},
        {"type": ["single_choice"]},
    ],
)
def test_what_a_form_cannot_hold_is_told(changes):
    """
    Such an item is edited as YAML, so that saving its form takes nothing away.
    """
    assert not fits_form({**CHOICE, **changes})


def test_a_formula_is_given_the_words_in_which_it_is_read():
    """
    The words are proposed where there are none, of what can be read; the author's are kept.
    """
    parts = [
        {"formula": {"tex": r"\frac{a}{b}"}},
        {"formula": {"tex": "x", "spoken": "the price"}},
        {"formula": {"tex": r"\frac{"}},
    ]

    found = with_proposed_words({**CHOICE, "stimulus": parts})["stimulus"]

    assert found[0]["formula"]["spoken"] == "a over b"
    assert found[1:] == parts[1:]
