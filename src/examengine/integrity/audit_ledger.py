"""The ledger of an audit file: walked up to the signed head, and against an earlier file."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from examengine.integrity.audit_findings import AuditFinding, FileFaults, FindingSubject
from examengine.integrity.audit_reading import Source
from examengine.integrity.errors import AuditFileUnusable
from examengine.integrity.log_heads import IN_LEDGER, LogFault, WitnessedHead
from examengine.integrity.signed_head import SignedHead, read_head
from examengine.kernel.clock import iso
from examengine.ledger import LOG, Chain, Entry, of_row

SCHEMA = "examengine/audit/2"


@dataclass(slots=True)
class KnownLedger:
    """What the ledger of a file says."""

    head: SignedHead
    n_entries: int = 0
    link: str | None = None
    sealed: dict[FindingSubject, Entry] = field(default_factory=dict)
    """The newest entry about each record that the file has to hold."""
    heads: dict[str, list[WitnessedHead]] = field(default_factory=dict)
    """Where each log that the file has to hold was sealed."""

    def has_to_hold_log(self, attempt_id: str) -> bool:
        """Tell whether the file tells this log."""
        return self.head.case is None or attempt_id == str(self.head.case)


def walk_ledger(source: Source, keys: Collection[bytes]) -> tuple[KnownLedger, list[AuditFinding]]:
    """Read the ledger of a file, verified up to its signed head."""
    known, chain, faults = KnownLedger(_head(source)), Chain(), FileFaults()
    scopes = frozenset(known.head.scopes)
    findings: list[AuditFinding] = []
    for _, place, row in _members(source, "ledger"):
        try:
            entry = of_row(row)
        except ValueError as error:
            faults.add(f"ledger[{place}]: {error}")
            continue
        findings += [
            _ledger_finding(fault.code, fault.words, fault.position)
            for fault in chain.follow(entry)
        ]
        known.n_entries += 1
        if entry.draft.scope in scopes:
            _note(known, entry)
    faults.refuse_any()
    known.link = chain.link
    findings += _head_faults(known.head, keys)
    if (chain.position, chain.link) != (known.head.position, known.head.link):
        words = (
            f"The ledger of this file ends at entry {chain.position}, and the head that was signed "
            f"is that of entry {known.head.position}: entries were cut off, added or rewritten."
        )
        findings.append(_ledger_finding("truncated", words, chain.position))
    return known, findings


def _note(known: KnownLedger, entry: Entry) -> None:
    draft = entry.draft
    if draft.kind != LOG:
        known.sealed[draft.kind, draft.subject] = entry
    elif known.has_to_hold_log(draft.subject):
        head = WitnessedHead(draft.digest, draft.version, IN_LEDGER)
        known.heads.setdefault(draft.subject, []).append(head)


def _head(source: Source) -> SignedHead:
    """Return the signed head of a file, once it is clear that it is an audit file."""
    found = {}
    for name, _, value in source():
        if name in {"schema", "head"}:
            found[name] = value
            if len(found) == 2:
                break
    if found.get("schema") != SCHEMA:
        raise AuditFileUnusable([f'schema: an audit file has "schema": "{SCHEMA}"'])
    if "head" not in found:
        raise AuditFileUnusable(["head: is missing; the signed head of the ledger is needed"])
    try:
        return read_head(found["head"])
    except ValueError as error:
        raise AuditFileUnusable([f"head: {error}"]) from error


def _head_faults(head: SignedHead, keys: Collection[bytes]) -> Iterator[AuditFinding]:
    if not head.holds:
        words = "The head of the ledger was not signed by the key it names, or was changed since."
        yield AuditFinding("head", "", LogFault("signature", None, words))
    elif keys and head.public_key not in keys:
        words = (
            f"The head of the ledger is signed by {head.verification_method}, "
            "which is none of the keys that were given."
        )
        yield AuditFinding("head", "", LogFault("key", None, words))


def _ledger_finding(code: str, words: str, position: int) -> AuditFinding:
    return AuditFinding("ledger", str(position), LogFault(code, None, words))


def compare_with(
    source: Source, known: KnownLedger, earlier: Source, keys: Collection[bytes]
) -> list[AuditFinding]:
    """Name what was sealed in an earlier file, and is not sealed in this one."""
    then, findings = walk_ledger(earlier, keys)
    if findings:
        words = "The earlier file does not verify itself, so nothing can be compared with it."
        return [AuditFinding("head", "", LogFault("earlier", None, words)), *findings]
    if then.head.public_key != known.head.public_key and not keys:
        words = (
            f"The earlier file was signed by {then.head.verification_method} with another key; "
            "give both keys with --key."
        )
        findings.append(AuditFinding("head", "", LogFault("key", None, words)))
    if _link_at(source, then.head.position) == then.head.link:
        return findings  # the links chain: everything before is the same
    kept = {_said(entry) for entry in _entries(source)}
    lost = [entry for entry in _entries(earlier) if _said(entry) not in kept]
    findings += [AuditFinding(*_named(entry), _lost(entry, then.head)) for entry in lost]
    if not lost:
        words = (
            "The ledger holds everything that the earlier file had, in another order or at other "
            "places: it was rewritten."
        )
        findings.append(_ledger_finding("rewritten", words, then.head.position))
    return findings


def _named(entry: Entry) -> FindingSubject:
    return entry.draft.kind, entry.draft.subject


def _said(entry: Entry) -> tuple[str, str, int | None, str]:
    draft = entry.draft
    return draft.kind, draft.subject, draft.version, draft.digest


def _lost(entry: Entry, head: SignedHead) -> LogFault:
    which = "" if entry.draft.version is None else f" with {entry.draft.version} events"
    words = (
        f"The file of {iso(head.signed_at)} has it{which} as {entry.words}; "
        "the ledger of this file does not know it."
    )
    return LogFault("missing", entry.draft.version, words)


def _link_at(source: Source, position: int) -> str | None:
    if position == 0:
        return None
    links = (entry.link for entry in _entries(source) if entry.position == position)
    return next(links, "")


def _entries(source: Source) -> Iterator[Entry]:
    return (of_row(row) for _, _, row in _members(source, "ledger"))


def _members(source: Source, name: str) -> Iterator[tuple[str, int, Any]]:
    """Yield the elements of one list of a file."""
    there = False
    for found, place, value in source():
        if there and found != name:
            return
        there = there or found == name
        if found == name and place is not None:
            yield found, place, value
    if not there:
        raise AuditFileUnusable([f"{name}: is missing; a list is needed"])
