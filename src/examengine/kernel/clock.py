"""Time as an argument.

Only a composition root makes a clock; everything below is given one, or is given `now`.
"""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells what time it is."""

    def now(self) -> datetime:
        """Return the present moment, in UTC, with its time zone."""
        ...


class SystemClock:
    """The clock of the machine the server runs on."""

    def now(self) -> datetime:
        """Return the present moment, in UTC, to the millisecond.

        A millisecond is what the attempt log stores, so a time that was read back equals the
        time that was written.
        """
        moment = datetime.now(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def as_utc(moment: datetime) -> datetime:
    """Return `moment` in UTC; SQLite forgets the zone, and everything stored is UTC."""
    if moment.tzinfo is UTC:
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def iso(moment: datetime) -> str:
    """Return `moment` as it stands in digests and files: UTC, milliseconds, `Z`."""
    return as_utc(moment).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def from_iso(text: str) -> datetime:
    """Read what `iso` wrote.

    Raises:
        ValueError: The text is no ISO 8601 moment, or carries no time zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; write it as 2026-11-21T09:30:00.000Z")
    return moment.astimezone(UTC)
