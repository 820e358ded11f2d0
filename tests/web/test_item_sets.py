"""The pages of item sets: listed, shown, begun, and edited once for all items."""

import pytest

from examengine import accounts, bank
from examengine.accounts import Role
from examengine.bank.formats import load_files
from tests.bank.sets_of_items import a_set
from tests.bank.small_bank import files

SETS = "/bank/small/sets"


@pytest.fixture
def author(visitors, clock):
    """An author who is signed in, and a bank with a set."""
    found = visitors.add(Role.AUTHOR, name="Ada Author")
    with visitors.writing() as session:
        bank.import_bank(session, clock, accounts.system_actor(), load_files(files(*a_set())))
    return visitors.enter(found)


def test_a_set_is_found_and_shown(author, visitors):
    """
    From the bank to its sets, and to one of them: its stimulus, and its items in their order.
    """
    listed = visitors.client.get(SETS).text
    shown = visitors.client.get(f"{SETS}/R").text

    assert f'href="{SETS}"' in visitors.client.get("/bank/small").text
    assert f'href="{SETS}/R"' in listed
    assert "<p>It is slow.</p>" in shown
    assert shown.index("items/R-2") < shown.index("items/R-3") < shown.index("items/R-1")
    assert f'href="{SETS}/R"' in visitors.client.get("/bank/small/items/R-1").text
    assert visitors.client.get(f"{SETS}/none").status_code == 404


def test_the_list_of_items_has_a_column_for_sets(author, visitors):
    """
    The column leads to the set, and the filter takes its whole id.
    """
    found = visitors.client.get("/bank/small?column=set&set=R").text

    assert f'<a href="{SETS}/R">R</a>' in found
    assert "items/S-1" not in found


def test_a_set_is_begun_and_goes_on(author, visitors):
    """
    A new item leads to its editor; an id that is taken comes back with what was typed.
    """
    sent = {"set_id": "R", "item_id": "R-4", "item_type": "single_choice"}

    begun = visitors.send(f"{SETS}/R", SETS, **sent)
    refused = visitors.send(SETS, SETS, **{**sent, "item_id": "R-1"})

    assert begun.headers["location"] == "/bank/small/drafts/R-4"
    assert "The ferry leaves at nine." in visitors.client.get("/bank/small/drafts/R-4").text
    assert refused.status_code == 422
    assert 'value="R-1"' in refused.text


def test_a_stimulus_is_edited_once(author, visitors, clock):
    """
    Edit it in one item, give it to all, make versions of all: three pages, one word why.
    """
    visitors.send(f"{SETS}/R", "/bank/small/items/R-2/edit")
    with visitors.writing() as session:
        draft = bank.find_draft(session, author, "small", "R-2")
        content = {**draft.content, "stimulus": [{"passage": {"text": "It leaves at ten."}}]}
        bank.save_draft(session, clock, author, "small", "R-2", content, 1)
    told = visitors.client.get(f"{SETS}/R").text

    given = visitors.send(f"{SETS}/R", f"{SETS}/R/stimulus", item_id="R-2")
    again = visitors.send(f"{SETS}/R", f"{SETS}/R/stimulus", item_id="R-2")
    clock.forward(seconds=1)
    drafts = {"draft_ids": ["R-2", "R-3", "R-1"], "drafts_seen": ["2", "1", "1"]}
    unsaid = visitors.send(f"{SETS}/R", f"{SETS}/R/versions", **drafts, reason="")
    made = visitors.send(f"{SETS}/R", f"{SETS}/R/versions", **drafts, reason="It goes later.")

    assert "R-3, R-1 show another stimulus than R-2" in told
    assert given.headers["location"] == f"{SETS}/R"
    assert again.status_code == unsaid.status_code == 422
    assert made.headers["location"] == f"{SETS}/R"
    shown = visitors.client.get(f"{SETS}/R").text
    assert shown.count("Version 2") == 3
    assert "It leaves at ten." in shown


def test_a_reviewer_reads_a_set_and_is_offered_nothing(visitors, author):
    """
    Whoever does not write sees the set, and no button that would be refused.
    """
    visitors.enter(visitors.add(Role.REVIEWER))

    shown = visitors.client.get(f"{SETS}/R")

    assert shown.status_code == 200
    assert "It is slow." in shown.text
    assert "Begin it" not in shown.text
