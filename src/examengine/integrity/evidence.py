"""From a log and a response record to evidence: verified, read, shown to the detectors. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from examengine.bank import ItemVersion
from examengine.delivery import Event, LoggedEvent, ResponseRecord, fold, read_event
from examengine.integrity.detectors import ObservedAttempt, signals_of
from examengine.integrity.log_heads import WitnessedHead
from examengine.integrity.log_verification import LogVerdict, verify_log
from examengine.integrity.rules import Evidence
from examengine.ledger import Seal


def evidence_of(
    record: ResponseRecord | None,
    log: Sequence[LoggedEvent],
    items: Iterable[ItemVersion],
    *,
    sealed: Sequence[WitnessedHead] = (),
    seals: Sequence[Seal] = (),
    simulated: bool,
    hold_below_effort: float,
) -> Evidence:
    """Return what is known of one attempt.

    Args:
        record: Its response record; None while it runs.
        log: Its events; empty when the responses came from a file.
        items: The item versions of its form.
        sealed: Heads that its log once had.
        seals: What the ledger says of the records that belong to it.
        simulated: Whether a program gave the answers.
        hold_below_effort: The response time effort below which the exam has a person look.
    """
    expected = {item.item_id: float(item.seconds) for item in items}
    sitting = _sitting(record, log, expected, hold_below_effort)
    return Evidence(verdict_on(record, log, sealed), signals_of(sitting), simulated, tuple(seals))


def verdict_on(
    record: ResponseRecord | None, log: Sequence[LoggedEvent], sealed: Sequence[WitnessedHead] = ()
) -> LogVerdict | None:
    """Verify a log against the heads it had and has; None for responses from a file.

    Args:
        record: The response record, which holds the head of the whole log; None while it runs.
        log: The events.
        sealed: Heads that the log once had.
    """
    if record is not None and record.attempt_id is None:
        return None
    head = None if record is None else WitnessedHead(record.head, record.head_version)
    return verify_log(log, head, sealed)


def readable(log: Sequence[LoggedEvent]) -> tuple[Event, ...]:
    """Return the events that can be read; one that was tampered with may not be."""
    return tuple(event for row in log if (event := _read(row)) is not None)


def _read(row: LoggedEvent) -> Event | None:
    try:
        return read_event(row)
    except (KeyError, TypeError, ValueError):
        return None  # verify_log names it


def _sitting(
    record: ResponseRecord | None,
    log: Sequence[LoggedEvent],
    expected: Mapping[str, float],
    hold_below_effort: float,
) -> ObservedAttempt:
    events = readable(log)
    if record is not None:
        responses, seconds = _mapping(record.responses), _mapping(record.seconds)
    elif log and len(events) == len(log):
        attempt = fold(log[0].attempt_id, log)
        responses, seconds = attempt.responses, attempt.seconds
    else:
        responses, seconds = {}, {}
    answered = frozenset(item_id for item_id, given in responses.items() if given is not None)
    return ObservedAttempt(events, seconds, expected, answered, hold_below_effort)


def _mapping(stored: Any) -> Mapping[str, Any]:
    """Return what a record holds, or nothing where it was changed into what cannot be read.

    The case is opened all the same: the seal of the record says there that it was changed.
    """
    return stored if isinstance(stored, Mapping) else {}
