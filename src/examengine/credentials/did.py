"""Where an issuer's keys are published: `did:web` documents, and `did:key` for keys on their own.

A document lists every key that ever signed, the retired ones too: `did:web` has no history, and
a badge signed by a key that left the document could no longer be verified.

References:
    W3C CCG, did:web Method Specification, § 2.5; did:key Method, § 3.1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from examengine.credentials import multibase

_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A public key as an issuer publishes it.

    Attributes:
        key_id: The fragment that names it, such as `key-2026-1`.
        public_key: The raw Ed25519 public key, 32 bytes.
    """

    key_id: str
    public_key: bytes


@dataclass(frozen=True, slots=True)
class VerificationMethod:
    """A key found in a DID document, and whether it may sign credentials.

    Attributes:
        controller: The DID that answers for it.
        public_key: The raw Ed25519 key, or None when it is of another kind.
        jwk: The key as a JSON Web Key, or None when it is a multikey.
        asserts: Whether `assertionMethod` names it.
    """

    controller: str
    public_key: bytes | None
    jwk: Mapping[str, Any] | None
    asserts: bool


def did_web(public_url: str) -> str:
    """Return the `did:web` of the site at `public_url`, a port percent-encoded.

    Raises:
        ValueError: The URL has no host.
    """
    parts = urlsplit(public_url)
    if not parts.hostname:
        raise ValueError(f"{public_url!r} has no host; a public URL looks like https://host")
    port = f":{parts.port}" if parts.port else ""
    host = quote(parts.hostname + port, safe="")
    path = [quote(segment, safe="") for segment in parts.path.split("/") if segment]
    return ":".join(["did:web", host, *path])


def document_url(did: str) -> str:
    """Return the HTTPS URL at which a `did:web` document is published.

    Raises:
        ValueError: It is not a `did:web`.
    """
    if not did.startswith("did:web:"):
        raise ValueError(f"{did!r} is not a did:web")
    host, *path = did.removeprefix("did:web:").split(":")
    where = "/".join(path) if path else ".well-known"
    return f"https://{unquote(host)}/{where}/did.json"


def did_document(did: str, keys: Sequence[PublishedKey]) -> dict[str, Any]:
    """Return the DID document of an issuer, with all keys that may have signed.

    Key ids are absolute and `assertionMethod` holds strings, because verifiers in use read
    nothing else there.
    """
    methods = [
        {
            "id": f"{did}#{key.key_id}",
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": multibase.encode_public_key(key.public_key),
        }
        for key in keys
    ]
    return {
        "@context": list(_CONTEXTS),
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def find_method(document: Mapping[str, Any], key_url: str) -> VerificationMethod | None:
    """Return the key that `key_url` names in a DID document, or None when it is not listed.

    Raises:
        ValueError: The document, or the key in it, is not of a form we can read.
    """
    methods = document.get("verificationMethod", [])
    if not isinstance(methods, list):
        raise ValueError("verificationMethod is not a list")
    for method in methods:
        if isinstance(method, Mapping) and method.get("id") == key_url:
            return _read_method(method, asserts=_lists(document, "assertionMethod", key_url))
    return None


def did_key_method(did: str) -> VerificationMethod:
    """Return the key that a `did:key` is.

    Raises:
        ValueError: It is not the `did:key` of an Ed25519 key.
    """
    return VerificationMethod(
        controller=did,
        public_key=multibase.decode_public_key(did.removeprefix("did:key:")),
        jwk=None,
        asserts=True,
    )


def _read_method(method: Mapping[str, Any], *, asserts: bool) -> VerificationMethod:
    controller = method.get("controller")
    if not isinstance(controller, str):
        raise ValueError("a verification method names no controller")
    encoded, jwk = method.get("publicKeyMultibase"), method.get("publicKeyJwk")
    return VerificationMethod(
        controller=controller,
        public_key=multibase.decode_public_key(encoded) if isinstance(encoded, str) else None,
        jwk=jwk if isinstance(jwk, Mapping) else None,
        asserts=asserts,
    )


def _lists(document: Mapping[str, Any], relation: str, key_url: str) -> bool:
    listed = document.get(relation, [])
    return isinstance(listed, list) and any(
        (entry.get("id") if isinstance(entry, Mapping) else entry) == key_url for entry in listed
    )
