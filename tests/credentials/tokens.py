"""Badges as JSON Web Tokens, signed with keys that a board publishes."""

import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from examengine.credentials.vc.multibase import encode_base64url
from tests.credentials.issuing import DID, Board

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()


def number(value: int, size: int) -> str:
    """Return a number as base64url of so many bytes."""
    return encode_base64url(value.to_bytes(size, "big"))


def public_jwks() -> dict[str, dict[str, Any]]:
    """Return the public key of each algorithm as a JSON Web Key."""
    modulus = RSA_KEY.public_key().public_numbers()
    point = EC_KEY.public_key().public_numbers()
    raw = ED_KEY.public_key().public_bytes_raw()
    return {
        "RS256": {"kty": "RSA", "n": number(modulus.n, 256), "e": "AQAB"},
        "ES256": {
            "kty": "EC",
            "crv": "P-256",
            "x": number(point.x, 32),
            "y": number(point.y, 32),
        },
        "EdDSA": {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(raw)},
    }


def sign(algorithm: str, data: bytes) -> bytes:
    """Return a signature of the algorithm."""
    if algorithm == "RS256":
        return RSA_KEY.sign(data, padding.PKCS1v15(), hashes.SHA256())
    if algorithm == "ES256":
        r, s = decode_dss_signature(EC_KEY.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return ED_KEY.sign(data)


def token(header: dict[str, Any], payload: dict[str, Any], algorithm: str) -> bytes:
    """Return a compact token whose signature is really of `algorithm`."""
    parts = [encode_base64url(json.dumps(part).encode()) for part in (header, payload)]
    signed = ".".join(parts).encode()
    return signed + b"." + encode_base64url(sign(algorithm, signed)).encode()


def payload_of(board: Board, **changes: Any) -> dict[str, Any]:
    """Return the badge without its proof."""
    badge = board.issue()
    del badge["proof"]
    return {**badge, **changes}


def token_of(board: Board, algorithm: str = "ES256", **header: Any) -> bytes:
    """Return the badge as a token of its issuer."""
    head = {"alg": algorithm, "kid": f"{DID}#{algorithm}", "typ": "vc+jwt", **header}
    return token(head, payload_of(board), algorithm)
