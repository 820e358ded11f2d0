"""What goes wrong in an exam room, in a real browser: no answer is lost and nobody is accused."""

import json
import re
import time

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from examengine import accounts, db, delivery, integrity
from tests.browser import faults_found_by_axe, sign_in_with, widest_overflow
from tests.delivery.examples import NUMBER, SINGLE, TYPED, Candidate, sitting

pytestmark = pytest.mark.browser

SAVED = re.compile(r"Saved \d")


@pytest.fixture
def candidate(live_app, live_clock, context: BrowserContext, server: str) -> Candidate:
    """Somebody who is signed in, in this browser, and has started."""
    found = sitting(live_app.state.components.engine_of_first, live_clock)[0]
    sign_in_with(context, server, found.cookie)
    started = delivery.Start(**found.asked(live_clock), consented=True)
    live_app.state.components.writer.record(started)
    return found


def at(page: Page, candidate: Candidate, place: int) -> None:
    """Go to a question by its address."""
    page.goto(f"/attempts/{candidate.attempt_id}/items/{place}")
    expect(page.get_by_role("heading", name=f"Question {place}")).to_be_visible()


def mark_of(page: Page):
    """What the page says of the answer."""
    return page.locator("#save")


def press(page: Page, name: str) -> None:
    """Press a button of the question."""
    page.get_by_role("button", name=name).click()


def log_of(live_app, candidate) -> list[delivery.LoggedEvent]:
    """The log of the attempt."""
    with db.reading(live_app.state.components.engine_of_first) as session:
        return delivery.attempt_log(session, candidate.attempt_id)


def answers_of(live_app, candidate) -> dict[str, object]:
    """The answers that count."""
    return dict(delivery.fold(candidate.attempt_id, log_of(live_app, candidate)).responses)


def slowed(page: Page, pattern: str | re.Pattern[str], seconds: float) -> None:
    """Let everything of this kind take so long."""

    def wait(route: Route) -> None:
        page.wait_for_timeout(seconds * 1000)
        route.continue_()

    page.route(pattern, wait)


# ---- the script is not there


def test_without_script_going_on_saves(chromium, server, live_app, candidate):
    """
    Next, the list and the review are buttons of the form: each takes the answer along.
    """
    with chromium.new_context(base_url=server, java_script_enabled=False) as plain:
        sign_in_with(plain, server, candidate.cookie)
        page = plain.new_page()
        at(page, candidate, 1)
        chosen = page.get_by_role("radio").nth(1).get_attribute("value")
        page.get_by_role("radio").nth(1).check()
        press(page, "Next question")
        expect(page.get_by_role("heading", name="Question 2")).to_be_visible()
        page.get_by_role("textbox").fill("median")
        page.locator(".questions button").nth(2).click()
        expect(page.get_by_role("heading", name="Question 3")).to_be_visible()
        page.get_by_role("textbox").fill("5")
        press(page, "Review all answers")
        expect(page.get_by_role("heading", name="Review all answers")).to_be_visible()

    assert answers_of(live_app, candidate) == {SINGLE: chosen, TYPED: "median", NUMBER: "5"}


def test_without_script_an_unfinished_answer_is_shown_again_and_kept(
    chromium, server, live_app, candidate
):
    """
    Two lines on one place: the question comes back with all that was chosen and what it lacks.
    """
    with chromium.new_context(base_url=server, java_script_enabled=False) as plain:
        sign_in_with(plain, server, candidate.cookie)
        page = plain.new_page()
        at(page, candidate, 5)
        selects = page.locator("select")
        places = ["1", "2", "2", *(str(place) for place in range(4, selects.count() + 1))]
        for select, place in zip(selects.all(), places, strict=True):
            select.select_option(place)
        press(page, "Next question")

        expect(page.get_by_role("heading", name="Question 5")).to_be_visible()
        expect(mark_of(page)).to_contain_text("unfinished")
        assert [select.input_value() for select in page.locator("select").all()] == places
        press(page, "Next question")
        expect(page.get_by_role("heading", name="Question 6")).to_be_visible()
        expect(page.locator(".questions button").nth(4)).to_contain_text("unfinished")


