"""Logs for tests, written by the rules of delivery themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from examengine.delivery import (
    AttemptStarted,
    AttemptSubmitted,
    Head,
    ItemShown,
    LoggedEvent,
    ResponseSaved,
    chain_event,
)
from examengine.delivery.reading import advance

ATTEMPT = UUID(int=7)
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def a_log(n_answers: int = 4) -> list[LoggedEvent]:
    """Return the log of a small attempt: the start, answers, the submission."""
    events = [
        AttemptStarted(
            at=START,
            administration_id=UUID(int=1),
            person_id=UUID(int=2),
            form_id=UUID(int=3),
            form_digest="sha256:form",
            orders={},
            minutes=30,
            extra_time_percent=0,
            deadline=START + timedelta(minutes=30),
            consent="sha256:consent",
        )
    ]
    for place in range(n_answers):
        moment = START + timedelta(seconds=10 * (place + 1))
        events += [
            ItemShown(moment, f"I-{place}"),
            ResponseSaved(moment, f"I-{place}", "abcd"[place % 4], 1, "page", place + 1),
        ]
    end = START + timedelta(minutes=5)
    return chained([*events, AttemptSubmitted(end, "submitted", end)])


def chained(events) -> list[LoggedEvent]:
    """Return events as the log holds them."""
    head, rows = Head(ATTEMPT), []
    for event in events:
        head, row = advance(head, event)
        rows.append(row)
    return rows


def as_stored(log: list[LoggedEvent]) -> list[LoggedEvent]:
    """Return a log as it is read back: what comes before is told by the row before."""
    digests = [None, *(event.digest for event in log)]
    return [
        replace(event, previous=before) for event, before in zip(log, digests[:-1], strict=True)
    ]


def relinked(event: LoggedEvent, **changed) -> LoggedEvent:
    """Return an event that was changed by somebody who also computed its digest again."""
    made = replace(event, **changed)
    return replace(
        made,
        digest=chain_event(
            made.attempt_id, made.version, made.at, made.type, made.body, made.previous
        ),
    )


def rewritten(log: list[LoggedEvent]) -> list[LoggedEvent]:
    """Return a whole history that was written again: every digest fits the one before."""
    made: list[LoggedEvent] = []
    for place, event in enumerate(log, start=1):
        previous = made[-1].digest if made else None
        made.append(relinked(event, version=place, previous=previous))
    return made
