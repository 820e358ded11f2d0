"""The log of an attempt in words, one line for each event. Pure.

It says that an answer was given and when; never which. Whoever watches over an exam needs the
one, and keys and answers are nobody's business there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from examengine.delivery import LoggedEvent, read_event


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event for people."""

    version: int
    at: datetime
    words: str
    digest: str


def timeline(log: Sequence[LoggedEvent]) -> list[TimelineEntry]:
    """Return the events of a log in words, in the order of the log."""
    return [TimelineEntry(row.version, row.at, _words(row), row.digest) for row in log]


def _words(row: LoggedEvent) -> str:
    try:
        return read_event(row).words()
    except (KeyError, TypeError, ValueError):
        return f"An event of the type “{row.type[:20]}” that cannot be read"
