"""Item sets: one stimulus for several items, edited once; on both databases."""

from copy import deepcopy
from dataclasses import replace

import pytest

from examengine import bank
from examengine.accounts import NotAllowed, Role
from examengine.bank import (
    FORMATS,
    ITEM_TYPES,
    DraftMoved,
    DraftUnusable,
    SetUnknown,
    check_bank,
    item_version,
    read_view,
)
from examengine.bank.formats import load_files
from examengine.bank.item_file import item_faults
from examengine.bank.item_form import fits_form, form_values, read_form
from tests.bank.sets_of_items import PASSAGE, a_set, set_item
from tests.bank.small_bank import files, item

OTHER = {"passage": {"text": "The ferry leaves at ten."}}


@pytest.fixture
def author(session, clock, person):
    """An author, and a bank with a set."""
    found = person(Role.AUTHOR)
    assert bank.import_bank(session, clock, found, load_files(files(*a_set()))).written
    return found


def found_in(*items):
    """The rules of sets that find something, by item and place."""
    report = check_bank(load_files(files(*items)))
    return {
        (one.rule, one.item_id, one.fault.where)
        for one in report.findings
        if one.rule.startswith("set_")
    }


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ("R", "set"),
        ({"id": "R"}, "set.place"),
        ({"place": 1}, "set.id"),
        ({"id": "no blanks", "place": 1}, "set.id"),
        ({"id": "x" * 61, "place": 1}, "set.id"),
        ({"id": "R", "place": 0}, "set.place"),
        ({"id": "R", "place": True}, "set.place"),
        ({"id": "R", "place": 1, "title": "x"}, "set.title"),
    ],
)
def test_a_set_with_a_fault_is_refused(said, where):
    """
    Each fault names the field it is about.
    """
    content = item("S-1", "single_choice", set=said)

    assert where in {fault.where for fault in item_faults(content)}


@pytest.mark.parametrize(
    ("passage", "where"),
    [
        ({}, "stimulus[0].passage.text"),
        ({"text": "x" * 12_001}, "stimulus[0].passage.text"),
        ({"text": "x", "heading": ""}, "stimulus[0].passage.heading"),
        ({"text": "x", "author": "y"}, "stimulus[0].passage.author"),
    ],
)
def test_a_passage_with_a_fault_is_refused(passage, where):
    """
    A passage needs its text, and holds no field that nobody reads.
    """
    content = item("S-1", "single_choice", stimulus=[{"passage": passage}])

    assert where in {fault.where for fault in item_faults(content)}


def test_a_passage_is_shown_as_text_and_escaped():
    """
    Paragraphs and marks are drawn; what looks like markup is words.
    """
    said = {"heading": "A *short* text", "text": "One <b>.\n\nTwo."}
    content = item("S-1", "single_choice", stimulus=[{"passage": said}])

    [part] = ITEM_TYPES["single_choice"].present(content, ())["stimulus"]

    assert part["heading"] == "A <em>short</em> text"
    assert part["text"] == "<p>One &lt;b&gt;.</p>\n<p>Two.</p>"


def test_a_set_goes_through_the_form_and_can_be_left():
    """
    An item of a set fits the form; with empty fields it stands alone again.
    """
    content = set_item("R-1", 3)
    values = form_values(content)

    assert fits_form(content)
    assert values["set.place"] == ["3"]
    alone = read_form(content, {**values, "set.id": [""], "set.place": [""]})
    assert "set" not in alone


def test_an_item_knows_its_set():
    """
    Its set and place are read from its content; an item alone has neither.
    """
    version, alone = (
        item_version("small", one) for one in (set_item("R-1", 3), item("S", "ordering"))
    )

    assert (version.set_id, version.set_place) == ("R", 3)
    assert (alone.set_id, alone.set_place) == ("", 0)
    assert version.digest != item_version("small", set_item("R-1", 3, stimulus=[OTHER])).digest


def test_a_sound_set_has_no_findings():
    """
    One stimulus, each place once: nothing to say.
    """
    assert found_in(*a_set()) == set()


def test_a_set_whose_items_differ_is_found_with_the_place():
    """
    The first item and the stranger are named, each with the first place that differs.
    """
    stranger = set_item("R-1", 3, stimulus=[{"passage": {**PASSAGE["passage"], "text": "Other."}}])
    more = set_item("R-3", 2, stimulus=[PASSAGE, deepcopy(PASSAGE)])

    assert found_in(set_item("R-2", 1), stranger) == {
        ("set_differs", "R-2", "stimulus[0].passage.text"),
        ("set_differs", "R-1", "stimulus[0].passage.text"),
    }
    assert ("set_differs", "R-3", "stimulus") in found_in(set_item("R-2", 1), more)


