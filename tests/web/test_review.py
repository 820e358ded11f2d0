"""The pages of review: three people bring an item into use, and others are refused."""

import re

import pytest

from examengine import accounts, bank, db
from examengine.accounts import Role
from examengine.bank.formats import load_files
from tests.bank.small_bank import files, item

ITEM = "/bank/small/items/S-1"
REASON = "Two people agree from now on."


@pytest.fixture
def small(app, clock):
    """A bank of one item that came from elsewhere."""
    with db.writing(app.state.components.engine_of_first) as session:
        loaded = load_files(files(item("S-1", "single_choice")))
        bank.import_bank(session, clock, accounts.system_actor(), loaded)


@pytest.fixture
def reviewed(small, visitors):
    """The same with the workflow that is offered; the item is a draft."""
    psychometrician = visitors.enter(visitors.add(Role.PSYCHOMETRICIAN, name="psy"))
    states, moves, checklist = bank.as_lines(bank.DEFAULT_WORKFLOW)
    lines = {"states": states, "moves": moves, "checklist": checklist}
    page = "/bank/small/workflow"
    set_ = visitors.send(page, page, **lines, reason=REASON, present="draft")
    assert set_.headers["location"] == page
    return psychometrician


def moved(visitors, target, **fields):
    """Move the item on its page, every point of the checklist ticked."""
    sent = {"version": 1, "target": target, "ticked": list(range(5)), **fields}
    return visitors.send(f"{ITEM}/review", f"{ITEM}/moves", **sent)


def test_an_author_and_two_reviewers_bring_an_item_into_use(client, clock, reviewed, visitors):
    """
    Each finds it in the queue, says or does something, and the page says what is still needed.
    """
    author = visitors.add(Role.AUTHOR, name="ada")
    one, two = (visitors.add(Role.REVIEWER, name=name) for name in ("rob", "rue"))

    visitors.enter(author)
    assert 'href="/bank/small/items/S-1/review"' in client.get("/review").text
    assert moved(visitors, "review").headers["location"] == f"{ITEM}/review"
    visitors.enter(one)
    said = {"version": 1, "field": "options: b", "text": "Can <b> be defended?"}
    visitors.send(f"{ITEM}/review", f"{ITEM}/comments", **said)
    visitors.send(f"{ITEM}/review", f"{ITEM}/votes", version=1, vote="essential")
    clock.forward(seconds=1)
    moved(visitors, "approved")
    page = client.get(f"{ITEM}/review").text
    assert "Can &lt;b&gt; be defended?" in page
    assert "you have agreed already" in page
    assert "1 essential" in page

    visitors.enter(author)
    resolve = re.search(r'action="(/bank/small/comments/[0-9a-f-]+)"', page)[1]
    visitors.send(f"{ITEM}/review", resolve, resolved="true")
    clock.forward(seconds=1)
    visitors.enter(two)
    assert "1 has: rob" in client.get(f"{ITEM}/review").text
    moved(visitors, "approved")

    page = client.get(f"{ITEM}/review").text
    assert '<span class="tag tag-good">Approved</span>' in page
    assert "Dealt with by" in page
    assert "Nothing waits for you" in client.get("/review").text


def test_what_is_refused_keeps_what_was_typed(client, reviewed, visitors):
    """
    A checklist not done, a vote and a day that are none: words, and the form again.
    """
    visitors.enter(visitors.add(Role.AUTHOR, Role.REVIEWER, name="both"))
    moved(visitors, "review")

    short = moved(visitors, "approved", ticked=[0], reason="Looks fine to me")
    none = visitors.send(f"{ITEM}/review", f"{ITEM}/votes", version=1, vote="perhaps")
    day = visitors.send(f"{ITEM}/review", f"{ITEM}/assignments", due="soon")
    empty = visitors.send(f"{ITEM}/review", f"{ITEM}/comments", version=1, text=" ")

    assert short.status_code == 409
    assert "4 of 5 points of the checklist are not ticked" in short.text
    assert 'value="Looks fine to me"' in short.text
    assert [answer.status_code for answer in (none, day, empty)] == [422, 422, 422]
    assert "write it as 2026-12-31" in day.text


def test_a_workflow_that_does_not_fit_is_said_line_by_line(client, small, visitors):
    """
    The lines stand in the form as they were typed, with what has to be mended above.
    """
    visitors.enter(visitors.add(Role.PSYCHOMETRICIAN, name="psy"))
    page = "/bank/small/workflow"
    sent = {"states": "a: A, usable", "moves": "a to b", "reason": REASON, "present": "a"}

    refused = visitors.send(page, page, **sent)

    assert refused.status_code == 422
    assert "moves, line 1: write two states" in refused.text
    assert ">a to b</textarea>" in refused.text
    assert "This bank has no workflow" in client.get(page).text


def test_who_sits_an_exam_or_does_not_review_sees_nothing(client, reviewed, visitors):
    """
    A candidate finds no page of review, and no move is taken from them.
    """
    visitors.enter(visitors.add(Role.CANDIDATE, name="cand"))

    for address in ("/review", f"{ITEM}/review", "/bank/small/workflow"):
        assert client.get(address).status_code == 403
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/").text)[1]
    sent = {"csrf": csrf, "version": 1, "target": "review"}
    assert client.post(f"{ITEM}/moves", data=sent).status_code == 403


def test_the_way_ends_with_a_reason(client, clock, reviewed, visitors):
    """
    A psychometrician can use versions as they arrive again; without a reason it stays.
    """
    clock.forward(seconds=1)
    visitors.enter(reviewed)
    page = "/bank/small/workflow"

    assert visitors.send(page, f"{page}/end", reason="no").status_code == 422
    assert visitors.send(page, f"{page}/end", reason=REASON).headers["location"] == page
    assert "This bank has no workflow" in client.get(page).text