def test_without_script_two_answers_to_one_question_are_asked_about(
    chromium, server, live_app, live_clock, candidate
):
    """
    The older page shows its own answer again with the reason; saved once more, it counts.
    """
    with chromium.new_context(base_url=server, java_script_enabled=False) as plain:
        sign_in_with(plain, server, candidate.cookie)
        page = plain.new_page()
        at(page, candidate, 1)
        sent = {"item_id": SINGLE, "response": "a", "client": "another-device", "seq": 1, "seen": 2}
        live_app.state.components.writer.record(
            delivery.Save(**candidate.asked(live_clock), **sent)
        )
        other = page.locator("input[type=radio]:not([value=a])").first
        chosen = other.get_attribute("value")
        other.check()
        press(page, "Next question")

        expect(page.get_by_text("answered on another page")).to_be_visible()
        expect(page.locator(f"input[value={chosen}]")).to_be_checked()
        assert answers_of(live_app, candidate) == {SINGLE: "a"}
        press(page, "Next question")
        expect(page.get_by_role("heading", name="Question 2")).to_be_visible()

    assert answers_of(live_app, candidate) == {SINGLE: chosen}


@pytest.mark.parametrize(
    "module",
    [
        *("attempt.js", "attempt_journal.js", "attempt_clock.js", "attempt_controls.js"),
        "attempt_player.js",
        "local_time.js",
    ],
)
def test_a_script_that_failed_to_load_is_said_and_next_saves(page, live_app, candidate, module):
    """
    Whichever file is missing: the page says that it is saved by hand, and every button saves.
    """
    page.route(f"**/{module}", lambda route: route.fulfill(status=503, body=""))
    at(page, candidate, 1)
    expect(page.get_by_text("You save by hand")).to_be_visible()
    chosen = page.get_by_role("radio").nth(2).get_attribute("value")
    page.get_by_role("radio").nth(2).check()

    press(page, "Next question")

    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()
    assert answers_of(live_app, candidate) == {SINGLE: chosen}


# ---- the network is slow, or gone


def test_on_a_slow_line_one_press_is_enough(page, live_app, candidate):
    """
    Six seconds for each answer: the press waits, says so, and goes on when the answer is saved.
    """
    at(page, candidate, 3)
    slowed(page, re.compile("/(saves|turns)$"), 6)
    page.get_by_role("textbox").fill("5")

    press(page, "Next question")

    expect(page.get_by_text("The connection is slow")).to_be_visible()
    expect(page.get_by_role("heading", name="Question 4")).to_be_visible(timeout=20_000)
    assert answers_of(live_app, candidate) == {NUMBER: "5"}


def test_two_devices_that_answer_different_questions_lose_nothing(
    chromium, server, page, context, live_app, candidate
):
    """
    One is offline with question 3, the other answers question 1: both count.
    """
    at(page, candidate, 3)
    context.set_offline(True)
    page.get_by_role("textbox").fill("5")
    expect(mark_of(page)).to_contain_text("Not saved yet")
    with chromium.new_context(base_url=server) as elsewhere:
        sign_in_with(elsewhere, server, candidate.cookie)
        spare = elsewhere.new_page()
        at(spare, candidate, 1)
        chosen = spare.get_by_role("radio").first.get_attribute("value")
        spare.get_by_role("radio").first.check()
        expect(mark_of(spare)).to_have_text(SAVED)

    context.set_offline(False)

    expect(mark_of(page)).to_have_text(SAVED, timeout=15_000)
    assert answers_of(live_app, candidate) == {SINGLE: chosen, NUMBER: "5"}


