"""One change to many items: shown first, begun as drafts, never a version; on both databases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine import bank
from examengine.accounts import NotAllowed, Role, staff_acts
from examengine.bank import ITEM_TYPES, ChangeOfMany, ChangeScope, DraftUnusable
from examengine.bank.changes_of_many import changed_item
from examengine.bank.formats import load_files
from examengine.bank.item_file import item_faults
from examengine.bank.item_types._gaps import gap_ids
from tests.bank.small_bank import figure, files, item, three_items

EVERYWHERE = ChangeScope()


@pytest.fixture
def author(session, clock, person):
    """An author, and the small bank."""
    found = person(Role.AUTHOR)
    assert bank.import_bank(session, clock, found, load_files(files(*three_items()))).written
    return found


def test_words_are_replaced_where_people_read_them_and_never_in_a_key():
    """
    Stem, options, rationales and captions change; ids, keys, files and formulas do not.
    """
    parts = [figure("figures/b.svg"), {"formula": {"tex": "b", "spoken": "bee b"}}]
    content = item("b", "single_choice", stem="b or not b", stimulus=parts, key="b")

    found = changed_item(content, ChangeOfMany(find="b", replacement="B"))

    assert found["stem"] == "B or not B"
    assert found["options"][1]["text"] == "By a third"
    assert found["options"][1]["rationale"].startswith("Divides the rise By")
    assert [one["id"] for one in found["options"]] == ["a", "b", "c", "d"]
    assert (found["key"], found["id"]) == ("b", "b")
    assert found["stimulus"][0]["figure"]["file"] == "figures/b.svg"
    assert found["stimulus"][1] == parts[1]


def test_words_are_replaced_in_what_every_type_has_candidates_read():
    """
    Statements, options within gaps, regions, areas and what a full answer holds change.
    """
    change = ChangeOfMany(find="e", replacement="E")
    scoring = {"rule": "graded_areas", "points": 2, "areas": [{"text": "one", "rationale": "here"}]}

    found = {name: changed_item(item("S-1", name, title="here"), change) for name in ITEM_TYPES}
    point = changed_item(item("S-1", "select_point", scoring=scoring), change)

    assert (
        found["matrix"]["statements"][2]["text"]
        == "ThE rangE is thE longEst wait lEss thE shortEst."
    )
    assert found["matrix"]["options"][0] == {"id": "t", "text": "TruE"}
    assert found["inline_choice"]["gaps"][0]["options"][0]["text"] == "modE"
    assert found["gap_match"]["options"][0]["text"] == "samplE"
    assert found["hotspot"]["regions"][1]["text"] == "TuEsday"
    assert found["extended_text"]["key"].startswith("NamEs whom thE survEy")
    assert point["scoring"]["areas"] == [{"text": "onE", "rationale": "hErE"}]
    assert found["select_point"]["key"][0]["rationale"] == "Right: Eight camE."
    assert {one["title"] for one in found.values()} == {"hErE"}
    assert found["qti"]["stem"] == ITEM_TYPES["qti"].example["stem"]
    assert found["qti"]["qti"] == ITEM_TYPES["qti"].example["qti"]


@pytest.mark.parametrize("name", ["inline_choice", "gap_match"])
@pytest.mark.parametrize("find", ["g", "[", "1]", "[[g2]]", "]] upwards", "g1"])
def test_words_are_replaced_around_the_gaps_of_a_text(name, find):
    """
    Gaps and their key still belong together, whatever is looked for.
    """
    content = item("S-1", name)

    found = changed_item(content, ChangeOfMany(find=find, replacement="G"))

    assert list(item_faults(found)) == []
    assert found["key"] == content["key"]
    assert gap_ids(found) == gap_ids(content)


def test_words_that_hold_a_gap_are_replaced_where_the_gap_stays():
    """
    What is looked for may go across a gap.
    """
    change = ChangeOfMany(find="pull the [[g1]] upwards", replacement="raise the [[g1]]")

    found = changed_item(item("S-1", "inline_choice"), change)

    assert found["text"].startswith("A few very dear flats raise the [[g1]].")


@given(st.sampled_from(sorted(ITEM_TYPES)), st.text(max_size=5))
def test_a_change_back_is_no_change(name, words):
    """
    What is replaced by itself, and what is found nowhere, leaves an item as it is.
    """
    content = item("S-1", name, tags=["one"])

    assert changed_item(content, ChangeOfMany(find=words, replacement=words)) == content


def test_area_level_and_tags_change_together():
    """
    Tags are added once and in order; one that is taken away is gone.
    """
    change = ChangeOfMany(
        area="spread", level="recall", add_tags=("new", "old"), remove_tags=("gone",)
    )
    content = item("S-1", "matching", tags=["old", "gone"])

    found = changed_item(content, change)

    assert (found["area"], found["level"], found["tags"]) == ("spread", "recall", ["old", "new"])
    assert list(item_faults(found)) == []
    assert bank.tags_in(" a,  b  c ,a,, ") == ("a", "b c")


def test_what_would_change_is_shown_and_becomes_drafts(session, clock, author, person):
    """
    Of the items that are chosen; one that is being written stays as it is, and is told.
    """
    change = ChangeOfMany(add_tags=("spring",))
    bank.begin_version(session, clock, author, "small", "S-1")

    found = bank.items_changed_by(session, author, "small", change, EVERYWHERE)
    n_begun = bank.begin_changes(
        session, clock, author, "small", change, EVERYWHERE, ["S-1", "S-2", "nobody"]
    )

    assert [(one.version.item_id, one.being_written) for one in found] == [
        ("S-1", True),
        ("S-2", False),
        ("S-3", False),
    ]
    assert [field.where for field in found[0].fields] == ["tags"]
    assert n_begun == 1
    draft = bank.find_draft(session, author, "small", "S-2")
    assert (draft.content["tags"], draft.content["version"], draft.based_on) == (["spring"], 2, 1)
    assert "tags" not in bank.find_draft(session, author, "small", "S-1").content
    assert len(bank.item_history(session, author, "small", "S-2")) == 1
    acts = staff_acts(session, person(Role.ADMINISTRATOR), subject="bank:small")
    [act] = [one for one in acts if one.action == "bank.change_many"]
    assert act.detail["items"] == ["S-2"]


def test_a_change_is_limited_to_what_is_selected(session, author):
    """
    Area, type and level narrow down which items are looked at.
    """
    change = ChangeOfMany(level="apply", add_tags=("x",))

    found = bank.items_changed_by(
        session, author, "small", change, ChangeScope(area="spread", item_type="short_text")
    )

    assert [one.version.item_id for one in found] == ["S-3"]


@pytest.mark.parametrize(
    "change",
    [ChangeOfMany(area="nowhere"), ChangeOfMany(level="none"), ChangeOfMany(find="x" * 201)],
)
def test_what_the_bank_does_not_have_is_refused(session, author, change):
    """
    No item is sent to an area that there is not.
    """
    with pytest.raises(DraftUnusable):
        bank.items_changed_by(session, author, "small", change, EVERYWHERE)


def test_too_many_or_none_at_once_are_refused(session, clock, author, monkeypatch):
    """
    Drafts that nobody would look at are not made.
    """
    change = ChangeOfMany(add_tags=("x",))
    monkeypatch.setattr("examengine.bank.changes_of_many.MOST_AT_ONCE", 1)

    for chosen in ([], ["S-1", "S-2"]):
        with pytest.raises(DraftUnusable):
            bank.begin_changes(session, clock, author, "small", change, EVERYWHERE, chosen)

    assert bank.list_drafts(session, author, "small") == []


def test_only_authors_change_items(session, clock, author, person):
    """
    Whoever rules on findings changes no item.
    """
    who, change = person(Role.PSYCHOMETRICIAN), ChangeOfMany(add_tags=("x",))

    with pytest.raises(NotAllowed):
        bank.items_changed_by(session, who, "small", change, EVERYWHERE)
    with pytest.raises(NotAllowed):
        bank.begin_changes(session, clock, who, "small", change, EVERYWHERE, ["S-1"])
