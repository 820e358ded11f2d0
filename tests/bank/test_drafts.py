"""Drafts: begun, saved, made into versions, discarded; on both databases."""

import pytest

from examengine import bank
from examengine.accounts import NotAllowed, Role, staff_acts
from examengine.bank import (
    DraftMoved,
    DraftThere,
    DraftUnknown,
    DraftUnusable,
    ItemMoved,
    ItemUnknown,
    UploadUnusable,
    drafts,
)
from examengine.bank.formats import load_files
from tests.bank.media_files import picture
from tests.bank.small_bank import files, item, three_items

WHY = "The wording was clumsy."


@pytest.fixture
def author(session, clock, person):
    """An author, and the small bank."""
    found = person(Role.AUTHOR, name="Ada Author")
    assert bank.import_bank(session, clock, found, load_files(files(*three_items()))).written
    return found


@pytest.fixture
def drafted(session, clock, author):
    """The draft of S-1, begun from its newest version."""
    bank.begin_version(session, clock, author, "small", "S-1")
    return bank.find_draft(session, author, "small", "S-1")


def test_a_draft_begins_as_the_newest_version(drafted):
    """
    Whoever edits an item finds what it says, with the number its next version will have.
    """
    assert drafted.content == {**drafted.content, "version": 2, "id": "S-1", "key": "c"}
    assert (drafted.based_on, drafted.revision) == (1, 1)
    assert drafted.saved_by_name == "Ada Author"


def test_a_version_is_made_on_purpose_with_a_word_why(session, clock, author, drafted, person):
    """
    The draft becomes the next version, says who made it and why, and is gone.
    """
    stem = {**drafted.content, "stem": "Another question?"}
    saved = bank.save_draft(session, clock, author, "small", "S-1", stem, 1)

    made = bank.make_version(
        session, clock, author, "small", "S-1", seen=saved.revision, newest=1, reason=f" {WHY}\n"
    )

    history = bank.item_history(session, author, "small", "S-1")
    assert [one.version for one in history] == [2, 1]
    assert history[0].digest == made.digest
    assert history[0].content["stem"] == "Another question?"
    assert (history[0].made.by_name, history[0].made.reason) == ("Ada Author", WHY)
    assert history[1].made.reason == "Imported"
    with pytest.raises(DraftUnknown):
        bank.find_draft(session, author, "small", "S-1")
    [act, *_] = staff_acts(session, person(Role.ADMINISTRATOR), subject="item:S-1")
    assert act.action == "bank.make_version"
    assert act.detail == {"version": 2, "digest": made.digest, "reason": WHY}


def test_findings_of_the_bank_are_kept_anew_with_a_version(session, clock, author, drafted):
    """
    What the lint finds in the new version guards forms at once, in comparison with others too.
    """
    twin = {**drafted.content, "stem": three_items()[1]["stem"]}
    bank.save_draft(session, clock, author, "small", "S-1", twin, 1)
    bare = {**twin, "options": [{**one, "text": "None of the above"} for one in twin["options"]]}
    bank.save_draft(session, clock, author, "small", "S-1", bare, 2)

    bank.make_version(session, clock, author, "small", "S-1", seen=3, newest=1, reason=WHY)

    found = bank.findings_in(session, "small").held["S-1"]
    assert {"repeated_options", "catch_all_options"} <= {one.rule for one in found}


def test_in_a_large_bank_the_rules_that_look_at_one_item_are_kept(
    session, clock, author, drafted, monkeypatch
):
    """
    A bank that a page would take long to lint keeps what one item says by itself, and the rest.
    """
    monkeypatch.setattr("examengine.bank.lint_jobs.MOST_AT_ONCE", 0)
    before = bank.findings_in(session, "small").of_item("S-2").findings
    catch_all = [*drafted.content["options"][:3], {"id": "d", "text": "None of the above"}]
    changed = {**drafted.content, "options": catch_all}
    bank.save_draft(session, clock, author, "small", "S-1", changed, 1)

    bank.make_version(session, clock, author, "small", "S-1", seen=2, newest=1, reason=WHY)

    found = bank.findings_in(session, "small")
    assert "catch_all_options" in {one.rule for one in found.held["S-1"]}
    assert found.of_item("S-2").findings == before


