"""Review in a real browser: an author and two reviewers, three sessions, one item into use."""

import pytest
from playwright.sync_api import Browser, Page, expect

from examengine import accounts, bank, db
from examengine.accounts import Role
from examengine.bank.formats import load_files
from tests.bank.small_bank import files, item
from tests.browser import faults_found_by_axe, widest_overflow
from tests.conftest import PASSWORD
from tests.journeys.keyboard import tab_until

pytestmark = pytest.mark.browser

REVIEW = "/bank/small/items/S-1/review"
SIZES = [(1280, 900), (320, 700)]
CHECKS = len(bank.DEFAULT_WORKFLOW.checklist)


@pytest.fixture
def people(live_app, live_clock, hasher) -> list[str]:
    """An author, two reviewers and a psychometrician, whose bank has one draft."""
    parts = live_app.state.components
    roles = {
        "author": Role.AUTHOR,
        "rob": Role.REVIEWER,
        "rue": Role.REVIEWER,
        "psy": Role.PSYCHOMETRICIAN,
    }
    made = {}
    with db.writing(parts.engine_of_first) as session:
        for name, role in roles.items():
            person = accounts.add_person(
                *(session, live_clock, hasher, accounts.system_actor()),
                email=f"{name}@example.org",
                name=name.capitalize(),
                password=PASSWORD,
                roles=[role],
            )
            made[name] = accounts.Actor(person.id, name, person.roles, db.FIRST_ORGANISATION)
        loaded = load_files(files(item("S-1", "single_choice")))
        bank.import_bank(session, live_clock, accounts.system_actor(), loaded)
        states, moves, checklist = bank.as_lines(bank.DEFAULT_WORKFLOW)
        lines = {"states": states, "moves": moves, "checklist": checklist}
        begin = {"reason": "Nobody has looked at it yet.", "present": "draft"}
        bank.set_workflow(session, live_clock, made["psy"], "small", **lines, **begin)
    return list(roles)


def signed_in(chromium: Browser, server: str, name: str, width: int, height: int) -> Page:
    """Sign in as somebody, in a browser of their own."""
    context = chromium.new_context(base_url=server, viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


def sound(page: Page) -> None:
    """Find nothing wrong with a page, and nothing that leads beyond its edge."""
    assert faults_found_by_axe(page) == []
    assert widest_overflow(page) == 0


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_three_people_bring_an_item_into_use(chromium, server, people, width, height):
    """
    The author hands it over, one reviewer comments and agrees by keyboard, the other lets it pass.
    """
    author, one, two = (
        signed_in(chromium, server, name, width, height) for name in ("author", "rob", "rue")
    )
    author.goto(REVIEW)
    sound(author)
    author.get_by_role("form", name="In review").get_by_role("button").click()
    expect(author.get_by_text("In review", exact=True).first).to_be_visible()

    one.goto("/review")
    sound(one)
    one.get_by_role("link", name="S-1").click()
    sound(one)
    approve = one.get_by_role("form", name="Approved")
    approve.get_by_role("button").click()
    expect(one.get_by_text(f"{CHECKS} of {CHECKS} points of the checklist")).to_be_visible()
    for _ in range(CHECKS):
        tab_until(one, "a point of the checklist", name="ticked")
        one.keyboard.press("Space")
    tab_until(one, "the button that agrees", tag="BUTTON", text="Agree to “Approved”")
    one.keyboard.press("Enter")
    expect(one.get_by_text("you have agreed already")).to_be_visible()
    one.get_by_role("textbox", name="Comment").fill("Is b wrong beyond doubt?")
    one.get_by_role("combobox", name="About").select_option("options: b")
    one.get_by_role("button", name="Comment", exact=True).click()
    expect(one.get_by_text("Is b wrong beyond doubt?")).to_be_visible()
    sound(one)

    author.goto(REVIEW)
    author.get_by_role("button", name="Dealt with").click()
    expect(author.get_by_text("Dealt with by")).to_be_visible()

    two.goto(REVIEW)
    expect(two.get_by_text("2 people have to agree; 1 has: Rob.")).to_be_visible()
    second = two.get_by_role("form", name="Approved")
    for box in second.get_by_role("checkbox").all():
        box.check()
    second.get_by_role("button", name="Move to “Approved”").click()
    expect(two.locator(".tag-good", has_text="Approved")).to_be_visible()
    sound(two)
    for page in (author, one, two):
        page.context.close()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_workflow_is_set_in_the_browser(chromium, server, people, width, height):
    """
    A line that cannot be read is named above the form, and what was typed stands in it.
    """
    page = signed_in(chromium, server, "psy", width, height)
    page.goto("/bank/small/workflow")
    sound(page)
    page.get_by_role("textbox", name="Moves").fill("draft to review")
    page.get_by_label("Reason").first.fill("Three people from now on.")
    page.get_by_role("button", name="Change the workflow").click()

    expect(page.get_by_text("moves, line 1: write two states")).to_be_visible()
    expect(page.get_by_role("textbox", name="Moves")).to_have_value("draft to review")
    sound(page)
    page.context.close()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_many_items_are_moved_and_assigned_in_the_browser(
    chromium, server, live_app, live_clock, people, width, height
):
    """
    Chosen in the list by keyboard, foreseen, moved; then people are asked to look at them.
    """
    with db.writing(live_app.state.components.engine_of_first) as session:
        more = [item(f"S-{n}", "numeric_entry", stem=f"What is {n} + 4?") for n in range(2, 30)]
        loaded = load_files(files(*more))
        bank.import_bank(session, live_clock, accounts.system_actor(), loaded)
    author = signed_in(chromium, server, "author", width, height)
    author.goto("/bank/small")
    sound(author)
    for name in ("S-1", "S-2"):
        author.get_by_role("checkbox", name=f"Choose {name}", exact=True).press("Space")
    author.get_by_role("button", name="Move or assign the chosen").press("Enter")
    author.get_by_label("To", exact=True).select_option("In review")
    author.get_by_role("button", name="Show what would move").press("Enter")
    expect(author.get_by_text("2 items would move to “In review”")).to_be_visible()
    sound(author)
    author.get_by_role("form", name="Move them").get_by_role("button").press("Enter")
    expect(author.get_by_text("2 items moved", exact=True).first).to_be_visible()
    sound(author)

    author.get_by_role("link", name="See the items in this state").click()
    expect(author.get_by_text("2 of 29 items.")).to_be_visible()
    author.get_by_role("link", name="Move or assign all 2").click()
    asking = author.get_by_role("form", name="Ask people to look at them")
    asking.get_by_role("checkbox", name="Rob").check()
    asking.get_by_label("Until").fill("2030-01-31")
    asking.get_by_role("button").click()
    expect(author.get_by_text("until 31 January 2030").first).to_be_visible()
    sound(author)
    author.context.close()
