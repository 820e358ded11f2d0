"""An item set in a real browser: its text stays where it is, at 1280 and at 320 pixels."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import faults_found_by_axe, sign_in_with, widest_overflow
from tests.delivery.examples import Candidate
from tests.delivery.set_sitting import sitting_with_set

pytestmark = pytest.mark.browser

SCROLLED = "document.querySelector('.shared-body').scrollTop"


@pytest.fixture
def candidate(live_app, live_clock, context: BrowserContext, server: str) -> Candidate:
    """Somebody who is signed in, in this browser, and can start an exam with a set."""
    [found] = sitting_with_set(live_app.state.components.engine_of_first, live_clock)
    sign_in_with(context, server, found.cookie)
    return found


def _start(page: Page, candidate: Candidate) -> None:
    page.goto(f"/attempts/{candidate.attempt_id}")
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Start the exam").click()
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()
    page.wait_for_load_state("load")


def _next(page: Page, number: int) -> None:
    page.get_by_role("button", name="Next question").press("Enter")
    expect(page.get_by_role("heading", name=f"Question {number}")).to_be_visible()


def test_the_text_stays_where_it_was_read(page, candidate):
    """
    Beside the question, scrolled and closed as it was, while its questions are turned; said once.
    """
    page.set_viewport_size({"width": 1280, "height": 500})
    _start(page, candidate)
    _next(page, 2)
    text, form = page.locator(".shared").bounding_box(), page.locator("#answer").bounding_box()
    page.evaluate("document.querySelector('.shared-body').scrollTop = 60")
    faults = {"wide": (faults_found_by_axe(page), widest_overflow(page))}

    page.get_by_role("textbox").fill("280")
    _next(page, 3)
    told = page.locator("#announce").text_content()
    second = page.evaluate(SCROLLED)
    page.evaluate("document.getElementById('announce').textContent = ''")
    page.locator(".shared summary").click()
    _next(page, 4)

    assert text["x"] + text["width"] <= form["x"]
    assert second == 60
    assert told == "The text for questions 2 to 4 is the same as before."
    assert page.locator("#announce").text_content() == ""
    assert page.locator(".shared details").get_attribute("open") is None
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("3 of 3 about this text"))
    _next(page, 5)
    assert page.locator(".shared").count() == 0
    page.get_by_role("button", name="Previous question").press("Enter")
    expect(page.locator(".shared details")).to_have_attribute("open", "")
    assert faults == {"wide": ([], 0)}


def test_a_narrow_page_leads_past_the_text(page, candidate):
    """
    At 320 pixels the text stands above, the question is one press away, and going on shows it.
    """
    page.set_viewport_size({"width": 320, "height": 700})
    _start(page, candidate)
    _next(page, 2)
    faults = {"narrow": (faults_found_by_axe(page), widest_overflow(page))}

    page.get_by_role("link", name="Skip to the question").press("Enter")
    expect(page.locator("#answer")).to_be_focused()
    skipped = page.url
    page.get_by_role("textbox").fill("280")
    _next(page, 3)
    expect(page.locator("#answer")).to_be_in_viewport()
    page.goto(f"/attempts/{candidate.attempt_id}/review")
    faults["review"] = (faults_found_by_axe(page), widest_overflow(page))

    assert skipped.endswith("items/2")
    assert faults == dict.fromkeys(faults, ([], 0))


@pytest.mark.parametrize("width", [1280, 320])
def test_without_a_script_the_text_is_there(chromium, server, live_app, live_clock, width):
    """
    Every question of the set shows the text and takes an answer by its buttons.
    """
    [found] = sitting_with_set(live_app.state.components.engine_of_first, live_clock)
    looks = {"width": width, "height": 700}
    with chromium.new_context(
        base_url=server, java_script_enabled=False, viewport=looks
    ) as context:
        sign_in_with(context, server, found.cookie)
        page = context.new_page()
        _start(page, found)

        for number in (2, 3, 4):
            _next(page, number)
            expect(page.get_by_text("The round begins and ends at")).to_be_visible()
