"""An exam in sections in a real browser: keyboard, clock, a cut network, and 320 pixels."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from examengine import db, delivery
from examengine.delivery import late_answer_repository
from tests.browser import faults_found_by_axe, sign_in_with, widest_overflow
from tests.delivery.examples import Candidate, sitting_in_sections

pytestmark = pytest.mark.browser


@pytest.fixture
def candidate(live_app, live_clock, context: BrowserContext, server: str) -> Candidate:
    """Somebody who is signed in, in this browser, and can start an exam in two sections."""
    found = sitting_in_sections(live_app.state.components.engine_of_first, live_clock)
    sign_in_with(context, server, found.cookie)
    return found


def _start(page: Page, candidate: Candidate) -> None:
    page.goto(f"/attempts/{candidate.attempt_id}")
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Start the exam").click()
    expect(page.get_by_role("heading", name="Reading and reckoning")).to_be_visible()
    page.wait_for_load_state("load")


def _log(live_app, candidate) -> list[delivery.LoggedEvent]:
    with db.reading(live_app.state.components.engine_of_first) as session:
        return delivery.attempt_log(session, candidate.attempt_id)


def test_every_page_of_a_section_is_accessible_and_fits(page, candidate):
    """
    Axe finds nothing on any page of a section, and none scrolls sideways at 320 pixels.
    """
    page.set_viewport_size({"width": 320, "height": 700})
    here, found = f"/attempts/{candidate.attempt_id}", {}

    def look(name: str) -> None:
        found[name] = (faults_found_by_axe(page), widest_overflow(page))

    page.goto(here)
    look("start")
    _start(page, candidate)
    look("instructions")
    page.get_by_role("button", name="Begin this part").click()
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()
    look("question")
    page.goto(f"{here}/review")
    look("review")
    page.get_by_role("button", name="Leave part 1 for good").click()
    expect(page.get_by_role("heading", name="Judging")).to_be_visible()
    look("between")
    page.goto(f"{here}/submit")
    look("early")
    page.get_by_role("button", name="Hand in now").click()
    page.wait_for_url("**/receipt")
    look("receipt")

    assert found == dict.fromkeys(found, ([], 0))


def test_two_sections_by_keyboard_alone(page, live_app, candidate):
    """
    Enter on the first button leads through both parts, and each is opened and left once.
    """
    _start(page, candidate)

    page.get_by_role("button", name="Begin this part").press("Enter")
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()
    page.get_by_role("radio").first.press("Space")
    expect(page.locator("#save")).to_have_text(re.compile("^Saved"))
    for number in (2, 3):
        page.get_by_role("button", name="Next question").press("Enter")
        expect(page.get_by_role("heading", name=f"Question {number}")).to_be_visible()
    page.get_by_role("button", name="Review this part").press("Enter")
    expect(page.get_by_role("heading", name="Review part 1")).to_be_visible()
    page.get_by_role("button", name="Leave part 1 for good").press("Enter")
    expect(page.get_by_role("heading", name="Judging")).to_be_visible()
    expect(page.locator(".exam-mast")).to_contain_text("Time left")
    page.get_by_role("button", name="Begin this part").press("Enter")
    expect(page.get_by_role("heading", name="Question 4")).to_be_visible()

    kinds = [row.type for row in _log(live_app, candidate)]
    assert [kinds.count(kind) for kind in ("section_opened", "section_closed")] == [2, 1]
    assert kinds.count("shown") == 4


def test_the_clock_of_a_section_leads_on(page, live_app, live_clock, candidate):
    """
    The clock shows the time of the part; when it is over what was typed is saved and the next
    part is shown.
    """
    _start(page, candidate)
    page.get_by_role("button", name="Begin this part").click()
    expect(page.locator("#timer")).to_have_text(re.compile(r"^(20:00|19:5\d)$"))
    page.get_by_role("radio").first.check()
    expect(page.locator("#save")).to_have_text(re.compile("^Saved"))

    live_clock.forward(minutes=20, seconds=1)
    page.evaluate("dispatchEvent(new Event('online'))")

    expect(page.get_by_role("heading", name="Judging")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Its time was over")).to_be_visible()
    closed = [row for row in _log(live_app, candidate) if row.type == "section_closed"]
    assert [row.body["by"] for row in closed] == ["time"]


def test_an_answer_cut_off_until_its_section_closed_is_handed_over_at_the_end(
    page, context, live_app, live_clock, candidate
):
    """
    It is said, kept on the device, does not count, and goes to staff after the exam.
    """
    _start(page, candidate)
    page.get_by_role("button", name="Begin this part").click()
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()
    context.set_offline(True)
    page.get_by_role("radio").first.check()
    expect(page.locator("#save")).to_contain_text("Not saved yet")
    live_clock.forward(minutes=21)
    context.set_offline(False)

    expect(page.get_by_text("An answer came after its part had closed")).to_be_visible(
        timeout=20_000
    )
    page.goto(f"/attempts/{candidate.attempt_id}/submit")
    page.get_by_role("button", name="Hand in now").click()
    page.wait_for_url("**/receipt")
    expect(page.get_by_text("was handed over now")).to_be_visible()

    with db.reading(live_app.state.components.engine_of_first) as session:
        assert len(late_answer_repository.of_attempt(session, candidate.attempt_id)) == 1
        record = delivery.response_record_of(session, candidate.attempt_id)
    assert not any(record.responses.values())
