"""Moments as credentials state them: a date and time with a time zone."""

import re
from datetime import UTC, date, datetime, timedelta

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far the clocks of issuers and verifiers may lie apart."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})\Z"
)


def moment(value: object) -> datetime:
    """Return an XML Schema dateTimeStamp as a moment.

    Raises:
        ValueError: It is no text, has another form, no time zone, or is no date of the calendar.
    """
    if not isinstance(value, str) or not _MOMENT.match(value):
        raise ValueError(f"{str(value)[:40]!r} is not a date and time with a time zone")
    found = datetime.fromisoformat(value)
    try:
        found.astimezone(UTC)
    except OverflowError:  # the first and the last day of the calendar, in another zone
        raise ValueError(f"{value!r} lies outside the calendar") from None
    return found


def day(value: object) -> date:
    """Return a calendar date.

    Raises:
        ValueError: It is no text, has another form, or is no date of the calendar.
    """
    if not isinstance(value, str) or not _DAY.match(value):
        raise ValueError(f"{str(value)[:40]!r} is not a date")
    return date.fromisoformat(value)
