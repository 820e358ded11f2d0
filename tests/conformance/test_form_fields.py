"""What a type says of its form serves its own example, and whatever else an item may hold."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bank.shown_items import json_values
from tests.bank.small_bank import figure, item

from examengine.bank import ITEM_TYPES, load_folder
from examengine.bank.item_file import item_faults
from examengine.bank.item_form import fits_form, form_sections, form_values, read_form, same_content
from examengine.bank.item_types._form_fields import fields_within

BANKS = Path(__file__).parents[2] / "item_banks"
WITH_FORM = sorted(name for name, kind in ITEM_TYPES.items() if kind.form_fields)
RULES = [(name, rule) for name in WITH_FORM for rule in ITEM_TYPES[name].scoring_rules]
SAID = [(name, rule.name) for name, rule in RULES if rule.form_fields or not rule.fields]
"""Rules that a form can say."""
WRITTEN = [(name, rule) for name, rule in RULES if (name, rule.name) not in SAID]
"""Those that are written as YAML."""
STIMULUS = [
    {
        "figure": {
            **figure()["figure"],
            "digest": "sha256:" + "a" * 64,
            "description": "Rises.\n\n- first\n- then",
        }
    },
    {
        "table": {
            "caption": "Sales",
            "columns": ["Day", "a | b"],
            "rows": [["Monday", ""], ["Tuesday \\ Wednesday", "3"]],
            "row_headers": False,
        }
    },
    {"formula": {"tex": r"\frac{a}{b}", "spoken": "a over b"}},
    {"audio": {"file": "recordings/t.mp3", "transcript": "One.\n\nTwo.", "show_transcript": True}},
    {"audio": {"file": "recordings/t.mp3", "plays": 2}},
    {
        "video": {
            "file": "videos/v.mp4",
            "digest": "sha256:" + "b" * 64,
            "subtitles": {"file": "subtitles/v.vtt", "digest": "sha256:" + "c" * 64},
            "poster": {"file": "figures/v.png"},
            "transcript": "A street.",
            "show_transcript": False,
            "plays": 1,
            "caption": "A street",
        }
    },
]
ABOUT: dict[str, Any] = {
    "tags": ["shop", "percent of"],
    "notes": "Pairs with S-2.\n",
    "provenance": {"author": "a test", "written": "2026-11-21", "source": "a book"},
    "stimulus": STIMULUS,
    "shuffle": False,
}


def there_and_back(content: dict[str, Any]) -> dict[str, Any]:
    """The content that the form of a content says, as a browser sends it."""
    sent = {
        name: [text.replace("\n", "\r\n") for text in texts]
        for name, texts in form_values(content).items()
    }
    return read_form(content, sent)


@pytest.mark.parametrize("name", WITH_FORM)
def test_the_example_goes_to_a_form_and_back_unchanged(name):
    """
    An author who opens an item and saves it has changed nothing.
    """
    content = item("S-1", name)

    assert list(item_faults(content)) == []
    assert there_and_back(content) == content
    assert fits_form(content)


@pytest.mark.parametrize(("name", "rule"), SAID)
def test_every_scoring_rule_goes_to_a_form_and_back_unchanged(name, rule):
    """
    The points of an item are edited as its other fields are.
    """
    found = next(one for one in ITEM_TYPES[name].scoring_rules if one.name == rule)
    content = item("S-1", name, scoring=dict(found.example))

    assert list(item_faults(content)) == []
    assert there_and_back(content) == content


@pytest.mark.parametrize(("name", "rule"), WRITTEN)
def test_an_item_whose_points_no_form_can_say_is_edited_as_yaml(name, rule):
    """
    It does not fit its form, so that nothing of it is lost by saving.
    """
    content = item("S-1", name, scoring=dict(rule.example))

    assert list(item_faults(content)) == []
    assert not fits_form(content)


@pytest.mark.parametrize("name", WITH_FORM)
def test_everything_an_item_may_say_besides_goes_to_a_form_and_back(name):
    """
    Figures, tables with bars in their cells, formulas, recordings, tags, notes: nothing is lost.
    """
    about = {
        field: value
        for field, value in ABOUT.items()
        if field != "shuffle" or "shuffle" in ITEM_TYPES[name].fields
    }
    content = item("S-1", name, **about)

    assert list(item_faults(content)) == []
    assert there_and_back(content) == content


@pytest.mark.parametrize("name", WITH_FORM)
def test_the_fields_of_a_form_are_those_of_the_type(name):
    """
    A form names no field twice and none that the type would refuse, and leaves none of them out.
    """
    kind = ITEM_TYPES[name]

    drawn = {field.name for field in kind.form_fields}
    named = [field.name for section in form_sections(kind) for field in section.fields]

    assert drawn | {"scoring"} == kind.fields
    assert len(set(named)) == len(named)
    assert all(field.label for section in form_sections(kind) for field in section.fields)
    assert all(field.label for field in fields_within(kind.form_fields))


@pytest.mark.parametrize("name", ["data-literacy", "measuring-at-work"])
def test_every_sample_item_is_edited_in_its_form(name):
    """
    What authors have really written fits the forms of their types, to the last field.
    """
    found = load_folder(BANKS / name).items

    assert [one.id for one in found if not fits_form(one.content)] == []
    assert all(there_and_back(dict(one.content)) == one.content for one in found)
    assert len(found) >= 14


@given(data=st.data())
def test_what_fits_a_form_survives_it_and_nothing_raises(data):
    """
    Whatever a draft holds: either its form says all of it, or no form is offered.
    """
    name = data.draw(st.sampled_from(WITH_FORM))
    fields = st.sampled_from([*sorted(ITEM_TYPES[name].fields), "stem", "stimulus", "tags", "area"])
    changes = data.draw(st.dictionaries(fields, json_values, max_size=3))
    content = item("S-1", name) | changes

    if fits_form(content):
        assert same_content(there_and_back(content), content)


texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\x00"), max_size=20)


@given(data=st.data())
def test_a_form_that_was_filled_in_by_anybody_is_read_the_same_way_twice(data):
    """
    What is read of a form fits a form: reading it again changes nothing.
    """
    name = data.draw(st.sampled_from(WITH_FORM))
    content = item("S-1", name)
    typed = {
        field: ([data.draw(texts)] if field.rsplit(".", 1)[-1] not in PRESCRIBED else values)
        for field, values in form_values(content).items()
    }

    read = read_form(content, typed)

    assert same_content(there_and_back(read), read)


PRESCRIBED = {
    *("is", "shuffle", "case_sensitive", "deduction", "rule", "part"),
    *("kind", "gap", "several", "reuse"),
}
"""Fields in which nobody types."""
