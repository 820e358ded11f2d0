"""Awkward items in a real browser: heard, read from right to left, on small screens, enlarged."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from examengine.resources import static_folder
from tests.browser import faults_found_by_axe, sign_in_with, widest_overflow
from tests.delivery.awkward_items import (
    ARABIC,
    AWKWARD,
    FORMULAS,
    LONG_ORDER,
    LONG_WORD,
    LONG_WORDS,
    MATCHES,
    SMALL_LABELS,
    sitting_of,
)
from tests.delivery.examples import Candidate

pytestmark = pytest.mark.browser

FONT = Path(static_folder()) / "vendor" / "stix-two-math.woff2"
LEFT_EDGES = """element => {
  const edge = (start, end) => {
    const range = document.createRange();
    range.setStart(element.firstChild, start); range.setEnd(element.firstChild, end);
    return range.getBoundingClientRect().left;
  };
  return [edge(0, 1), edge(1, 2)];
}"""


@pytest.fixture
def begin(live_app, live_clock, context: BrowserContext, server: str, page: Page):
    """Start an exam of some items, in this browser."""

    def start(items: Sequence[dict[str, Any]], language: str = "en") -> Candidate:
        found = sitting_of(live_app.state.components.engine_of_first, live_clock, items, language)
        sign_in_with(context, server, found.cookie)
        page.goto(f"/attempts/{found.attempt_id}")
        page.get_by_label("I have read this and agree").check()
        page.get_by_role("button", name="Start the exam").click()
        expect(page.get_by_role("heading", name="Question 1")).to_be_visible()
        return found

    return start


def accessible(page: Page, *roles: str) -> list[str]:
    """The names of all elements of some roles, as Chromium tells them to a screen reader."""
    devtools = page.context.new_cdp_session(page)
    nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
    return [
        node.get("name", {}).get("value", "")
        for node in nodes
        if not node["ignored"] and node["role"]["value"] in roles
    ]


def test_a_formula_has_a_name_wherever_it_stands(page, begin):
    """
    Options, headings, cells and the stem are heard: what an author says, else the words of the TeX.
    """
    begin([FORMULAS])

    assert sorted(accessible(page, "radio")) == [
        "1 over n the sum from i equals 1 to n of x sub i",
        "square root of the fraction s squared over n, end fraction, end root",
        "the fraction n plus 1 over 2, end fraction",
    ]
    assert accessible(page, "columnheader") == ["x sub 1", "x bar"]
    assert "1 over 2" in accessible(page, "cell", "rowheader", "gridcell")
    assert all(accessible(page, "MathMLMath", "math"))
    assert "one over the root of n" in accessible(page, "MathMLMath", "math")
    assert sum("x bar, the sample mean" in name for name in accessible(page, "group")) == 1


def test_the_options_of_a_match_are_heard_in_words(page, begin):
    """
    A list to choose from can hold no formula, so it holds the words; the letters stand beside one.
    """
    begin([MATCHES])

    first = page.get_by_label("The variance")
    heard = first.locator("option").all_inner_texts()

    assert sorted(text[3:] for text in heard[1:]) == ["s squared", "the sum of x sub i", "x bar"]
    assert page.locator(".letters math").count() == 3


def test_an_arabic_item_is_written_from_right_to_left(page, begin):
    """
    The item speaks Arabic from the right; a minus stands in front of its number; the page stays.
    """
    begin(ARABIC, "ar")

    item = page.locator(".item")
    signed = page.locator(".stem bdi")
    minus, five = signed.evaluate(LEFT_EDGES)

    assert item.get_attribute("lang") == "ar"
    assert item.get_attribute("dir") == "rtl"
    assert page.locator("html").get_attribute("lang") == "en"
    assert signed.inner_text() == "-5"
    assert minus < five
    radio, text = page.get_by_role("radio").first, page.locator(".choice > span").first
    assert radio.bounding_box()["x"] > text.bounding_box()["x"]


@pytest.mark.parametrize("width", [320, 1280])
def test_awkward_items_fit_and_are_accessible(page, begin, width):
    """
    Words of 160 letters, addresses, long formulas and wide tables stay in their frames.
    """
    page.set_viewport_size({"width": width, "height": 700})
    candidate = begin(AWKWARD)
    found = {}

    for place in range(1, len(AWKWARD) + 1):
        page.goto(f"/attempts/{candidate.attempt_id}/items/{place}")
        outside = page.evaluate(
            "[...document.querySelectorAll('.choice, .places li, .stem')]"
            ".filter(box => box.scrollWidth > box.clientWidth).length"
        )
        found[place] = (widest_overflow(page), outside, faults_found_by_axe(page))

    assert found == dict.fromkeys(found, (0, 0, []))


def test_a_right_to_left_exam_fits_and_is_accessible(page, begin):
    """
    The same holds in Arabic, at 320 pixels.
    """
    page.set_viewport_size({"width": 320, "height": 700})
    candidate = begin(ARABIC, "ar")
    found = {}

    for place in range(1, len(ARABIC) + 1):
        page.goto(f"/attempts/{candidate.attempt_id}/items/{place}")
        found[place] = (widest_overflow(page), faults_found_by_axe(page))

    assert found == dict.fromkeys(found, (0, []))


def test_a_figure_is_enlarged_on_the_page_by_keyboard(page, begin):
    """
    At 320 pixels the labels of a figure can be made as large as they were drawn, without leaving.
    """
    page.set_viewport_size({"width": 320, "height": 700})
    begin([SMALL_LABELS])
    larger = page.locator("details.larger")

    larger.locator("summary").focus()
    page.keyboard.press("Enter")

    expect(larger.locator("img")).to_be_visible()
    assert larger.locator("img").bounding_box()["width"] >= 900
    assert widest_overflow(page) == 0


def test_the_head_of_the_exam_leaves_room(page, begin, live_app, live_clock):
    """
    On a short window it scrolls away; on a tall one a name of 200 letters takes one line.
    """
    begin([LONG_WORDS, LONG_ORDER])
    page.evaluate(f"document.querySelector('.exam-name bdi').textContent = '{LONG_WORD}'.repeat(2)")
    shape = "e => [getComputedStyle(e).position, e.offsetHeight]"
    found = {}

    for height in (256, 568):
        page.set_viewport_size({"width": 320, "height": height})
        found[height] = page.locator(".exam-mast").evaluate(shape)

    assert found[256][0] == "static"
    assert found[568][0] == "sticky"
    assert found[568][1] < 568 / 5


@pytest.mark.skipif(not FONT.exists(), reason="no maths font; `make test` fetches it")
def test_formulas_are_drawn_in_a_maths_font_that_ships(page, begin):
    """
    The page loads its own font, and a fraction keeps its bar off its numerator.
    """
    begin([FORMULAS])
    page.evaluate("document.fonts.ready")

    loaded = page.evaluate("[...document.fonts].map(font => font.family + ' ' + font.status)")
    gap = page.locator(".formula mfrac").evaluate(
        "e => [e, ...e.children].map(part => part.getBoundingClientRect().height)"
        ".reduce((whole, part) => whole - part)"
    )

    assert "STIX Two Math loaded" in loaded
    assert gap > 3
