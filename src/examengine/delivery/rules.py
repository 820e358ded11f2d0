"""The rules of an attempt: pure functions from where it stands and what is asked to an event.

`advance` moves the head of the log by one event, `fold` reads a whole log, `read_on` goes on from
where an earlier reading ended, and the verbs say what may happen next. Nothing here reads a clock,
a table or a request: `now` is when the server received what is asked, so that a full queue never
costs a candidate an answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from examengine.delivery.administration import Plan
from examengine.delivery.errors import (
    AttemptClosed,
    AttemptMoved,
    AttemptNotOpen,
    AttemptNotStarted,
    ConsentMissing,
    SaveMalformed,
)
from examengine.delivery.events import (
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


def start(plan: Plan, head: Head, consent: str | None, now: datetime) -> AttemptStarted | None:
    """Begin. A second start is harmless: it is None, and the attempt goes on where it stands.

    Raises:
        AttemptNotOpen: The administration opens later.
        AttemptClosed: The administration is over.
        ConsentMissing: The candidate did not agree to the conditions.
    """
    if head.started_at is not None:
        return None
    if plan.opens_at is not None and now < plan.opens_at:
        raise AttemptNotOpen(plan.opens_at)
    if plan.closes_at is not None and now >= plan.closes_at:
        raise AttemptClosed(plan.closes_at)
    if consent is None:
        raise ConsentMissing
    return AttemptStarted(
        at=now,
        administration_id=plan.administration_id,
        person_id=plan.person_id,
        form_id=plan.form_id,
        form_digest=plan.form_digest,
        orders=plan.orders,
        minutes=plan.minutes,
        extra_time_percent=plan.extra_time_percent,
        deadline=plan.deadline(now),
        consent=consent,
    )


def show_item(head: Head, item_id: str, now: datetime) -> ItemShown:
    """Note that the page of an item is drawn.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
    """
    return ItemShown(_running(head, now), item_id)


def show_review(head: Head, now: datetime) -> ReviewShown:
    """Note that the review page is drawn.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
    """
    return ReviewShown(_running(head, now))


def save_response(
    head: Head,
    item_id: str,
    response: Any,
    *,
    seen: int,
    client: str | None,
    seq: int | None,
    now: datetime,
) -> ResponseSaved:
    """Answer an item, answer it again, or take the answer back.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
        AttemptMoved: Another page answered after this one was drawn.
        SaveMalformed: The page claims to have seen what has not happened yet.
    """
    at = _running(head, now)
    if seen > head.version:
        raise SaveMalformed(f"seen is {seen}, and the log stands at {head.version}")
    if seen < head.answered_version and (client is None or client != head.answered_by):
        raise AttemptMoved(seen, head.answered_version)
    return ResponseSaved(at, item_id, response, seen, client, seq)


def flag_item(
    head: Head,
    item_id: str,
    *,
    flagged: bool,
    client: str | None,
    seq: int | None,
    now: datetime,
) -> ItemFlagged:
    """Put a flag on an item, or take it off. A flag says what it should be, so none is stale.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
    """
    return ItemFlagged(_running(head, now), item_id, flagged, client, seq)


def note_focus(
    head: Head, item_id: str | None, *, lost: bool, client: str, seq: int, now: datetime
) -> FocusLost | FocusReturned:
    """Note that the page went out of sight, or came back.

    Raises:
        AttemptNotStarted, AttemptClosed: The attempt is not running.
    """
    event = FocusLost if lost else FocusReturned
    return event(_running(head, now), item_id, client, seq)


def submit(head: Head, now: datetime) -> AttemptSubmitted | None:
    """Hand in. A second time is harmless; after the deadline it was the time that ended it.

    Raises:
        AttemptNotStarted: There is nothing to hand in.
    """
    if head.submitted_at is not None:
        return None
    return close_expired(head, now) or AttemptSubmitted(_running(head, now), "submitted", now)


def end_by_staff(head: Head, actor_id: UUID, why: str, now: datetime) -> AttemptSubmitted | None:
    """End an attempt for its candidate, for a reason that stands in the log.

    Raises:
        AttemptNotStarted: There is nothing to end.
    """
    if head.submitted_at is not None:
        return None
    closed = close_expired(head, now)
    return closed or AttemptSubmitted(_running(head, now), "staff", now, actor_id, why)


def close_expired(head: Head, now: datetime) -> AttemptSubmitted | None:
    """End an attempt whose time is over, as of its deadline; None when there is nothing to end."""
    if head.submitted_at is not None or head.deadline is None or now <= head.deadline:
        return None
    return AttemptSubmitted(head.deadline, "time", now)


def _running(head: Head, now: datetime) -> datetime:
    """Return the moment of the next event: now, and never before the last one.

    Two servers' clocks may differ by a few milliseconds; a log never goes back in time.
    """
    if head.started_at is None:
        raise AttemptNotStarted(f"attempt {head.attempt_id} has not been started")
    if head.submitted_at is not None:
        raise AttemptClosed(head.submitted_at)
    if head.deadline is not None and now > head.deadline:
        raise AttemptClosed(head.deadline)
    return now if head.last_at is None else max(now, head.last_at)
