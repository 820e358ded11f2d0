"""Items of QTI in a real browser: answered by keyboard, kept, found again, and scored."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from examengine import bank, db, delivery
from tests.bank.qti.packages import DRAWING
from tests.bank.qti.small_items import correct, response
from tests.bank.qti.test_qti_type import (
    GAPS,
    PLACES,
    PROCESSED,
    SCORE,
    SETS,
    content_of,
    interaction,
    simple_choices,
)
from tests.bank.small_bank import item
from tests.browser import faults_found_by_axe, sign_in_with, widest_overflow
from tests.delivery.awkward_items import sitting_of
from tests.delivery.examples import Candidate

pytestmark = pytest.mark.browser

SUM = """
<qti-response-processing><qti-set-outcome-value identifier="SCORE"><qti-sum>
 <qti-map-response identifier="TOWN"/><qti-map-response identifier="ORDER"/></qti-sum>
</qti-set-outcome-value></qti-response-processing>
"""
MAPPED = '<qti-mapping><qti-map-entry map-key="{}" mapped-value="{}"/></qti-mapping>'


def asked(item_id: str, inner: str, media: Any = ()) -> dict[str, Any]:
    """An item of type `qti` for the small bank."""
    made = content_of(inner, media=media)
    return item(item_id, "qti", **{**made, "id": item_id})


def body(*parts: str) -> str:
    """A body."""
    return f"<qti-item-body>{''.join(parts)}</qti-item-body>"


COMPOSITE = asked(
    "Q-1",
    response("TOWN", "single", "string", MAPPED.format("York", "0.5"))
    + response("ORDER", "single", "identifier", MAPPED.format("B", "1"))
    + SCORE
    + body(
        '<p>The play begins in <qti-text-entry-interaction response-identifier="TOWN"/> on a ',
        '<qti-inline-choice-interaction response-identifier="ORDER">',
        simple_choices("A", "B", tag="inline-choice"),
        "</qti-inline-choice-interaction> day.</p>",
    )
    + SUM,
)
GAP = asked(
    "Q-2",
    response("RESPONSE", "multiple", "directedPair", correct("W G1", "V G2"))
    + SCORE
    + body(interaction("gap-match", GAPS))
    + PROCESSED,
)
GRID = asked(
    "Q-3",
    response("RESPONSE", "multiple", "directedPair", correct("A X", "B Y"))
    + SCORE
    + body(interaction("match", SETS, 'max-associations="0"'))
    + PROCESSED,
)
MAP = asked(
    "Q-4",
    response("RESPONSE", "multiple", "directedPair", correct("T1 S2"))
    + SCORE
    + body(interaction("graphic-gap-match", simple_choices("T1", "T2", tag="gap-text") + PLACES))
    + PROCESSED,
    media=[{"href": "map.png", "file": "figures/map.svg"}],
)
ITEMS = [COMPOSITE, GAP, GRID, MAP]


@pytest.fixture
def candidate(live_app, live_clock, context: BrowserContext, server: str) -> Candidate:
    """A candidate, signed in, before an exam of these items."""
    engine = live_app.state.components.engine_of_first
    found = sitting_of(engine, live_clock, ITEMS, media={"figures/map.svg": DRAWING})
    sign_in_with(context, server, found.cookie)
    return found


def started(page: Page, candidate: Candidate) -> None:
    """Start the exam."""
    page.goto(f"/attempts/{candidate.attempt_id}")
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Start the exam").click()
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()


def answer_all(page: Page, candidate: Candidate) -> None:
    """Answer every question, each found well on screens of two sizes."""
    address = f"/attempts/{candidate.attempt_id}/items"
    for place, answer in enumerate((_composite, _gap, _grid, _map), start=1):
        page.goto(f"{address}/{place}")
        assert faults_found_by_axe(page) == []
        page.set_viewport_size({"width": 320, "height": 700})
        assert widest_overflow(page) == 0
        page.set_viewport_size({"width": 1280, "height": 800})
        answer(page)
        expect(page.locator("#save")).to_contain_text("Saved")


def _composite(page: Page) -> None:
    page.locator("[name='response.TOWN:1']").focus()
    page.keyboard.type("york")
    page.keyboard.press("Tab")
    page.keyboard.type("Says B")
    page.keyboard.press("Tab")


def _gap(page: Page) -> None:
    page.get_by_label("Gap 1").select_option(label="Says W")
    page.get_by_label("Gap 2").select_option(label="Says V")


def _grid(page: Page) -> None:
    for name in ("Says A: Says X", "Says B: Says Y"):
        page.get_by_label(name).focus()
        page.keyboard.press("Space")


def _map(page: Page) -> None:
    page.get_by_label("Area 2").select_option(label="Says T1")


def test_items_of_qti_are_answered_found_again_and_scored(page, candidate, live_app):
    """
    Lists, fields and boxes amid sentences are saved, are there after a reload, and count.
    """
    started(page, candidate)
    answer_all(page, candidate)

    page.goto(f"/attempts/{candidate.attempt_id}/items/1")
    expect(page.locator("[name='response.TOWN:1']")).to_have_value("york")
    expect(page.locator("[name='response.ORDER:1']")).to_have_value("B")
    page.goto(f"/attempts/{candidate.attempt_id}/items/3")
    expect(page.get_by_label("Says B: Says Y")).to_be_checked()
    page.goto(f"/attempts/{candidate.attempt_id}/submit")
    page.get_by_role("button", name="Hand in now").click()
    expect(page.get_by_text("Handed in", exact=True)).to_be_visible()

    kind = bank.ITEM_TYPES["qti"]
    with db.reading(live_app.state.components.engine_of_first) as session:
        [administration] = delivery.list_administrations(session)
        [record] = delivery.response_records(session, administration.id)
        points = [kind.points(one, record.responses.get(one["id"])) for one in ITEMS]
    assert points == [kind.most_points(one) for one in ITEMS] == [3, 1, 1, 1]


def test_the_page_holds_nothing_that_scores(page, candidate):
    """
    The bytes that a candidate gets name no key, no mapping and no rule.
    """
    started(page, candidate)

    for place in range(1, len(ITEMS) + 1):
        page.goto(f"/attempts/{candidate.attempt_id}/items/{place}")
        source = page.content()
        for secret in ("York", "map-entry", "correct-response", "SCORE", "qti-response"):
            assert secret not in source


def test_without_script_the_form_says_the_same(
    page, candidate, server, chromium, live_app, context
):
    """
    A plain form of a composite item is saved as the script saves it.
    """
    started(page, candidate)
    with chromium.new_context(base_url=server, java_script_enabled=False) as plain:
        sign_in_with(plain, server, candidate.cookie)
        bare = plain.new_page()
        bare.goto(f"/attempts/{candidate.attempt_id}/items/1")
        bare.locator("[name='response.TOWN:1']").fill("York")
        bare.locator("[name='response.ORDER:1']").select_option("B")
        bare.get_by_role("button", name="Save", exact=False).first.click()
        bare.goto(f"/attempts/{candidate.attempt_id}/items/1")

        expect(bare.locator("[name='response.TOWN:1']")).to_have_value("York")
        expect(bare.locator("[name='response.ORDER:1']")).to_have_value("B")
