"""From a log and a response record to evidence: verified, read, shown to the detectors. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from examengine.bank import ItemVersion
from examengine.delivery import Event, LoggedEvent, ResponseRecord, fold, read_event
from examengine.integrity.detectors import Sitting, signals_of
from examengine.integrity.log_verification import Head, LogVerdict, verify_log
from examengine.integrity.rules import Evidence


def evidence_of(
    record: ResponseRecord | None,
    log: Sequence[LoggedEvent],
    items: Iterable[ItemVersion],
    *,
    simulated: bool,
) -> Evidence:
    """Return what is known of one attempt.

    Args:
        record: Its response record; None while it runs.
        log: Its events; empty when the responses came from a file.
        items: The item versions of its form.
        simulated: Whether a program gave the answers.
    """
    expected = {item.item_id: float(item.seconds) for item in items}
    sitting = _sitting(record, log, expected)
    return Evidence(verdict_on(record, log), signals_of(sitting), simulated)


def verdict_on(record: ResponseRecord | None, log: Sequence[LoggedEvent]) -> LogVerdict | None:
    """Verify a log against the head its record holds; None for responses from a file."""
    if record is not None and record.attempt_id is None:
        return None
    head = None if record is None else Head(record.head, record.head_version)
    return verify_log(log, head)


def readable(log: Sequence[LoggedEvent]) -> tuple[Event, ...]:
    """Return the events that can be read; one that was tampered with may not be."""
    return tuple(event for row in log if (event := _read(row)) is not None)


def _read(row: LoggedEvent) -> Event | None:
    try:
        return read_event(row)
    except (KeyError, TypeError, ValueError):
        return None  # verify_log names it


def _sitting(
    record: ResponseRecord | None, log: Sequence[LoggedEvent], expected: Mapping[str, float]
) -> Sitting:
    events = readable(log)
    if record is not None:
        responses, seconds = record.responses, record.seconds
    elif log and len(events) == len(log):
        attempt = fold(log[0].attempt_id, log)
        responses, seconds = attempt.responses, attempt.seconds
    else:
        responses, seconds = {}, {}
    answered = frozenset(item_id for item_id, given in responses.items() if given is not None)
    return Sitting(events, seconds, expected, answered)
