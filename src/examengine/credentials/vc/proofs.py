"""Whether a signature holds and whose key made it: an embedded proof, or the token it came in.

A token never chooses how it is checked: each algorithm here belongs to one kind of key, and the key
is the one its owner publishes. `none`, and codes that a public key could serve as the secret of,
are refused whatever else is right; and its claims must say what the credential says.

References:
    W3C, Verifiable Credential Data Integrity 1.0, § 4.4; Data Integrity EdDSA Cryptosuites, § 3.2.
    W3C CCG, Ed25519Signature2020, § 3 (with version 1.1 of the credentials data model).
    1EdTech, Open Badges Specification 3.0, § 8.2 (JSON Web Token proof format). RFC 7515, RFC 7517.
    W3C, Securing Verifiable Credentials using JOSE and COSE, § 3.1 (`vc+jwt`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from examengine.credentials.vc import canonical, did, multibase
from examengine.credentials.vc.canonical import CRYPTOSUITE
from examengine.credentials.vc.credential import Credential, Token
from examengine.credentials.vc.did import VerificationMethod
from examengine.credentials.vc.documents import Documents
from examengine.credentials.vc.errors import NotCanonical, NotCredentialJson
from examengine.credentials.vc.limits import MOST_PROOFS
from examengine.credentials.vc.moments import CLOCKS_DIFFER, moment
from examengine.credentials.vc.reading import moment_of, parse
from examengine.credentials.vc.report import (
    StepOutcome,
    VerificationStep,
    failed,
    passed,
    refused,
    untold,
)

# They sign the same bytes: the second is the first under its name of before 2024, and the third
# is its forerunner, which credentials of the data model 1.1 carry.
_SUITES = frozenset(
    {
        ("DataIntegrityProof", CRYPTOSUITE),
        ("DataIntegrityProof", "eddsa-2022"),
        ("Ed25519Signature2020", None),
    }
)

_PLAIN_TYPES = frozenset({None, "JWT"})
_CREDENTIAL_TYPES = frozenset({"vc+jwt", "vc+ld+jwt", "vc-ld+jwt"})
_UNDERSTOOD_BY_NOBODY = frozenset({"crit", "b64", "zip"})  # headers that change what is signed
_SMALLEST_MODULUS = 2048
_LARGEST_MODULUS = 8192


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A way of signing, and the one kind of key that goes with it."""

    name: str
    kind: type[RSAKey] | type[ECKey] | type[OKPKey]
    members: Mapping[str, str | None]
    """The members of the public key, with the value that one must have or None for any."""


_ALGORITHMS: Mapping[str, Algorithm] = {
    "RS256": Algorithm("RS256", RSAKey, {"kty": "RSA", "n": None, "e": None}),
    "ES256": Algorithm("ES256", ECKey, {"kty": "EC", "crv": "P-256", "x": None, "y": None}),
    "EdDSA": Algorithm("Ed25519", OKPKey, {"kty": "OKP", "crv": "Ed25519", "x": None}),
    "Ed25519": Algorithm("Ed25519", OKPKey, {"kty": "OKP", "crv": "Ed25519", "x": None}),
}

Digest = Callable[[], bytes]


def is_known(proof: object) -> bool:
    """Return whether a proof is of a kind that we can check."""
    return (
        isinstance(proof, Mapping)
        and isinstance(proof.get("type"), str)
        and isinstance(proof.get("cryptosuite"), str | None)
        and (proof["type"], proof.get("cryptosuite")) in _SUITES
        and "previousProof" not in proof
    )


def without_unknown(credential: Credential) -> dict[str, Any]:
    """Return the document of `credential` without the proofs we cannot check.

    Anybody can put one beside a sound proof: it is no part of what the sound one signs.
    """
    known = [proof for proof in credential.proofs if is_known(proof)]
    return {**credential.unsigned, "proof": known} if known else credential.unsigned


def check_signature(
    credential: Credential, documents: Documents, now: datetime
) -> tuple[VerificationStep, ...]:
    """Return the steps `signature` and `issuer_key`, and of a token `claims`.

    Raises:
        ContextsMissing: The JSON-LD contexts are not installed.
    """
    if credential.token is None:
        return check_proofs(credential, documents, now)
    return (
        *_check_token(credential, credential.token, documents, now),
        _check_claims(credential, credential.token),
    )


