"""Times as people read and type them: in the time zone of the organisation, which is named.

A script shows them in the zone of whoever reads them; what is said here is what stands there
without one, and beside it with one.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from examengine.kernel.clock import as_utc, iso

TYPED = "%Y-%m-%dT%H:%M"
"""How a browser writes a moment that somebody chooses."""
FORMS: Mapping[str, str] = {
    "moment": "%-d %b %Y, %H:%M",
    "second": "%H:%M:%S",
    "exact": "%-d %b %Y, %H:%M:%S",
}
"""How moments are shown: of any day, of today, and to the second."""


class TimeUnusable(ValueError):
    """What was typed is no time, or none that a clock there shows once; the message says which."""


@cache
def zone_of(name: str) -> tzinfo:
    """Return a time zone; UTC where this machine does not know the name (any more)."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def zone_named_at(moment: datetime) -> str:
    """Return what the zone of a moment is called at that moment: `CET`, `UTC`, `UTC+5:30`."""
    name = moment.tzname() or ""
    if name.isalpha():
        return name
    minutes = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def in_words(value: datetime, pattern: str, zone: str) -> str:
    """Return a moment as it stands there, with the name of the zone behind it."""
    there = as_utc(value).astimezone(zone_of(zone))
    return f"{there.strftime(pattern)} {zone_named_at(there)}"


def read_typed(text: str, zone: str) -> datetime:
    """Return a moment that was typed: of a clock in the zone, unless it says its own offset.

    Raises:
        TimeUnusable: It is no date and time, or the clocks are set in that night so that it comes
            twice or never.
    """
    try:
        typed = datetime.fromisoformat(text.strip())
        if typed.tzinfo is not None:
            return as_utc(typed)
        first, second = (typed.replace(tzinfo=zone_of(zone), fold=fold) for fold in (0, 1))
        moment = first.astimezone(UTC)
    except (ValueError, OverflowError):
        raise TimeUnusable(
            "must be a date and a time, such as 2026-11-21T09:00 or 2026-11-21T10:00+01:00"
        ) from None
    if first.utcoffset() == second.utcoffset():
        return moment
    there = moment.astimezone(zone_of(zone)).replace(tzinfo=None) == typed
    raise TimeUnusable(
        f"cannot be {typed:%H:%M} on {typed:%-d %B %Y}: the clocks of {zone} are set in that "
        f"night, and show that time {'twice' if there else 'never'}; choose another one"
    )


def typed(value: datetime, zone: str) -> str:
    """Return a moment as a field holds it: what a clock in the zone shows."""
    return as_utc(value).astimezone(zone_of(zone)).strftime(TYPED)


def next_hour(now: datetime, zone: str) -> datetime:
    """Return the next full hour of a clock in the zone, in UTC."""
    there = now.astimezone(zone_of(zone))
    since = timedelta(minutes=there.minute, seconds=there.second, microseconds=there.microsecond)
    return now - since + timedelta(hours=1)


def _element(show: str) -> Callable[[Context, datetime], Markup]:
    @pass_context
    def element(context: Context, value: datetime) -> Markup:
        words = in_words(value, FORMS[show], context["masthead"].time_zone)
        shown = Markup('<time datetime="{}" data-show="{}">{}</time>')
        return shown.format(iso(value), show, words)

    return element


@pass_context
def _day(context: Context, value: datetime) -> str:
    """Return the day of a moment: `21 November 2026`."""
    there = as_utc(value).astimezone(zone_of(context["masthead"].time_zone))
    return there.strftime("%-d %B %Y")


@pass_context
def _field(context: Context, value: datetime) -> str:
    return typed(value, context["masthead"].time_zone)


FILTERS: Mapping[str, Callable[..., str]] = {
    **{show: _element(show) for show in FORMS},
    "day": _day,
    "field": _field,
}
"""What templates show times with; a template that imports what uses them does so with context."""
