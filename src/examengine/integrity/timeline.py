"""The log of an attempt in words, one line for each event. Pure.

It says that an answer was given and when; never which. Whoever watches over an exam needs the
one, and keys and answers are nobody's business there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from examengine.delivery import (
    AttemptStarted,
    AttemptSubmitted,
    Event,
    FocusLost,
    FocusReturned,
    ItemFlagged,
    ItemShown,
    LoggedEvent,
    ResponseSaved,
    ReviewShown,
    read_event,
)

ENDINGS: Mapping[str, str] = {
    "submitted": "The candidate submitted",
    "time": "The time ran out; what was saved was handed in",
    "staff": "A member of staff ended the attempt",
}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event for people."""

    version: int
    at: datetime
    words: str
    digest: str


def timeline(log: Sequence[LoggedEvent]) -> list[TimelineEntry]:
    """Return the events of a log in words, in the order of the log."""
    return [TimelineEntry(row.version, row.at, _row_words(row), row.digest) for row in log]


def words_for(event: Event) -> str:
    """Say what happened."""
    match event:
        case AttemptStarted():
            extra = f", with {event.extra_time_percent} % extra time"
            return (
                f"The candidate agreed to the conditions and started: {event.minutes} minutes"
                f"{extra if event.extra_time_percent else ''}, until {event.deadline:%H:%M:%S} UTC"
            )
        case ItemShown():
            return f"Question {event.item_id} was shown"
        case ReviewShown():
            return "The review page was shown"
        case AttemptSubmitted():
            return ENDINGS[event.by] + (f": {event.why}" if event.why else "")
    return _answer_words(event)


def _answer_words(event: ResponseSaved | ItemFlagged | FocusLost | FocusReturned) -> str:
    match event:
        case ResponseSaved(response=None):
            return f"The answer to {event.item_id} was taken back"
        case ResponseSaved():
            return f"{event.item_id} was answered"
        case ItemFlagged(flagged=True):
            return f"A flag was put on {event.item_id}"
        case ItemFlagged():
            return f"The flag was taken off {event.item_id}"
        case FocusLost():
            return "The exam page was no longer in front"
    return "The exam page was in front again"


def _row_words(row: LoggedEvent) -> str:
    try:
        return words_for(read_event(row))
    except (KeyError, TypeError, ValueError):
        return f"An event of the type “{row.type[:20]}” that cannot be read"
