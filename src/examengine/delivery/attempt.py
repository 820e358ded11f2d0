"""An attempt, as its log tells it: where the head stands, and what a whole log comes to.

`advance` moves the head by one event, `fold` reads a whole log, and `read_on` goes on from where an
earlier reading ended. Pure functions; what may happen next is for `rules` to say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from examengine.delivery.events import (
    AttemptStarted,
    AttemptSubmitted,
    Event,
    ItemFlagged,
    ItemShown,
    LoggedEvent,
    ResponseSaved,
    ReviewShown,
    link,
    read_event,
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log stands: all that the next event is decided on, and chained to."""

    attempt_id: UUID
    version: int = 0
    digest: str | None = None
    started_at: datetime | None = None
    deadline: datetime | None = None
    submitted_at: datetime | None = None
    last_at: datetime | None = None
    answered_version: int = 0
    """The version at which an answer was last given, from whichever page."""
    answered_by: str | None = None
    """The page that gave it."""
    last_client: str | None = None
    last_seq: int = 0
    """The last page that was heard, and its count: a higher one from it cannot be a replay."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, read from its whole log."""

    head: Head
    started: AttemptStarted | None = None
    submitted: AttemptSubmitted | None = None
    responses: Mapping[str, Any] = field(default_factory=dict)
    """The last response to each item that was answered, or whose answer was taken back."""
    saved_at: Mapping[str, datetime] = field(default_factory=dict)
    flagged: frozenset[str] = frozenset()
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long each item was on the screen: from its page to the next, or to the end."""
    on_screen: tuple[str, datetime] | None = None
    """The item whose page was drawn last, and when; None after a page of no item."""

    def answered(self, item_id: str) -> bool:
        """Tell whether there is an answer to the item now."""
        return self.responses.get(item_id) is not None


def advance(head: Head, event: Event) -> tuple[Head, LoggedEvent]:
    """Return the head after one more event, and the row that goes into the log."""
    version = head.version + 1
    body = event.body()
    digest = link(head.attempt_id, version, event.at, event.type, body, head.digest)
    row = LoggedEvent(head.attempt_id, version, event.at, event.type, body, head.digest, digest)
    return _moved(head, event, row), row


def _moved(head: Head, event: Event, row: LoggedEvent) -> Head:
    """Return the head at a row."""
    return replace(head, **_changes(event, row))


def _changes(event: Event, row: LoggedEvent) -> dict[str, Any]:
    """Return what a row of this kind changes in the head of its log."""
    changes: dict[str, Any] = {"version": row.version, "digest": row.digest, "last_at": row.at}
    match event:
        case ResponseSaved():
            changes |= {"answered_version": row.version, "answered_by": event.client}
        case AttemptStarted():
            changes |= {"started_at": event.at, "deadline": event.deadline}
        case AttemptSubmitted():
            changes |= {"submitted_at": event.at}
    client = row.body.get("client")
    if client is not None:
        changes |= {"last_client": client, "last_seq": row.body["seq"]}
    return changes


def fold(attempt_id: UUID, rows: Iterable[LoggedEvent]) -> Attempt:
    """Return where an attempt stands, from its log alone.

    The digests are taken as they stand; whether they add up is for `integrity` to verify.
    """
    return read_on(Attempt(Head(attempt_id)), rows)


def read_on(attempt: Attempt, rows: Iterable[LoggedEvent]) -> Attempt:
    """Return where an attempt stands after more rows of its log."""
    events: list[Event] = []
    changes: dict[str, Any] = {}
    for row in rows:
        event = read_event(row)
        events.append(event)
        changes |= _changes(event, row)
    return _after(attempt, replace(attempt.head, **changes), events) if events else attempt


def _after(before: Attempt, head: Head, events: Sequence[Event]) -> Attempt:
    saved = [event for event in events if isinstance(event, ResponseSaved)]
    flags = {event.item_id: event.flagged for event in events if isinstance(event, ItemFlagged)}
    ended = next((event for event in events if isinstance(event, AttemptSubmitted)), None)
    seconds, on_screen = _time_spent(before, events)
    return Attempt(
        head=head,
        started=before.started
        or next((event for event in events if isinstance(event, AttemptStarted)), None),
        submitted=before.submitted or ended,
        responses={**before.responses, **{event.item_id: event.response for event in saved}},
        saved_at={**before.saved_at, **{event.item_id: event.at for event in saved}},
        flagged=before.flagged.difference(flags).union(name for name in flags if flags[name]),
        seconds=seconds,
        on_screen=on_screen,
    )


def _time_spent(
    before: Attempt, events: Sequence[Event]
) -> tuple[dict[str, float], tuple[str, datetime] | None]:
    """Return the seconds of each item up to the last page, and what that page shows since when."""
    seconds, on_screen = dict(before.seconds), before.on_screen
    for event in events:
        if not isinstance(event, ItemShown | ReviewShown | AttemptSubmitted):
            continue
        if on_screen is not None:
            item_id, since = on_screen
            elapsed = (event.at - since).total_seconds()
            seconds[item_id] = round(seconds.get(item_id, 0.0) + elapsed, 3)
        on_screen = (event.item_id, event.at) if isinstance(event, ItemShown) else None
    return seconds, on_screen
