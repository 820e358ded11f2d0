"""From events to the log and back: `advance` adds one, `fold` reads a whole log, `read_on` more.

Pure functions. What an event changes, it says itself.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from examengine.delivery.attempt import Attempt, AttemptSoFar, Head
from examengine.delivery.log import LoggedEvent, chain_event
from examengine.delivery.steps import Event, read_event


def advance(head: Head, event: Event) -> tuple[Head, LoggedEvent]:
    """Return the head after one more event, and the row that goes into the log."""
    version = head.version + 1
    body = event.body()
    digest = chain_event(head.attempt_id, version, event.at, event.type, body, head.digest)
    row = LoggedEvent(head.attempt_id, version, event.at, event.type, body, head.digest, digest)
    return replace(head, **_changes(event, row)), row


def fold(attempt_id: UUID, rows: Iterable[LoggedEvent]) -> Attempt:
    """Return where an attempt stands, from its log alone.

    The digests are taken as they stand; whether they add up is for `integrity` to verify.
    """
    return read_on(Attempt(Head(attempt_id)), rows)


def read_on(attempt: Attempt, rows: Iterable[LoggedEvent]) -> Attempt:
    """Return where an attempt stands after more rows of its log."""
    changes: dict[str, Any] = {}
    so_far = AttemptSoFar(attempt)
    for row in rows:
        event = read_event(row)
        changes |= _changes(event, row)
        event.happen(so_far, row.version)
    return so_far.at(replace(attempt.head, **changes)) if changes else attempt


def _changes(event: Event, row: LoggedEvent) -> dict[str, Any]:
    """Return what a row changes in the head of its log."""
    changes = {"version": row.version, "digest": row.digest, "last_at": row.at}
    changes |= event.in_head(row.version)
    seq = row.body.get("seq")
    if seq is not None:
        changes |= {"last_client": row.body["client"], "last_seq": seq}
    return changes
