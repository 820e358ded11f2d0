"""Whether a credential still holds, by the status list that it names; and such a list as text.

A list is believed only when it is the issuer's own, signed, of the right purpose, long enough to
hide in, and not out of date. What cannot be fetched cannot be told.

References:
    W3C, Bitstring Status List 1.0, § 3.2 (validate algorithm), § 3.3 and § 3.4 (the bits:
    compressed, base64url, bit 0 the leftmost).
    1EdTech, Revocation List Status Method 1.0 (deprecated, still in circulation).
"""

import gzip
import zlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from examengine.credentials.vc import multibase
from examengine.credentials.vc.canonical import refuse_respelt
from examengine.credentials.vc.credential import Credential
from examengine.credentials.vc.documents import Documents
from examengine.credentials.vc.errors import NotCanonical, NotCredentialJson
from examengine.credentials.vc.moments import CLOCKS_DIFFER
from examengine.credentials.vc.proofs import check_proofs
from examengine.credentials.vc.reading import excess, parse_list
from examengine.credentials.vc.report import (
    StepOutcome,
    VerificationStep,
    failed,
    passed,
    refused,
    untold,
)

SIZE = 131_072
"""The fewest bits a list has, so that each credential hides among many."""

_LARGEST_BYTES = 8 * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_STEP = "status"
_ENDS = {"revocation": "revoked", "suspension": "suspended"}


def check_status(credential: Credential, documents: Documents, now: datetime) -> VerificationStep:
    """Return the step `status`.

    Raises:
        ContextsMissing: The JSON-LD contexts are not installed.
    """
    status = credential.document.get("credentialStatus")
    if status is None:
        return passed(_STEP, "status_not_kept", "the issuer keeps no status for it")
    if not isinstance(status, Mapping):
        return failed(_STEP, "status_malformed", "credentialStatus must be one object")
    (said,) = credential.said["credentialStatus"]
    kinds = said.get("type", [])
    try:
        if "BitstringStatusListEntry" in kinds:
            return _bitstring(credential, status, documents, now)
        if "1EdTechRevocationList" in kinds:
            return _revocation_list(credential, status, documents)
    except NotCredentialJson as error:
        return refused(_STEP, error.reason, "status_list_malformed", str(error))
    return untold(_STEP, "status_kind_unknown", ", ".join(map(str, kinds))[:200])


def _bitstring(
    credential: Credential, status: Mapping[str, Any], documents: Documents, now: datetime
) -> VerificationStep:
    url, index = status.get("statusListCredential"), _index(status.get("statusListIndex"))
    purpose = status.get("statusPurpose")
    if not isinstance(url, str) or index is None or not isinstance(purpose, str):
        return failed(_STEP, "status_malformed", "names no list, no index or no purpose")
    published = documents.get(url)
    if published is None:
        return untold(_STEP, "status_list_unavailable", url)
    listed = Credential(parse_list(published))
    if fault := _list_fault(listed, credential, status, documents, now):
        return fault
    return _looked_up(listed.subject["encodedList"], index, purpose)


def _index(stated: object) -> int | None:
    """Return a place in a list, which some issuers write as a number; None when it is no place."""
    if isinstance(stated, str) and stated.isascii() and stated.isdecimal():
        return int(stated[:12])
    if isinstance(stated, int) and not isinstance(stated, bool) and 0 <= stated < 10**12:
        return stated
    return None


def _looked_up(encoded: str, index: int, purpose: str) -> VerificationStep:
    try:
        bits = decode(encoded)
    except ValueError as error:
        return failed(_STEP, "status_list_malformed", str(error))
    if len(bits) * 8 < SIZE:
        return failed(_STEP, "status_list_short", f"{len(bits) * 8} entries")
    return _verdict(bits, index, purpose)


def _verdict(bits: bytes, index: int, purpose: str) -> VerificationStep:
    try:
        is_set = bit(bits, index)
    except IndexError:
        return failed(_STEP, "status_index_out_of_list", str(index))
    if is_set and purpose in _ENDS:
        return failed(_STEP, _ENDS[purpose], f"entry {index}")
    if is_set or purpose not in _ENDS:
        # A message, or a newer version: it may still hold.
        return untold(_STEP, "status_purpose_unknown", f"{purpose[:40]}, entry {index}")
    return passed(_STEP, "not_revoked", f"entry {index}")


