"""Items of other systems, brought in through the page of imports in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from examengine.bank import template_of_table
from tests.bank.qti_1_items import (
    MANIFEST,
    blackboard,
    canvas,
    document,
    equal,
    listed,
    offered,
    package,
    pool,
    right,
    typed,
    when,
)
from tests.browser import faults_found_by_axe, widest_overflow
from tests.jobs.inline import do_waiting
from tests.journeys.test_writing_items import authors  # noqa: F401  (a fixture)

pytestmark = pytest.mark.browser

IMPORT = "/bank/small/import"
SWIMS = canvas(
    "multiple_choice",
    listed({"1": "A cat", "2": "A newt"}),
    when(equal("2")),
    ident="i7",
    text="<p>Which of these <em>swims</em>?</p>",
)
QUIZ = package(
    {
        "imsmanifest.xml": MANIFEST,
        "i0/i0.xml": document(SWIMS, canvas("calculated", typed(), "", ident="i8")),
    }
)
POOL = package(
    {
        "imsmanifest.xml": MANIFEST,
        "res00001.dat": pool(
            blackboard(
                "Multiple Choice",
                offered({"A": "red", "B": "yellow"}),
                right(equal("B", "response")),
                text="Between orange and green?",
            )
        ),
    }
)


def sent(page: Page, app, name: str, data: bytes, button: str = "Check only") -> None:
    """Send a file by the form, let a worker do what was asked, and see the report."""
    page.goto(IMPORT)
    kind = "application/octet-stream"
    page.locator("#files").set_input_files([{"name": name, "mimeType": kind, "buffer": data}])
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    do_waiting(app)
    page.reload()
    page.locator("a.button[href*='/imports/']").click()


@pytest.mark.usefixtures("authors")
def test_packages_and_workbooks_are_sent_as_they_are(page, live_app, live_clock):
    """
    A template is taken, and sent; packages of two systems come in with a report on each question.
    """
    page.goto(IMPORT)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert faults_found_by_axe(page) == []
        assert widest_overflow(page) == 0
    with page.expect_download() as begun:
        page.get_by_role("link", name="Template as a workbook").click()
    assert begun.value.suggested_filename == "items.xlsx"
    assert begun.value.path().read_bytes()[:2] == b"PK"

    sent(page, live_app, "items.xlsx", template_of_table("xlsx"))
    expect(page.get_by_text("These files can be imported")).to_be_visible()

    live_clock.forward(seconds=1)
    sent(page, live_app, "quiz.zip", QUIZ)
    expect(page.get_by_text("drawn-numbers")).to_be_visible()
    assert faults_found_by_axe(page) == []
    assert widest_overflow(page) == 0

    live_clock.forward(seconds=1)
    sent(page, live_app, "Pool_ExportFile.zip", POOL, button="Check and import")
    expect(page.get_by_text("The items are in the bank")).to_be_visible()
    page.goto("/bank/small/items/_77_1")
    expect(page.get_by_text("Between orange and green?").first).to_be_visible()
