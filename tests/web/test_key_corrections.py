"""Keys that are found wrong, on the officer's pages: looking, asking what it would do, doing it."""

import json
import re

import pytest

from examengine import db, four_eyes
from examengine.accounts import Role
from examengine.scoring import impact_jobs
from tests.jobs.inline import do_waiting
from tests.web.programme_pages import result_of

LIST = "/awards/cut-scores/short-exam/keys"


@pytest.fixture
def in_question(visitors, world, officer):
    """An item that Ben missed by giving the answer that will be accepted; everybody is decided."""
    for name, right in (("Ada", 9), ("Ben", 5)):
        world.sit(name, right=right)
    world.adopt_cut("5.5")
    results = f"/awards/results/{world.administration.id}"
    visitors.send(results, f"{results}/scores")
    visitors.send(results, f"{results}/decisions")
    item_id = world.form.items[5].ref.item_id
    return item_id, f"{LIST}/{item_id}/1"


def _given(world, item_id):
    return json.dumps(world.answer(item_id, right=False), separators=(",", ":"))


def _seen(client, page):
    text = client.get(page).text
    return text.split('name="seen" value="')[1].split('"')[0]


def test_a_question_is_found_and_its_answers_are_counted(client, world, in_question):
    """
    From the exam's page by two links to the question, with its key and who answered what.
    """
    _item_id, page = in_question

    exam = client.get("/awards/cut-scores/short-exam").text
    listed = client.get(LIST).text
    shown = client.get(page)

    assert f'href="{LIST}"' in exam
    assert f'href="{page}"' in listed
    assert shown.status_code == 200
    assert re.search(r'<div class="stem"[^>]*><p>\w', shown.text)
    assert "Accept other answers too." in shown.text
    assert "Count it like this from now on" not in shown.text


def test_what_it_would_do_is_shown_before_it_is_done(client, world, in_question):
    """
    Numbers and names of those about whom another decision would follow; nothing has changed.
    """
    _, page = in_question

    asked = client.get(page, params={"remedy": "credit"})

    assert asked.status_code == 200
    assert "What this would do" in asked.text
    assert "Count it like this from now on" in asked.text
    assert "as its key says" in client.get(LIST).text


def test_for_many_a_worker_works_it_out_for_everybody(
    client, visitors, world, in_question, monkeypatch
):
    """
    The page offers to have it worked out; the job leads back to numbers that are those of a page
    that works it out itself, until something they rest on has changed.
    """
    _, page = in_question
    address = f"{page}?remedy=credit"
    by_the_page = client.get(address).text
    monkeypatch.setattr(impact_jobs, "MOST_AT_ONCE", 0)
    before = client.get(address).text

    job = visitors.send(address, f"{page}/impact", remedy="credit").headers["location"]
    meanwhile = client.get(address).text
    assert do_waiting(client.app) == 1

    after = client.get(address).text
    table = r"(?s)<caption>Those who handed in.*?</table>"
    assert "Count it like this from now on" not in before + meanwhile
    assert f'href="{job}"' in meanwhile
    assert f'href="{page}?remedy=credit#impact"' in client.get(job).text
    assert re.search(table, after)[0] == re.search(table, by_the_page)[0]
    assert "Worked out" in after
    assert "Count it like this from now on" in after
    world.sit("Cleo", right=8)
    assert "Work it out" in client.get(address).text


def test_what_cannot_be_is_refused_before_a_worker_is_asked(
    client, visitors, in_question, monkeypatch
):
    """
    Accepting other answers without naming any is told on the page, and no job is asked for.
    """
    _, page = in_question
    monkeypatch.setattr(impact_jobs, "MOST_AT_ONCE", 0)

    sent = visitors.send(f"{page}?remedy=credit", f"{page}/impact", remedy="accept")

    assert sent.status_code == 422
    assert do_waiting(client.app) == 0


def test_a_correction_is_made_and_said_to_candidates(client, visitors, world, in_question):
    """
    After it everybody is scored and decided anew; the report says that a key was wrong.
    """
    item_id, page = in_question
    accept = _given(world, item_id)
    form = {"remedy": "accept", "accept": accept, "reason": "Both are right."}
    seen = _seen(client, f"{page}?remedy=credit")

    sent = visitors.send(f"{page}?remedy=credit", page, seen=seen, **form)

    assert sent.headers["location"] == LIST
    assert "with other answers accepted" in client.get(LIST).text
    results = f"/awards/results/{world.administration.id}"
    visitors.send(results, f"{results}/scores")
    visitors.send(results, f"{results}/decisions")
    ben = result_of(world, "Ben")
    assert ben.score.raw_score == 6
    assert "besides its key, all points for" in client.get(f"/explain/{ben.decision.id}").text
    visitors.enter(world.candidates["Ben"].actor)
    report = client.get(f"/attempts/{world.candidates['Ben'].attempt_id}/result").text
    assert "The key of 1 question was found wrong after the exam" in report
    assert item_id not in report


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"remedy": ""}, "choose how the question counts"),
        ({"remedy": "luck"}, "choose how the question counts"),
        ({"remedy": "accept"}, "choose the answers"),
        ({"remedy": "accept", "accept": '{"nonsense": [1]}'}, "accept:"),
        ({"remedy": "accept", "accept": "[" * 5000}, "accept:"),
        ({"remedy": "drop", "reason": " "}, "say why"),
    ],
)
def test_what_cannot_be_is_said_above_the_form(client, visitors, in_question, form, words):
    """
    Nothing is stored, and the words say what would be right.
    """
    _, page = in_question
    seen = _seen(client, f"{page}?remedy=credit")

    refused = visitors.send(page, page, **{"reason": "Wrong.", "seen": seen, **form})

    assert refused.status_code == 422
    assert words in refused.text
    assert "as its key says" in client.get(LIST).text


def test_a_question_that_counts_nowhere_is_not_found(client, in_question):
    """
    Neither another item nor another version is offered for correction.
    """
    assert client.get(f"{LIST}/NOBODY/1").status_code == 404
    assert client.get(f"{in_question[1][:-1]}9").status_code == 404


def test_a_second_officer_confirms_on_the_page_of_proposals(
    client, visitors, clock, world, in_question
):
    """
    The proposal leads to what it would do; confirmed by another officer, it holds.
    """
    _, page = in_question
    with db.writing(world.engine) as session:
        four_eyes.switch(session, clock, world.staff, on=True, reason="There are two by now.")
    seen = _seen(client, f"{page}?remedy=credit")

    sent = visitors.send(page, page, remedy="credit", reason="No right answer.", seen=seen)

    proposal = sent.headers["location"]
    text = client.get(proposal).text
    assert "Correct a key that was found wrong" in text
    assert "remedy=credit" in text
    visitors.enter(visitors.add(Role.AWARDING_OFFICER, name="Second"))
    confirmed = visitors.send(proposal, f"{proposal}/confirm")
    assert confirmed.status_code == 303
    assert "for everybody alike" in client.get(LIST).text
