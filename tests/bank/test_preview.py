"""A draft as a candidate would see it, tried, compared, and written as YAML."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import ITEM_TYPES, ItemDraft, ResponseMalformed
from examengine.bank.comparing import compared
from examengine.bank.draft_yaml import draft_text, read_draft_text
from examengine.bank.item_draft import blank_item, draft_faults
from examengine.bank.item_form import fits_form
from examengine.bank.preview import preview, tried
from examengine.bank.rules import Bank
from tests.bank.shown_items import SECRETS, json_values, mappings_in
from tests.bank.small_bank import figure, item

SMALL = Bank("small", "Small", "", "en", "CC-BY-4.0", "", (), ())
CHOICE = item("S-1", "single_choice")


def draft_with(content) -> ItemDraft:
    """A draft that holds a content."""
    who, now = UUID(int=1), datetime(2026, 11, 30, tzinfo=UTC)
    return ItemDraft("small", "S-1", content, None, 1, who, "Ada", now)


WITH_A_FORM = sorted(name for name, kind in ITEM_TYPES.items() if kind.form_fields)
IN_A_PICTURE = {name for name, kind in ITEM_TYPES.items() if "picture" in kind.fields}


@pytest.mark.parametrize("name", sorted(ITEM_TYPES.keys() - WITH_A_FORM | IN_A_PICTURE))
def test_an_item_that_shows_something_of_its_author_says_what_it_lacks_to_be_shown(name):
    """
    A picture to answer in, or QTI, has nothing that could stand for it: what is missing is named.
    """
    found = preview(blank_item(SMALL, "N-1", name, "Ada", "2026-11-30"), "en")

    assert found.item is None
    lacking = {fault.where.partition("[")[0] for fault in found.lacking}
    assert lacking <= {"stem", *ITEM_TYPES[name].fields}


@pytest.mark.parametrize("name", sorted(set(WITH_A_FORM) - IN_A_PICTURE))
def test_an_item_that_was_just_begun_is_shown_with_signs_for_what_is_missing(name):
    """
    The preview is there from the first moment, and fills as somebody writes.
    """
    blank = blank_item(SMALL, "N-1", name, "Ada", "2026-11-30")

    shown = preview(blank, "en")

    assert shown.lacking == ()
    assert "…" in shown.item["stem"]
    assert tried(blank, {}) is None


def test_an_item_that_was_just_begun_is_answered_and_worth_nothing_yet():
    """
    Without a key there are no points, and nothing fails.
    """
    blank = blank_item(SMALL, "N-1", "single_choice", "Ada", "2026-11-30")

    found = tried(blank, {"response": ["b"]})

    assert (found.words, found.points) == ("…", None)


@pytest.mark.parametrize("name", sorted(ITEM_TYPES))
def test_a_preview_holds_no_key_and_is_what_a_candidate_gets(name):
    """
    It is made by the very function that makes the candidate's page.
    """
    content = item("S-1", name, notes="The key is c.", tags=["secret"])

    shown = preview(content, "en").item

    assert shown == ITEM_TYPES[name].present(content, (), "en")
    assert {found for one in mappings_in(shown) for found in one}.isdisjoint(SECRETS)
    assert "The key is c." not in str(shown)


@pytest.mark.parametrize("name", WITH_A_FORM)
def test_a_new_item_of_each_type_fits_its_form(name):
    """
    Whoever begins an item finds its form, and not its YAML.
    """
    blank = blank_item(SMALL, "N-1", name, "Ada", "2026-11-30")

    assert fits_form(blank)
    assert set(blank) <= {"schema", "id", "version", "type", "provenance", *ITEM_TYPES[name].fields}


def test_no_item_that_is_begun_shares_anything_with_another():
    """
    What one author fills in does not stand in the next blank.
    """
    first = blank_item(SMALL, "N-1", "matrix", "Ada", "2026-11-30")
    first["statements"][0]["text"] = "Mine."

    assert blank_item(SMALL, "N-2", "matrix", "Ada", "2026-11-30")["statements"][0] == {"id": "s1"}


@pytest.mark.parametrize("name", [one for one in WITH_A_FORM if not ITEM_TYPES[one].by_person])
def test_the_key_is_worth_the_most_when_it_is_tried(name):
    """
    What an author tries is marked by what marks candidates.
    """
    kind, content = ITEM_TYPES[name], item("S-1", name)
    key = kind.key_response(content)
    fields = {
        "single": lambda: {"response": [key]},
        "multiple": lambda: {"response": key},
        "regions": lambda: {"response": key},
        "text": lambda: {"response": [key]},
        "number": lambda: {"response": [key]},
        "point": lambda: {"response": [key]},
        "grid": lambda: {f"response.{part}": [one] for part, one in key.items()},
        "map": lambda: {f"response.{part}": [one] for part, one in key.items()},
        "order": lambda: {f"response.{one}": [str(at)] for at, one in enumerate(key, start=1)},
    }[kind.kind]()

    found = tried(content, fields)

    assert (found.points, found.most, found.unfinished) == (1, 1, None)
    assert found.key == kind.key_in_words(content)


def test_what_a_person_marks_is_tried_without_points():
    """
    An author sees how an answer is read; what it is worth nobody knows before a person does.
    """
    content = item("S-1", "file_upload")
    described = ITEM_TYPES["file_upload"].key_response(content)

    found = tried(content, {f"response.{n}": [json.dumps(one)] for n, one in enumerate(described)})

    assert (found.points, found.most, found.unfinished) == (None, 1, None)
    assert found.words.startswith("answer 1.pdf, 1 KB, sha256:")


def test_an_answer_is_told_why_it_is_worth_what_it_is():
    """
    The rationale of the option that was chosen; of an item with faults the answer alone.
    """
    wrong = tried(CHOICE, {"response": ["d"]})
    unsound = tried({**CHOICE, "key": "zz"}, {"response": ["d"]})

    assert [one.rationale for one in wrong.why] == ["Divides the rise by the total sold."]
    assert (wrong.points, unsound.points, unsound.words) == (0, None, "By a fifth")
    with pytest.raises(ResponseMalformed):
        tried(CHOICE, {"response": ["zz"]})


def test_a_text_that_a_person_marks_is_tried_without_points():
    """
    The page says how many words were read, and that somebody will say what they are worth.
    """
    scoring = {"rule": "by_person", "points": 5}

    found = tried(
        item("S-1", "extended_text", scoring=scoring), {"response": ["Three whole words"]}
    )

    assert (found.points, found.most, found.by_person) == (None, 5, True)
    assert found.echo == "3 words."


@pytest.mark.parametrize("digest", [None, [], 3])
def test_a_file_that_is_not_there_yet_is_told_and_fails_nothing(digest):
    """
    Whoever names a figure in YAML that nobody has brought sees that, and no preview.
    """
    body = {"file": "figures/new.svg", "alt": "New."} | (
        {} if digest is None else {"digest": digest}
    )
    content = item("S-1", "single_choice", stimulus=[{"figure": body}])

    shown = preview(content, "en")

    assert shown.item is None
    assert [fault.where for fault in shown.lacking] == ["stimulus[0].figure.file"]
    assert [fault.where for fault in draft_faults(content, 1, set())] == ["stimulus[0].figure.file"]


@given(data=st.data())
def test_a_preview_never_fails_whatever_a_draft_holds(data):
    """
    It shows the item, or says what it lacks.
    """
    name = data.draw(st.sampled_from(sorted(ITEM_TYPES)))
    field = data.draw(st.sampled_from([*sorted(ITEM_TYPES[name].fields), "stem", "stimulus"]))
    content = {**item("S-1", name), field: data.draw(json_values)}

    shown = preview(content, "en")

    assert (shown.item is None) == bool(shown.lacking)


def test_words_that_differ_are_marked_field_by_field():
    """
    Options are compared by their ids, wherever they stand, and the key is compared too.
    """
    options = [{**CHOICE["options"][1], "text": "By one third"}, CHOICE["options"][0]]
    after = {**CHOICE, "options": options, "key": "a", "seconds": 60, "version": 2}

    found = {one.where: one for one in compared(CHOICE, after)}

    text = found["options b, text"]
    assert [(piece.text, piece.differs) for piece in text.before] == [
        ("By ", False),
        ("a", True),
        (" third", False),
    ]
    assert [piece.text for piece in text.after if piece.differs] == ["one"]
    assert found["options c, text"].after is None
    assert found["key"].differs
    assert not found["options a, text"].differs
    assert "version" not in found


@given(json_values, json_values)
def test_anything_is_compared_with_anything(one, other):
    """
    Each side of a field, its pieces joined, is what that side says; the same has no difference.
    """
    before, after = {**CHOICE, "notes": one}, {**CHOICE, "notes": other}

    assert all(not found.differs for found in compared(before, before))
    for found in compared(before, after):
        if found.where == "notes" and isinstance(one, str) and found.before is not None:
            assert "".join(piece.text for piece in found.before) == one


@pytest.mark.parametrize("name", sorted(ITEM_TYPES))
def test_yaml_goes_there_and_back_without_a_byte_of_difference(name):
    """
    The text of a draft reads as its content, and writes as itself.
    """
    shown = {"figure": {**figure()["figure"], "digest": "sha256:" + "a" * 64}}
    content = item("S-1", name, stimulus=[shown], tags=["a tag"], notes="One.\n\nTwo.\n")
    draft = draft_with(content)

    text = draft_text(content)
    read = read_draft_text(text.replace("\n", "\r\n"), draft, [content])

    assert read.content == content
    assert draft_text(read.content) == text
    assert "sha256" not in text


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "no fields"),
        ("- a\n- b\n", 1, "no fields"),
        ("id: S-2\nversion: 1\n", 1, "this draft is of S-1"),
        ("id: S-1\nversion: 7\n", 2, "this draft is of 1"),
        ("id: &a S-1\nversion: *a\n", 1, "anchor"),
        ("id: S-1\nid: S-1\nversion: 1\n", 2, "twice"),
        ("a: " + "[" * 40 + "]" * 40, 1, "nested"),
    ],
)
def test_a_text_that_cannot_be_read_is_told_with_its_line(text, line, what):
    """
    Nothing of it becomes the draft, and what would be right is said.
    """
    read = read_draft_text(text, draft_with(CHOICE), [])

    assert read.content is None
    assert read.faults[0].line == line
    assert what in read.faults[0].what
