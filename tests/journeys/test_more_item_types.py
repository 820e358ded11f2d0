"""The item types beyond the first six, answered by keyboard, by pointer, and without script."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from examengine import db, delivery
from examengine.bank import ITEM_TYPES
from tests.browser import faults_found_by_axe, sign_in_with, widest_overflow
from tests.delivery.awkward_items import sitting_of
from tests.delivery.examples import Candidate
from tests.journeys.keyboard import answer, follow, tab_until
from tests.journeys.more_item_types import (
    AWKWARD_ITEMS,
    ESSAY,
    GAPS,
    INLINE,
    MEDIA,
    MORE_ITEMS,
    POINT,
    REGIONS,
    SLIDER,
)

pytestmark = pytest.mark.browser

KEYS = {one["id"]: ITEM_TYPES[one["type"]].key_response(one) for one in MORE_ITEMS}


@pytest.fixture
def candidate(live_app, live_clock, context: BrowserContext, server: str) -> Candidate:
    """A candidate, signed in, before an exam of one item of each of these types."""
    engine = live_app.state.components.engine_of_first
    found = sitting_of(engine, live_clock, MORE_ITEMS, media=MEDIA)
    sign_in_with(context, server, found.cookie)
    return found


def started(page: Page, candidate: Candidate, item: Mapping[str, Any] = MORE_ITEMS[0]) -> None:
    """Start the exam, and go to an item."""
    page.goto(f"/attempts/{candidate.attempt_id}")
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Start the exam").click()
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()
    page.goto(f"/attempts/{candidate.attempt_id}/items/{MORE_ITEMS.index(dict(item)) + 1}")


def saved(page: Page, words: str = "Saved") -> None:
    """Wait until the page says so."""
    expect(page.locator("#save")).to_contain_text(words)


def responses(live_app, candidate: Candidate) -> Mapping[str, Any]:
    """What is stored of the attempt."""
    with db.reading(live_app.state.components.engine_of_first) as session:
        log = delivery.attempt_log(session, candidate.attempt_id)
    return delivery.fold(candidate.attempt_id, log).responses


def test_every_type_is_answered_by_keyboard_alone(page, live_app, candidate):
    """
    Tab, arrows, Space and letters give the key of each, and lead from the first to the review.
    """
    started(page, candidate)

    for place, one in enumerate(MORE_ITEMS, start=1):
        expect(page.get_by_role("heading", name=f"Question {place} of")).to_be_visible()
        answer(page, KEYS[one["id"]])
        follow(page, "Next question" if place < len(MORE_ITEMS) else "Review all answers")
    expect(page.get_by_role("heading", name="Review all answers")).to_be_visible()

    assert responses(live_app, candidate) == KEYS


def test_every_type_is_answered_without_script(chromium: Browser, server, live_app, candidate):
    """
    The controls that stand in the page are enough, and show what was saved when it is drawn again.
    """
    with chromium.new_context(base_url=server, java_script_enabled=False) as plain:
        sign_in_with(plain, server, candidate.cookie)
        page = plain.new_page()
        started(page, candidate)
        for place, one in enumerate(MORE_ITEMS, start=1):
            page.goto(f"/attempts/{candidate.attempt_id}/items/{place}")
            fill_in(page, KEYS[one["id"]])
            page.get_by_role("button", name="Save").click()
            saved(page)
            assert filled_in(page) == shown_as(one, KEYS[one["id"]])
        expect(page.locator("[data-slider]")).to_have_count(0)
        page.goto(f"/attempts/{candidate.attempt_id}/items/{MORE_ITEMS.index(SLIDER) + 1}")
        expect(page.get_by_role("slider")).to_have_count(0)

    assert responses(live_app, candidate) == KEYS


def fill_in(page: Page, response: Any) -> None:
    """Set the controls of a question."""
    if isinstance(response, str):
        page.locator("[name=response]").fill(response)
    for option in response if isinstance(response, list) else ():
        page.locator(f"[name=response][value='{option}']").check()
    for part, option in response.items() if isinstance(response, Mapping) else ():
        controls = page.locator(f"[name='response.{part}']")
        if controls.count() > 1:
            controls.and_(page.locator(f"[value='{option}']")).check()
        else:
            controls.select_option(option)


def filled_in(page: Page) -> dict[str, list[str]]:
    """What the form would send of the answer."""
    found: dict[str, list[str]] = {}
    sent = page.locator("#answer").evaluate("form => [...new FormData(form)]")
    for name, value in sent:
        if name.startswith("response"):
            found.setdefault(name, []).append(value)
    return found


def shown_as(one: Mapping[str, Any], response: Any) -> dict[str, list[str]]:
    """How a response stands in the fields; a point in the middle of a field by its name."""
    if one is POINT:
        return {"response": ["G5"]}
    if isinstance(response, Mapping):
        return {f"response.{part}": [option] for part, option in response.items()}
    return {"response": response if isinstance(response, list) else [response]}


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_accessible_and_fits(page, candidate, width):
    """
    Axe finds nothing and nothing is cut off, before and after an answer.
    """
    page.set_viewport_size({"width": width, "height": 700})
    started(page, candidate)
    found = {}

    for place, one in enumerate(MORE_ITEMS, start=1):
        page.goto(f"/attempts/{candidate.attempt_id}/items/{place}")
        found[place, "open"] = (widest_overflow(page), faults_found_by_axe(page))
        fill_in(page, KEYS[one["id"]])
        saved(page)
        found[place, "answered"] = (widest_overflow(page), faults_found_by_axe(page))

    assert found == dict.fromkeys(found, (0, []))


def test_a_gap_is_named_by_the_words_around_it(page, candidate):
    """
    A reader that jumps from list to list hears where each stands.
    """
    started(page, candidate, INLINE)

    names = page.locator(".gaps select").evaluate_all("all => all.map(one => one.ariaLabel)")

    assert names == [
        "Gap 1: A few very dear flats pull the … upwards. The rent that half",
        "Gap 2: the households pay at most is the …, and such a distribution is",
        "Gap 3: …, and such a distribution is called ….",
    ]


def test_a_slider_nobody_touched_is_no_answer(page, live_app, candidate):
    """
    It stands in the middle from the beginning, says that it is not answered, and sends nothing.
    """
    started(page, candidate, SLIDER)
    slider = page.get_by_role("slider")

    expect(slider).to_have_attribute("aria-valuetext", "Not answered yet")
    page.get_by_role("button", name="Next question").click()
    expect(page.get_by_role("heading", name="Question 5")).to_be_visible()

    assert SLIDER["id"] not in responses(live_app, candidate)


def test_a_slider_and_its_number_go_together(page, live_app, candidate):
    """
    Arrow keys set the number, the number sets the slider, and clearing makes both unanswered.
    """
    started(page, candidate, SLIDER)
    slider, field = page.get_by_role("slider"), page.get_by_label("Your answer in %")

    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(field).to_have_value("55")
    expect(slider).to_have_attribute("aria-valuetext", "55 %")
    field.fill("75")
    expect(slider).to_have_js_property("value", "75")
    saved(page)
    assert responses(live_app, candidate)[SLIDER["id"]] == "75"
    page.get_by_role("button", name="Clear my answer").click()

    expect(field).to_have_value("")
    expect(slider).to_have_attribute("aria-valuetext", "Not answered yet")
    slider.focus()
    page.keyboard.press("Enter")
    expect(field).to_have_value("50")


def test_a_number_beside_the_steps_is_kept_and_said(page, live_app, candidate):
    """
    Whoever types what the scale does not offer reads what it offers, and loses nothing.
    """
    started(page, candidate, SLIDER)

    page.get_by_label("Your answer in %").fill("72")

    saved(page, "Choose a number from 0 to 100, in steps of 5.")
    assert responses(live_app, candidate)[SLIDER["id"]] == "72"


def test_words_can_be_dragged_into_gaps(page, live_app, candidate):
    """
    A word dropped on a gap stands in its list, is saved, and is marked as used.
    """
    started(page, candidate, GAPS)
    word = page.locator("[data-word]", has_text="population")

    word.drag_to(page.locator(".gaps select").first)

    saved(page, "2 of 3 gaps have no option yet")
    expect(page.locator(".gaps select").first).to_have_value("c")
    expect(word).to_have_attribute("data-used", "true")
    assert responses(live_app, candidate)[GAPS["id"]] == {"g1": "c"}


def test_words_used_twice_are_said(page, candidate):
    """
    Each of the words is used once: the page says which stands in several gaps.
    """
    started(page, candidate, GAPS)

    for gap in page.locator(".gaps select").all():
        gap.select_option("a")

    saved(page, "“sample” stands in several gaps")


def test_regions_can_be_pressed_in_the_picture(page, live_app, candidate):
    """
    A press on a region ticks its box, and another press takes it back.
    """
    started(page, candidate, REGIONS)
    regions = page.locator("[data-region]")

    for at in (1, 2, 0, 0):
        regions.nth(at).locator("rect").click(position={"x": 5, "y": 5})

    expect(page.get_by_role("checkbox", name="Wednesday")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Monday")).not_to_be_checked()
    expect(regions.nth(1)).to_have_attribute("data-chosen", "true")
    expect(regions.first).to_have_attribute("data-chosen", "false")
    saved(page)
    assert responses(live_app, candidate)[REGIONS["id"]] == ["b", "c"]


def test_a_point_is_set_by_a_press_and_by_arrow_keys(page, live_app, candidate):
    """
    The cross goes where the picture is pressed, and moves by keys; the page says in which field.
    """
    started(page, candidate, POINT)
    picture, field = page.get_by_role("application"), page.get_by_label("Your answer")
    box = picture.bounding_box()

    picture.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.5})
    saved(page, "In field E4.")
    expect(page.locator(".cross")).to_have_attribute("visibility", "visible")
    field.fill("")
    saved(page)
    page.evaluate("document.querySelector('.exam-item h1').focus()")
    tab_until(page, "the picture", tag="DIV", text="A")
    for key in ("ArrowDown", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)

    saved(page, "In field F5.")
    expect(field).to_have_value("250,210")
    assert responses(live_app, candidate)[POINT["id"]] == "250,210"


def test_a_place_that_cannot_be_read_is_kept_and_said(page, candidate):
    """
    A field that the grid does not have stays as it was typed, with what there is.
    """
    started(page, candidate, POINT)

    page.get_by_label("Your answer").fill("K9")
    saved(page, "This is no field of the grid, which go from A1 to H6.")
    page.reload()

    expect(page.get_by_label("Your answer")).to_have_value("K9")


def test_long_words_and_arabic_stay_in_their_frames(page, live_app, live_clock, context, server):
    """
    At 320 pixels a word of 160 letters widens no page, and Arabic is read from the right.
    """
    page.set_viewport_size({"width": 320, "height": 700})
    engine = live_app.state.components.engine_of_first
    found = sitting_of(engine, live_clock, AWKWARD_ITEMS, language="ar", media=MEDIA)
    sign_in_with(context, server, found.cookie)
    page.goto(f"/attempts/{found.attempt_id}")
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Start the exam").click()
    seen = {}

    for place in range(1, len(AWKWARD_ITEMS) + 1):
        page.goto(f"/attempts/{found.attempt_id}/items/{place}")
        outside = page.evaluate(
            "[...document.querySelectorAll('.choice, .statement, .words li, .gaps')]"
            ".filter(box => box.scrollWidth > box.clientWidth).length"
        )
        seen[place] = (widest_overflow(page), outside, faults_found_by_axe(page))

    assert seen == dict.fromkeys(seen, (0, 0, []))


def test_words_are_counted_as_one_types_and_by_the_server(page, live_app, candidate):
    """
    The page says how many there are, and too many; what was saved says the same, and is kept.
    """
    started(page, candidate, ESSAY)
    field = page.get_by_label("Your answer")
    expect(field).to_have_accessible_description(re.compile("About 60 words are expected, and 120"))

    field.fill("First – second.\n\n\u7d71\u8a08 100 % 'third'")
    expect(page.locator(".count")).to_have_text("6 words so far.")
    saved(page, "6 words.")
    field.fill("word " * 121)
    expect(page.locator(".count")).to_have_text("121 words so far, 1 too many.")
    saved(page, "The text has 121 words, and 120 are the most.")

    assert responses(live_app, candidate)[ESSAY["id"]].count("word") == 121


@pytest.mark.parametrize("script", [True, False])
def test_a_text_of_several_pages_arrives_whole(
    chromium: Browser, server, live_app, candidate, script
):
    """
    Ten thousand signs of any script, with their lines, are saved; more cannot be typed.
    """
    text = "\n\n".join(["\u6f22\u5b57 \U00020000 \u00e4\u00f6\u00fc"] * 900)[:10_000].strip()
    with chromium.new_context(base_url=server, java_script_enabled=script) as context:
        sign_in_with(context, server, candidate.cookie)
        page = context.new_page()
        started(page, candidate, ESSAY)
        page.get_by_label("Your answer").fill(text)
        if not script:
            page.get_by_role("button", name="Save").click()
        saved(page, "120 are the most")
        page.reload()
        expect(page.get_by_label("Your answer")).to_have_value(text)

    assert responses(live_app, candidate)[ESSAY["id"]] == text
