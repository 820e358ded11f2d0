"""Whether a credential still holds, by the status list that it names.

A list is believed only when it is the issuer's own, signed, of the right purpose, long enough to
hide in, and not out of date. What cannot be fetched cannot be told.

References:
    W3C, Bitstring Status List 1.0, § 3.2 (validate algorithm).
    1EdTech, Revocation List Status Method 1.0 (deprecated, still in circulation).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from examengine.credentials import parsing, status_list, structure
from examengine.credentials.compact_form import refuse_respelt
from examengine.credentials.documents import Documents
from examengine.credentials.errors import NotCanonical, NotCredentialJson
from examengine.credentials.proofs import check_proofs
from examengine.credentials.report import Answer, Step, failed, passed, untold

_NAME = "status"


def check_status(document: Mapping[str, Any], documents: Documents, now: datetime) -> Step:
    """Return the step `status`.

    Raises:
        ContextsMissing: The JSON-LD contexts are not installed.
    """
    status = document.get("credentialStatus")
    if status is None:
        return passed(_NAME, "status_not_kept", "the issuer keeps no status for it")
    if not isinstance(status, Mapping):
        return failed(_NAME, "status_malformed", "credentialStatus must be one object")
    kinds = structure.as_list(status.get("type"))
    try:
        if "BitstringStatusListEntry" in kinds:
            return _bitstring(document, status, documents, now)
        if "1EdTechRevocationList" in kinds:
            return _revocation_list(document, status, documents)
    except NotCredentialJson as error:
        return failed(_NAME, "status_list_malformed", str(error))
    return untold(_NAME, "status_kind_unknown", ", ".join(map(str, kinds)))


def _bitstring(
    document: Mapping[str, Any], status: Mapping[str, Any], documents: Documents, now: datetime
) -> Step:
    url, index = status.get("statusListCredential"), status.get("statusListIndex")
    if not isinstance(url, str) or not isinstance(index, str) or not index.isdecimal():
        return failed(_NAME, "status_malformed", "names no list or no index")
    published = documents.get(url)
    if published is None:
        return untold(_NAME, "status_list_unavailable", url)
    listed = parsing.parse(published)
    if fault := _list_fault(listed, document, status, documents, now):
        return fault
    try:
        bits = status_list.decode(str(listed["credentialSubject"]["encodedList"]))
    except ValueError as error:
        return failed(_NAME, "status_list_malformed", str(error))
    if len(bits) * 8 < status_list.SIZE:
        return failed(_NAME, "status_list_short", f"{len(bits) * 8} entries")
    return _verdict(bits, int(index[:12]), str(status.get("statusPurpose")))


def _verdict(bits: bytes, index: int, purpose: str) -> Step:
    try:
        is_set = status_list.bit(bits, index)
    except IndexError:
        return failed(_NAME, "status_index_out_of_list", str(index))
    if is_set and purpose == "revocation":
        return failed(_NAME, "revoked", f"entry {index}")
    if is_set:
        return failed(_NAME, "status_set", f"{purpose}, entry {index}")
    return passed(_NAME, "not_revoked", f"entry {index}")


def _list_fault(
    listed: Mapping[str, Any],
    document: Mapping[str, Any],
    status: Mapping[str, Any],
    documents: Documents,
    now: datetime,
) -> Step | None:
    """Return why the list cannot be believed, or None."""
    if fault := _foreign(listed, document, status):
        return fault
    for step in check_proofs(listed, documents, now):
        if step.answer is Answer.FALSE:
            return failed(_NAME, "status_list_forged", step.reason)
        if step.answer is Answer.COULD_NOT_TELL:
            return untold(_NAME, "status_list_unproven", step.reason)
    return _out_of_date(listed, now)


def _foreign(
    listed: Mapping[str, Any], document: Mapping[str, Any], status: Mapping[str, Any]
) -> Step | None:
    """Return why this is not the list that the credential speaks of, or None."""
    try:
        refuse_respelt(listed)
    except NotCanonical as error:
        return failed(_NAME, "status_list_malformed", str(error))
    if not _is_list(listed) or listed.get("id") != status["statusListCredential"]:
        return failed(_NAME, "status_list_malformed", "is no list of that id")
    if structure.issuer_id(listed) != structure.issuer_id(document):
        return failed(_NAME, "status_list_foreign", str(structure.issuer_id(listed)))
    if listed["credentialSubject"].get("statusPurpose") != status.get("statusPurpose"):
        return failed(_NAME, "status_purpose_differs")
    return None


def _is_list(listed: Mapping[str, Any]) -> bool:
    subject = listed.get("credentialSubject")
    return (
        "BitstringStatusListCredential" in structure.as_list(listed.get("type"))
        and isinstance(subject, Mapping)
        and subject.get("type") in ("BitstringStatusList", ["BitstringStatusList"])
    )


def _out_of_date(listed: Mapping[str, Any], now: datetime) -> Step | None:
    try:
        since = structure.moment(str(listed.get("validFrom")))
        until = structure.moment(str(listed["validUntil"])) if "validUntil" in listed else None
    except ValueError as error:
        return failed(_NAME, "status_list_malformed", str(error))
    if since > now + structure.CLOCKS_DIFFER or (until is not None and until < now):
        return untold(_NAME, "status_list_out_of_date", str(listed.get("validUntil")))
    return None


def _revocation_list(
    document: Mapping[str, Any], status: Mapping[str, Any], documents: Documents
) -> Step:
    published = documents.get(str(status.get("id")))
    if published is None:
        return untold(_NAME, "status_list_unavailable", str(status.get("id")))
    listed = parsing.parse(published)
    if listed.get("issuer") != structure.issuer_id(document):
        return failed(_NAME, "status_list_foreign", str(listed.get("issuer")))
    for entry in structure.as_list(listed.get("revokedCredential")):
        matches = isinstance(entry, Mapping) and entry.get("id") == document.get("id")
        if matches and entry.get("revoked") is not False:
            return failed(_NAME, "revoked", str(entry.get("revocationReason", "")))
    return passed(_NAME, "not_revoked", "not in the list, which is not signed")