def check_proofs(
    credential: Credential, documents: Documents, now: datetime
) -> tuple[VerificationStep, VerificationStep]:
    """Return the steps `signature` and `issuer_key` for the best proof of `credential`.

    Open Badges 3.0 lets a verifier rely on any one proof, so proofs of suites we do not know are
    passed over as long as one of ours holds. The document is canonicalised once for all of them.

    Raises:
        ContextsMissing: The JSON-LD contexts are not installed.
    """
    if not credential.proofs:
        return failed("signature", "proof_missing"), untold("issuer_key", "proof_missing")
    if len(credential.proofs) > MOST_PROOFS:
        return untold("signature", "too_many_proofs"), untold("issuer_key", "too_many_proofs")

    @cache
    def digest() -> bytes:
        return canonical.digest(credential.unsigned)

    outcomes = [_check(credential, digest, proof, documents, now) for proof in credential.proofs]
    return min(outcomes, key=_rank)


def find_key(key_url: str, documents: Documents) -> VerificationMethod | VerificationStep:
    """Return the key that a proof names, or the step that says why there is none.

    It is taken from a `did:key` itself, or from the document that its controller publishes.
    """
    controller = key_url.partition("#")[0]
    if not key_url.startswith(("did:key:", "did:web:", "https://")):
        return untold("issuer_key", "key_kind_unknown", key_url)
    try:
        if controller.startswith("did:key:"):
            return _did_key(controller, key_url)
        return _published(controller, key_url, documents)
    except NotCredentialJson as error:
        return refused("issuer_key", error.reason, "key_unreadable", str(error))
    except ValueError as error:
        return failed("issuer_key", "key_unreadable", str(error))


def check_issuer(
    credential: Credential, key_url: str, method: VerificationMethod, made: datetime
) -> VerificationStep:
    """Return whether the key belongs to the issuer whom the credential names.

    Args:
        credential: The credential.
        key_url: The absolute name of the key.
        method: The key.
        made: When the signature says it was made; a key that had ended by then proves nothing.
    """
    issuer = credential.issuer
    if not method.asserts:
        return failed("issuer_key", "key_not_for_assertion", key_url)
    if issuer is not None and not issuer.startswith(("did:", "https:", "http:")):
        # A name such as urn:uuid is nobody's: no key can be shown to belong to it, or not to.
        return untold("issuer_key", "issuer_unproven", issuer[:200])
    if issuer != method.controller or issuer != key_url.partition("#")[0]:
        return failed("issuer_key", "issuer_not_controller", f"{method.controller} is not {issuer}")
    if method.revoked is not None and made >= method.revoked:
        return failed("issuer_key", "key_revoked", f"{method.revoked.isoformat()}")
    if method.expires is not None and made >= method.expires:
        return failed("issuer_key", "key_expired", f"{method.expires.isoformat()}")
    return passed("issuer_key", "issuer_controls_key", key_url)


def _rank(outcome: tuple[VerificationStep, VerificationStep]) -> int:
    """Order outcomes: one that holds, one that failed, one without its key, one of no kind known.

    A failed proof is not excused by an unknown one beside it: anybody can add an unknown one.
    """
    answers = {step.answer for step in outcome}
    if answers == {StepOutcome.TRUE}:
        return 0
    if StepOutcome.FALSE in answers:
        return 1
    return 3 if outcome[0].reason == "suite_unknown" else 2


def _check(
    credential: Credential,
    digest: Digest,
    proof: object,
    documents: Documents,
    now: datetime,
) -> tuple[VerificationStep, VerificationStep]:
    if not isinstance(proof, Mapping):
        return failed("signature", "proof_malformed"), untold("issuer_key", "proof_malformed")
    if not is_known(proof):
        kind = f"{proof.get('type')} {proof.get('cryptosuite')}"[:200]
        return untold("signature", "suite_unknown", kind), untold("issuer_key", "suite_unknown")
    if fault := _option_fault(proof, now):
        return failed("signature", fault), untold("issuer_key", fault)
    key_url = str(proof["verificationMethod"])
    found = find_key(key_url, documents)
    if isinstance(found, VerificationStep):
        return untold("signature", found.reason, found.detail), found
    if found.public_key is None:
        return failed("signature", "key_kind_wrong"), failed("issuer_key", "key_kind_wrong")
    signature = _signature(credential, digest, proof, found.public_key)
    made = moment(proof["created"]) if "created" in proof else now
    return signature, check_issuer(credential, key_url, found, made)


