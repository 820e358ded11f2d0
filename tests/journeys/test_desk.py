"""The psychometrician's and the awarding officer's parts in a real browser.

Once on the sample programme, whose pilot is simulated, and once on the real licensure exam that was
imported from files, down the same chain from scoring on.
"""

import json
import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from typer.testing import CliRunner

from examengine import accounts, db, importing
from examengine.cli import app
from tests.browser import faults_found_by_axe
from tests.importing.licensure import licensure_file
from tests.jobs.inline import do_waiting
from tests.journeys.programme import OFFICER, PSYCHOMETRICIAN, Place

pytestmark = pytest.mark.browser

SLOW = 180_000
MIRT_2PL = "−140930.23"
ALPHA = "0.895"


@pytest.fixture
def licensure(place: Place, tmp_path) -> UUID:
    """The licensure exam, imported into the programme's database."""
    folder = tmp_path / "licensure"
    folder.mkdir()
    given = importing.read_administration(licensure_file(folder))
    with db.writing(place.app.state.components.engine_of_first) as session:
        summary = importing.import_administration(
            session, place.clock, accounts.system_actor(), given
        )
    assert summary.administration is not None
    return summary.administration.id


def _download(page: Page, name: str, folder) -> str:
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return str(path)


def _facts(page: Page) -> dict[str, str]:
    words = page.locator(".fact dt").all_inner_texts()
    values = page.locator(".fact dd:first-of-type").all_inner_texts()
    return dict(zip(words, values, strict=True))


def test_a_psychometrician_reviews_the_pilot_and_the_commands_say_the_same(place, tmp_path):
    """
    Sorted by difficulty, one item opened, the downloads put through `analyse`: equal figures.
    """
    page = place.browser_of(PSYCHOMETRICIAN)
    page.goto("/analysis")
    expect(page.get_by_text("Simulated", exact=True).first).to_be_visible()
    page.get_by_role("link", name=re.compile("Simulated pilot")).click()
    expect(page.get_by_role("button", name="Compute the figures")).to_have_count(0)
    page.get_by_role("link", name="p", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text(re.compile("^p"))
    shares = [
        float(text) for text in page.locator("#items tbody td:nth-child(3)").all_inner_texts()
    ]
    hardest = page.locator("#items tbody th a").first.inner_text()
    raw = _download(page, "What was answered", tmp_path)
    key = _download(page, "Key", tmp_path)

    said = CliRunner().invoke(app, ["analyse", raw, "--key", key, "--omit", "omitted"])

    assert said.exit_code == 0, said.output
    items = {item["item_id"]: item for item in json.loads(said.stdout)["items"]}
    assert shares == sorted(shares)
    assert len(shares) == len(items) == 70
    assert round(items[hardest]["p"], 2) == shares[0]
    page.get_by_role("link", name=hardest).click()
    expect(page.get_by_role("heading", name="As a candidate saw it")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("[Cc]haracteristic curve"))).to_be_visible()


@pytest.mark.references
def test_the_licensure_exam_goes_down_the_chain_from_calibration_to_test_credentials(
    place, licensure
):
    """
    1,636 real candidates: mirt's log-likelihood on the page, a cut, decisions, credentials TEST.
    """
    desk = place.browser_of(PSYCHOMETRICIAN)
    desk.set_default_timeout(SLOW)
    desk.goto(f"/analysis/{licensure}")
    desk.get_by_role("button", name="Compute the figures").click()
    do_waiting(place.app)
    desk.get_by_role("link", name="See the items").click()
    assert any(value == ALPHA for value in _facts(desk).values())
    desk.get_by_role("button", name="Run the calibration").click(timeout=SLOW)
    do_waiting(place.app)
    desk.get_by_role("link", name="See the calibration").click()
    desk.get_by_role("heading", name="Calibration: Two-parameter model (2PL)").wait_for()
    assert _facts(desk)["log-likelihood"] == MIRT_2PL
    assert faults_found_by_axe(desk) == []
    desk.get_by_label(re.compile("^Reason|^Why")).fill("The exam's own responses, 2PL, converged.")
    desk.get_by_role("button", name=re.compile("^Adopt")).click()
    expect(desk.get_by_text("These parameters are adopted")).to_be_visible()

    officer = place.browser_of(OFFICER)
    officer.set_default_timeout(SLOW)
    officer.goto("/awards/cut-scores/licensure-form-1/elsewhere")
    officer.get_by_label("Points", exact=True).fill("115")
    officer.get_by_label(re.compile("^Who set it")).fill("Chosen for this test; no panel met.")
    officer.get_by_role("button", name="Adopt this cut").click()
    officer.goto(f"/awards/results/{licensure}")
    officer.get_by_role("button", name="Score 1636 candidates").click()
    do_waiting(place.app)
    officer.get_by_role("link", name="See the results").click()
    officer.get_by_role("button", name=re.compile("^Decide at")).click()
    do_waiting(place.app)
    officer.get_by_role("link", name="See the results").click()
    facts = _facts(officer)
    passed, failed = int(facts["passed"]), int(facts["not passed"])
    assert passed + failed == 1636
    assert 0 < failed < passed
    assert 0.8 < float(facts["decisions that the true score would confirm"]) < 1
    officer.goto(f"/awards/credentials/{licensure}")
    expect(officer.get_by_text("What is issued here is stamped TEST")).to_be_visible()
    due = _facts(officer)["credentials due"]
    assert 0 < int(due) <= passed
    officer.get_by_role("button", name=f"Issue the {due} credentials that are due").click()
    do_waiting(place.app)
    officer.get_by_role("link", name="See the credentials").click()
    assert _facts(officer)["issued and in force"] == due
    officer.locator("table a[href^='/credentials/']").first.click()
    expect(officer.get_by_text(re.compile("TEST")).first).to_be_visible()