def test_places_and_lonely_sets_are_found():
    """
    Two items at one place are an error; a set of one, or without a stimulus, is to be judged.
    """
    taken = found_in(set_item("R-1", 1), set_item("R-2", 1))
    lonely = found_in(set_item("R-1", 1))
    bare = item("R-9", "single_choice", set={"id": "Q", "place": 1})

    assert taken == {("set_place_taken", one, "set.place") for one in ("R-1", "R-2")}
    assert lonely == {("set_of_one", "R-1", "set.id")}
    assert ("set_without_stimulus", "R-9", "set") in found_in(bare)


def test_a_set_is_listed_with_its_items_in_order(session, author, person):
    """
    Readers see sets and their items by place; the list of items is filtered by a set.
    """
    found = bank.find_set(session, person(Role.REVIEWER), "small", "R")
    view, _ = read_view([("set", "R"), ("sort", "set")])

    assert bank.sets_of_bank(session, author, "small") == {"R": 3}
    assert [one.item_id for one in found.members] == ["R-2", "R-3", "R-1"]
    assert not any(one.differs for one in found.members)
    assert found.next_place == 4
    lines = bank.search_items(session, author, "small", view).lines
    assert [line.item_id for line in lines] == ["R-2", "R-3", "R-1"]
    with pytest.raises(SetUnknown):
        bank.find_set(session, author, "small", "Q")


