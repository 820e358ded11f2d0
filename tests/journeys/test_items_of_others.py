"""Items as other systems write them, in a real browser: pictures, recordings, lists, their ids."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from examengine import db, delivery
from tests.bank.media_files import picture, wav
from tests.bank.small_bank import item
from tests.browser import faults_found_by_axe, sign_in_with, widest_overflow
from tests.delivery.awkward_items import sitting_of
from tests.delivery.examples import Candidate

pytestmark = pytest.mark.browser

PHOTOGRAPH = {"figure": {"file": "figures/wide.jpg", "alt": "A blue half.", "caption": "Halves"}}
TALK = {
    "audio": {
        "file": "recordings/talk.wav",
        "transcript": "Nobody speaks.\n\n- one\n- two",
        "caption": "A talk",
    }
}
LISTED = "Read this:\n\n- the first thing\n- the second thing\n\nWhich is blue?"
CHOICE = item(
    "ITEM_i5f:2.b",
    "single_choice",
    stem=LISTED,
    stimulus=[PHOTOGRAPH, TALK],
    options=[{"id": "ID_4c7f-1", "text": "The left"}, {"id": "i2:A.9", "text": "The right"}],
    key="ID_4c7f-1",
)
MATCHES = item(
    "m_" + "x" * 100,
    "matching",
    prompts=[{"id": "P:1_x", "text": "One"}, {"id": "Q.2", "text": "Two"}],
    options=[{"id": "opt:b", "text": "Second"}, {"id": "opt:a", "text": "First"}],
    key={"P:1_x": "opt:a", "Q.2": "opt:b"},
)
ORDER = item(
    "o-1",
    "ordering",
    options=[{"id": "St:z", "text": "First"}, {"id": "St:a", "text": "Second"}],
    key=["St:z", "St:a"],
)
ITEMS = (CHOICE, MATCHES, ORDER)


@pytest.fixture
def candidate(live_app, live_clock, context: BrowserContext, server: str) -> Candidate:
    """A candidate, signed in, before an exam of these items."""
    media = {
        "figures/wide.jpg": picture("JPEG", (3_000, 900)),
        "recordings/talk.wav": wav(3.0),
    }
    found = sitting_of(live_app.state.components.engine_of_first, live_clock, ITEMS, media=media)
    sign_in_with(context, server, found.cookie)
    return found


def started(page: Page, candidate: Candidate) -> None:
    """Start the exam."""
    page.goto(f"/attempts/{candidate.attempt_id}")
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Start the exam").click()
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()


def test_pictures_recordings_and_lists_fit_the_narrowest_screen(page, candidate):
    """
    At 320 pixels, which is 400 % zoom, nothing is cut off; all is named, and reached by keyboard.
    """
    page.set_viewport_size({"width": 320, "height": 700})
    started(page, candidate)

    photograph, player = page.get_by_role("img", name="A blue half.").first, page.locator("audio")
    expect(photograph).to_be_visible()
    expect(player).to_be_visible()
    page.get_by_text("Read what is heard").click()
    expect(page.get_by_text("Nobody speaks.")).to_be_visible()
    page.wait_for_function("document.querySelector('figure.stimulus > img').complete")
    page.wait_for_function("document.querySelector('audio').duration > 2.9")

    assert page.evaluate("document.querySelector('figure.stimulus > img').naturalWidth") == 3_000
    assert page.locator(".stem li").all_inner_texts() == ["the first thing", "the second thing"]
    assert widest_overflow(page) == 0
    assert faults_found_by_axe(page) == []
    player.focus()
    assert page.evaluate("document.activeElement.tagName") == "AUDIO"
    assert "wide.jpg" not in page.content()
    assert "talk.wav" not in page.content()


def test_answers_are_kept_under_the_ids_of_the_other_system(page, candidate, live_app):
    """
    Colons, dots and capital letters travel from the page to the record and back.
    """
    started(page, candidate)

    page.get_by_label("The left").check()
    expect(page.locator("#save")).to_contain_text("Saved")
    page.goto(f"/attempts/{candidate.attempt_id}/items/2")
    page.get_by_label("One").select_option("opt:a")
    page.get_by_label("Two").select_option("opt:b")
    expect(page.locator("#save")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_label("One")).to_have_value("opt:a")
    page.goto(f"/attempts/{candidate.attempt_id}/submit")
    page.get_by_role("button", name="Hand in now").click()
    expect(page.get_by_text("Handed in", exact=True)).to_be_visible()

    with db.reading(live_app.state.components.engine_of_first) as session:
        [administration] = delivery.list_administrations(session)
        [record] = delivery.response_records(session, administration.id)
    assert record.responses == {
        CHOICE["id"]: "ID_4c7f-1",
        MATCHES["id"]: {"P:1_x": "opt:a", "Q.2": "opt:b"},
        ORDER["id"]: None,
    }
