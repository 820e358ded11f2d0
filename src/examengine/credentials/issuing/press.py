"""The last step before a credential leaves the house: sign it, then verify what was signed.

A credential that we would not accept from others is not released.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from examengine.credentials.badge import document as badge
from examengine.credentials.errors import KeyUnusable, SelfCheckFailed
from examengine.credentials.issuing.canonical_template import Templates
from examengine.credentials.keys.proof import (
    issuer_of,
    signed_bytes,
    timestamp,
    with_proof,
)
from examengine.credentials.vc import canonical, multibase
from examengine.credentials.vc.credential import TEST_TAG
from examengine.credentials.vc.did import PublishedKey, did_document, document_url
from examengine.credentials.vc.documents import GivenDocuments
from examengine.credentials.vc.report import StepOutcome
from examengine.credentials.vc.verification import Question, verify
from examengine.kernel.signer import Signer


class Press:
    """Releases many credentials of few shapes.

    The first of each shape is canonicalised and verified in full, as any single one is. The
    others differ from it in names, numbers and identifiers alone: their canonical form is filled
    in, and each signature is verified over the bytes that will be stored.
    """

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self._templates = Templates()

    def released(self, unsigned: Mapping[str, Any], now: datetime) -> bytes:
        """Return the signed credential as the bytes that are stored and handed out.

        Raises:
            NotCanonical: The credential cannot be signed exactly as it reads.
            SelfCheckFailed: What was signed does not verify here.
            ContextsMissing: The JSON-LD contexts are not installed.
        """
        form = self._templates.filled(unsigned)
        if form is None:
            document = released(unsigned, self.signer, now)
            self._templates.learn(unsigned, canonical.canonical_nquads(unsigned))
            return document
        document = as_bytes(with_proof(unsigned, self.signer, now, form=form))
        self._check_signature(document)
        return document

    def _check_signature(self, document: bytes) -> None:
        unsigned = json.loads(document)
        del unsigned["proof"]
        form = self._templates.filled(unsigned)
        if form is None or not is_signed_by(document, self.signer.public_key, form=form):
            raise SelfCheckFailed(("signature_wrong",))


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


def is_signed_by(document: bytes, public_key: bytes, *, form: str | None = None) -> bool:
    """Tell whether a credential as it was released carries a signature by this key.

    Args:
        document: The credential.
        public_key: The raw Ed25519 public key, 32 bytes.
        form: Its canonical form without the proof, when it is known already.
    """
    unsigned = json.loads(document)
    (proof,) = unsigned.pop("proof")
    signature = multibase.decode_signature(proof.pop("proofValue"))
    form = canonical.canonical_nquads(unsigned) if form is None else form
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(signature, signed_bytes(unsigned, proof, form))
    except InvalidSignature:
        return False
    return True


def as_bytes(document: Mapping[str, Any]) -> bytes:
    """Return a document as it is served: UTF-8, every script as itself."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def unsigned_again(document: bytes, signer: Signer, now: datetime) -> dict[str, Any]:
    """Return a credential without its proof, valid from now on, to be signed anew.

    Raises:
        KeyUnusable: A development key would sign a credential that carries no TEST stamp.
    """
    unsigned: dict[str, Any] = json.loads(document)
    del unsigned["proof"]
    stamped = TEST_TAG in unsigned["credentialSubject"]["achievement"].get("tag", [])
    if signer.development and not stamped:
        raise KeyUnusable("a development key cannot sign a credential without a TEST stamp")
    unsigned["validFrom"] = timestamp(now)
    return unsigned


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
    unsigned = unsigned_again(document, signer, now)
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
        if step.decisive and step.answer is not StepOutcome.TRUE and step.name != "status"
    ]
    if unsound:
        raise SelfCheckFailed(tuple(unsound))
