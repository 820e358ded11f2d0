"""The proof `eddsa-rdfc-2022` that a signer makes.

References:
    W3C, Verifiable Credential Data Integrity 1.0, § 4.2; Data Integrity EdDSA Cryptosuites, § 3.2.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from examengine.credentials.vc import canonical, multibase
from examengine.credentials.vc.canonical import CRYPTOSUITE
from examengine.kernel.clock import as_utc
from examengine.kernel.signer import Signer


def issuer_of(signer: Signer) -> str:
    """Return the DID that answers for the signer's key."""
    return signer.verification_method.partition("#")[0]


def timestamp(moment: datetime) -> str:
    """Return a moment as credentials state it: UTC, whole seconds, `Z`."""
    return as_utc(moment).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def with_proof(
    document: Mapping[str, Any], signer: Signer, now: datetime, *, form: str | None = None
) -> dict[str, Any]:
    """Return `document` with a Data Integrity proof by `signer`, made at `now`.

    Args:
        document: The credential without a proof.
        signer: Who signs.
        now: When.
        form: The canonical form of the document, when it is known already.

    Raises:
        NotCanonical: The document holds a control character, a number with a fraction, or
            anything else that would not be signed exactly as it reads.
        ContextsMissing: The JSON-LD contexts are not installed.
    """
    if form is None:
        canonical.refuse_numbers(document)
        form = canonical.canonical_nquads(document)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": timestamp(now),
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    signature = signer.sign(signed_bytes(document, options, form))
    return {**document, "proof": [{**options, "proofValue": multibase.encode_signature(signature)}]}


def signed_bytes(document: Mapping[str, Any], options: Mapping[str, Any], form: str) -> bytes:
    """Return the 64 bytes that eddsa-rdfc-2022 signs, from a canonical form that is known.

    Args:
        document: The credential, whose contexts the proof shares.
        options: The proof without its value.
        form: The canonical N-Quads of the document without its proof.
    """
    in_context = {"@context": document["@context"], **options}
    return _options_hash(json.dumps(in_context)) + hashlib.sha256(form.encode("utf-8")).digest()


@lru_cache(maxsize=64)  # the same for all that one key signs in one second
def _options_hash(options: str) -> bytes:
    form = canonical.canonical_nquads(json.loads(options))
    return hashlib.sha256(form.encode("utf-8")).digest()
