"""The audit file: the logs of an exam with everything needed to verify them, far from any server.

It holds each log event for event, the response record as its digest covers it, and the forms. A
stranger needs nothing else; and with a receipt, which only its candidate holds, they can also
tell that not even the operator has written another history since.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from examengine.delivery import LoggedEvent, fold
from examengine.integrity.errors import AuditFileUnusable
from examengine.integrity.log_verification import Head, LogFault, verify_log
from examengine.kernel.clock import from_iso, iso
from examengine.kernel.digest import canonical_json, digest

SCHEMA = "examengine/audit/1"


@dataclass(frozen=True, slots=True)
class AuditedAttempt:
    """One attempt, or one row of an imported file, as the audit file has it."""

    id: str
    """The attempt; the response record, when the responses came from a file."""
    events: tuple[LoggedEvent, ...]
    record: Mapping[str, Any] | None
    """The response record as its digest covers it; None while the attempt ran."""
    record_digest: str | None


@dataclass(frozen=True, slots=True)
class AuditFile:
    """A whole audit file."""

    attempts: tuple[AuditedAttempt, ...]
    forms: Mapping[str, str]
    """The digest of each form, computed from its body when the file was read."""


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """A fault, and whose log it is in."""

    attempt_id: str
    fault: LogFault


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What verifying a whole file found."""

    n_attempts: int
    n_events: int
    n_open: int
    """Attempts without a response record: for these a shorter log looks whole."""
    findings: tuple[AuditFinding, ...]

    @property
    def verified(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings


def event_body(event: LoggedEvent) -> dict[str, Any]:
    """Return one event as it stands in the file."""
    return {
        "version": event.version,
        "at": iso(event.at),
        "type": event.type,
        "body": dict(event.body),
        "previous": event.previous,
        "digest": event.digest,
    }


def read_audit(document: Any) -> AuditFile:
    """Return a file that was read as JSON.

    Raises:
        AuditFileUnusable: It is no audit file; each fault says where, and what would be right.
    """
    faults: list[str] = []
    try:
        canonical_json(document)
    except (TypeError, ValueError) as fault:
        raise AuditFileUnusable([f"a value that no digest can cover: {fault}"]) from fault
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA:
        raise AuditFileUnusable([f'schema: an audit file has "schema": "{SCHEMA}"'])
    attempts = [
        _attempt(entry, f"attempts[{place}]", faults)
        for place, entry in enumerate(_list(document, "attempts", "", faults))
    ]
    forms = {
        str(entry.get("id")): digest(entry.get("body"))
        for entry in _list(document, "forms", "", faults)
        if isinstance(entry, Mapping)
    }
    if faults:
        raise AuditFileUnusable(faults)
    return AuditFile(tuple(attempts), forms)


def verify_audit(audit: AuditFile, receipts: Sequence[str] = ()) -> AuditVerdict:
    """Verify every log of a file, every record against its log, and receipts against the logs.

    Args:
        audit: The file.
        receipts: Digests of log heads, from receipts that candidates hold.
    """
    findings = [
        AuditFinding(attempt.id, fault)
        for attempt in audit.attempts
        for fault in _faults_of(attempt, audit.forms)
    ]
    heads = {attempt.events[-1].digest for attempt in audit.attempts if attempt.events}
    findings += [_unknown_receipt(receipt) for receipt in receipts if receipt not in heads]
    return AuditVerdict(
        n_attempts=len(audit.attempts),
        n_events=sum(len(attempt.events) for attempt in audit.attempts),
        n_open=sum(attempt.record is None for attempt in audit.attempts),
        findings=tuple(findings),
    )


def _faults_of(attempt: AuditedAttempt, forms: Mapping[str, str]) -> Iterator[LogFault]:
    record = attempt.record
    if record is None:
        yield from verify_log(attempt.events).faults
        return
    if digest(record) != attempt.record_digest:
        yield _record_fault("its content does not give the digest it carries")
    if forms.get(str(record.get("form_id"))) != record.get("form_digest"):
        yield _record_fault("it names a form that this file does not hold in that state")
    if record.get("attempt_id") is None:
        return
    head = Head(str(record.get("head")), record.get("head_version"))
    verdict = verify_log(attempt.events, head)
    yield from verdict.faults
    if verdict.intact:
        yield from _answers_agree(attempt, record)


def _answers_agree(attempt: AuditedAttempt, record: Mapping[str, Any]) -> Iterator[LogFault]:
    """Compare the answers that were handed over with the last ones in the log."""
    try:
        logged = fold(attempt.events[0].attempt_id, attempt.events).responses
    except (KeyError, TypeError, ValueError):
        words = "The log holds an event that no version of this program has written."
        yield LogFault("inserted", None, words)
        return
    handed_over = record["responses"]
    for item_id in sorted({*logged, *handed_over}):
        if logged.get(item_id) != handed_over.get(item_id):
            yield _record_fault(f"its answer to {item_id} is not the last one in the log")


def _unknown_receipt(receipt: str) -> AuditFinding:
    words = f"No log ends in the head of the receipt {receipt}."
    return AuditFinding("", LogFault("rewritten", None, words))


def _record_fault(what: str) -> LogFault:
    return LogFault("changed", None, f"The response record was changed: {what}.")


def _attempt(entry: Any, where: str, faults: list[str]) -> AuditedAttempt:
    if not isinstance(entry, Mapping):
        faults.append(f"{where}: is no object")
        return AuditedAttempt(where, (), None, None)
    events = _events(entry, where, faults)
    record = entry.get("response_record")
    if record is None:
        return AuditedAttempt(str(entry.get("id")), events, None, None)
    if not isinstance(record, Mapping) or not isinstance(record.get("body"), Mapping):
        faults.append(f"{where}.response_record: needs a body and a digest, or null")
        return AuditedAttempt(str(entry.get("id")), events, None, None)
    if not isinstance(record["body"].get("responses"), Mapping):
        faults.append(f"{where}.response_record.body.responses: is no object")
    if not isinstance(record["body"].get("head_version"), int | None):
        faults.append(f"{where}.response_record.body.head_version: is no whole number")
    return AuditedAttempt(str(entry.get("id")), events, record["body"], record.get("digest"))


def _events(entry: Mapping[str, Any], where: str, faults: list[str]) -> tuple[LoggedEvent, ...]:
    found = []
    for place, event in enumerate(_list(entry, "events", f"{where}.", faults)):
        try:
            found.append(_event(str(entry.get("id")), event))
        except (KeyError, TypeError, ValueError) as fault:
            faults.append(f"{where}.events[{place}]: cannot be read ({fault})")
    return tuple(found)


def _event(attempt_id: str, event: Mapping[str, Any]) -> LoggedEvent:
    version, body = event["version"], event["body"]
    if isinstance(version, bool) or not isinstance(version, int):
        raise ValueError("version is a whole number")
    if not isinstance(body, Mapping):
        raise ValueError("body is an object")
    previous = event.get("previous")
    return LoggedEvent(
        attempt_id=UUID(attempt_id),
        version=version,
        at=from_iso(event["at"]),
        type=str(event["type"]),
        body=body,
        previous=None if previous is None else str(previous),
        digest=str(event["digest"]),
    )


def _list(entry: Mapping[str, Any], name: str, where: str, faults: list[str]) -> Iterable[Any]:
    value = entry.get(name)
    if isinstance(value, list):
        return value
    faults.append(f"{where}{name}: is missing; a list is needed")
    return ()
