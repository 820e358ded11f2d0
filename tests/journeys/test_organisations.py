"""Organisations in a real browser: from one to another by keyboard, and times in their zone."""

import re

import pytest
from playwright.sync_api import Page, expect

from examengine import accounts, db
from examengine.accounts import OrganisationChange, Role
from tests.bank.media_files import picture
from tests.browser import faults_found_by_axe, widest_overflow
from tests.conftest import PASSWORD
from tests.journeys.keyboard import follow
from tests.journeys.programme import OFFICER, Place

pytestmark = pytest.mark.browser

FIRST, SECOND = "Board of Data Literacy", "Austrian Society for Examinations in Statistics"
SIZES = [(1280, 800), (320, 700)]


@pytest.fixture
def two(place: Place, hasher) -> Place:
    """Two organisations with a name, a logo and a zone; the officer is an author of the second."""
    parts, clock = place.app.state.components, place.clock
    second = accounts.add_organisation(
        parts.engine, clock, accounts.system_actor(), code="second", name=SECOND
    )
    for one, change in (
        (
            db.FIRST_ORGANISATION,
            OrganisationChange(
                name=FIRST, time_zone="Europe/Vienna", logo=picture("PNG", (200, 80))
            ),
        ),
        (second.id, OrganisationChange(logo=picture("PNG", (60, 60)))),
    ):
        with db.writing(db.within(parts.engine, one)) as session:
            actor = accounts.system_actor(one)
            accounts.change_organisation(session, clock, actor, change, first_named="")
    with db.writing(db.within(parts.engine, second.id)) as session:
        accounts.add_person(
            *(session, clock, hasher, accounts.system_actor(second.id)),
            email=OFFICER,
            name="Officer",
            password=PASSWORD,
            roles=[Role.AUTHOR],
        )
    return place


def look(page: Page, name: str) -> None:
    """Look at a page of an organisation: its face at the head, and nothing wrong with the page."""
    head = page.get_by_role("banner")
    expect(head.get_by_role("link", name=name)).to_be_visible()
    page.wait_for_load_state("load")
    assert head.locator("img").evaluate("one => one.complete && one.naturalWidth > 0")
    assert faults_found_by_axe(page) == []
    assert widest_overflow(page) == 0


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_somebody_of_two_organisations_switches_with_the_keyboard(two: Place, width, height):
    """
    There and back without a mouse, on a wide and on a narrow screen; the head says where they are.
    """
    page = two.browser_of(OFFICER, viewport={"width": width, "height": height})
    heading = page.get_by_role("heading", level=1)
    look(page, FIRST)

    follow(page, "Switch")
    expect(heading).to_have_text("Your organisations")
    look(page, FIRST)
    follow(page, f"Switch to {SECOND}")

    expect(heading).to_contain_text("Good to see you")
    look(page, SECOND)
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_text(["Item bank", "Exams"])
    follow(page, "Switch")
    expect(heading).to_have_text("Your organisations")
    follow(page, f"Switch to {FIRST}")
    expect(heading).to_contain_text("Good to see you")
    look(page, FIRST)
    expect(page.get_by_role("navigation").get_by_role("link", name="Awards")).to_be_visible()


def test_a_field_takes_the_time_of_the_organisation_and_says_what_that_is_here(two: Place):
    """
    In Tokyo, 09:00 in Vienna is 17:00 in winter and 16:00 in summer.
    """
    page = two.browser_of(OFFICER, timezone_id="Asia/Tokyo", locale="en-GB")
    page.goto(f"/awards/administrations/new?exam={two.programme.exam_id}")
    field = page.get_by_label("Opens, in Europe/Vienna time")

    for typed, here in (
        ("2026-12-01T09:00", "1 Dec 2026, 17:00"),
        ("2026-07-01T09:00", "1 Jul 2026, 16:00"),
        ("2026-03-29T03:30", "29 Mar 2026, 10:30"),
    ):
        field.fill(typed)
        expect(page.locator('output[for="opens_at"]')).to_contain_text(here)


def test_without_script_times_are_those_of_the_organisation(two: Place):
    """
    The zone is named at each, and at the foot of the page; with a script the reader's comes first.
    """
    address = f"/awards/administrations/{two.programme.administration_id}"
    plain = two.browser_of(OFFICER, java_script_enabled=False)
    plain.goto(address)

    expect(plain.locator("main time").first).to_have_text(re.compile(r"\d\d:\d\d CES?T$"))
    at_the_foot = plain.locator("footer noscript p")
    expect(at_the_foot).to_be_visible()
    assert "those of Europe/Vienna" in at_the_foot.inner_text()
    scripted = two.browser_of(OFFICER, timezone_id="Asia/Tokyo", locale="en-GB")
    scripted.goto(address)
    first = scripted.locator("main time").first
    expect(first).to_have_text(re.compile(r"\d\d:\d\d (GMT\+9|JST)$"))
    expect(first).to_have_attribute("title", re.compile(r"\d\d:\d\d CES?T$"))
