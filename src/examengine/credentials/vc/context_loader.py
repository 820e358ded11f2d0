"""The JSON-LD contexts a credential may name, from files whose bytes are pinned.

A changed context changes what every signature says, so nothing is ever fetched: each URL stands
for one file that `make assets` takes from the npm registry, and a file with other bytes is refused.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from examengine.credentials.vc.errors import ContextsMissing, NotCanonical

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"

_FOLDER = Path(__file__).parents[1] / "contexts"

# URL → file, SHA-256 of its bytes.
_PINNED: Mapping[str, tuple[str, str]] = {
    CREDENTIALS_V2: (
        "credentials-v2.jsonld",
        "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f",
    ),
    CREDENTIALS_V1: (
        "credentials-v1.jsonld",
        "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8",
    ),
    OPEN_BADGES: (
        "ob-3.0.3.json",
        "7d565ce7159a06e19b8b07d57c80be56843d221d1b7f1aaf2f1b425660c521c3",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": (
        "ob-3.0.2.json",
        "aa108723ab0c925d0f12f95a449254a00440cc47850e3382a4164d90550c3230",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": (
        "ob-3.0.1.json",
        "93a07bf71d8a33e80cb28364fe38377c3cc662fc48859ff6d45ab5a69b90ffef",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": (
        "ob-3.0.0.json",
        "6a5fca54dcdce195533c27cb1b353b11edf8e43a6e6122469e35b5c1dd85c554",
    ),
    OPEN_BADGES_EXTENSIONS: (
        "ob-extensions.json",
        "890cbecef766499afb79bd71a3997cf381c6a10188152e65e9b84a93ee13fbad",
    ),
    "https://w3id.org/security/data-integrity/v1": (
        "data-integrity-v1.jsonld",
        "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554",
    ),
    "https://w3id.org/security/data-integrity/v2": (
        "data-integrity-v2.jsonld",
        "0f77743daf5b4e8fc067fc5ba5b21044283053aa717fc6b0219843bed3b00363",
    ),
    "https://w3id.org/security/suites/ed25519-2020/v1": (
        "ed25519-signature-2020-v1.jsonld",
        "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588",
    ),
}

# Since June 2026 the published context 3.0.3 has two terms more than the copy on npm, added in
# place (1EdTech openbadges-specification, pull request 642). We never write them; we must be able
# to read credentials whose issuer signed them.
_ADDED_IN_PLACE: Mapping[str, Mapping[str, Any]] = {
    OPEN_BADGES: {
        "endorsementJwt": {
            "@id": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#endorsementJwt",
            "@container": "@set",
        },
        "jti": {"@id": "https://www.iana.org/assignments/jwt#jti", "@type": "@id"},
    }
}


@cache
def known_contexts() -> frozenset[str]:
    """Return the URLs of all contexts that a credential may name."""
    return frozenset(_PINNED)


def load_context(url: str, _options: object = None) -> dict[str, Any]:
    """Return the remote document of a pinned context, in the form PyLD asks for.

    Args:
        url: The context's URL.
        _options: What PyLD passes to every document loader; nothing in it matters here.

    Raises:
        NotCanonical: The context is not one of those we know; nothing is fetched.
        ContextsMissing: The file is absent or its bytes are not the pinned ones.
    """
    if url not in _PINNED:
        raise NotCanonical("context_unknown", "@context", f"unknown context {url}")
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": _document(url),
    }


@cache
def _document(url: str) -> dict[str, Any]:
    name, pinned = _PINNED[url]
    try:
        data = (_FOLDER / name).read_bytes()
    except FileNotFoundError:
        raise ContextsMissing(name, "is not installed") from None
    if hashlib.sha256(data).hexdigest() != pinned:
        raise ContextsMissing(name, "does not have the pinned bytes")
    document: dict[str, Any] = json.loads(data)
    added = _ADDED_IN_PLACE.get(url, {})
    return {**document, "@context": {**document["@context"], **added}} if added else document
