"""The audit file, verified far from any server: what was changed, and what is missing.

It holds the whole ledger, every record of an exam or its digest, each log event for event, and the
forms; and a head of the ledger that the installation signed. A stranger needs nothing else. With
an earlier file, or a receipt that only its candidate holds, they can also tell that not even the
operator has written another history since.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from examengine.integrity.audit_findings import AuditFinding, AuditVerdict
from examengine.integrity.audit_ledger import compare_with, walk_ledger
from examengine.integrity.audit_reading import Source
from examengine.integrity.audit_records import RecordsRead
from examengine.integrity.log_heads import LogFault


def verify_audit(
    source: Source,
    *,
    receipts: Sequence[str] = (),
    keys: Collection[bytes] = (),
    against: Sequence[Source] = (),
) -> AuditVerdict:
    """Verify the signed head, the ledger up to it, and every record and log against the ledger.

    Args:
        source: The file. It is read twice, and never held in memory as a whole.
        receipts: Digests of log heads, from receipts that candidates hold; `ATTEMPT:DIGEST` names
            the attempt, too.
        keys: The public keys that are trusted, 32 bytes each; with none, the head is verified
            under the key it names, and `key_known` is false.
        against: Files that were exported earlier: what was sealed then must be sealed now.

    Raises:
        AuditFileUnusable: One of them is no audit file; each fault says where, and what would be
            right.
    """
    known, findings = walk_ledger(source, keys)
    for earlier in against:
        findings += compare_with(source, known, earlier, keys)
    reading = RecordsRead(known)
    reading.read(source)
    findings += reading.findings()
    findings += [
        finding
        for receipt in receipts
        for finding in _receipt_faults(receipt, reading.ends, reading.lost)
    ]
    return AuditVerdict(
        head=known.head,
        key_known=known.head.public_key in keys,
        n_entries=known.n_entries,
        n_records=reading.n_records,
        n_attempts=len(reading.ends),
        n_events=reading.n_events,
        n_open=sum(attempt_id not in reading.handed_in for attempt_id in reading.ends),
        findings=tuple(findings),
    )


def _receipt_faults(
    receipt: str, ends: Mapping[str, str], lost: Collection[str]
) -> Iterator[AuditFinding]:
    """Compare what a candidate holds with the ends of the logs."""
    attempt_id, separator, named = receipt.partition(":")
    if not separator or attempt_id == "sha256":
        attempt_id, named = "", receipt
    if (attempt_id and ends.get(attempt_id) == named) or (
        not attempt_id and named in ends.values()
    ):
        return
    if attempt_id in lost:
        return  # named already
    whose = f"The log of attempt {attempt_id} does not end" if attempt_id else "No log ends"
    words = f"{whose} in the head of the receipt {named}."
    yield AuditFinding("receipt", attempt_id, LogFault("rewritten", None, words))
