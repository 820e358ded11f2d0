"""A question that is answered by files: by keyboard, with the network cut, and without script."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from examengine import db, delivery
from tests.bank import answer_files as made
from tests.bank.small_bank import item
from tests.browser import faults_found_by_axe, sign_in_with, widest_overflow
from tests.delivery.awkward_items import sitting_of
from tests.delivery.examples import Candidate
from tests.journeys.keyboard import follow, tab_until

pytestmark = pytest.mark.browser

PLAN = "U-1"
ITEMS = (item(PLAN, "file_upload"), item("U-2", "single_choice"))


def file(name: str, data: bytes) -> dict[str, object]:
    """A file as it is chosen in the browser's window."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


GROUND_FLOOR, COSTS = file("ground floor.pdf", made.PDF), file("costs.xlsx", made.XLSX)


@pytest.fixture
def candidate(live_app, live_clock, context: BrowserContext, server: str) -> Candidate:
    """A candidate, signed in, before an exam whose first question asks for files."""
    engine = live_app.state.components.engine_of_first
    found = sitting_of(engine, live_clock, ITEMS)
    sign_in_with(context, server, found.cookie)
    return found


def started(page: Page, candidate: Candidate) -> None:
    """Start the exam."""
    page.goto(f"/attempts/{candidate.attempt_id}")
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Start the exam").click()
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()


def choose_by_keyboard(page: Page, *chosen: dict[str, object]) -> None:
    """Open the window in which files are chosen with a key, and choose."""
    expect(page.locator("#file[multiple]")).to_be_attached()  # the script is there
    tab_until(page, "the field", name="file")
    with page.expect_file_chooser() as window:
        page.keyboard.press("Space")
    window.value.set_files(list(chosen))


def names(live_app, candidate: Candidate) -> list[str]:
    """The names of the files that are the answer, as the log says it."""
    with db.reading(live_app.state.components.engine_of_first) as session:
        log = delivery.attempt_log(session, candidate.attempt_id)
    responses = delivery.fold(candidate.attempt_id, log).responses
    return [one["name"] for one in responses.get(PLAN) or ()]


def test_files_are_sent_by_keyboard_through_a_cut_and_one_is_removed(page, live_app, candidate):
    """
    A file that the network swallowed is not called saved, arrives later, and can be taken out.
    """
    started(page, candidate)
    mine, status = page.get_by_role("list", name="Files of your answer"), page.locator("#save")

    choose_by_keyboard(page, GROUND_FLOOR)
    expect(status).to_contain_text("unfinished. 1 file is there, and at least 2 are asked for.")
    page.context.set_offline(True)
    choose_by_keyboard(page, COSTS, file("sketch.png", made.PNG))
    expect(page.get_by_text("Not saved yet – trying again")).to_be_visible()
    follow(page, "Next question")
    expect(page.locator("#trouble")).to_contain_text("A file is not saved yet")
    assert names(live_app, candidate) == ["ground floor.pdf"]
    page.context.set_offline(False)
    expect(mine.get_by_role("listitem")).to_have_count(3)
    expect(status).to_contain_text("3 files: ground floor.pdf, costs.xlsx, sketch.png.")
    expect(page.locator("#file")).to_be_disabled()
    tab_until(page, "the button", tag="BUTTON", text="Remove sketch.png")
    page.keyboard.press("Enter")
    expect(status).to_contain_text("2 files: ground floor.pdf, costs.xlsx.")
    assert faults_found_by_axe(page) == []
    assert names(live_app, candidate) == ["ground floor.pdf", "costs.xlsx"]

    with page.expect_download() as stored:
        mine.get_by_role("link", name="costs.xlsx").click()
    assert stored.value.path().read_bytes() == made.XLSX
    follow(page, "Next question")
    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()
    follow(page, "Review all answers")
    expect(page.get_by_text("ground floor.pdf, costs.xlsx")).to_be_visible()
    follow(page, "Go on to hand in")
    follow(page, "Hand in now")
    expect(page.get_by_role("heading", name="Your answers are handed in")).to_be_visible()
    expect(page.get_by_role("link", name="costs.xlsx")).to_be_visible()
    assert faults_found_by_axe(page) == []


def test_a_file_that_is_on_its_way_can_be_cancelled(page, live_app, candidate):
    """
    Without a connection a candidate goes on without the file; nothing of it comes later.
    """
    started(page, candidate)
    page.context.set_offline(True)
    page.locator("#file").set_input_files(GROUND_FLOOR)
    expect(page.get_by_text("Not saved yet – trying again")).to_be_visible()
    page.get_by_role("button", name="Cancel ground floor.pdf").click()
    expect(page.get_by_role("list", name="Files on their way")).to_have_count(0)
    expect(page.locator("#file")).to_be_focused()
    page.context.set_offline(False)
    page.get_by_role("button", name="Next question").click()
    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()

    assert names(live_app, candidate) == []


def test_files_are_sent_without_script(chromium: Browser, server, live_app, candidate):
    """
    The form of the question brings them, says what was not taken, and takes one out again.
    """
    with chromium.new_context(base_url=server, java_script_enabled=False) as plain:
        sign_in_with(plain, server, candidate.cookie)
        page = plain.new_page()
        started(page, candidate)
        page.locator("#file").set_input_files(GROUND_FLOOR)
        page.get_by_role("button", name="Upload").click()
        expect(page.locator("#save")).to_contain_text("Saved")
        page.locator("#file").set_input_files(file("costs.xlsx", made.EXECUTABLE))
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_text("This file was not taken")).to_be_visible()
        page.locator("#file").set_input_files(COSTS)
        page.get_by_role("button", name="Next question").click()
        expect(page.get_by_role("heading", name="Question 2")).to_be_visible()
        page.get_by_role("button", name="Previous question").click()
        page.get_by_role("button", name="Remove ground floor.pdf").click()
        expect(page.locator("#save")).to_contain_text("1 file is there")

    assert names(live_app, candidate) == ["costs.xlsx"]


@pytest.mark.parametrize("width", [1280, 320])
def test_the_question_fits_and_says_what_a_file_lacks(page, candidate, width):
    """
    Long names wrap; what is too large, empty or one too many is told before it is sent.
    """
    page.set_viewport_size({"width": width, "height": 900})
    started(page, candidate)
    long = file("a-very-long-name-of-a-drawing-" * 3 + ".pdf", made.PDF)
    expect(page.locator("#file[multiple]")).to_be_attached()  # the script is there
    page.locator("#file").set_input_files([long, file("nothing.png", b"")])
    expect(page.locator("#save")).to_contain_text("1 file is there")
    page.locator("#file").set_input_files([COSTS, file("x.pdf", made.EXECUTABLE)])
    unsent = page.get_by_role("list", name="Files on their way")
    expect(unsent).to_contain_text("Not saved: the file is empty")
    expect(unsent).to_contain_text("by what it holds it is no kind of file")
    expect(page.locator("#save")).to_contain_text("2 files")
    expect(page.locator("#file")).to_be_enabled()

    assert widest_overflow(page) == 0
    assert faults_found_by_axe(page) == []