def test_two_devices_that_answer_one_question_ask_which_is_meant(
    chromium, server, page, context, live_app, candidate
):
    """
    The answer of the device that came late is kept through a reload, and counts when it is meant.
    """
    at(page, candidate, 3)
    context.set_offline(True)
    page.get_by_role("textbox").fill("5")
    expect(mark_of(page)).to_contain_text("Not saved yet")
    with chromium.new_context(base_url=server) as elsewhere:
        sign_in_with(elsewhere, server, candidate.cookie)
        spare = elsewhere.new_page()
        at(spare, candidate, 3)
        spare.get_by_role("textbox").fill("7")
        expect(mark_of(spare)).to_have_text(SAVED)
    context.set_offline(False)
    expect(page.get_by_role("button", name="Keep my answer")).to_be_visible(timeout=15_000)
    assert answers_of(live_app, candidate) == {NUMBER: "7"}

    page.reload()
    expect(page.get_by_role("textbox")).to_have_value("5")
    expect(page.locator(".questions button").nth(2)).to_contain_text("not saved")
    press(page, "Keep my answer")

    expect(mark_of(page)).to_have_text(SAVED)
    assert answers_of(live_app, candidate) == {NUMBER: "5"}
    assert page.evaluate("Object.keys(localStorage).length") == 0


# ---- answers that are not finished


@pytest.mark.parametrize(
    ("place", "leave"),
    [
        (3, lambda page: page.get_by_role("textbox").fill("twenty-two")),
        (4, lambda page: page.locator("select").first.select_option(index=1)),
        (5, lambda page: [each.select_option("2") for each in page.locator("select").all()[:2]]),
    ],
    ids=["a number in words", "one of several matches", "two lines on one place"],
)
def test_an_unfinished_answer_is_said_everywhere_and_kept(page, live_app, candidate, place, leave):
    """
    At the question, when it is left, in the list, in the review and before handing in; and it
    stands there again on the return.
    """
    at(page, candidate, place)
    leave(page)
    expect(mark_of(page)).to_contain_text("unfinished")
    stood = page.evaluate("[...new FormData(document.getElementById('answer'))].slice(3).join()")

    press(page, "Review all answers")
    expect(page.get_by_text("This answer is unfinished")).to_be_visible()
    press(page, "Review all answers")

    expect(page.get_by_role("row", name=f"Question {place}")).to_contain_text("unfinished")
    page.get_by_role("link", name="Go on to hand in").click()
    expect(page.get_by_text("1 answer is unfinished")).to_be_visible()
    page.get_by_role("link", name=f"Question {place}").first.click()
    expect(page.get_by_role("heading", name=f"Question {place}")).to_be_visible()
    expect(page.locator(".questions button").nth(place - 1)).to_contain_text("unfinished")
    again = "[...new FormData(document.getElementById('answer'))].slice(3)"
    assert page.evaluate(f"{again}.filter(([name]) => name !== 'warned').join()") in stood


# ---- sessions, staff and time


def test_handing_in_after_the_session_ended_leads_through_the_sign_in(
    page, live_app, context, server, candidate
):
    """
    The page says what is wrong, and after signing in the exam is handed in.
    """
    page.goto(f"/attempts/{candidate.attempt_id}/submit")
    expect(page.get_by_role("button", name="Hand in now")).to_be_visible()
    with db.writing(live_app.state.components.engine_of_first) as session:
        session.connection().exec_driver_sql("DELETE FROM signed_in_session")

    press(page, "Hand in now")

    expect(page.get_by_text("Please sign in again")).to_be_visible()
    link = page.get_by_role("link", name="Sign in and go on")
    expect(link).to_have_attribute("href", f"/sign-in?then=/attempts/{candidate.attempt_id}/submit")


def test_staff_who_end_an_exam_are_heard_within_seconds(page, live_app, live_clock, candidate):
    """
    The page goes to the receipt, which gives the reason.
    """
    at(page, candidate, 1)
    parts = live_app.state.components
    console = accounts.system_actor()
    delivery.end_attempt(parts.writer, live_clock, console, candidate.attempt_id, "Fire alarm")

    expect(page.get_by_role("heading", name="Your exam was ended")).to_be_visible(timeout=25_000)
    expect(page.get_by_text("Fire alarm")).to_be_visible()


def test_a_computer_that_slept_shows_the_time_that_is_left(page, live_clock, candidate):
    """
    Its counter stood still while its clock and the server's went on: it asks, and is right.
    """
    page.add_init_script(
        "const count = performance.now.bind(performance), date = Date.now;"
        "let slept = 0; Date.now = () => date() + slept;"
        "window.sleep = (seconds) => { slept += seconds * 1000; };"
    )
    at(page, candidate, 1)
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^59:|^1:00:00"))

    live_clock.forward(minutes=20)
    page.evaluate("sleep(1200)")

    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^39:"), timeout=3000)