def test_of_two_who_save_at_once_neither_loses_a_text(session, clock, author, drafted, person):
    """
    The second is told who was quicker; what the first saved stays.
    """
    other = person(Role.AUTHOR, name="Bea Author")
    bank.save_draft(session, clock, other, "small", "S-1", {**drafted.content, "stem": "Hers?"}, 1)

    mine = {**drafted.content, "stem": "Mine?"}
    with pytest.raises(DraftMoved) as refusal:
        bank.save_draft(session, clock, author, "small", "S-1", mine, 1)

    assert refusal.value.saved_by == "Bea Author"
    kept = bank.find_draft(session, author, "small", "S-1")
    assert (kept.content["stem"], kept.revision) == ("Hers?", 2)


def test_saving_the_same_again_writes_nothing(session, clock, author, drafted):
    """
    A page that saves what is stored already is no conflict and no revision.
    """
    again = bank.save_draft(session, clock, author, "small", "S-1", dict(drafted.content), 0)

    assert again == drafted


def test_nothing_is_made_of_what_somebody_else_changed(session, clock, author, drafted):
    """
    A version is made of the draft and over the version that the author saw, or not at all.
    """
    bank.save_draft(session, clock, author, "small", "S-1", {**drafted.content, "seconds": 9}, 1)
    newer = files(item("S-1", "single_choice", version=2))["items/S-1.yaml"]
    loaded = bank.load_upload(session, author, "small", {"S-1.yaml": newer})

    with pytest.raises(DraftMoved):
        bank.make_version(session, clock, author, "small", "S-1", seen=1, newest=1, reason=WHY)
    with pytest.raises(DraftMoved):
        bank.discard_draft(session, clock, author, "small", "S-1", 1)
    assert bank.import_bank(session, clock, author, loaded).written
    with pytest.raises(ItemMoved):
        bank.make_version(session, clock, author, "small", "S-1", seen=2, newest=1, reason=WHY)
    made = bank.make_version(session, clock, author, "small", "S-1", seen=2, newest=2, reason=WHY)

    assert (made.version, made.content["seconds"]) == (3, 9)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"key": "z"}, "key"),
        ({"stem": "  "}, "stem"),
        ({"stimulus": [{"figure": {"file": "figures/a.png", "alt": "A"}}]}, "not there"),
        ({"stimulus": [{"figure": {"file": "a.png", "digest": "sha256:0"}}]}, "not there"),
        ({}, "version 1 says"),
    ],
)
def test_a_draft_with_faults_or_without_a_change_becomes_no_version(
    session, clock, author, drafted, changes, why
):
    """
    The first fault is named, and the draft stays.
    """
    saved = bank.save_draft(
        session, clock, author, "small", "S-1", {**drafted.content, **changes}, 1
    )

    with pytest.raises(DraftUnusable) as refusal:
        bank.make_version(
            session, clock, author, "small", "S-1", seen=saved.revision, newest=1, reason=WHY
        )

    assert why in refusal.value.why
    assert bank.find_draft(session, author, "small", "S-1").content == saved.content


@pytest.mark.parametrize("reason", ["", " \n", "x" * 501])
def test_a_version_needs_a_reason(session, clock, author, drafted, reason):
    """
    Others have to understand years later why it was made.
    """
    with pytest.raises(DraftUnusable, match="why"):
        bank.make_version(session, clock, author, "small", "S-1", seen=1, newest=1, reason=reason)


def test_an_older_version_is_restored_as_the_next_one(session, clock, author, drafted):
    """
    Restoring forgets nothing: the old text becomes the newest version, beside those between.
    """
    changed = {**drafted.content, "stem": "Worse?"}
    bank.save_draft(session, clock, author, "small", "S-1", changed, 1)
    bank.make_version(session, clock, author, "small", "S-1", seen=2, newest=1, reason=WHY)

    bank.begin_version(session, clock, author, "small", "S-1", 1)
    made = bank.make_version(session, clock, author, "small", "S-1", seen=1, newest=2, reason=WHY)

    first = bank.item_history(session, author, "small", "S-1")[-1]
    assert made.version == 3
    assert {**made.content, "version": 1} == first.content


def test_a_new_item_begins_with_rows_to_fill_in(session, clock, author):
    """
    It has faults, and can be saved all the same; it is no item of the bank before it is a version.
    """
    bank.begin_item(session, clock, author, "small", "NEW-1", "matching")

    draft = bank.find_draft(session, author, "small", "NEW-1")

    assert [one["id"] for one in draft.content["options"]] == ["a", "b", "c", "d"]
    assert [one["id"] for one in draft.content["prompts"]] == ["p1", "p2", "p3"]
    assert draft.content["provenance"]["author"] == "Ada Author"
    assert bank.faults_of_draft(session, author, draft)
    assert [one.item_id for one in bank.list_drafts(session, author, "small")] == ["NEW-1"]
    with pytest.raises(ItemUnknown):
        bank.item_history(session, author, "small", "NEW-1")


