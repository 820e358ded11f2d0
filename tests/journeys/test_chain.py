"""The whole chain in a real browser: bank, sit, submit, score, cut, decide, credential, verify."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from examengine.credentials import unbake
from tests.journeys import keyboard
from tests.journeys.programme import ADA, BAO, OFFICER, Place

pytestmark = pytest.mark.browser

THINKING = 20.0
"""Seconds over each question."""
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def _begin(page: Page) -> str:
    """Read, consent and start with the keyboard; return the attempt."""
    page.goto("/attempts")
    keyboard.follow(page, "Go to Data Literacy")
    page.wait_for_url(re.compile(r"/attempts/[0-9a-f-]{36}$"))
    keyboard.tab_until(page, "the consent", name="consent")
    page.keyboard.press("Space")
    keyboard.follow(page, "Start the exam")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Question 1")
    found = re.search(r"/attempts/([0-9a-f-]{36})/", page.url)
    assert found is not None
    return found[1]


def _hand_in(page: Page) -> str:
    """Review and hand in with the keyboard; return the digest on the receipt."""
    keyboard.follow(page, "Review all answers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review all answers")
    keyboard.follow(page, "Go on to hand in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hand in your answers?")
    keyboard.follow(page, "Hand in now")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are handed in")
    found = DIGEST.search(page.content())
    assert found is not None
    return found[0]


def _sit(place: Place, email: str, *, right: int) -> tuple[str, str]:
    """Sit the exam by keyboard with so many right answers; return the attempt and its head."""
    page = place.browser_of(email)
    attempt = _begin(page)
    keys = place.keys()
    total = page.locator(".questions li").count()
    for number in range(1, total + 1):
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"Question {number} ")
        item_id = page.locator("[name=item_id]").input_value()
        if number <= right:
            keyboard.answer(page, keys[item_id])
            place.clock.forward(seconds=THINKING)  # else the program answers faster than anybody
        if number < total:
            keyboard.follow(page, "Next")
    head = _hand_in(page)
    page.context.close()
    return attempt, head


def _award(place: Place) -> None:
    """Adopt the cut, score, decide and issue, as the awarding officer does."""
    page = place.browser_of(OFFICER)
    page.goto(f"/awards/panels/{place.programme.panel_id}")
    page.get_by_role("button", name="Close round 1").click()
    page.goto(f"/awards/panels/{place.programme.panel_id}/recommendation")
    page.get_by_label("Reason").fill("The panel's recommendation, adopted as it stands.")
    page.get_by_role("button", name="Adopt this cut").click()
    page.goto(f"/awards/results/{place.programme.administration_id}")
    page.get_by_role("button", name=re.compile("^Score")).click()
    page.get_by_role("button", name=re.compile("^Decide")).click()
    expect(page.get_by_text("What was done last")).to_be_visible()
    page.goto(f"/awards/credentials/{place.programme.administration_id}")
    issue = page.get_by_role("button", name=re.compile("^Issue"))
    if issue.count():
        issue.click()
    page.context.close()


def test_who_passes_holds_a_credential_that_a_stranger_verifies(place, tmp_path):
    """
    Answered by keyboard alone, every answer right: passed, awarded, verified and explained.
    """
    attempt, head = _sit(place, ADA, right=40)
    _award(place)

    ada = place.browser_of(ADA)
    ada.goto(f"/attempts/{attempt}/result")
    expect(ada.get_by_role("heading", level=1)).to_contain_text("passed")
    ada.goto("/credentials")
    ada.get_by_role("link", name=re.compile("Data Literacy")).click()
    with ada.expect_download() as download:
        ada.get_by_role("link", name="Download the credential (JSON)").click()
    document = Path(tmp_path / "credential.json")
    download.value.save_as(document)
    with ada.expect_download() as download:
        ada.get_by_role("link", name="Download the badge (PNG)").click()
    badge = Path(tmp_path / "badge.png")
    download.value.save_as(badge)
    assert json.loads(unbake(badge.read_bytes())) == json.loads(document.read_text())

    stranger = place.browser_of(None)
    for file in (document, badge):
        stranger.goto("/verify")
        stranger.get_by_label("The file").set_input_files(file)
        stranger.get_by_label("E-mail address of the person").fill(ADA)
        stranger.get_by_role("button", name="Verify").click()
        expect(stranger.locator(".notice-good")).to_be_visible()
        expect(stranger.get_by_text("TEST, not a qualification")).to_be_visible()

    ada.goto(f"/attempts/{attempt}/result")
    ada.get_by_role("link", name=re.compile("came about")).click()
    expect(ada.get_by_text("Everything agrees")).to_be_visible()
    assert head in ada.content()


def test_who_does_not_pass_gets_no_credential(place):
    """
    Nothing answered: the result says so kindly, and no credential exists or can be issued.
    """
    attempt, _ = _sit(place, BAO, right=0)
    _award(place)

    bao = place.browser_of(BAO)
    bao.goto(f"/attempts/{attempt}/result")
    expect(bao.get_by_role("heading", level=1)).not_to_contain_text("You passed")
    bao.goto("/credentials")
    expect(bao.get_by_text("No credential yet")).to_be_visible()
    officer = place.browser_of(OFFICER)
    officer.goto(f"/awards/credentials/{place.programme.administration_id}")
    expect(officer.get_by_role("button", name=re.compile("^Issue"))).to_have_count(0)


def test_a_voided_attempt_never_becomes_a_credential(place):
    """
    All right, but declared void by the awarding officer with a reason: no pass, no credential.
    """
    _sit(place, ADA, right=40)
    officer = place.browser_of(OFFICER)
    officer.goto(f"/invigilation/{place.programme.administration_id}")
    officer.get_by_role("link", name=re.compile("Ada")).first.click()
    officer.get_by_label("What was seen").fill("Another person was seen answering.")
    officer.get_by_role("button", name="Declare void").click()
    officer.context.close()
    _award(place)

    ada = place.browser_of(ADA)
    ada.goto("/credentials")

    expect(ada.get_by_text("No credential yet")).to_be_visible()