def _option_fault(proof: Mapping[str, Any], now: datetime) -> str | None:
    """Return what is wrong with the options of a proof, or None."""
    if proof.get("proofPurpose") != "assertionMethod":
        return "purpose_wrong"
    if not isinstance(proof.get("verificationMethod"), str):
        return "key_not_named"
    try:
        if "created" in proof and moment(proof["created"]) > now + CLOCKS_DIFFER:
            return "proof_from_the_future"
        if "expires" in proof and moment(proof["expires"]) < now:
            return "proof_expired"
    except ValueError:
        return "proof_malformed"
    return None


def _signature(
    credential: Credential, digest: Digest, proof: Mapping[str, Any], key: bytes
) -> VerificationStep:
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        signature = multibase.decode_signature(str(proof.get("proofValue")))
        signed = (
            canonical.digest({**options, "@context": credential.document.get("@context")})
            + digest()
        )
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except InvalidSignature:
        return failed("signature", "signature_wrong")
    except NotCanonical as error:
        return refused("signature", error.reason, error.reason, str(error))
    except ValueError as error:
        return failed("signature", "signature_malformed", str(error))
    return passed("signature", "signature_holds", proof.get("cryptosuite") or proof["type"])


def _did_key(controller: str, key_url: str) -> VerificationMethod | VerificationStep:
    # Without a fragment it names its document, which holds the one key.
    if key_url not in (controller, f"{controller}#{controller.removeprefix('did:key:')}"):
        return failed("issuer_key", "key_not_listed", key_url)
    return did.did_key_method(controller)


def _published(
    controller: str, key_url: str, documents: Documents
) -> VerificationMethod | VerificationStep:
    url = did.document_url(controller) if controller.startswith("did:") else controller
    published = documents.get(url)
    if published is None:
        if url == controller:  # an address, where key and issuer may or may not be published
            return untold("issuer_key", "key_kind_unknown", url)
        return untold("issuer_key", "did_document_unavailable", url)
    document = parse(published)
    if document.get("id") != controller:
        return failed("issuer_key", "did_document_foreign", url)
    method = did.find_method(document, key_url)
    if method is None:
        return failed("issuer_key", "key_not_listed", key_url)
    return method


def _check_claims(credential: Credential, token: Token) -> VerificationStep:
    """Return the step `claims`: whether the token's claims repeat the credential's members.

    A claim may be left out, save one: a token that does not say when it ends, of a credential
    that does, is taken for one without an end by programs that look at tokens alone.
    """
    claims = token.claims
    pairs = {
        "iss": credential.issuer,
        "jti": credential.id,
        "sub": credential.subject.get("id"),
        "nbf": int(credential.since.timestamp()),
        "exp": None if credential.until is None else int(credential.until.timestamp()),
    }
    for name, stated in pairs.items():
        if name in claims and not _same(claims[name], stated):
            detail = f"{claims[name]} is not {stated}"[:200]
            return failed("claims", f"claim_{name}_differs", detail)
    ends = pairs["exp"] is not None and "exp" not in claims
    if ends and token.header.get("typ") in _PLAIN_TYPES:
        return failed("claims", "claim_exp_differs", f"is missing, and is {pairs['exp']}")
    return passed("claims", "claims_agree")


def _check_token(
    credential: Credential, token: Token, documents: Documents, now: datetime
) -> tuple[VerificationStep, VerificationStep]:
    """Return the steps `signature` and `issuer_key`."""
    if fault := _header_fault(token.header):
        return failed("signature", fault, _said(token)), untold("issuer_key", fault)
    algorithm = _ALGORITHMS.get(str(token.header["alg"]))
    if algorithm is None:
        return (
            untold("signature", "algorithm_unknown", _said(token)),
            untold("issuer_key", "algorithm_unknown"),
        )
    if "kid" not in token.header:
        # A key in the token itself shows that nothing was changed, and not who signed.
        signature = _token_signature(token, algorithm, token.header["jwk"])
        return signature, untold("issuer_key", "key_not_published", "the token carries its key")
    jwk, step = _published_key(credential, token, documents, now)
    if jwk is None:
        return untold("signature", step.reason, step.detail), step
    return _token_signature(token, algorithm, jwk), step


