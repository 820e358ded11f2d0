"""The last step before a credential leaves the house: sign it, then verify what was signed.

A credential that we would not accept from others is not released.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from examengine.credentials import badge
from examengine.credentials.did import PublishedKey, did_document, document_url
from examengine.credentials.documents import GivenDocuments
from examengine.credentials.errors import KeyUnusable, SelfCheckFailed
from examengine.credentials.report import Answer
from examengine.credentials.signing import Signer, issuer_of, timestamp, with_proof
from examengine.credentials.verification import Question, verify


def released(unsigned: Mapping[str, Any], signer: Signer, now: datetime) -> bytes:
    """Return the signed credential as the bytes that are stored and handed out.

    Raises:
        NotCanonical: The credential cannot be signed exactly as it reads.
        SelfCheckFailed: What was signed does not verify here.
        ContextsMissing: The JSON-LD contexts are not installed.
    """
    document = as_bytes(with_proof(unsigned, signer, now))
    _check(document, signer, now)
    return document


def as_bytes(document: Mapping[str, Any]) -> bytes:
    """Return a document as it is served: UTF-8, every script as itself."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def renewed(document: bytes, name: str | None, signer: Signer, now: datetime) -> bytes:
    """Return a credential signed anew, with the holder's name or without it.

    It keeps its identity and the date of the award; the newer `validFrom` makes it the one that
    counts.

    Args:
        document: The credential as it was released.
        name: The name to be shown, or None.
        signer: Who signs.
        now: When.

    Raises:
        KeyUnusable: A development key would sign a credential that carries no TEST stamp.
        SelfCheckFailed: What was signed does not verify here.
    """
    unsigned = json.loads(document)
    del unsigned["proof"]
    stamped = badge.TEST_TAG in unsigned["credentialSubject"]["achievement"].get("tag", [])
    if signer.development and not stamped:
        raise KeyUnusable("a development key cannot sign a credential without a TEST stamp")
    unsigned["validFrom"] = timestamp(now)
    hashed = [
        identity for identity in unsigned["credentialSubject"]["identifier"] if identity["hashed"]
    ]
    shown = [] if name is None else [badge.name_identity(name)]
    unsigned["credentialSubject"]["identifier"] = [*hashed, *shown]
    return released(unsigned, signer, now)


def _check(document: bytes, signer: Signer, now: datetime) -> None:
    issuer = issuer_of(signer)
    own_key = did_document(issuer, [PublishedKey(signer.key_id, signer.public_key)])
    documents = GivenDocuments({document_url(issuer): as_bytes(own_key)})
    report = verify(document, Question(documents, now))
    # Its place in the status list is not published yet; everything else must hold.
    unsound = [
        step.reason
        for step in report.steps
        if step.decisive and step.answer is not Answer.TRUE and step.name != "status"
    ]
    if unsound:
        raise SelfCheckFailed(tuple(unsound))
