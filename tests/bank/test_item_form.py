"""An item as a form: rows that come, go and move, and forms that no page of ours has sent."""

import pytest

from examengine.bank.errors import FormUnreadable
from examengine.bank.item_form import (
    changed_rows,
    fits_form,
    form_values,
    lost_in_form,
    read_form,
    with_proposed_words,
    with_rows_of_marks,
)
from tests.bank.small_bank import item

CHOICE = item("S-1", "single_choice")
MATCHING = item("S-2", "matching")
INLINE = item("S-3", "inline_choice")
HOTSPOT = item("S-4", "hotspot")


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


def test_the_options_of_a_gap_are_rows_within_a_row():
    """
    They come, go and move by their gap, and those of the other gaps stay.
    """
    added = changed_rows(INLINE, "add", "gaps.1.options")["gaps"]
    moved = changed_rows(INLINE, "down", "gaps.1.options.0")["gaps"]
    gone = changed_rows(INLINE, "remove", "gaps.1.options.2")

    assert added[1]["options"][-1] == {"id": "d"}
    assert [one["id"] for one in moved[1]["options"]] == ["b", "a", "c"]
    assert len(gone["gaps"][1]["options"]) == 2
    assert gone["key"] == INLINE["key"]
    assert added[0] == moved[0] == gone["gaps"][0] == INLINE["gaps"][0]
    assert len(INLINE["gaps"][1]["options"]) == 3


def test_a_gap_that_is_taken_away_takes_its_mark_and_its_key_along():
    """
    Else it would come back with the next save.
    """
    found = changed_rows(INLINE, "remove", "gaps.1")

    assert [gap["id"] for gap in found["gaps"]] == ["g1", "g3"]
    assert found["key"] == {"g1": "b", "g3": "c"}
    assert "[[g2]]" not in found["text"]
    assert with_rows_of_marks(found) == found


def test_a_gap_that_comes_into_the_text_gets_its_row_and_no_key_of_another():
    """
    Each gap keeps what was written of it, wherever a new one stands; one left blank goes.
    """
    text = f"[[new]] {INLINE['text'].replace('[[g1]]', '')}"
    blank = {"id": "old", "options": [{"id": "a"}, {"id": "b", "text": ""}]}

    found = with_rows_of_marks({**INLINE, "text": text, "gaps": [*INLINE["gaps"], blank]})

    assert [gap["id"] for gap in found["gaps"]] == ["g1", "g2", "g3", "new"]
    assert found["gaps"][3]["options"] == [{"id": "a"}, {"id": "b"}, {"id": "c"}]
    assert found["gaps"][:3] == INLINE["gaps"]
    assert found["key"] == INLINE["key"]
    assert fits_form(found)
    assert with_rows_of_marks(INLINE) == INLINE


def test_no_more_rows_are_begun_than_a_text_may_have_gaps():
    """
    A thousand marks make no page of a thousand rows.
    """
    text = " ".join(f"[[x{n}]]" for n in range(1000))

    assert len(with_rows_of_marks({**INLINE, "text": text, "gaps": []})["gaps"]) == 20


def test_the_key_of_a_gap_goes_by_its_id_though_the_text_has_changed():
    """
    The form was drawn for three gaps, and the text it sends has a fourth before them.
    """
    content = item("S-5", "gap_match")
    sent = form_values(content) | {"text": ["[[g9]] [[g1]] [[g2]] [[g3]]"]}

    found = read_form(content, sent)

    assert found["key"] == content["key"]
    assert form_values(found)["key.0.gap"] == ["g9"]
    assert form_values(found)["key.0.of"] == [""]


def test_a_key_of_a_gap_that_the_text_lacks_is_not_lost():
    """
    It stands in a row of its own, until somebody chooses nothing there.
    """
    content = item("S-5", "gap_match", text="Only [[g1]].")

    assert fits_form(content)
    assert form_values(content)["key.2.gap"] == ["g3"]
    with pytest.raises(FormUnreadable):
        read_form(content, form_values(content) | {"key.2.gap": ["g1"]})


@pytest.mark.parametrize(
    ("kind", "numbers", "said"),
    [
        ("circle", "1, 2, 3", {"circle": [1, 2, 3]}),
        ("", "1 2 3", {"circle": [1, 2, 3]}),
        ("", "1;2;3;4", {"rectangle": [1, 2, 3, 4]}),
        ("", "1,2,3,4,5,6", {"polygon": [1, 2, 3, 4, 5, 6]}),
        ("polygon", "", {"polygon": []}),
        ("rectangle", "1, two", {"rectangle": [1, "two"]}),
        ("", " ", {}),
    ],
)
def test_a_shape_is_what_was_chosen_or_what_has_so_many_numbers(kind, numbers, said):
    """
    Nothing that was typed is lost, be it a number or not.
    """
    sent = form_values(HOTSPOT) | {
        "regions.0.shape.kind": [kind],
        "regions.0.shape.numbers": [numbers],
    }

    region = read_form(HOTSPOT, sent)["regions"][0]

    assert region == {"id": "a", "text": "Monday", "rationale": "Twelve came.", **said}
    assert fits_form({**HOTSPOT, "regions": [region]})


def test_a_shape_that_there_is_none_of_is_refused():
    """
    A page of ours offers three.
    """
    with pytest.raises(FormUnreadable):
        read_form(HOTSPOT, form_values(HOTSPOT) | {"regions.0.shape.kind": ["star"]})


def test_what_a_form_would_lose_is_named():
    """
    So that an author knows what to mend.
    """
    region = {**HOTSPOT["regions"][0], "circle": [1, 1, 1]}
    several = {**HOTSPOT, "regions": [region, *HOTSPOT["regions"][1:]], "colour": "blue"}

    assert lost_in_form(several) == ("regions", "colour")
    assert lost_in_form(HOTSPOT) == ()
    assert lost_in_form(item("S-6", "qti")) == ()


@pytest.mark.parametrize(
    ("act", "place"),
    [
        ("add", "gaps.0.options"),
        ("add", "options.0.text"),
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