def _header_fault(header: Mapping[str, Any]) -> str | None:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm.lower() == "none" or algorithm.startswith("HS"):
        return "algorithm_not_allowed"
    if not isinstance(header.get("kid", ""), str) or not {"kid", "jwk"} & set(header):
        return "key_not_named"
    kind = header.get("typ")
    if not isinstance(kind, str | None) or _short(kind) not in _PLAIN_TYPES | _CREDENTIAL_TYPES:
        return "header_not_allowed"
    return "header_not_allowed" if _UNDERSTOOD_BY_NOBODY & set(header) else None


def _short(kind: str | None) -> str | None:
    """Return a media type as tokens may shorten it; `jwt` is the same in any case."""
    if kind is None:
        return None
    short = kind.lower().removeprefix("application/")
    return "JWT" if short == "jwt" else short


def _said(token: Token) -> str:
    return str(token.header.get("alg"))[:40]


def _key_url(credential: Credential, token: Token) -> str:
    """Return the absolute name of the key; a name without a document is one of the issuer's."""
    named = str(token.header["kid"])
    issuer = str(credential.issuer)
    if named.startswith("#"):
        return issuer + named
    return named if ":" in named else f"{issuer}#{named}"


def _published_key(
    credential: Credential, token: Token, documents: Documents, now: datetime
) -> tuple[object, VerificationStep]:
    """Return the key as its owner publishes it; a key in the token itself proves nothing."""
    issuer, key_url = str(credential.issuer), _key_url(credential, token)
    if key_url.startswith("did:"):
        found = find_key(key_url, documents)
        if isinstance(found, VerificationStep):
            return None, found
        made = moment_of(token.claims.get("iat", token.claims.get("nbf"))) or now
        return found.jwk or {}, check_issuer(credential, key_url, found, made)
    if not issuer.startswith("https://") or _origin(key_url) != _origin(issuer):
        return None, failed("issuer_key", "issuer_not_controller", f"{key_url} is not {issuer}'s")
    return _key_of_set(key_url, documents)


def _key_of_set(key_url: str, documents: Documents) -> tuple[object, VerificationStep]:
    """Return a key of the JSON Web Key Set that its own address names."""
    url = key_url.partition("#")[0]
    published = documents.get(url)
    if published is None:
        return None, untold("issuer_key", "key_set_unavailable", url)
    try:
        keys = parse(published).get("keys")
    except NotCredentialJson as error:
        return None, refused("issuer_key", error.reason, "key_unreadable", str(error))
    for jwk in keys if isinstance(keys, list) else []:
        if isinstance(jwk, Mapping) and jwk.get("kid") == key_url:
            return jwk, passed("issuer_key", "issuer_controls_key", key_url)
    return None, failed("issuer_key", "key_not_listed", key_url)


def _origin(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:  # no address at all, such as https://[
        return None
    return parts.scheme, parts.netloc


def _token_signature(token: Token, algorithm: Algorithm, jwk: object) -> VerificationStep:
    """Return whether the key signed the token; of the key only its public members are read."""
    if not isinstance(jwk, Mapping) or not all(
        isinstance(jwk.get(name), str) and needed in (None, jwk[name])
        for name, needed in algorithm.members.items()
    ):
        return failed("signature", "key_kind_wrong", f"no key for {algorithm.name}")
    try:
        key = algorithm.kind.import_key({name: jwk[name] for name in algorithm.members})
        if isinstance(key, RSAKey):
            size = key.raw_value.key_size
            if not _SMALLEST_MODULUS <= size <= _LARGEST_MODULUS:
                return failed("signature", "key_size_wrong", f"{size} bits")
        model = JWSRegistry.algorithms[algorithm.name]
        holds = model.verify(token.signed, token.signature, key)
    except (JoseError, KeyError, TypeError, ValueError) as error:
        return failed("signature", "key_kind_wrong", str(error)[:200])
    if not holds:
        return failed("signature", "signature_wrong")
    return passed("signature", "signature_holds", algorithm.name)


def _same(claimed: object, stated: object) -> bool:
    """Return whether a claim repeats a member; a moment is a number, never a truth value."""
    if isinstance(claimed, bool):
        return False
    if isinstance(claimed, float) and isinstance(stated, int):
        return int(claimed) == stated if abs(claimed) < 2**53 else False
    return claimed == stated