def test_an_answer_that_was_too_late_is_handed_over_once_and_can_be_saved_as_a_file(
    page, live_app, live_clock, context, candidate
):
    """
    It is kept apart, the receipt says so, and nothing of it stays behind on the device.
    """
    at(page, candidate, 3)
    context.set_offline(True)
    page.get_by_role("textbox").fill("5")
    expect(mark_of(page)).to_contain_text("Not saved yet")
    live_clock.forward(minutes=61)
    context.set_offline(False)

    expect(page.get_by_text("It was handed over now")).to_be_visible(timeout=15_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Save them as a file").click()
    kept = json.loads(download.value.path().read_text())
    assert kept["answers"][0]["fields"] == {"response": ["5"]}
    page.reload()
    expect(page.get_by_text("1 answer came after the end")).to_be_visible()
    with db.reading(live_app.state.components.engine_of_first) as session:
        late = delivery.late_answers(session, accounts.system_actor(), candidate.attempt_id)
    assert [one.fields for one in late] == [{"response": ["5"]}]
    assert answers_of(live_app, candidate) == {}


# ---- nobody is accused


def signals_of(live_app, live_clock, candidate) -> tuple:
    """What the detectors see."""
    with db.reading(live_app.state.components.engine_of_first) as session:
        case = integrity.find_case(
            session, live_clock, accounts.system_actor(), candidate.attempt_id
        )
    return case.subject.evidence.signals


def read_quietly(live_clock, seconds: float) -> None:
    """Let time pass in which nothing happens."""
    time.sleep(0.6)  # so that whatever the browser still sends has arrived
    live_clock.forward(seconds=seconds)


@pytest.mark.parametrize("how", ["reload", "address", "twice"])
def test_a_reload_is_no_absence(page, live_app, live_clock, candidate, how):
    """
    Somebody loads the page again, reads for more than a minute and answers: nothing was seen.
    """
    at(page, candidate, 1)
    page.get_by_role("radio").first.check()
    expect(mark_of(page)).to_have_text(SAVED)
    for _ in range(2 if how == "twice" else 1):
        if how == "address":
            at(page, candidate, 2)
        else:
            page.reload()
    read_quietly(live_clock, 75)

    if how == "address":
        page.get_by_role("textbox").fill("median")
    else:
        page.get_by_role("radio").nth(1).check()
    expect(mark_of(page)).to_have_text(SAVED)

    assert signals_of(live_app, live_clock, candidate) == ()


def test_another_tab_of_the_exam_is_no_absence(context, live_app, live_clock, candidate):
    """
    The older tab is out of sight while the candidate works in the newer one.
    """
    first = context.new_page()
    at(first, candidate, 1)
    first.get_by_role("radio").first.check()
    expect(mark_of(first)).to_have_text(SAVED)
    second = context.new_page()
    at(second, candidate, 2)
    first.evaluate("window.dispatchEvent(new Event('blur'))")
    read_quietly(live_clock, 75)
    second.get_by_role("textbox").fill("median")
    expect(mark_of(second)).to_have_text(SAVED)

    assert signals_of(live_app, live_clock, candidate) == ()


def test_a_short_look_away_during_a_cut_stays_short(page, context, live_app, live_clock, candidate):
    """
    The network goes before the page can say that it is back; it says so later, and how long ago.
    """
    at(page, candidate, 1)
    context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.wait_for_timeout(300)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.get_by_role("radio").first.check()
    expect(mark_of(page)).to_contain_text("Not saved yet")
    page.wait_for_timeout(3000)
    context.set_offline(False)

    expect(mark_of(page)).to_have_text(SAVED, timeout=15_000)
    page.wait_for_timeout(1000)
    types = [row.type for row in log_of(live_app, candidate)]
    assert {"focus_lost", "focus_returned"} <= set(types)
    assert signals_of(live_app, live_clock, candidate) == ()


# ---- words and clocks


def test_an_arrow_key_that_changed_an_answer_is_said_and_can_be_taken_back(
    page, live_app, candidate
):
    """
    Somebody who meant to scroll reads what happened, and presses Undo.
    """
    at(page, candidate, 1)
    first = page.get_by_role("radio").first
    first.check()
    expect(mark_of(page)).to_have_text(SAVED)
    page.keyboard.press("ArrowDown")

    expect(page.get_by_text("Answer changed to")).to_be_visible()
    press(page, "Undo")

    expect(first).to_be_checked()
    expect(mark_of(page)).to_have_text(SAVED)
    assert answers_of(live_app, candidate) == {SINGLE: first.get_attribute("value")}


@pytest.mark.parametrize(
    ("locale", "pattern"),
    [("en-GB", r"\d\d:\d\d:\d\d GMT\+9"), ("en-US", r"\d?\d:\d\d:\d\d\s[ap]m GMT\+9")],
)
def test_every_page_shows_one_clock_and_names_it(chromium, server, candidate, locale, pattern):
    """
    In Tokyo the question, the review, the list and the receipt all show the time of Tokyo, in
    the hours that the reader's language has.
    """
    zone = {"timezone_id": "Asia/Tokyo", "locale": locale}
    with chromium.new_context(base_url=server, **zone) as tokyo:
        sign_in_with(tokyo, server, candidate.cookie)
        page = tokyo.new_page()
        at(page, candidate, 1)
        page.get_by_role("radio").first.check()
        expect(mark_of(page)).to_have_text(re.compile(f"Saved {pattern}"))
        page.reload()
        expect(mark_of(page)).to_have_text(re.compile(f"Saved {pattern}"))
        press(page, "Review all answers")
        expect(page.get_by_role("row", name="Question 1")).to_contain_text(re.compile(pattern))
        page.goto("/attempts")
        expect(page.locator("main time").first).to_contain_text("GMT+9")
        page.goto(f"/attempts/{candidate.attempt_id}/submit")
        press(page, "Hand in now")
        expect(page.get_by_text("Started")).to_be_visible()
        expect(page.locator("main time").first).to_contain_text(re.compile(pattern))
        texts = page.locator("main time").all_inner_texts()

    assert all("UTC" in text for text in texts)  # a receipt gives both


def test_who_lives_by_utc_reads_each_moment_once(chromium, server, candidate):
    """
    Where local time is UTC, the receipt says it in the reader's hours, and not again beside it.
    """
    with chromium.new_context(base_url=server, timezone_id="UTC", locale="en-US") as browser:
        sign_in_with(browser, server, candidate.cookie)
        page = browser.new_page()
        at(page, candidate, 1)
        page.goto(f"/attempts/{candidate.attempt_id}/submit")
        press(page, "Hand in now")
        expect(page.get_by_text("Started")).to_be_visible()
        expect(page.locator("main time").first).to_contain_text(re.compile(r"\d [ap]m UTC"))
        texts = page.locator("main time").all_inner_texts()

    assert [text.count("UTC") for text in texts] == [1] * len(texts)


def test_pages_that_say_what_went_wrong_are_accessible_and_fit(page, context, candidate):
    """
    Axe finds nothing on the notices of a sitting, and none scrolls sideways at 320 pixels.
    """
    page.set_viewport_size({"width": 320, "height": 700})
    found = {}

    def look(name: str) -> None:
        found[name] = (faults_found_by_axe(page), widest_overflow(page))

    at(page, candidate, 3)
    page.get_by_role("textbox").fill("twenty-two")
    expect(mark_of(page)).to_contain_text("unfinished")
    press(page, "Review all answers")
    expect(page.get_by_text("This answer is unfinished")).to_be_visible()
    look("unfinished")
    press(page, "Review all answers")
    expect(page.get_by_role("heading", name="Review all answers")).to_be_visible()
    look("review")
    page.get_by_role("link", name="Go on to hand in").click()
    expect(page.get_by_text("1 answer is unfinished")).to_be_visible()
    look("submit")
    page.route("**/attempt.js", lambda route: route.abort())
    at(page, candidate, 1)
    expect(page.get_by_text("You save by hand")).to_be_visible()
    look("by hand")

    assert found == dict.fromkeys(found, ([], 0))
