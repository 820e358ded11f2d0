"""Sets and models of items in a real browser: an author's pages, narrow and wide."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from examengine import accounts, bank, db
from examengine.accounts import Role
from tests.browser import faults_found_by_axe, widest_overflow
from tests.conftest import PASSWORD
from tests.sample_banks import BANKS, sample_bank

pytestmark = pytest.mark.browser

MODEL = Path(BANKS) / "measuring-at-work" / "models" / "MW-RATE.yaml"
PAGES = (
    "/bank/reading-maps/sets",
    "/bank/reading-maps/sets/skerran-round",
    "/bank/measuring-at-work/models",
    "/bank/measuring-at-work/models/MW-RATE",
)


@pytest.fixture
def author(live_app, live_clock, hasher, context: BrowserContext, page: Page) -> None:
    """An author who is signed in, two banks, and a model."""
    with db.writing(live_app.state.components.engine_of_first) as session:
        system = accounts.system_actor()
        accounts.add_person(
            *(session, live_clock, hasher, system),
            email="ada@example.org",
            name="Ada",
            password=PASSWORD,
            roles=[Role.AUTHOR],
        )
        for name in ("reading-maps", "measuring-at-work"):
            bank.import_bank(session, live_clock, system, sample_bank(name))
        text = MODEL.read_text("utf-8")
        bank.keep_model(session, live_clock, system, "measuring-at-work", "MW-RATE", text)
    page.goto("/sign-in")
    page.locator("input[name=email]").fill("ada@example.org")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_of_sets_and_models_are_accessible_and_fit(page, author, width):
    """
    Axe finds nothing on any of them, and none scrolls sideways.
    """
    page.set_viewport_size({"width": width, "height": 800})
    found = {}

    for address in PAGES:
        page.goto(address)
        found[address] = (faults_found_by_axe(page), widest_overflow(page))

    assert found == dict.fromkeys(PAGES, ([], 0))


def test_instances_follow_what_is_typed_and_become_items(page, author):
    """
    By keyboard: a fault is told while it stands, one instance is left out, the others are made.
    """
    page.goto(PAGES[-1])
    page.locator("#text").press("Control+Home")
    page.keyboard.type("x")
    expect(page.get_by_text("This is no model yet")).to_be_visible()
    page.keyboard.press("Backspace")
    expect(page.get_by_role("checkbox", name="Leave out MW-RATE-02")).to_be_visible()

    page.get_by_role("checkbox", name="Leave out MW-RATE-02").press("Space")
    page.get_by_role("button", name="Save, with what is left out").press("Enter")
    expect(page.get_by_text("5 instances become versions")).to_be_visible()
    page.get_by_label("Why these versions are made").fill("For the spring forms.")
    page.get_by_role("button", name="Make 5 versions").press("Enter")

    expect(page.get_by_role("link", name="version 1")).to_have_count(5)
