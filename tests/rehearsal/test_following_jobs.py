"""A rehearsal goes on where a page asks a worker: it waits for the job, and follows its button."""

import pytest

from examengine.rehearsal import chain
from examengine.rehearsal.browser import PageReply, Unexpected
from examengine.rehearsal.chain import followed

JOB, RESULTS = "http://exams.example/jobs/1", "http://exams.example/awards/results/1"


def answer(url: str, text: str) -> PageReply:
    """A page."""
    return PageReply(200, url, {}, text.encode())


def job(state: str) -> PageReply:
    """The page of a job, as `jobs/job.html` draws it."""
    button = '<a class="button" href="/awards/results/1#done">See the results</a>'
    return answer(JOB, f'<div id="standing" data-events="/e" data-state="{state}">{button}</div>')


class Browser:
    """Answers with one page after another, and remembers what was asked for."""

    def __init__(self, *pages: PageReply) -> None:
        self._pages, self.asked = list(pages), []

    def get(self, address: str) -> PageReply:
        """Follow a link."""
        self.asked.append(address)
        return self._pages.pop(0)


@pytest.fixture(autouse=True)
def patience(monkeypatch) -> None:
    """Look again without waiting."""
    monkeypatch.setattr(chain, "LOOK_EVERY_S", 0.0)


def test_a_page_that_is_no_job_is_what_was_asked_for():
    """
    Where a page did the work itself nothing is followed.
    """
    browser, page = Browser(), answer(RESULTS, '<p id="save" data-state="waiting">')

    assert followed(browser, page) is page
    assert browser.asked == []


def test_a_job_is_waited_for_and_its_button_followed():
    """
    The page of the job is looked at until it is done, then the page that it leads to.
    """
    results = answer(RESULTS, "2 new")
    browser = Browser(job("running"), job("done"), results)

    assert followed(browser, job("waiting")) is results
    assert browser.asked == [JOB, JOB, "/awards/results/1"]


def test_a_job_that_came_to_nothing_stops_the_rehearsal():
    """
    Its page and its state are named.
    """
    with pytest.raises(Unexpected, match="jobs/1: the job ended as failed"):
        followed(Browser(job("failed")), job("waiting"))
