"""Times in the zone of the organisation: as they are shown, and as they are typed."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from examengine.accounts import OrganisationChange, Role, change_organisation, system_actor
from examengine.delivery import administrations_for_staff
from examengine.web.times import (
    TimeUnusable,
    in_words,
    next_hour,
    read_typed,
    typed,
    zone_named_at,
)

WINTER = datetime(2026, 12, 1, 14, 5, 10, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 14, 5, 10, tzinfo=UTC)
SHOWN = "%-d %b %Y, %H:%M"


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        (WINTER, "UTC", "1 Dec 2026, 14:05 UTC"),
        (WINTER, "Europe/Vienna", "1 Dec 2026, 15:05 CET"),
        (SUMMER, "Europe/Vienna", "1 Jul 2026, 16:05 CEST"),
        (WINTER, "Asia/Kathmandu", "1 Dec 2026, 19:50 UTC+5:45"),
        (WINTER, "America/Sao_Paulo", "1 Dec 2026, 11:05 UTC−3"),
        (WINTER, "Pacific/Kiritimati", "2 Dec 2026, 04:05 UTC+14"),
        (WINTER.replace(tzinfo=None), "Europe/Vienna", "1 Dec 2026, 15:05 CET"),
        (WINTER, "A zone of next year", "1 Dec 2026, 14:05 UTC"),
    ],
)
def test_a_moment_is_shown_there_and_the_zone_is_named(moment, zone, words):
    """
    By its letters where it has some, else by what it is ahead of UTC; summer time by its own name.
    """
    assert in_words(moment, SHOWN, zone) == words


def test_a_zone_behind_utc_by_minutes_is_named_so():
    """
    Hours and minutes are those of the distance, not of the clock.
    """
    there = WINTER.astimezone(timezone(-timedelta(hours=3, minutes=30)))

    assert zone_named_at(there) == "UTC−3:30"


@pytest.mark.parametrize("zone", ["UTC", "Europe/Vienna", "Asia/Kathmandu", "America/New_York"])
@pytest.mark.parametrize("moment", [WINTER, SUMMER])
def test_what_a_field_holds_is_read_as_it_was_written(moment, zone):
    """
    A form that is sent as it was drawn changes nothing.
    """
    to_the_minute = moment.replace(second=0)

    assert read_typed(typed(to_the_minute, zone), zone) == to_the_minute


@pytest.mark.parametrize("text", ["2026-12-01T10:00+02:00", "2026-12-01T08:00Z"])
def test_a_typed_offset_counts(text):
    """
    Whoever says which clock they mean is taken at their word, wherever the organisation is.
    """
    assert read_typed(text, "Europe/Vienna") == datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-03-29T02:30", "02:30 on 29 March 2026.*Europe/Vienna.*never"),
        ("2026-10-25T02:30", "02:30 on 25 October 2026.*Europe/Vienna.*twice"),
        ("tomorrow", "a date and a time"),
        ("", "a date and a time"),
        ("0001-01-01T00:00", "a date and a time"),
        ("9999-12-31T23:59-12:00", "a date and a time"),
    ],
)
def test_what_is_no_moment_there_is_refused_in_words(text, words):
    """
    A time that the clocks skip or show twice is said to be so, and what is no time at all.
    """
    with pytest.raises(TimeUnusable, match=words):
        read_typed(text, "Europe/Vienna")


def test_an_offset_tells_the_two_hours_of_the_night_apart():
    """
    The hour that comes twice can be meant, by its offset.
    """
    first, second = (
        read_typed(f"2026-10-25T02:30+0{hours}:00", "Europe/Vienna") for hours in (2, 1)
    )

    assert second - first == timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("UTC", "2026-12-01T15:00"), ("Asia/Kathmandu", "2026-12-01T20:00")],
)
def test_the_next_hour_is_full_on_the_clock_there(zone, hour):
    """
    What stands in a form at first is a full hour for whoever reads it.
    """
    assert typed(next_hour(WINTER, zone), zone) == hour


def set_zone(visitors, world, zone):
    """Set the time zone of the organisation."""
    with visitors.writing() as session:
        change = OrganisationChange(time_zone=zone)
        change_organisation(session, world.clock, system_actor(), change, first_named="Board")


@pytest.fixture
def in_vienna(world, visitors):
    """A programme whose organisation is in Vienna, and an awarding officer of it."""
    set_zone(visitors, world, "Europe/Vienna")
    return visitors.enter(visitors.add(Role.AWARDING_OFFICER, name="Olive"))


def test_a_window_is_typed_and_shown_in_the_zone_of_the_organisation(
    client, visitors, world, in_vienna
):
    """
    The form says whose clock it takes, 09:00 there is 08:00 UTC, and pages show it as 09:00 CET.
    """
    new = f"/awards/administrations/new?exam={world.form.exam_id}"
    form = client.get(new).text

    answer = visitors.send(
        *(new, "/awards/administrations"),
        exam_id=world.form.exam_id,
        title="Winter",
        form_ids=str(world.form.id),
        opens_at="2026-12-01T09:00",
        closes_at="2026-12-01T23:00",
    )

    page = client.get(answer.headers["location"]).text
    assert "Opens, in Europe/Vienna time" in form
    assert 'data-zone="Europe/Vienna"' in form
    assert "1 Dec 2026, 09:00 CET" in page
    assert 'value="2026-12-01T09:00"' in page
    assert "Times on this page are those of Europe/Vienna" in page
    with visitors.writing() as session:
        found = administrations_for_staff(session, in_vienna, "Winter", start=0, most=1)
    assert found.listed.lines[0].opens_at == datetime(2026, 12, 1, 8, tzinfo=UTC)


def test_a_form_of_before_another_zone_is_looked_at_again(client, visitors, world, in_vienna):
    """
    Nine o'clock was typed in Vienna's time: it does not become Tokyo's without a word.
    """
    new = f"/awards/administrations/new?exam={world.form.exam_id}"
    fields = {
        "exam_id": world.form.exam_id,
        "title": "Winter",
        "form_ids": str(world.form.id),
        "opens_at": "2026-12-01T09:00",
        "closes_at": "2026-12-01T23:00",
    }
    named = re.search(r'name="time_zone" value="([^"]+)"', client.get(new).text)[1]
    set_zone(visitors, world, "Asia/Tokyo")

    refused = visitors.send(new, "/awards/administrations", time_zone=named, **fields)
    taken = visitors.send(new, "/awards/administrations", time_zone="Asia/Tokyo", **fields)

    assert refused.status_code == 422
    assert "changed from Europe/Vienna to Asia/Tokyo" in refused.text
    assert "Opens, in Asia/Tokyo time" in refused.text
    assert taken.status_code == 303


def test_a_time_that_the_clocks_skip_stays_in_the_form(client, visitors, world, in_vienna):
    """
    It is said which one it is, and nothing has to be typed again.
    """
    new = f"/awards/administrations/new?exam={world.form.exam_id}"

    answer = visitors.send(
        *(new, "/awards/administrations"),
        exam_id=world.form.exam_id,
        title="Night of clocks",
        form_ids=str(world.form.id),
        opens_at="2027-03-28T02:30",
        closes_at="2027-03-28T10:00",
    )

    assert answer.status_code == 422
    assert "the clocks of Europe/Vienna" in answer.text
    assert 'value="2027-03-28T02:30"' in answer.text
