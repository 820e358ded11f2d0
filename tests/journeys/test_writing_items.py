"""Writing items in a real browser, by keyboard: tried, made into versions, compared, restored."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from examengine import accounts, bank, db
from examengine.accounts import Role
from examengine.bank.formats import load_files
from tests.bank.media_files import picture
from tests.bank.small_bank import files, item, three_items
from tests.browser import faults_found_by_axe, widest_overflow
from tests.conftest import PASSWORD
from tests.journeys.keyboard import Focused, follow, tab_until

pytestmark = pytest.mark.browser

HERE = "/bank/small/drafts"


@pytest.fixture
def authors(live_app, live_clock, hasher, context: BrowserContext, page: Page):
    """Two authors of the small bank, the first of whom is signed in."""
    with db.writing(live_app.state.components.engine_of_first) as session:
        system = accounts.system_actor()
        for name in ("Ada", "Bea"):
            accounts.add_person(
                *(session, live_clock, hasher, system),
                email=f"{name}@example.org",
                name=name,
                password=PASSWORD,
                roles=[Role.AUTHOR],
            )
        bank.import_bank(session, live_clock, system, load_files(files(*three_items())))
    sign_in(page, "Ada")


def sign_in(page: Page, name: str) -> None:
    """Sign in as one of the authors."""
    page.goto("/sign-in")
    page.locator("input[name=email]").fill(f"{name}@example.org")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def begin(page: Page, item_id: str, item_type: str) -> None:
    """Begin a new item by keyboard."""
    page.goto(HERE)
    tab_until(page, "the id", name="item_id")
    page.keyboard.type(item_id)
    page.get_by_label("Type").select_option(item_type)
    follow(page, "Begin to write")
    expect(page.get_by_role("heading", name=item_id, exact=True)).to_be_visible()


def write(page: Page, texts: dict[str, str]) -> None:
    """Type into fields, one after another, by Tab."""
    for name, text in texts.items():
        tab_until(page, name, name=name)
        page.keyboard.type(text)


def saved(page: Page) -> None:
    """Wait until everything is stored."""
    expect(page.locator("#state")).to_contain_text("Draft saved")


def make_version(page: Page, reason: str) -> None:
    """Make a version of what stands on the page."""
    page.get_by_role("button", name="Make a version").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("make version"))).to_be_visible()
    tab_until(page, "why", name="reason")
    page.keyboard.type(reason)
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name=reason)).to_be_visible()


def choose(page: Page, name: str, option: str) -> None:
    """Choose in a list by its keys."""
    tab_until(page, name, name=name)
    for _ in range(30):
        if Focused(page).read()["value"] == option:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name} never comes to {option}")


def test_an_author_writes_a_single_choice_with_a_figure(page, authors):
    """
    Written by keyboard, its figure described, tried, made a version, compared and restored.
    """
    begin(page, "J-1", "single_choice")
    write(page, {"stem": "Which half is *blue*?"})
    page.get_by_label("Figure, recording or video").set_input_files(
        {"name": "key is a.png", "mimeType": "image/png", "buffer": picture("PNG", (60, 40))}
    )
    follow(page, "Add this file")
    expect(page.get_by_label("In words")).to_be_visible()
    write(page, {"stimulus.0.figure.alt": "Two halves, the left one blue."})
    for number, text in enumerate(("The left", "The right", "Both", "None of these two")):
        write(page, {f"options.{number}.text": text, f"options.{number}.rationale": "So it is."})
    page.get_by_label("Right answer: Option A").focus()
    page.keyboard.press("Space")
    saved(page)
    preview = page.locator("#preview")
    expect(preview.get_by_role("img", name="Two halves, the left one blue.").first).to_be_visible()
    expect(preview.locator("em")).to_have_text("blue")
    expect(page.locator("#told")).not_to_contain_text("before candidates may see it")
    assert "key is a" not in page.content()
    assert faults_found_by_axe(page) == []

    preview.get_by_label("The right").focus()
    page.keyboard.press("Space")
    follow(page, "Try this answer")
    expect(page.locator("#tried")).to_contain_text("0 of 1")
    make_version(page, "First of its kind")
    page.get_by_role("button", name="Edit").press("Enter")
    page.get_by_role("textbox", name="Question").fill("Which half is *red*?")
    saved(page)
    make_version(page, "The other colour")
    page.get_by_role("link", name="Compare versions").press("Enter")
    expect(page.locator("del")).to_have_text("blue")
    expect(page.locator("ins")).to_have_text("red")
    page.set_viewport_size({"width": 320, "height": 700})
    assert widest_overflow(page) == 0
    assert faults_found_by_axe(page) == []
    page.goto("/bank/small/items/J-1?version=1")
    page.get_by_role("button", name="Restore this version").press("Enter")
    expect(page.get_by_role("textbox", name="Question")).to_have_value("Which half is *blue*?")
    assert widest_overflow(page) == 0
    assert faults_found_by_axe(page) == []


def test_an_author_writes_a_numeric_entry_and_tries_it(page, authors):
    """
    The page says how an answer was read, and what its tolerance makes of it.
    """
    begin(page, "J-2", "numeric_entry")
    write(page, {"stem": "How much is an eighth, in percent?"})
    write(page, {"key.value": "12.5", "key.tolerance": "0.1", "unit": "%"})
    saved(page)

    page.locator("#preview").get_by_label("Your answer").fill("12,6 %")
    follow(page, "Try this answer")

    expect(page.locator("#tried")).to_be_focused()
    expect(page.locator("#tried")).to_contain_text("Read as 12.6 %.")
    expect(page.locator("#tried")).to_contain_text("1 of 1")
    make_version(page, "Needed for the spring")


def test_an_author_writes_a_matching_item(page, authors):
    """
    A line is taken away and an option added; the focus goes along, and choices follow the texts.
    """
    begin(page, "J-3", "matching")
    write(page, {"stem": "What belongs together?"})
    write(page, {"prompts.0.text": "Day", "prompts.1.text": "Night"})
    page.get_by_role("button", name="Remove Line 3").press("Enter")
    expect(page.locator("[name='prompts.2.text']")).to_have_count(0)
    expect(page.locator("[name='prompts.1.text']")).to_be_focused()
    page.get_by_role("button", name="Add: option").press("Enter")
    expect(page.locator("[name='options.4.text']")).to_be_focused()
    for number, text in enumerate(("Moon", "Sun", "Rain", "Snow", "Fog")):
        page.locator(f"[name='options.{number}.text']").fill(text)
    expect(page.locator("[name='key.0.of'] option").nth(2)).to_have_text("B: Sun")
    page.locator("[name='prompts.0.text']").focus()
    choose(page, "key.0.of", "b")
    choose(page, "key.1.of", "a")
    saved(page)

    expect(page.locator("#preview").get_by_label("Day")).to_be_visible()
    assert faults_found_by_axe(page) == []
    make_version(page, "Day and night")


def test_an_author_writes_a_matrix(page, authors):
    """
    From nothing to a version by keyboard: options, statements, what each is judged to be.
    """
    begin(page, "J-4", "matrix")
    write(page, {"stem": "True or false?", "options.0.text": "True", "options.1.text": "False"})
    for number, text in enumerate(("Two is even.", "Two is odd.", "Two is a number.")):
        write(page, {f"statements.{number}.text": text})
        choose(page, f"key.{number}.of", "b" if number == 1 else "a")
    page.get_by_label("How points are given").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):  # faster than any server answers
        page.keyboard.press(key)
    expect(page.get_by_label("How points are given")).to_have_value("per_right_statement")
    saved(page)

    page.locator("#preview").get_by_role("radio", name="True").first.focus()
    page.keyboard.press("Space")
    follow(page, "Try this answer")
    expect(page.locator("#tried")).to_contain_text("1 of 3")
    assert faults_found_by_axe(page) == []
    make_version(page, "What two is")


def test_an_author_writes_a_hotspot(page, authors):
    """
    From nothing to a version by keyboard; a region is drawn by pressing as well as by typing.
    """
    begin(page, "J-5", "hotspot")
    write(page, {"stem": "Where is it blue?"})
    page.get_by_label("Picture", exact=True).set_input_files(
        {"name": "left is right.png", "mimeType": "image/png", "buffer": picture("PNG", (400, 200))}
    )
    follow(page, "Use this picture")
    expect(page.locator("[name='picture.alt']")).to_be_focused()
    page.keyboard.type("Two halves, the left one blue.")
    expect(page.locator("[name='picture.width']")).to_have_value("400")
    page.get_by_role("button", name="Remove Region C").press("Enter")
    expect(page.locator("[name='regions.2.text']")).to_have_count(0)
    for number, text in enumerate(("The left half", "The right half")):
        page.locator(f"[name='regions.{number}.text']").focus()
        page.keyboard.type(text)
        tab_until(page, "its numbers", name=f"regions.{number}.shape.numbers")
        page.keyboard.type(f"{200 * number}, 0, 200, 200")
    page.get_by_label("Right answer: Region A").focus()
    page.keyboard.press("Space")
    saved(page)
    marked = page.locator("#areas")
    expect(marked.locator("[data-place='regions.0'][data-role='right'] rect")).to_have_count(1)
    expect(marked).to_contain_text("B The right half, wrong: rectangle 200, 0, 200, 200")
    assert "left is right" not in page.content()
    assert faults_found_by_axe(page) == []

    page.locator("[name='regions.1.shape.kind']").select_option("circle")
    expect(page.locator("#drawing")).to_have_text("Region B: press on the picture at its middle.")
    box = marked.locator("svg").bounding_box()
    for part in (0.75, 0.9):
        page.mouse.click(box["x"] + part * box["width"], box["y"] + 0.5 * box["height"])
    numbers = page.locator("[name='regions.1.shape.numbers']").input_value().split(", ")
    assert [round(int(one), -1) for one in numbers] == [300, 100, 60]
    page.locator("[name='regions.1.shape.kind']").select_option("polygon")
    for part in (0.25, 0.5, 0.75):
        page.mouse.click(box["x"] + part * box["width"], box["y"] + part**2 * box["height"])
    expect(page.locator("#drawing")).to_contain_text("at the next corner")
    corners = page.locator("[name='regions.1.shape.numbers']").input_value().split(", ")
    assert [int(one) for one in corners[::2]] == pytest.approx([100, 200, 300], abs=2)
    expect(marked.locator("[data-place='regions.1'] polygon")).to_have_count(1)
    saved(page)
    page.locator("#preview").get_by_label("The left half").focus()
    page.keyboard.press("Space")
    follow(page, "Try this answer")
    expect(page.locator("#tried")).to_contain_text("1 of 1")
    page.set_viewport_size({"width": 320, "height": 700})
    assert widest_overflow(page) == 0
    assert faults_found_by_axe(page) == []
    make_version(page, "Halves that everybody sees")


def test_gaps_come_below_as_they_are_written(page, authors):
    """
    The row of a gap comes while somebody writes, and what they write elsewhere stays.
    """
    begin(page, "J-6", "inline_choice")
    write(page, {"stem": "Complete it."})
    page.locator("[name='text']").fill("Two is [[g1]], and three is [[g2]].")
    expect(page.locator("[name='gaps.1.options.0.text']")).to_be_visible()
    expect(page.locator("[name='text']")).to_be_focused()
    for gap, texts in enumerate((("even", "odd", "neither"), ("prime", "even", "huge"))):
        for number, text in enumerate(texts):
            page.locator(f"[name='gaps.{gap}.options.{number}.text']").fill(text)
        page.locator(f"[name='key.{gap}.of']").first.focus()
        page.keyboard.press("Space")
    saved(page)

    expect(page.locator("#told")).not_to_contain_text("before candidates may see it")
    page.locator("#preview select").first.select_option(label="odd")
    page.locator("#preview select").nth(1).select_option(label="prime")
    page.get_by_role("button", name="Try this answer").press("Enter")
    expect(page.locator("#tried")).to_contain_text("0 of 1")
    expect(page.locator("#tried")).to_contain_text("Gap 1: odd; gap 2: prime")
    assert faults_found_by_axe(page) == []


def test_nothing_is_lost_while_the_network_is_cut(page, context, authors, live_app):
    """
    The page says so, typing goes on, leaving warns, and all is stored once the network is back.
    """
    page.goto("/bank/small/items/S-1")
    page.get_by_role("button", name="Edit").click()
    question = page.get_by_role("textbox", name="Question")
    expect(question).to_be_visible()
    page.wait_for_load_state("load")  # its script is there, too
    context.set_offline(True)

    question.fill("Written on a train?")
    state = page.locator("#state")
    expect(state).to_contain_text("the server cannot be reached", timeout=20_000)
    question.press("End")
    page.keyboard.type(" And on.")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_timeout(300)
    context.set_offline(False)
    expect(page.locator("#state")).to_contain_text("Draft saved", timeout=10_000)

    assert asked == ["beforeunload"]
    with db.reading(live_app.state.components.engine_of_first) as session:
        [draft] = bank.list_drafts(session, accounts.system_actor(), "small")
    assert draft.content["stem"] == "Written on a train? And on."


def test_two_authors_at_once_lose_nothing(page, chromium, server, authors):
    """
    The second is told while typing, sees both texts, and decides.
    """
    page.goto("/bank/small/items/S-1")
    page.get_by_role("button", name="Edit").click()
    with chromium.new_context(base_url=server) as elsewhere:
        other = elsewhere.new_page()
        sign_in(other, "Bea")
        other.goto(f"{HERE}/S-1")
        other.get_by_role("textbox", name="Question").fill("Bea wrote this?")
        saved(other)
    page.get_by_role("textbox", name="Question").fill("Ada wrote this?")

    expect(page.locator("#state")).to_contain_text("Bea saved it at")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("del")).to_have_text("Bea")
    expect(page.get_by_role("textbox", name="Question")).to_have_value("Ada wrote this?")
    page.get_by_role("button", name="Save draft").click()

    expect(page.locator("#state")).to_contain_text("by Ada")
    expect(page.get_by_role("textbox", name="Question")).to_have_value("Ada wrote this?")


def test_every_type_fits_the_narrowest_screen(page, authors, live_app, live_clock):
    """
    At 320 pixels the form of each type is whole, and axe finds nothing, with points of its own.
    """
    with db.writing(live_app.state.components.engine_of_first) as session:
        ada = accounts.system_actor()
        for kind in bank.ITEM_TYPES.values():
            content = item(
                f"T-{kind.name}", kind.name, scoring=dict(kind.scoring_rules[-1].example)
            )
            bank.begin_item(session, live_clock, ada, "small", f"T-{kind.name}", kind.name)
            bank.save_draft(session, live_clock, ada, "small", content["id"], content, 1)
    page.set_viewport_size({"width": 320, "height": 700})
    found = {}

    for name in bank.ITEM_TYPES:
        for view in ("", "?view=yaml"):
            page.goto(f"{HERE}/T-{name}{view}")
            found[name + view] = (widest_overflow(page), faults_found_by_axe(page))
    for address in (HERE, f"{HERE}/T-matching/version", "/bank/small/changes?find=the&add_tags=x"):
        page.goto(address)
        found[address] = (widest_overflow(page), faults_found_by_axe(page))

    assert found == dict.fromkeys(found, (0, []))
