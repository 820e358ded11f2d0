"""The pages of an exam in sections, without script, and what somebody may try to do with them."""

import re

import pytest

from examengine import db, delivery
from examengine.accounts import Role
from examengine.web.security import csrf_token
from tests.delivery.examples import (
    MATCHING,
    ORDER,
    SECTIONS,
    SINGLE,
    sitting,
    sitting_in_sections,
)


@pytest.fixture
def candidate(app, clock):
    """Somebody who can start an exam in two sections, the first locked and of 20 minutes."""
    return sitting_in_sections(app.state.components.engine_of_first, clock)


@pytest.fixture
def browser(client, candidate):
    """The browser of that candidate, who has started."""
    client.cookies.set("examengine", candidate.cookie)
    press(client, candidate, "start", consent="yes")
    return client


def press(browser, candidate, path, **fields):
    """Press the button of a form."""
    form = {"csrf": csrf_token(candidate.cookie), **fields}
    address = f"/attempts/{candidate.attempt_id}/{path}"
    return browser.post(address, data=form, follow_redirects=True)


def look(browser, candidate, path):
    """Go to a page."""
    return browser.get(f"/attempts/{candidate.attempt_id}/{path}", follow_redirects=True)


def types(app, candidate):
    """What the log holds."""
    with db.reading(app.state.components.engine_of_first) as session:
        return [row.type for row in delivery.attempt_log(session, candidate.attempt_id)]


def test_whoever_starts_reads_the_instructions_of_the_first_part(browser, app, candidate):
    """
    Starting, going on and asking for a question all lead there; no question is shown before.
    """
    for path in ("items/1", "items/5", "go-on", "review"):
        shown = look(browser, candidate, path)

        assert shown.url.path.endswith("/sections/1")
    assert "You may use a calculator." in shown.text
    assert "20" in shown.text
    assert "cannot go back" in shown.text
    assert "shown" not in types(app, candidate)


def test_a_part_from_its_instructions_to_the_next(browser, app, candidate):
    """
    Begin, answer, look over, leave for good: the next part shows its instructions.
    """
    first = press(browser, candidate, "sections/1/open")
    assert first.url.path.endswith("/items/1")
    assert "Left in this part" in first.text
    assert "Part 1 of 2: Reading and reckoning" in first.text
    press(browser, candidate, "items/1", item_id=SINGLE, seen=1, response="c", go="next")
    last = look(browser, candidate, "items/3")
    assert 'value="next"' not in last.text
    assert "Review this part" in last.text
    assert not re.search(r'data-place="4"', last.text)

    review = look(browser, candidate, "review")
    assert "1 of 3 answered" in review.text
    after = press(browser, candidate, "sections/1/close")

    assert after.url.path.endswith("/sections/2")
    assert "Part 1 is closed" in after.text
    assert "no time of its own" in after.text
    second = press(browser, candidate, "sections/2/open")
    assert second.url.path.endswith("/items/4")
    assert "Time left" in second.text
    assert types(app, candidate).count("section_closed") == 1


def test_there_is_no_way_back_by_any_address(browser, app, candidate):
    """
    A question of a part that was left leads to where the candidate is, and an answer to it, too.
    """
    press(browser, candidate, "sections/1/open")
    press(browser, candidate, "sections/1/close")
    press(browser, candidate, "sections/2/open")
    before = types(app, candidate)

    assert look(browser, candidate, "items/1").url.path.endswith("/items/4")
    sent = press(browser, candidate, "items/1", item_id=SINGLE, seen=1, response="a")
    assert sent.url.path.endswith("/items/4")
    assert press(browser, candidate, "sections/1/open").url.path.endswith("/items/4")
    assert "This part is closed" in look(browser, candidate, "sections/1").text
    assert not {"saved", "section_opened"} & set(types(app, candidate)[len(before) :])


def test_time_leads_to_the_next_part(browser, clock, candidate):
    """
    When the time of a part is over its page leads on, and says that what was saved counts.
    """
    press(browser, candidate, "sections/1/open")
    clock.forward(minutes=21)

    on = look(browser, candidate, "time-up")

    assert on.url.path.endswith("/sections/2")
    assert "Its time was over" in on.text


def test_a_save_of_a_closed_part_is_refused_in_words(browser, clock, candidate):
    """
    The page learns that the part is closed, and keeps the answer until the end.
    """
    press(browser, candidate, "sections/1/open")
    clock.forward(minutes=21)
    body = f'{{"item_id":"{SINGLE}","response":"a","seen":1,"client":"page-number-one","seq":1}}'

    refused = browser.post(
        f"/attempts/{candidate.attempt_id}/saves",
        content=body,
        headers={"x-csrf-token": csrf_token(candidate.cookie)},
    )

    assert refused.status_code == 409
    assert refused.json()["code"] == "section_over"
    assert "Reading and reckoning" in refused.json()["text"]


def test_handing_in_early_names_the_parts_that_were_not_taken(browser, candidate):
    """
    Nobody loses a part of the exam by a slip of the hand.
    """
    page = look(browser, candidate, "submit")

    assert "2 parts have not been taken" in page.text
    assert "Part 2: Judging, 3 questions" in page.text
    receipt = press(browser, candidate, "submit")
    assert receipt.url.path.endswith("/receipt")


def test_parts_that_do_not_exist_and_those_of_others_are_not_found(browser, app, clock, candidate):
    """
    An address nobody was given leads nowhere, and somebody else's attempt does not exist.
    """
    assert look(browser, candidate, "sections/3").status_code == 404
    assert press(browser, candidate, "sections/99/open").status_code == 404
    (other,) = sitting(app.state.components.engine_of_first, clock)
    assert browser.get(f"/attempts/{other.attempt_id}/sections/1").status_code == 404
    assert browser.get(f"/attempts/{other.attempt_id}/go-on").status_code == 404


def test_without_a_lock_both_parts_are_open_to_the_end(client, app, clock):
    """
    The second part leads back to the first, and the review of the end shows both.
    """
    loose = [{**SECTIONS[0], "locked": False}, SECTIONS[1]]
    del loose[0]["minutes"]
    candidate = sitting_in_sections(app.state.components.engine_of_first, clock, loose)
    client.cookies.set("examengine", candidate.cookie)
    press(client, candidate, "start", consent="yes")
    press(client, candidate, "sections/1/open")

    assert "Go on to part 2" in look(client, candidate, "review").text
    intro = look(client, candidate, "sections/2").text
    assert "You can still go back to the part before" in intro
    press(client, candidate, "sections/2/open")

    assert "Question 1" in look(client, candidate, "items/1").text
    review = look(client, candidate, "review").text
    assert all(item_id in review for item_id in (SINGLE, ORDER, MATCHING))
    assert "of 6 answered" in review


def test_the_author_sees_the_sections(client, candidate, visitors):
    """
    The pages of the exam and of its form say what candidates will meet.
    """
    visitors.enter(visitors.add(Role.AUTHOR))

    exam = client.get("/exams/data-literacy-in-parts").text
    form = client.get("/exams/data-literacy-in-parts/forms/P").text

    assert "Reading and reckoning" in exam
    assert "none once it is left" in exam
    assert "Section 2: Judging" in form
