"""Many items moved or assigned on one page: chosen in the list, foreseen, and done."""

import csv
import html
import io
import re

import pytest

from examengine import accounts, bank, db
from examengine.accounts import Role
from examengine.bank.formats import load_files
from tests.bank.small_bank import files, item
from tests.jobs.inline import do_waiting

PAGE = "/bank/small/moves"
REASON = "Two people agree from now on."


@pytest.fixture
def reviewed(app, visitors, clock):
    """A bank of sixty drafts with the workflow that is offered."""
    with db.writing(app.state.components.engine_of_first) as session:
        items = [item(f"S-{n:02}", "numeric_entry") for n in range(60)]
        bank.import_bank(session, clock, accounts.system_actor(), load_files(files(*items)))
    visitors.enter(visitors.add(Role.PSYCHOMETRICIAN, name="psy"))
    states, moves, checklist = bank.as_lines(bank.DEFAULT_WORKFLOW)
    lines = {"states": states, "moves": moves, "checklist": checklist}
    page = "/bank/small/workflow"
    visitors.send(page, page, **lines, reason=REASON, present="draft")


@pytest.fixture
def author(visitors, reviewed):
    """An author who has signed in."""
    return visitors.enter(visitors.add(Role.AUTHOR, name="Ann"))


def chosen_on(page: str) -> str:
    """The items that the forms of a page send, each with its version."""
    return html.unescape(re.findall(r'name="chosen" value="([^"]*)"', page)[-1])


def test_the_list_offers_to_move_what_is_chosen_and_all_it_finds(client, author):
    """
    A box at each item and a link to all of the view; states stand at the top with their numbers.
    """
    page = client.get("/bank/small?state=draft&q=S-0").text

    assert page.count('name="chosen"') == 10
    everything = html.unescape(re.search(r'href="(/bank/small/moves\?all=yes[^"]*)"', page)[1])
    assert "state=draft" in everything
    assert '<a href="/bank/small?state=draft#items">Draft</a> 60' in page
    assert "10 items: 10 Draft." in client.get(everything).text
    assert "2 items: 2 Draft." in client.get(f"{PAGE}?chosen=S-01&chosen=S-02&chosen=S-99").text
    assert "No item was chosen" in client.get(PAGE).text


def test_a_few_move_at_once_and_the_page_says_what_became_of_them(client, author, visitors):
    """
    Foreseen first; what is sent are the versions that were looked at.
    """
    asked = f"{PAGE}?chosen=S-01&chosen=S-02&target=review"
    page = client.get(asked).text
    assert "2 items would move to “In review”" in page

    chosen = chosen_on(page)
    assert chosen == "S-01 1,S-02 1"
    done = visitors.send(asked, PAGE, chosen=f"{chosen},S-03 7", target="review", reason="Ready.")

    assert "2 items moved" in done.text
    assert "1 item stayed: version 1 is there by now; look at that one" in done.text
    assert "2 of 60 items" in client.get("/bank/small?state=review").text


def test_many_are_moved_by_a_job_that_leads_to_what_became_of_them(client, app, author, visitors):
    """
    Sixty go by a worker; its page leads to each item's fate.
    """
    asked = f"{PAGE}?all=yes&target=review"
    page = client.get(asked).text
    assert "So many are moved by a job" in page

    started = visitors.send(asked, PAGE, chosen=chosen_on(page), target="review")
    do_waiting(app)

    job = client.get(started.headers["location"]).text
    result = re.search(r'href="(/bank/small/moves/jobs/[0-9a-f-]+)"', job)[1]
    assert "60 items moved" in client.get(result).text
    assert client.get("/bank/other/moves/jobs/" + result.rsplit("/", 1)[1]).status_code == 404


def test_what_cannot_be_done_is_said_and_the_choice_is_kept(client, author, visitors, clock):
    """
    A checklist not ticked, a list nobody can read, a day that has gone by: the page again.
    """
    move = {"chosen": "S-01 1,S-02 1", "asked": "chosen=S-01&chosen=S-02"}
    visitors.send(PAGE, PAGE, **move, target="review")
    visitors.enter(visitors.add(Role.REVIEWER, Role.PSYCHOMETRICIAN, name="rob"))
    clock.forward(seconds=1)

    undone = visitors.send(PAGE, PAGE, **move, target="approved", reason="Kept.")
    unread = visitors.send(PAGE, PAGE, chosen="S-01;1", target="approved")
    nobody = visitors.send(PAGE, f"{PAGE}/assignments", **move, due="")
    no_day = visitors.send(PAGE, f"{PAGE}/assignments", **move, due="soon")

    assert undone.status_code == 409
    assert "5 of 5 points of the checklist are not ticked" in undone.text
    assert 'value="Kept."' in undone.text
    assert 'name="chosen" value="S-02"' in undone.text
    assert (unread.status_code, nobody.status_code, no_day.status_code) == (422, 422, 422)
    assert "is no day" in no_day.text
    ticked = visitors.send(PAGE, PAGE, **move, target="approved", ticked=list(range(5)))
    assert "2 items agreed to" in ticked.text


def test_people_are_asked_to_look_at_many(client, author, visitors):
    """
    Whoever was asked finds them in their queue and in the list, which a file tells, too.
    """
    reviewer = visitors.add(Role.REVIEWER, name="rob")
    page = client.get(f"{PAGE}?chosen=S-01&chosen=S-02").text
    person = re.search(r'name="people" value="([0-9a-f-]+)">\s*<bdi>rob', page)[1]

    asked = visitors.send(
        PAGE, f"{PAGE}/assignments", chosen="S-01 1,S-02 1", people=person, due="2030-01-31"
    )
    table = client.get("/bank/small/items.csv?asked=somebody&column=state&column=asked").text

    assert "until 31 January 2030" in client.get(asked.headers["location"]).text
    assert list(csv.reader(io.StringIO(table))) == [
        ["Item", "State", "Asked to review"],
        ["S-01", "Draft", "rob (until 2030-01-31)"],
        ["S-02", "Draft", "rob (until 2030-01-31)"],
    ]
    visitors.enter(reviewer)
    assert "2 of 60 items" in client.get("/bank/small?asked=me").text
    assert client.get("/review").text.count("until <time") == 2


def test_without_a_workflow_there_is_nothing_about_states(client, app, visitors, clock):
    """
    A bank without one shows no states, and nothing to move.
    """
    with db.writing(app.state.components.engine_of_first) as session:
        loaded = load_files(files(item("S-1", "numeric_entry")))
        bank.import_bank(session, clock, accounts.system_actor(), loaded)
    visitors.enter(visitors.add(Role.AUTHOR, name="Ann"))

    page = client.get("/bank/small?column=state&column=asked").text

    assert 'name="chosen"' not in page
    assert "Asked to review" not in page
    assert "Choose a state" not in client.get(PAGE).text
