"""Every page of staff: axe finds nothing, by night too; nothing is wider than 320 px.

The pages are found by following links from where each role begins, so a new page is looked at
without being named here. Candidates' running pages are looked at in `test_sitting`.
"""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from examengine.rehearsal.programme import STAFF
from tests.browser import faults_found_by_axe, pale_by_night, widest_overflow
from tests.journeys.programme import ADA, Place

pytestmark = pytest.mark.browser

MOST_OF_A_KIND = 2
BEGIN = {
    "author@example.org": ("/bank", "/exams"),
    "psychometrician@example.org": ("/analysis",),
    "officer@example.org": ("/awards", "/invigilation"),
    "invigilator@example.org": ("/invigilation",),
    "panelist@example.org": ("/panels",),
    "administrator@example.org": ("/administration", "/account/password", "/account/move"),
    ADA: ("/", "/attempts", "/credentials"),
    None: ("/", "/sign-in", "/verify", "/achievements/data-literacy", "/nowhere"),
}


def _kind(path: str) -> str:
    """Return what pages of a kind have in common: the address without its names."""
    path = re.sub(r"/(?:[0-9a-f]{8}-[0-9a-f-]{27}|\d+)(?=/|$)", "/*", path)
    return re.sub(r"(/items|/forms|/bank|/exams|/cut-scores)/[^/]+", r"\1/*", path)


def _links(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('main a[href]')].map(each => each.href)"
    )
    here = urlsplit(page.url).netloc
    return [
        parts.path
        for parts in map(urlsplit, found)
        if parts.netloc == here and not re.search(r"\.(csv|xlsx|json|png|svg|html)$", parts.path)
    ]


def _look(page: Page, address: str) -> list[str]:
    page.goto(address)
    if page.url.startswith("about:") or not page.locator("h1").count():
        return [f"{address}: no heading"]
    seen = (*faults_found_by_axe(page), *pale_by_night(page))
    faults = [f"{address}: {fault}" for fault in seen]
    if page.locator("h1").count() != 1:
        faults.append(f"{address}: {page.locator('h1').count()} headings of the first level")
    overflow = widest_overflow(page)
    return faults + ([f"{address}: {overflow} px wider than the screen"] if overflow else [])


def test_every_role_of_the_programme_begins_somewhere():
    """
    No role is left out of the looking.
    """
    assert {address for address, _, _ in STAFF} < BEGIN.keys()


@pytest.mark.parametrize("email", BEGIN, ids=lambda email: (email or "stranger").partition("@")[0])
def test_every_page_is_accessible_and_fits_a_narrow_screen(place: Place, email):
    """
    All pages that one person can reach by links are sound, each kind of page twice at most.
    """
    page = place.browser_of(email, viewport={"width": 320, "height": 700})
    waiting, seen, kinds = list(BEGIN[email]), set(), {}
    faults: list[str] = []

    while waiting:
        address = waiting.pop(0)
        kind = _kind(address)
        if address in seen or kinds.get(kind, 0) >= MOST_OF_A_KIND:
            continue
        seen.add(address)
        kinds[kind] = kinds.get(kind, 0) + 1
        faults += _look(page, address)
        waiting += _links(page)

    assert faults == []
    assert len(seen) >= len(BEGIN[email])