def _list_fault(
    listed: Credential,
    credential: Credential,
    status: Mapping[str, Any],
    documents: Documents,
    now: datetime,
) -> VerificationStep | None:
    """Return why the list cannot be believed, or None."""
    if fault := _foreign(listed, credential, status):
        return fault
    if not isinstance(listed.subject.get("encodedList"), str):
        return failed(_STEP, "status_list_malformed", "holds no encodedList")
    for step in check_proofs(listed, documents, now):
        if step.reason == "proof_malformed":
            return failed(_STEP, "status_list_malformed", "its proof cannot be read")
        if step.answer is StepOutcome.FALSE:
            return failed(_STEP, "status_list_forged", step.reason)
        if step.answer is StepOutcome.COULD_NOT_TELL:
            return untold(_STEP, "status_list_unproven", step.reason)
    return _out_of_date(listed, now)


def _foreign(
    listed: Credential, credential: Credential, status: Mapping[str, Any]
) -> VerificationStep | None:
    """Return why this is not the list that the credential speaks of, or None."""
    if over := excess(listed.document):
        return untold(_STEP, over)
    try:
        refuse_respelt(listed.document)
    except NotCanonical as error:
        return refused(_STEP, error.reason, "status_list_malformed", str(error))
    if not _is_list(listed) or listed.id != status["statusListCredential"]:
        return failed(_STEP, "status_list_malformed", "is no list of that id")
    if listed.issuer != credential.issuer:
        return failed(_STEP, "status_list_foreign", str(listed.issuer))
    purposes = listed.subject.get("statusPurpose")
    purpose = status["statusPurpose"]
    if purpose not in (purposes if isinstance(purposes, list) else [purposes]):
        return failed(_STEP, "status_purpose_differs")
    return None


def _is_list(listed: Credential) -> bool:
    kinds = listed.subject.get("type")
    return "BitstringStatusListCredential" in listed.types and kinds == ["BitstringStatusList"]


def _out_of_date(listed: Credential, now: datetime) -> VerificationStep | None:
    try:
        since = listed.since if "validFrom" in listed.document else now
        until = listed.until
    except ValueError as error:
        return failed(_STEP, "status_list_malformed", str(error))
    if since > now + CLOCKS_DIFFER or (until is not None and until < now):
        return untold(_STEP, "status_list_out_of_date", str(until))
    return None


def _revocation_list(
    credential: Credential, status: Mapping[str, Any], documents: Documents
) -> VerificationStep:
    url = str(status.get("id"))
    published = documents.get(url)
    if published is None:
        return untold(_STEP, "status_list_unavailable", url)
    listed = parse_list(published)
    if listed.get("issuer") != credential.issuer:
        return failed(_STEP, "status_list_foreign", str(listed.get("issuer"))[:200])
    revoked = listed.get("revokedCredential", [])
    for entry in revoked if isinstance(revoked, list) else [revoked]:
        matches = isinstance(entry, Mapping) and entry.get("id") == credential.document.get("id")
        if matches and entry.get("revoked") is not False:
            return failed(_STEP, "revoked", str(entry.get("revocationReason", ""))[:200])
    return passed(_STEP, "not_revoked", "not in the list, which is not signed")


def encode(revoked: Collection[int]) -> str:
    """Return the `encodedList` in which the bits of `revoked` are set.

    u ‖ base64url(gzip(bits)), without a time stamp, so that equal lists have equal bytes.
    """
    bits = bytearray(SIZE // 8)
    for index in revoked:
        bits[index // 8] |= 0x80 >> index % 8
    return "u" + multibase.encode_base64url(gzip.compress(bytes(bits), compresslevel=9, mtime=0))


def decode(encoded: str) -> bytes:
    """Return the bits of an `encodedList`.

    Raises:
        ValueError: It is no multibase base64url of gzip, or unpacks to more than 8 MiB.
    """
    if not encoded.startswith("u"):
        raise ValueError("an encoded list begins with u, for base64url")
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        bits = unpacker.decompress(multibase.decode_base64url(encoded[1:]), _LARGEST_BYTES)
    except zlib.error as error:
        raise ValueError(f"the encoded list does not unpack: {error}") from error
    if not unpacker.eof:
        raise ValueError(f"the encoded list unpacks to more than {_LARGEST_BYTES} bytes, or is cut")
    return bits


def bit(bits: bytes, index: int) -> bool:
    """Return the bit at `index`, where index 0 is the leftmost.

    Raises:
        IndexError: The list has no such bit.
    """
    if index < 0:
        raise IndexError(f"no bit {index}")
    return bool(bits[index // 8] & 0x80 >> index % 8)
