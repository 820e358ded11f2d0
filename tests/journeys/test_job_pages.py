"""Work that runs later, as whoever asked for it sees it: with script, and without."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from examengine import accounts, db, jobs
from examengine.delivery.tables import AdministrationFiguresRow
from examengine.jobs import repository
from examengine.jobs.embedded import begin_next
from tests.browser import faults_found_by_axe, widest_overflow
from tests.jobs.inline import do_waiting
from tests.journeys.programme import OFFICER, PSYCHOMETRICIAN, Place

pytestmark = pytest.mark.browser

SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 320, "height": 640}}


class _Worker:
    """A worker that does nothing by itself: the test says how far its job is."""

    def __init__(self, place: Place) -> None:
        self._parts = place.app.state.components
        begun = begin_next(self._parts.engine, self._parts.clock, "here")
        assert begun is not None
        self._begun = begun

    def report(self, words: str, done: int, of: int) -> None:
        """Say how far it is."""
        with db.reading(self._parts.engine) as session:
            job = repository.job(session, self._begun.job_id)
        actor, parts = accounts.system_actor(), self._parts
        jobs.JobRun(job, actor, parts.engine, parts.clock, self._begun).report(words, done, of)

    def hear(self) -> None:
        """Say that it is alive, and stop when somebody asked for that."""
        with db.writing(self._parts.engine) as session:
            now = self._parts.clock.now()
            if repository.beat(session, self._begun, now):
                repository.cancelled(session, self._begun, now)


def _ask_for_scores(page: Page, place: Place) -> None:
    page.goto(f"/awards/results/{place.programme.pilot_id}")
    page.get_by_role("button", name="Score 1200 candidates").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Score Simulated pilot")


@contextmanager
def _same_page(page: Page) -> Iterator[None]:
    """Fail if the page was loaded anew in the block."""
    page.evaluate("window.marked = true")
    yield
    assert page.evaluate("window.marked === true")


@pytest.mark.parametrize("size", SIZES)
def test_a_job_is_followed_stopped_and_tried_again(place, size):
    """
    A button asks for it; its progress is seen as it changes and after a reload; stopped, it says
    so by itself and can be tried again; done, it leads to what came of it.
    """
    page = place.browser_of(OFFICER, viewport=SIZES[size])
    _ask_for_scores(page, place)
    words, progress = page.locator("#job_words"), page.locator("#job_progress")
    expect(words).to_contain_text("Waiting")

    worker = _Worker(place)
    with _same_page(page):
        worker.report("Marking and estimating", 500, 1200)
        expect(words).to_contain_text("Marking and estimating")
        expect(progress).to_have_js_property("value", 500)
    assert faults_found_by_axe(page) == []
    assert widest_overflow(page) == 0
    page.reload()
    expect(progress).to_have_js_property("value", 500)

    page.get_by_role("button", name="Stop it").click()
    expect(words).to_contain_text("Stopping")
    worker.hear()
    expect(page.get_by_text("It was stopped")).to_be_visible()
    assert faults_found_by_axe(page) == []

    page.get_by_role("button", name="Try the same again").click()
    expect(words).to_contain_text("Waiting")
    assert do_waiting(place.app) == 1
    expect(page.get_by_text("It is done")).to_be_visible()
    assert faults_found_by_axe(page) == []
    assert widest_overflow(page) == 0
    page.get_by_role("link", name="See the results").click()
    expect(page.get_by_text("1200 new, 0 unchanged")).to_be_visible()


def test_a_job_is_followed_without_script(place):
    """
    The page looks again by itself until the job is done, and its buttons are plain forms.
    """
    page = place.browser_of(OFFICER, java_script_enabled=False)
    _ask_for_scores(page, place)
    page.get_by_role("button", name="Stop it").click()
    expect(page.get_by_text("It was stopped")).to_be_visible()
    page.get_by_role("button", name="Try the same again").click()
    expect(page.get_by_text("Waiting")).to_be_visible()

    worker = _Worker(place)
    worker.report("Marking and estimating", 500, 1200)
    expect(page.get_by_text("Marking and estimating")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Stop it").click()
    worker.hear()

    expect(page.get_by_text("It was stopped")).to_be_visible(timeout=15_000)


def test_what_a_list_lacks_is_computed_when_somebody_asks(place):
    """
    The list of administrations says that figures are missing; a button has them computed, and the
    job leads back to the list, where they stand.
    """
    with place.app.state.components.engine.begin() as connection:
        connection.execute(delete(AdministrationFiguresRow))
    page = place.browser_of(PSYCHOMETRICIAN)
    page.goto("/analysis")
    expect(page.get_by_text("Figures are missing", exact=True)).to_be_visible()
    expect(page.get_by_text("to come", exact=True)).to_be_visible()

    page.get_by_role("button", name="Compute the figures").click()
    do_waiting(place.app)
    page.get_by_role("link", name="See the administrations").click()

    expect(page.get_by_text("to come", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Compute the figures")).to_have_count(0)
