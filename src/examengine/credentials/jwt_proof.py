"""Credentials signed as a JSON Web Token: the claims must say what the credential says.

Only RS256 is taken: it is what Open Badges 3.0 issuers sign with, and a verifier that lets the
token choose its own algorithm can be talked into none at all.

References:
    1EdTech, Open Badges Specification 3.0, § 8.2 (JSON Web Token proof format). RFC 7515, RFC 7517.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from examengine.credentials import multibase, parsing, proofs, structure
from examengine.credentials.documents import Documents
from examengine.credentials.errors import NotCredentialJson
from examengine.credentials.report import Step, failed, passed, untold

_COMPACT = re.compile(rb"[\w-]+\.[\w-]+\.[\w-]*\Z", re.ASCII)
_CLAIMS = frozenset({"iss", "sub", "jti", "nbf", "exp", "iat", "aud"})
_HEADER = frozenset({"alg", "kid", "jwk", "typ"})
_SMALLEST_MODULUS = 2048
_LARGEST_MODULUS = 8192


@dataclass(frozen=True, slots=True)
class Token:
    """A compact JWS, taken apart but not yet believed."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes

    @property
    def credential(self) -> dict[str, Any]:
        """The credential: the payload without the claims of the token itself."""
        return {name: value for name, value in self.claims.items() if name not in _CLAIMS}


def is_token(data: bytes) -> bool:
    """Return whether `data` looks like a compact JWS."""
    return bool(_COMPACT.match(data.strip()))


def read_token(data: bytes) -> Token:
    """Take a compact JWS apart.

    Raises:
        NotCredentialJson: A part is not base64url, or not one unambiguous JSON object, or the
            credential is hidden in a `vc` claim as in older drafts.
    """
    header, payload, signature = data.strip().split(b".")
    try:
        parts = [multibase.decode_base64url(part.decode()) for part in (header, payload, signature)]
    except ValueError as error:
        raise NotCredentialJson("not_base64url", f"a part of the token: {error}") from None
    claims = parsing.parse(parts[1])
    if "vc" in claims:
        raise NotCredentialJson("claim_vc_not_allowed", "the credential stands at the top level")
    return Token(parsing.parse(parts[0]), claims, header + b"." + payload, parts[2])


def check_claims(token: Token) -> Step:
    """Return the step `claims`: whether the token's claims repeat the credential's members."""
    claims, credential = token.claims, token.credential
    pairs = {
        "iss": structure.issuer_id(credential),
        "jti": credential.get("id"),
        "sub": (credential.get("credentialSubject") or {}).get("id"),
        "nbf": _seconds(credential.get("validFrom")),
        "exp": _seconds(credential.get("validUntil")),
    }
    for name, stated in pairs.items():
        if claims.get(name) != stated:
            return failed("claims", f"claim_{name}_differs", f"{claims.get(name)} is not {stated}")
    return passed("claims", "claims_agree")


def check_token(token: Token, documents: Documents) -> tuple[Step, Step]:
    """Return the steps `signature` and `issuer_key`."""
    if fault := _header_fault(token.header):
        return failed("signature", fault, str(token.header.get("alg"))), untold("issuer_key", fault)
    key_url = str(token.header["kid"])
    jwk, step = _published_key(token, key_url, documents)
    if jwk is None:
        return untold("signature", step.reason, step.detail), step
    return _signature(token, jwk), step


def _header_fault(header: Mapping[str, Any]) -> str | None:
    if header.get("alg") != "RS256":
        return "algorithm_not_allowed"
    if not isinstance(header.get("kid"), str):
        return "key_not_named"
    return None if set(header) <= _HEADER else "header_not_allowed"


def _published_key(
    token: Token, key_url: str, documents: Documents
) -> tuple[Mapping[str, Any] | None, Step]:
    """Return the key as its owner publishes it; a key in the token itself proves nothing."""
    issuer = str(structure.issuer_id(token.credential))
    if key_url.startswith("did:"):
        found = proofs.find_key(key_url, documents)
        if isinstance(found, Step):
            return None, found
        return found.jwk or {}, proofs.check_issuer(token.credential, key_url, found)
    if not issuer.startswith("https://") or urlsplit(key_url)[:2] != urlsplit(issuer)[:2]:
        return None, failed("issuer_key", "issuer_not_controller", f"{key_url} is not {issuer}'s")
    url = key_url.partition("#")[0]
    published = documents.get(url)
    if published is None:
        return None, untold("issuer_key", "key_set_unavailable", url)
    for jwk in structure.as_list(parsing.parse(published).get("keys")):
        if isinstance(jwk, Mapping) and jwk.get("kid") == key_url:
            return jwk, passed("issuer_key", "issuer_controls_key", key_url)
    return None, failed("issuer_key", "key_not_listed", key_url)


def _signature(token: Token, jwk: Mapping[str, Any]) -> Step:
    try:
        modulus, exponent = (
            int.from_bytes(multibase.decode_base64url(str(jwk[part])), "big") for part in ("n", "e")
        )
        if not _SMALLEST_MODULUS <= modulus.bit_length() <= _LARGEST_MODULUS:
            return failed("signature", "key_size_wrong", f"{modulus.bit_length()} bits")
        key = RSAPublicNumbers(exponent, modulus).public_key()
        key.verify(token.signature, token.signed, PKCS1v15(), SHA256())
    except (KeyError, ValueError) as error:
        return failed("signature", "key_kind_wrong", str(error))
    except InvalidSignature:
        return failed("signature", "signature_wrong")
    return passed("signature", "signature_holds", "RS256")


def _seconds(value: object) -> int | None:
    """Return a moment as a NumericDate, or None where the credential states none."""
    if not isinstance(value, str):
        return None
    try:
        moment: datetime = structure.moment(value)
    except ValueError:
        return None
    return int(moment.timestamp())
