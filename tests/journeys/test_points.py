"""Points for a part of an answer, in a real browser: told before, heard, saved, and marked."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from examengine import bank, db, delivery
from tests.bank.small_bank import item
from tests.browser import faults_found_by_axe, sign_in_with, widest_overflow
from tests.delivery.awkward_items import sitting_of
from tests.delivery.examples import Candidate

pytestmark = pytest.mark.browser

ITEMS = tuple(
    item(
        f"P-{kind.name}-{rule.name}",
        kind.name,
        stem=f"{kind.example['stem']}\n\nNote: {rule.name}.",
        scoring=rule.example,
    )
    for kind in bank.ITEM_TYPES.values()
    for rule in kind.scoring_rules[1:]
)
"""An item for each scoring rule besides all or nothing."""


@pytest.fixture
def candidate(live_app, live_clock, context: BrowserContext, server: str) -> Candidate:
    """A candidate, signed in, before an exam of these items."""
    found = sitting_of(live_app.state.components.engine_of_first, live_clock, ITEMS)
    sign_in_with(context, server, found.cookie)
    return found


def started(page: Page, candidate: Candidate) -> None:
    """Start the exam."""
    page.goto(f"/attempts/{candidate.attempt_id}")
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Start the exam").click()
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()


def test_the_points_of_every_question_are_told_before_it_is_answered(page, candidate):
    """
    The first page says that there are such questions, and each says what it gives, at 320 pixels.
    """
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"/attempts/{candidate.attempt_id}")
    expect(page.get_by_text("Some questions give points for an answer")).to_be_visible()
    started(page, candidate)
    found = {}

    for place, one in enumerate(ITEMS, start=1):
        page.goto(f"/attempts/{candidate.attempt_id}/items/{place}")
        said = bank.ITEM_TYPES[one["type"]].points_in_words(one)
        expect(page.locator("fieldset.question")).to_have_accessible_description(said)
        found[place] = (widest_overflow(page), faults_found_by_axe(page))

    assert found == dict.fromkeys(found, (0, []))


def test_a_part_of_an_answer_is_saved_and_worth_a_part(page, candidate, live_app):
    """
    Two of three lines matched: the page says that one is open, and the two get their points.
    """
    place = next(at for at, one in enumerate(ITEMS) if one["scoring"]["rule"] == "per_right_pair")
    started(page, candidate)
    page.goto(f"/attempts/{candidate.attempt_id}/items/{place + 1}")

    for prompt, letter in (("p1", "b"), ("p2", "a")):
        page.locator(f"select[name='response.{prompt}']").select_option(letter)
    expect(page.locator("#save")).to_contain_text("1 of 3 lines has no option yet")
    page.goto(f"/attempts/{candidate.attempt_id}/submit")
    page.get_by_role("button", name="Hand in now").click()
    expect(page.get_by_text("Handed in", exact=True)).to_be_visible()

    with db.reading(live_app.state.components.engine_of_first) as session:
        [record] = delivery.response_records(session, _administration(session))
    one = ITEMS[place]
    assert bank.ITEM_TYPES["matching"].points(one, record.responses[one["id"]]) == 2


def _administration(session):
    [found] = delivery.list_administrations(session)
    return found.id