def test_strangers_see_no_set(session, clock, author, person):
    """
    Candidates may not read sets; whoever is no author changes none.
    """
    candidate, reviewer = person(Role.CANDIDATE), person(Role.REVIEWER)

    for refused in (
        lambda: bank.sets_of_bank(session, candidate, "small"),
        lambda: bank.find_set(session, candidate, "small", "R"),
        lambda: bank.begin_item_of_set(session, clock, reviewer, "small", "R", "N", "matrix"),
        lambda: bank.share_stimulus(session, clock, reviewer, "small", "R", "R-1"),
        lambda: bank.make_versions_of_set(
            session, clock, reviewer, "small", "R", seen={}, reason="x"
        ),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_a_new_item_begins_with_the_stimulus_of_its_set(session, clock, author):
    """
    It has the stimulus, the area and the next place; the first item of a set has place 1.
    """
    bank.begin_item_of_set(session, clock, author, "small", "R", "R-4", "numeric_entry")
    bank.begin_item_of_set(session, clock, author, "small", "New", "N-1", "single_choice")

    fourth = bank.find_draft(session, author, "small", "R-4").content
    first = bank.find_draft(session, author, "small", "N-1").content
    assert fourth["set"] == {"id": "R", "place": 4}
    assert (fourth["stimulus"], fourth["area"]) == ([PASSAGE], "change")
    assert first["set"] == {"id": "New", "place": 1}
    assert [one.item_id for one in bank.find_set(session, author, "small", "R").members][-1] == (
        "R-4"
    )
    for set_id, item_id in (("no blanks", "N-2"), ("R", "R-1"), ("R", "bad id")):
        with pytest.raises(DraftUnusable):
            bank.begin_item_of_set(session, clock, author, "small", set_id, item_id, "matrix")


def edited(session, clock, author, item_id="R-2"):
    """The draft of an item with another stimulus."""
    bank.begin_version(session, clock, author, "small", item_id)
    draft = bank.find_draft(session, author, "small", item_id)
    content = {**draft.content, "stimulus": [OTHER]}
    clock.forward(seconds=1)
    return bank.save_draft(session, clock, author, "small", item_id, content, draft.revision)


def test_a_stimulus_is_edited_once_and_given_to_all(session, clock, author):
    """
    The others get drafts that differ in nothing else; versions of all are made with one word why.
    """
    edited(session, clock, author)
    before = bank.find_set(session, author, "small", "R")

    given = bank.share_stimulus(session, clock, author, "small", "R", "R-2")
    found = bank.find_set(session, author, "small", "R")
    seen = {draft.item_id: draft.revision for draft in found.drafts}
    clock.forward(seconds=1)
    made = bank.make_versions_of_set(
        session, clock, author, "small", "R", seen=seen, reason="The ferry goes later."
    )

    assert [one.item_id for one in before.members if one.differs] == ["R-3", "R-1"]
    assert given == 2
    assert not any(one.differs for one in found.members)
    assert [(one.item_id, one.version) for one in made] == [("R-2", 2), ("R-3", 2), ("R-1", 2)]
    assert {one.content["stem"] for one in made} == {f"When? ({one.item_id})" for one in made}
    assert all(one.content["stimulus"] == [OTHER] for one in made)
    assert {one.made.reason for one in made} == {"The ferry goes later."}
    assert bank.find_set(session, author, "small", "R").drafts == ()
    assert bank.bank_findings(session, author, "small").held == {}


def test_a_set_that_is_half_edited_is_held(session, clock, author):
    """
    While the stimuli differ the items stay out of forms, and come back once they are the same.
    """
    draft = edited(session, clock, author)
    bank.make_version(
        *(session, clock, author, "small", "R-2"), seen=draft.revision, newest=1, reason="Later."
    )

    assert set(bank.bank_findings(session, author, "small").held) == {"R-1", "R-2", "R-3"}


def test_a_draft_that_is_there_is_given_the_stimulus_too(session, clock, author):
    """
    What somebody has written besides stays; a page that shows an older revision is told.
    """
    bank.begin_version(session, clock, author, "small", "R-3")
    there = bank.find_draft(session, author, "small", "R-3")
    words = {**there.content, "stem": "When, then?"}
    bank.save_draft(session, clock, author, "small", "R-3", words, there.revision)
    edited(session, clock, author)

    bank.share_stimulus(session, clock, author, "small", "R", "R-2")

    changed = bank.find_draft(session, author, "small", "R-3")
    assert (changed.content["stem"], changed.content["stimulus"]) == ("When, then?", [OTHER])
    with pytest.raises(DraftMoved):
        bank.save_draft(
            session, clock, author, "small", "R-3", {**words, "stem": "Or?"}, there.revision + 1
        )


def test_nothing_is_given_that_is_the_same_or_has_faults(session, clock, author):
    """
    Each refusal says why: nothing differs, no item of the set, a stimulus with a fault.
    """
    with pytest.raises(DraftUnusable, match="already"):
        bank.share_stimulus(session, clock, author, "small", "R", "R-2")
    with pytest.raises(DraftUnusable, match="no item of the set"):
        bank.share_stimulus(session, clock, author, "small", "R", "S-1")
    draft = edited(session, clock, author)
    faulty = {**draft.content, "stimulus": [{"passage": {}}]}
    bank.save_draft(session, clock, author, "small", "R-2", faulty, draft.revision)
    with pytest.raises(DraftUnusable, match="mend it first"):
        bank.share_stimulus(session, clock, author, "small", "R", "R-2")


def test_versions_of_a_set_are_made_of_what_was_seen_and_sound(session, clock, author):
    """
    Without a word why, with a moved draft, or with a fault in one of them, none is made.
    """
    edited(session, clock, author)
    bank.share_stimulus(session, clock, author, "small", "R", "R-2")
    found = bank.find_set(session, author, "small", "R")
    seen = {draft.item_id: draft.revision for draft in found.drafts}
    last = bank.find_draft(session, author, "small", "R-1")

    def make(seen, reason="Later."):
        return bank.make_versions_of_set(
            session, clock, author, "small", "R", seen=seen, reason=reason
        )

    with pytest.raises(DraftUnusable, match="why"):
        make(seen, reason=" ")
    with pytest.raises(DraftMoved):
        make({**seen, "R-1": 7})
    bank.save_draft(
        session, clock, author, "small", "R-1", {**last.content, "key": "z"}, last.revision
    )
    with pytest.raises(DraftUnusable, match=r"^R-1: "):
        make({**seen, "R-1": last.revision + 1})
    assert len(bank.find_set(session, author, "small", "R").drafts) == 3


@pytest.mark.parametrize("name", ["examengine_yaml", "csv_table"])
def test_a_set_is_written_and_read_the_same(session, author, name):
    """
    Set, place and passage come back from YAML and from a table with the same digests.
    """
    exported = bank.export_bank(session, author, "small", FORMATS[name])
    loaded = bank.load_upload(session, author, "small", dict(exported.files))

    assert exported.left_out == {}
    digests = {one.item_id: one.digest for one in bank.list_items(session, author, "small")}
    assert {one.id: item_version("small", one.content).digest for one in loaded.items} == digests


def test_what_a_format_cannot_hold_of_a_set_is_said(author):
    """
    Formats of single questions leave an item of a set out and say so, never flatten it.
    """
    version = replace(item_version("small", set_item("R-1", 1)), language="en")

    for name in ("moodle_xml", "gift", "aiken"):
        assert FORMATS[name].left_out(version) is not None


def test_a_table_names_the_column_of_a_fault():
    """
    A place that is no number is told in the column where it stands.
    """
    table = b"id,stem,key,option_a,option_b,set,set_place\nT,Which?,a,One,Two,R,last\n"

    loaded = load_files({"items.csv": table})

    assert any("set_place" in str(fault) for fault in loaded.faults)
