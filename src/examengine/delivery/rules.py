"""The rules of an attempt: pure functions from where it stands and what is asked to an event.

Nothing here reads a clock, a table or a request: `now` is when the server received what is asked,
so that a full queue never costs a candidate an answer.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from examengine.delivery.administration import Plan
from examengine.delivery.attempt import Head
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
    FocusLost,
    FocusReturned,
    ItemFlagged,
    ItemShown,
    ResponseSaved,
    ReviewShown,
)


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