def test_a_copy_is_another_item(session, clock, author):
    """
    It says what the first one says, under its own id, and is nobody's enemy yet.
    """
    bank.begin_copy(session, clock, author, "small", "S-2", None, "S-2b")
    made = bank.make_version(
        session, clock, author, "small", "S-2b", seen=1, newest=0, reason="A variant."
    )

    [first] = bank.item_history(session, author, "small", "S-2")
    assert (made.version, made.enemies) == (1, frozenset())
    assert made.content["options"] == first.content["options"]


@pytest.mark.parametrize("item_id", ["S-1", "s-1", "", "two words", "../x", "x" * 129])
def test_an_id_that_is_none_or_taken_is_refused(session, clock, author, item_id):
    """
    Two ids that differ in capital letters alone are one, and an id is no path.
    """
    with pytest.raises(DraftUnusable):
        bank.begin_item(session, clock, author, "small", item_id, "single_choice")
    with pytest.raises(DraftUnusable):
        bank.begin_copy(session, clock, author, "small", "S-2", None, item_id)


def test_an_item_has_one_draft(session, clock, author, drafted, person):
    """
    Who else wants to edit it is told whose draft there is.
    """
    with pytest.raises(DraftThere) as refusal:
        bank.begin_version(session, clock, person(Role.AUTHOR), "small", "S-1")

    assert refusal.value.saved_by == "Ada Author"


def test_a_discarded_draft_leaves_the_versions(session, clock, author, drafted, person):
    """
    What is thrown away is told in the trail; another one can be begun.
    """
    bank.discard_draft(session, clock, author, "small", "S-1", 1)

    bank.begin_version(session, clock, author, "small", "S-1")
    [act, *_] = staff_acts(session, person(Role.ADMINISTRATOR), subject="item:S-1")
    assert act.action == "bank.discard_draft"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "S-2"},
        {"type": 3},
        {"notes": "x" * 300_000},
        {"notes": "a\x00b"},
        {"notes": "\ud800"},
        {"notes": [[[[[[[[[[[[[["deep"]]]]]]]]]]]]]]},
    ],
)
def test_what_no_draft_can_hold_is_refused(session, clock, author, drafted, changes):
    """
    Another item, too much, too deep, or signs that no database keeps.
    """
    with pytest.raises(DraftUnusable):
        bank.save_draft(session, clock, author, "small", "S-1", {**drafted.content, **changes}, 1)


@pytest.mark.parametrize("role", [Role.PSYCHOMETRICIAN, Role.CANDIDATE, Role.AWARDING_OFFICER])
def test_only_authors_write(session, clock, author, drafted, person, role):
    """
    Whoever rules on findings, or sits, neither reads drafts nor changes them.
    """
    who = person(role)
    refused = (
        lambda: bank.list_drafts(session, who, "small"),
        lambda: bank.find_draft(session, who, "small", "S-1"),
        lambda: bank.begin_item(session, clock, who, "small", "N-1", "matching"),
        lambda: bank.begin_version(session, clock, who, "small", "S-2"),
        lambda: bank.begin_copy(session, clock, who, "small", "S-2", None, "N-2"),
        lambda: bank.save_draft(session, clock, who, "small", "S-1", drafted.content, 1),
        lambda: bank.discard_draft(session, clock, who, "small", "S-1", 1),
        lambda: bank.make_version(
            session, clock, who, "small", "S-1", seen=1, newest=1, reason=WHY
        ),
    )

    for use in refused:
        with pytest.raises(NotAllowed):
            use()


def test_an_uploaded_picture_is_named_by_what_it_is():
    """
    The name that an author gave it, which may tell a key, goes nowhere.
    """
    name, file = drafts.read_upload("the answer is b.PNG", picture("PNG", (30, 20)))

    assert name == f"figures/{file.digest[7:23]}.png"
    with pytest.raises(UploadUnusable, match=r"talk\.exe"):
        drafts.read_upload("talk.exe", b"MZ")
    with pytest.raises(UploadUnusable, match=r"x\.png"):
        drafts.read_upload("x.png", b"no picture")
