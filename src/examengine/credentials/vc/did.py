"""Where an issuer's keys are published: `did:web` documents, and `did:key` for keys on their own.

A document lists every key that ever signed, the retired ones too: `did:web` has no history, and
a badge signed by a key that left the document could no longer be verified.

References:
    W3C CCG, did:web Method Specification, § 2.5; did:key Method, § 3.1.
    W3C, Controlled Identifiers 1.0, § 2.2 (verification methods, `expires` and `revoked`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from examengine.credentials.vc import multibase
from examengine.credentials.vc.moments import moment
from examengine.kernel.clock import as_utc

_ASSERTION = "assertionMethod"
_RELATIONS = (
    _ASSERTION,
    "authentication",
    "capabilityInvocation",
    "capabilityDelegation",
    "keyAgreement",
)
_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A public key as an issuer publishes it.

    Attributes:
        key_id: The fragment that names it, such as `key-2026-1`.
        public_key: The raw Ed25519 public key, 32 bytes.
        revoked: Since when nothing it signed is to be believed, or None.
    """

    key_id: str
    public_key: bytes
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class VerificationMethod:
    """A key found in a DID document, and whether it may sign credentials.

    Attributes:
        controller: The DID that answers for it.
        public_key: The raw Ed25519 key, or None when it is of another kind.
        jwk: The key as a JSON Web Key, or None when it is of a kind that has none here.
        asserts: Whether `assertionMethod` names it.
        revoked: From when on nothing it signs counts, or None.
        expires: The same, set in advance.
    """

    controller: str
    public_key: bytes | None
    jwk: Mapping[str, Any] | None
    asserts: bool
    revoked: datetime | None = None
    expires: datetime | None = None


def did_web(public_url: str) -> str:
    """Return the `did:web` of the site at `public_url`, a port percent-encoded.

    Raises:
        ValueError: The URL has no host.
    """
    parts = urlsplit(public_url)
    if not parts.hostname:
        raise ValueError(f"{public_url!r} has no host; a public URL looks like https://host")
    port = f":{parts.port}" if parts.port else ""
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    host = quote(name + port, safe="")
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
    nothing else there. A revoked key is listed, so that readers see why, and asserts nothing.
    """
    methods = [
        {
            "id": f"{did}#{key.key_id}",
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": multibase.encode_public_key(key.public_key),
            **({} if key.revoked is None else {"revoked": _seconds(key.revoked)}),
        }
        for key in keys
    ]
    return {
        "@context": list(_CONTEXTS),
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods if "revoked" not in method],
    }


def _seconds(at: datetime) -> str:
    return as_utc(at).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def find_method(document: Mapping[str, Any], key_url: str) -> VerificationMethod | None:
    """Return the key that `key_url` names in a DID document, or None when it is not listed.

    It may stand among the `verificationMethod`s or in a relationship itself, under its absolute
    name or under `#` and its fragment.

    Raises:
        ValueError: The document, or the key in it, is not of a form we can read.
    """
    base = document.get("id")
    named = [
        (method, relation == _ASSERTION)
        for relation in ("verificationMethod", *_RELATIONS)
        for method in _listed(document, relation)
        if isinstance(method, Mapping) and _absolute(method.get("id"), base) == key_url
    ]
    if not named:
        return None
    method = named[0][0]
    if any(other != method for other, _ in named):
        raise ValueError(f"{key_url} is listed twice, and differs")
    asserts = any(embedded for _, embedded in named) or any(
        _absolute(entry, base) == key_url for entry in _listed(document, _ASSERTION)
    )
    return _read_method(method, asserts=asserts)


def did_key_method(did: str) -> VerificationMethod:
    """Return the key that a `did:key` is.

    Raises:
        ValueError: It is not the `did:key` of a kind of key we know.
    """
    encoded = did.removeprefix("did:key:")
    public_key = _multikey(encoded)
    return VerificationMethod(did, public_key, _as_jwk(public_key), asserts=True)


def _read_method(method: Mapping[str, Any], *, asserts: bool) -> VerificationMethod:
    controller = method.get("controller")
    if not isinstance(controller, str):
        raise ValueError("a verification method names no controller")
    public_key, jwk = _key(method)
    return VerificationMethod(
        controller=controller,
        public_key=public_key,
        jwk=jwk,
        asserts=asserts,
        revoked=_moment(method, "revoked"),
        expires=_moment(method, "expires"),
    )


def _key(method: Mapping[str, Any]) -> tuple[bytes | None, Mapping[str, Any] | None]:
    """Return the key, raw where it is an Ed25519 key, and as a JSON Web Key."""
    multikey, jwk = method.get("publicKeyMultibase"), method.get("publicKeyJwk")
    base58 = method.get("publicKeyBase58")
    if isinstance(multikey, str):
        raw = _multikey(multikey)
    elif isinstance(jwk, Mapping):
        return _raw(jwk), jwk
    elif isinstance(base58, str) and method.get("type") == "Ed25519VerificationKey2018":
        raw = multibase.decode_base58(base58)
    else:
        return None, None
    return raw, _as_jwk(raw)


def _multikey(encoded: str) -> bytes | None:
    return None if multibase.is_p256_key(encoded) else multibase.decode_public_key(encoded)


def _raw(jwk: Mapping[str, Any]) -> bytes | None:
    """Return the raw Ed25519 key of a JSON Web Key, or None when it is of another kind."""
    if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519":
        return None
    return multibase.decode_base64url(str(jwk.get("x")))


def _as_jwk(public_key: bytes | None) -> Mapping[str, Any] | None:
    if public_key is None:
        return None
    return {"kty": "OKP", "crv": "Ed25519", "x": multibase.encode_base64url(public_key)}


def _moment(method: Mapping[str, Any], name: str) -> datetime | None:
    return moment(method[name]) if name in method else None


def _absolute(reference: object, base: object) -> object:
    """Return the absolute name of a key that a document may name by its fragment alone."""
    if isinstance(reference, str) and reference.startswith("#") and isinstance(base, str):
        return base + reference
    return reference


def _listed(document: Mapping[str, Any], name: str) -> list[Any]:
    listed = document.get(name, [])
    if not isinstance(listed, list):
        raise ValueError(f"{name} is not a list")
    return listed
