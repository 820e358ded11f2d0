"""Who signs: the `Signer` a key stands behind, and the proof `eddsa-rdfc-2022` it makes.

References:
    W3C, Verifiable Credential Data Integrity 1.0, § 4.2; Data Integrity EdDSA Cryptosuites, § 3.2.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from examengine.credentials import canonical, multibase
from examengine.kernel.clock import as_utc

CRYPTOSUITE = "eddsa-rdfc-2022"


class Signer(Protocol):
    """A private key that can be used and never be seen.

    A file holds one here; a vault or a hardware token can stand in its place.
    """

    @property
    def key_id(self) -> str:
        """The name of the key, such as `key-2026-1`."""
        ...

    @property
    def verification_method(self) -> str:
        """The absolute name under which the issuer publishes the key: its DID, `#`, its id."""
        ...

    @property
    def public_key(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes."""
        ...

    @property
    def development(self) -> bool:
        """Whether this is a development key, so that all it signs is stamped TEST."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature of `data`, 64 bytes."""
        ...


def issuer_of(signer: Signer) -> str:
    """Return the DID that answers for the signer's key."""
    return signer.verification_method.partition("#")[0]


def timestamp(moment: datetime) -> str:
    """Return a moment as credentials state it: UTC, whole seconds, `Z`."""
    return as_utc(moment).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def with_proof(document: Mapping[str, Any], signer: Signer, now: datetime) -> dict[str, Any]:
    """Return `document` with a Data Integrity proof by `signer`, made at `now`.

    Raises:
        NotCanonical: The document holds a control character, a number with a fraction, or
            anything else that would not be signed exactly as it reads.
        ContextsMissing: The JSON-LD contexts are not installed.
    """
    canonical.refuse_numbers(document)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": timestamp(now),
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    in_context = {"@context": document["@context"], **options}
    signature = signer.sign(canonical.hash_data(document, in_context))
    return {**document, "proof": [{**options, "proofValue": multibase.encode_signature(signature)}]}
