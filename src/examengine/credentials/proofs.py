"""Whether a Data Integrity proof holds: the signature, and whose key made it.

References:
    W3C, Verifiable Credential Data Integrity 1.0, § 4.4; Data Integrity EdDSA Cryptosuites, § 3.2.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from examengine.credentials import canonical, did, multibase, parsing, structure
from examengine.credentials.did import VerificationMethod
from examengine.credentials.documents import Documents
from examengine.credentials.errors import NotCanonical, NotCredentialJson
from examengine.credentials.report import Answer, Step, failed, passed, untold
from examengine.credentials.signing import CRYPTOSUITE


def check_proofs(
    document: Mapping[str, Any], documents: Documents, now: datetime
) -> tuple[Step, Step]:
    """Return the steps `signature` and `issuer_key` for the best proof of `document`.

    Open Badges 3.0 lets a verifier rely on any one proof, so proofs of suites we do not know are
    passed over as long as one of ours holds.

    Raises:
        ContextsMissing: The JSON-LD contexts are not installed.
    """
    proofs = structure.as_list(document.get("proof"))
    if not proofs:
        return failed("signature", "proof_missing"), untold("issuer_key", "proof_missing")
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    outcomes = [_check(unsigned, proof, documents, now) for proof in proofs]
    return min(outcomes, key=_rank)


def find_key(key_url: str, documents: Documents) -> VerificationMethod | Step:
    """Return the key that a proof names, or the step that says why there is none.

    It is taken from a `did:key` itself, or from the DID document that its controller publishes.
    """
    controller = key_url.partition("#")[0]
    if not key_url.startswith(("did:key:", "did:web:")):
        return untold("issuer_key", "key_kind_unknown", key_url)
    try:
        if controller.startswith("did:key:"):
            return _did_key(controller, key_url)
        return _did_web(controller, key_url, documents)
    except (ValueError, NotCredentialJson) as error:
        return failed("issuer_key", "key_unreadable", str(error))


def check_issuer(document: Mapping[str, Any], key_url: str, method: VerificationMethod) -> Step:
    """Return whether the key belongs to the issuer whom the credential names."""
    issuer = structure.issuer_id(document)
    if not method.asserts:
        return failed("issuer_key", "key_not_for_assertion", key_url)
    if issuer != method.controller or issuer != key_url.partition("#")[0]:
        return failed("issuer_key", "issuer_not_controller", f"{method.controller} is not {issuer}")
    return passed("issuer_key", "issuer_controls_key", key_url)


def _rank(outcome: tuple[Step, Step]) -> int:
    """Order outcomes: a proof that holds, then one that failed, then one we could not read.

    A failed proof is not excused by an unknown one beside it: anybody can add an unknown one.
    """
    answers = {step.answer for step in outcome}
    if answers == {Answer.TRUE}:
        return 0
    return 1 if Answer.FALSE in answers else 2


def _check(
    unsigned: Mapping[str, Any], proof: Mapping[str, Any], documents: Documents, now: datetime
) -> tuple[Step, Step]:
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != CRYPTOSUITE:
        kind = f"{proof.get('type')} {proof.get('cryptosuite')}"
        return untold("signature", "suite_unknown", kind), untold("issuer_key", "suite_unknown")
    if fault := _option_fault(proof, now):
        return failed("signature", fault), untold("issuer_key", fault)
    key_url = str(proof["verificationMethod"])
    found = find_key(key_url, documents)
    if isinstance(found, Step):
        return untold("signature", found.reason, found.detail), found
    if found.public_key is None:
        return failed("signature", "key_kind_wrong"), failed("issuer_key", "key_kind_wrong")
    signature = _signature(unsigned, proof, found.public_key)
    return signature, check_issuer(unsigned, key_url, found)


def _option_fault(proof: Mapping[str, Any], now: datetime) -> str | None:
    """Return what is wrong with the options of a proof, or None."""
    if proof.get("proofPurpose") != "assertionMethod":
        return "purpose_wrong"
    if not isinstance(proof.get("verificationMethod"), str):
        return "key_not_named"
    if "created" in proof and structure.moment(proof["created"]) > now + structure.CLOCKS_DIFFER:
        return "proof_from_the_future"
    if "expires" in proof and structure.moment(proof["expires"]) < now:
        return "proof_expired"
    return None


def _signature(unsigned: Mapping[str, Any], proof: Mapping[str, Any], key: bytes) -> Step:
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        signature = multibase.decode_signature(str(proof.get("proofValue")))
        data = canonical.hash_data(unsigned, {"@context": unsigned["@context"], **options})
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except InvalidSignature:
        return failed("signature", "signature_wrong")
    except NotCanonical as error:
        return failed("signature", error.reason, str(error))
    except ValueError as error:
        return failed("signature", "signature_malformed", str(error))
    return passed("signature", "signature_holds", CRYPTOSUITE)


def _did_key(controller: str, key_url: str) -> VerificationMethod | Step:
    if key_url != f"{controller}#{controller.removeprefix('did:key:')}":
        return failed("issuer_key", "key_not_listed", key_url)
    return did.did_key_method(controller)


def _did_web(controller: str, key_url: str, documents: Documents) -> VerificationMethod | Step:
    url = did.document_url(controller)
    published = documents.get(url)
    if published is None:
        return untold("issuer_key", "did_document_unavailable", url)
    document = parsing.parse(published)
    if document.get("id") != controller:
        return failed("issuer_key", "did_document_foreign", url)
    method = did.find_method(document, key_url)
    if method is None:
        return failed("issuer_key", "key_not_listed", key_url)
    return method
