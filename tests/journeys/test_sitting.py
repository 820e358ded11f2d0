"""Sitting an exam in a real browser: keyboard, network, crash, second tab, and the clock."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from examengine import db, delivery
from tests.browser import faults_found_by_axe, sign_in_with, widest_overflow
from tests.delivery.examples import (
    MULTIPLE,
    NUMBER,
    PASSWORD,
    SINGLE,
    TYPED,
    Candidate,
    sitting,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def candidate(live_app, live_clock, context: BrowserContext, server: str) -> Candidate:
    """Somebody who is signed in, in this browser, and can start."""
    found = sitting(live_app.state.components.engine_of_first, live_clock)[0]
    sign_in_with(context, server, found.cookie)
    return found


def _start(page: Page, candidate: Candidate) -> None:
    page.goto(f"/attempts/{candidate.attempt_id}")
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Start the exam").click()
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()
    page.wait_for_load_state("load")


def _go(page: Page, candidate: Candidate, place: int) -> None:
    page.goto(f"/attempts/{candidate.attempt_id}/items/{place}")
    expect(page.get_by_role("heading", name=f"Question {place}")).to_be_visible()


def _attempt(live_app, candidate) -> delivery.Attempt:
    with db.reading(live_app.state.components.engine_of_first) as session:
        log = delivery.attempt_log(session, candidate.attempt_id)
    return delivery.fold(candidate.attempt_id, log)


def _save_state(page: Page):
    return page.locator("#save")


def test_every_page_of_a_sitting_is_accessible_and_fits(page, candidate):
    """
    Axe finds nothing on any page of a sitting, and none scrolls sideways at 320 pixels.
    """
    page.set_viewport_size({"width": 320, "height": 700})
    here = f"/attempts/{candidate.attempt_id}"
    found = {}

    def look(address: str) -> None:
        page.goto(address)
        found[address] = (faults_found_by_axe(page), widest_overflow(page))

    look("/attempts")
    look(here)
    _start(page, candidate)
    for path in (*(f"/items/{place}" for place in range(1, 7)), "/review", "/submit", "/time-up"):
        look(here + path)
    page.goto(f"{here}/submit")
    page.get_by_role("button", name="Hand in now").click()
    page.wait_for_url("**/receipt")
    look(f"{here}/receipt")

    assert found == dict.fromkeys(found, ([], 0))


def test_a_whole_exam_by_keyboard_alone(page, live_app, candidate):
    """
    Consent, start, answer, flag, move, review and hand in with Tab, Space, Enter and arrows.
    """
    page.goto(f"/attempts/{candidate.attempt_id}")
    _tab_to(page, page.get_by_label("I have read this and agree"))
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()

    _tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("ArrowDown")
    expect(_save_state(page)).to_have_text(re.compile(r"Saved \d\d:\d\d:\d\d"))
    _tab_to(page, page.get_by_role("button", name="Flag to come back to"))
    page.keyboard.press("Space")
    _tab_to(page, page.get_by_role("button", name="Next question"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Question 2")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("median")
    page.keyboard.press("Enter")
    expect(_save_state(page)).to_have_text(re.compile("Saved"))
    _tab_to(page, page.get_by_role("button", name="Review all answers"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Review all answers")).to_be_focused()
    _tab_to(page, page.get_by_role("link", name="Go on to hand in"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("4 questions have no answer")).to_be_visible()
    _tab_to(page, page.get_by_role("button", name="Hand in now"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Your answers are handed in")).to_be_visible()
    attempt = _attempt(live_app, candidate)
    assert attempt.answered(SINGLE)
    assert attempt.responses[TYPED] == "median"
    assert attempt.flagged == {SINGLE}
    expect(page.get_by_text(attempt.head.digest)).to_be_visible()


def _tab_to(page: Page, target) -> None:
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {target}")


def test_a_change_is_saved_within_a_second_and_the_list_follows(page, live_app, candidate):
    """
    One click, no reload: the mark says Saved, the list of questions says answered.
    """
    _start(page, candidate)
    page.evaluate("window.stillTheSamePage = true")
    entry = page.locator(".questions button[aria-current=page]")
    expect(entry).to_contain_text("not answered")

    page.get_by_role("radio").nth(1).check()

    expect(_save_state(page)).to_have_text(re.compile("Saved"), timeout=1000)
    expect(entry).to_have_text(re.compile(r"1\s+answered"))
    assert page.evaluate("window.stillTheSamePage")
    assert _attempt(live_app, candidate).answered(SINGLE)


def test_an_answer_can_be_taken_back(page, live_app, candidate):
    """
    Clearing an answer is saved like any other change.
    """
    _start(page, candidate)
    page.get_by_role("radio").first.check()
    expect(_save_state(page)).to_have_text(re.compile("Saved"))

    page.get_by_role("button", name="Clear my answer").click()

    expect(page.locator(".questions button[aria-current=page]")).to_contain_text("not answered")
    expect(_save_state(page)).to_have_text(re.compile("Saved"))
    assert _attempt(live_app, candidate).responses == {SINGLE: None}


def test_the_network_is_cut_and_comes_back(page, live_app, context, candidate):
    """
    Without a network the mark tells the truth and nobody is led away; afterwards all is saved.
    """
    _start(page, candidate)
    _go(page, candidate, 3)
    context.set_offline(True)

    page.get_by_role("textbox").fill("12")
    expect(_save_state(page)).to_have_text(re.compile("Not saved yet – trying again"))
    page.get_by_role("button", name="Next question").click()
    expect(page.get_by_text("No connection at the moment")).to_be_visible()
    expect(page.get_by_role("heading", name="Question 3")).to_be_visible()
    assert not _attempt(live_app, candidate).answered(NUMBER)
    context.set_offline(False)

    expect(_save_state(page)).to_have_text(re.compile("Saved"), timeout=10_000)
    expect(page.get_by_text("No connection at the moment")).to_be_hidden()
    assert _attempt(live_app, candidate).responses[NUMBER] == "12"
    page.get_by_role("button", name="Next question").click()
    expect(page.get_by_role("heading", name="Question 4")).to_be_visible()


def test_a_cut_with_nothing_unsaved_never_strands_the_candidate(page, context, candidate):
    """
    Moving on without a network keeps the page, instead of the browser's error page.
    """
    _start(page, candidate)
    context.set_offline(True)

    page.get_by_role("button", name="Next question").click()

    expect(page.get_by_text("No connection at the moment")).to_be_visible()
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()
    context.set_offline(False)


def test_an_answer_survives_the_crash_of_the_browser(context, live_app, candidate):
    """
    A tab that died with an unsaved answer has it again in the next tab, and saves it once.
    """
    tab = context.new_page()
    _start(tab, candidate)
    tab.route("**/saves", lambda route: route.abort())
    tab.get_by_role("radio").nth(2).check()
    expect(_save_state(tab)).to_have_text(re.compile("Not saved yet"))
    chosen = tab.get_by_role("radio").nth(2).get_attribute("value")
    tab.close(run_before_unload=False)
    assert not _attempt(live_app, candidate).answered(SINGLE)

    again = context.new_page()
    _go(again, candidate, 1)

    expect(again.get_by_role("radio").nth(2)).to_be_checked()
    expect(_save_state(again)).to_have_text(re.compile("Saved"))
    assert _attempt(live_app, candidate).responses[SINGLE] == chosen
    again.reload()
    expect(again.get_by_role("radio").nth(2)).to_be_checked()
    assert again.evaluate("Object.keys(localStorage).length") == 0


def test_an_acknowledgement_that_was_lost_is_asked_for_again(page, live_app, candidate):
    """
    When the save arrived and its answer did not, the page sends it again and nothing is doubled.
    """
    _start(page, candidate)
    lost = []

    def lose_the_first(route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route("**/saves", lose_the_first)
    page.get_by_role("radio").first.check()

    expect(_save_state(page)).to_have_text(re.compile("Saved"), timeout=10_000)
    with db.reading(live_app.state.components.engine_of_first) as session:
        log = delivery.attempt_log(session, candidate.attempt_id)
    assert [row.type for row in log].count("saved") == 1


def test_a_second_tab_overtakes_the_first(context, live_app, candidate):
    """
    Whoever answers a question in two tabs is asked in the first which of the answers is meant.
    """
    first, second = context.new_page(), context.new_page()
    _start(first, candidate)
    _go(second, candidate, 1)
    second.get_by_role("radio").nth(1).check()
    expect(_save_state(second)).to_have_text(re.compile("Saved"))
    chosen = second.get_by_role("radio").nth(1).get_attribute("value")

    first.bring_to_front()
    first.get_by_role("radio").nth(3).check()

    expect(first.get_by_text("open in another tab or on another device").first).to_be_visible()
    expect(_save_state(first)).to_have_text(re.compile("Not saved"))
    assert _attempt(live_app, candidate).responses == {SINGLE: chosen}
    first.get_by_role("button", name="Take the other answer").click()
    expect(first.get_by_role("radio").nth(1)).to_be_checked()
    first.get_by_role("radio").nth(3).check()
    expect(_save_state(first)).to_have_text(re.compile("Saved"))


def test_another_device_goes_on_where_the_first_stood(chromium, server, page, candidate):
    """
    Signed in elsewhere, the candidate finds the answers and the same time running.
    """
    _start(page, candidate)
    page.get_by_role("radio").nth(1).check()
    expect(_save_state(page)).to_have_text(re.compile("Saved"))

    with chromium.new_context(base_url=server) as elsewhere:
        sign_in_with(elsewhere, server, candidate.cookie)
        device = elsewhere.new_page()
        device.goto("/attempts")
        device.get_by_role("link", name="Go on with").click()

        expect(device.get_by_role("radio").nth(1)).to_be_checked()
        expect(device.get_by_role("timer")).to_have_text(re.compile(r"^59:|^1:00:00"))


def test_a_device_that_is_signed_in_to_by_itself_asks_before_the_exam_moves(
    chromium, server, page, candidate
):
    """
    The candidate says yes and finds the answers there; the first device is told to sign in.
    """
    _start(page, candidate)
    page.get_by_role("radio").nth(1).check()
    expect(_save_state(page)).to_have_text(re.compile("Saved"))

    with chromium.new_context(base_url=server) as elsewhere:
        device = elsewhere.new_page()
        device.set_viewport_size({"width": 320, "height": 700})
        device.goto("/sign-in?then=/attempts")
        device.get_by_label("E-mail address").fill(candidate.email)
        device.get_by_label("Password").fill(PASSWORD)
        device.get_by_role("button", name="Sign in").click()
        device.get_by_role("link", name="Go on with").click()
        device.wait_for_url(re.compile("/account/move"))
        assert faults_found_by_axe(device) == []
        assert widest_overflow(device) == 0
        device.get_by_role("button", name="Go on here").click()
        device.get_by_role("link", name="Go on with the exam").click()

        expect(device.get_by_role("radio").nth(1)).to_be_checked()
        page.get_by_role("radio").nth(2).check()
        expect(page.get_by_text("sign in").first).to_be_visible()


def _requests_of(page: Page) -> list[tuple[str, str]]:
    """Collect what the page asks of its attempt from now on: how, and the end of the address."""
    found: list[tuple[str, str]] = []

    def collect(sent: Request) -> None:
        path = re.search("/attempts/[^/]+/(.+)", sent.url)
        if path:
            found.append((sent.method, path[1]))

    page.on("request", collect)
    return found


def test_going_on_takes_one_request_that_stores_what_was_typed(page, live_app, candidate):
    """
    The answer leaves with the press on Next, and the next question comes back with it.
    """
    _start(page, candidate)
    _go(page, candidate, 2)
    found = _requests_of(page)

    page.get_by_role("textbox").press_sequentially("median")
    page.get_by_role("button", name="Next question").click()
    expect(page.get_by_role("heading", name="Question 3")).to_be_focused()

    assert found == [("POST", "turns")]
    assert _attempt(live_app, candidate).responses[TYPED] == "median"
    expect(page.locator(".questions [data-place='2']")).to_contain_text("answered")
    expect(page.locator(".questions [aria-current=page]")).to_have_attribute("data-place", "3")
    expect(page).to_have_title(re.compile("^Question 3 of 6 · "))
    expect(page).to_have_url(re.compile("/items/3$"))


def test_an_exam_from_question_to_question_stays_on_one_page(page, live_app, candidate):
    """
    Forth and back by buttons and by the list: no page is loaded, and each shows its answer.
    """
    _start(page, candidate)
    found = _requests_of(page)

    page.get_by_role("radio").nth(1).check()
    expect(_save_state(page)).to_have_text(re.compile("Saved"))
    page.get_by_role("button", name="Next question").click()
    expect(page.get_by_role("heading", name="Question 2")).to_be_focused()
    expect(_save_state(page)).to_have_text("Not answered yet")
    page.locator(".questions [data-place='6']").click()
    expect(page.get_by_role("heading", name="Question 6")).to_be_focused()
    expect(page.get_by_role("button", name="Next question")).to_have_count(0)
    page.locator(".questions [data-place='1']").click()
    expect(page.get_by_role("heading", name="Question 1")).to_be_focused()

    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    expect(_save_state(page)).to_have_text(re.compile(r"Saved \d\d:\d\d:\d\d"))
    assert found == [("POST", "saves"), *[("POST", "turns")] * 3]


def test_text_typed_while_the_next_question_is_on_its_way_is_kept(page, live_app, candidate):
    """
    Who types on after pressing Next on a slow line finds every letter stored.
    """
    _start(page, candidate)
    _go(page, candidate, 2)
    held: list[Route] = []
    page.route("**/turns", lambda route: held.append(route))  # noqa: PLW0108  (it is given names)
    page.get_by_role("textbox").fill("medi")
    page.get_by_role("button", name="Next question").click()
    page.wait_for_timeout(200)
    page.get_by_role("textbox").press("End")
    page.keyboard.type("an")

    held[0].continue_()
    expect(page.get_by_role("heading", name="Question 3")).to_be_visible()
    page.wait_for_timeout(600)

    assert _attempt(live_app, candidate).responses[TYPED] == "median"


def test_a_cut_at_the_press_on_next_loses_nothing(page, live_app, context, candidate):
    """
    The page stays, says so, and stores the answer by itself when the line is back.
    """
    _start(page, candidate)
    _go(page, candidate, 2)
    context.set_offline(True)
    page.get_by_role("textbox").press_sequentially("median")
    page.get_by_role("button", name="Next question").click()

    expect(page.get_by_text("No connection at the moment")).to_be_visible()
    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()
    context.set_offline(False)
    expect(_save_state(page)).to_have_text(re.compile("Saved"))
    page.get_by_role("button", name="Next question").click()
    expect(page.get_by_role("heading", name="Question 3")).to_be_visible()

    assert _attempt(live_app, candidate).responses[TYPED] == "median"


def test_going_back_in_the_browser_goes_back_in_the_exam(page, candidate):
    """
    The browser's own buttons move between the pages of the exam, answers in place.
    """
    _start(page, candidate)
    page.get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Next question").click()
    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()

    page.go_back()

    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()
    expect(page.get_by_role("radio").nth(1)).to_be_checked()


def test_several_boxes_are_one_answer(page, live_app, candidate):
    """
    Ticking two boxes in a row leaves the answer with both.
    """
    _start(page, candidate)
    _go(page, candidate, 6)
    for place in (0, 2):
        page.get_by_role("checkbox").nth(place).check()
    expect(_save_state(page)).to_have_text(re.compile("Saved"))
    chosen = [page.get_by_role("checkbox").nth(place).get_attribute("value") for place in (0, 2)]

    expect(page.locator(".questions button[aria-current=page]")).to_have_text(
        re.compile(r"6\s+answered")
    )

    assert _attempt(live_app, candidate).responses[MULTIPLE] == sorted(chosen)


def test_the_time_is_announced_at_ten_five_and_one_minutes(page, candidate):
    """
    The countdown itself is silent; three moments are spoken politely, each once.
    """
    page.clock.install()
    page.route("**/standing", lambda route: route.abort())  # the server's clock stands still here
    _start(page, candidate)
    timer, announce = page.get_by_role("timer"), page.locator("#announce")
    said: list[str] = []

    def hear(words: str) -> None:
        said.append(words)

    page.expose_function("heard", hear)
    page.evaluate(
        "new MutationObserver(() => heard(document.getElementById('announce').textContent))"
        ".observe(document.getElementById('announce'), {childList: true})"
    )

    assert timer.get_attribute("aria-live") == "off"
    assert announce.get_attribute("role") == "status"
    page.clock.run_for("49:00")
    assert said == []
    page.clock.run_for("10:30")

    assert said == ["10 minutes left", "5 minutes left", "1 minute left"]
    expect(timer).to_have_text(re.compile(r"^0:\d\d"))


def test_when_the_time_is_up_the_server_has_decided(page, live_app, live_clock, candidate):
    """
    At zero the page sends what is being typed and goes to what was handed in.
    """
    page.clock.install()
    page.route("**/standing", lambda route: route.abort())  # the server's clock stands still here
    _start(page, candidate)
    _go(page, candidate, 3)
    live_clock.forward(minutes=59, seconds=50)
    page.clock.run_for("59:50")
    page.get_by_role("textbox").press_sequentially("7")
    page.clock.run_for(1000)
    expect(_save_state(page)).to_have_text(re.compile("Saved"))
    live_clock.forward(minutes=1)
    page.clock.run_for(15_000)

    expect(page.get_by_role("heading", name="The time is up")).to_be_visible()
    attempt = _attempt(live_app, candidate)
    assert attempt.end.by == "time"
    assert attempt.responses == {NUMBER: "7"}


def test_an_answer_that_missed_the_end_is_not_passed_over(page, live_clock, context, candidate):
    """
    Somebody who was cut off until after the end is told that an answer did not arrive in time.
    """
    _start(page, candidate)
    context.set_offline(True)
    page.get_by_role("radio").first.check()
    expect(_save_state(page)).to_have_text(re.compile("Not saved yet"))
    live_clock.forward(minutes=61)
    context.set_offline(False)

    expect(page.get_by_role("heading", name="The time is up")).to_be_visible(timeout=10_000)
    expect(page.get_by_text("An answer did not arrive in time")).to_be_visible()


def test_leaving_the_page_is_noted_and_so_is_coming_back(page, context, live_app, candidate):
    """
    The log says when the page lost the focus and when it had it again.
    """
    _start(page, candidate)
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.get_by_role("radio").first.check()
    expect(_save_state(page)).to_have_text(re.compile("Saved"))

    with db.reading(live_app.state.components.engine_of_first) as session:
        log = delivery.attempt_log(session, candidate.attempt_id)
    types = [row.type for row in log]
    assert types.index("focus_lost") < types.index("focus_returned")


def test_an_answer_given_before_the_script_arrived_is_saved(page, live_app, candidate):
    """
    On a slow line somebody may answer before the script is loaded; it is saved when it comes.
    """
    _start(page, candidate)
    page.route("**/attempt.js", lambda route: (page.wait_for_timeout(1500), route.continue_()))

    page.goto(f"/attempts/{candidate.attempt_id}/items/1", wait_until="commit")
    page.get_by_role("radio").nth(1).check()

    expect(_save_state(page)).to_have_text(re.compile("Saved"))
    assert _attempt(live_app, candidate).answered(SINGLE)


def test_when_the_script_cannot_be_loaded_the_buttons_save(page, live_app, candidate):
    """
    A network that failed while the page was loading leaves buttons that save by hand.
    """
    page.route("**/attempt.js", lambda route: route.abort())
    _start(page, candidate)

    page.get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Next question").click()

    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()
    assert _attempt(live_app, candidate).answered(SINGLE)
