"""Badges as tokens: three ways of signing, and none that the token may choose."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from examengine.credentials.vc.documents import GivenDocuments
from examengine.credentials.vc.multibase import encode_base64url
from examengine.credentials.vc.report import Report, Verdict
from examengine.credentials.vc.verification import verify
from tests.credentials.issuing import DID, NOW, as_bytes, new_board
from tests.credentials.tokens import payload_of, public_jwks, token, token_of

BOARD = new_board()
ALGORITHMS = ["RS256", "ES256", "EdDSA"]


def published(**changes: object) -> GivenDocuments:
    """Return the board's documents, its token keys listed as `#RS256`, `#ES256` and `#EdDSA`."""
    documents = BOARD.web()
    did_url = next(url for url in documents if url.endswith("did.json"))
    methods = [
        {"id": f"{DID}#{name}", "type": "JsonWebKey", "controller": DID, "publicKeyJwk": jwk}
        for name, jwk in public_jwks().items()
    ]
    methods = [{**method, **changes} for method in methods]
    document = documents[did_url]
    document["verificationMethod"] += methods
    document["assertionMethod"] += [method["id"] for method in methods]
    return GivenDocuments({url: as_bytes(content) for url, content in documents.items()})


def judged(data: bytes, **changes: object) -> Report:
    """Return our report on a token."""
    return verify(data, BOARD.question(documents=published(**changes)))


def claims(credential: dict) -> dict:
    """Return the claims that Open Badges 3.0 asks of a token."""
    first, last = credential["validFrom"], credential["validUntil"]
    seconds = {
        name: int((NOW + delta).timestamp())
        for name, delta in (("nbf", timedelta(hours=-1)), ("exp", timedelta(days=3 * 365)))
    }
    assert first < last
    return {"iss": DID, "jti": credential["id"], **seconds}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("kind", ["JWT", "vc+ld+jwt", "vc+jwt", "application/vc+jwt", None])
def test_a_token_is_verified_in_each_way_of_signing(algorithm, kind):
    """
    RS256, ES256 and EdDSA, under every media type that says it is a credential.
    """
    credential = payload_of(BOARD)
    header = {"alg": algorithm, "kid": f"{DID}#{algorithm}", **({"typ": kind} if kind else {})}

    report = judged(token(header, {**credential, **claims(credential)}, algorithm))

    assert report.verdict is Verdict.VERIFIED
    assert report.issuer == DID


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_needs_no_claims_beside_its_credential(algorithm):
    """
    As a credential secured with JOSE, the payload alone is enough.
    """
    assert judged(token_of(BOARD, algorithm)).verdict is Verdict.VERIFIED


@pytest.mark.parametrize("kid", ["#ES256", "ES256"])
def test_a_key_may_be_named_by_its_fragment(kid):
    """
    A relative name is one of the issuer's.
    """
    assert judged(token_of(BOARD, kid=kid)).verdict is Verdict.VERIFIED


@pytest.mark.parametrize(("name", "value"), [("iss", "did:web:x.example"), ("nbf", 5), ("exp", 7)])
def test_a_claim_that_says_something_else_is_refused(name, value):
    """
    Programs read either; they must read the same.
    """
    header = {"alg": "ES256", "kid": f"{DID}#ES256", "typ": "JWT"}
    credential = payload_of(BOARD)
    said = {**credential, **claims(credential), name: value}

    assert judged(token(header, said, "ES256")).reasons() == (f"claim_{name}_differs",)


def test_a_plain_token_that_hides_its_end_is_refused():
    """
    A program that looks at the token alone would take it for one without an end.
    """
    header = {"alg": "ES256", "kid": f"{DID}#ES256", "typ": "JWT"}

    assert judged(token(header, payload_of(BOARD), "ES256")).reasons() == ("claim_exp_differs",)


def forged(header: dict, secret: bytes | None) -> bytes:
    """Return a token without a signature, or with a code made from a public key."""
    parts = [encode_base64url(json.dumps(part).encode()) for part in (header, payload_of(BOARD))]
    signed = ".".join(parts).encode()
    code = b"" if secret is None else hmac.digest(secret, signed, hashlib.sha256)
    return signed + b"." + encode_base64url(code).encode()


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS512", 5, None])
def test_no_token_is_believed_without_a_signature(algorithm):
    """
    Neither none nor a code whose secret is the public key proves anything.
    """
    secret = json.dumps(public_jwks()["RS256"]).encode()
    header = {"alg": algorithm, "kid": f"{DID}#RS256", "typ": "vc+jwt"}

    report = judged(forged(header, secret))

    assert report.reasons()[0] == "algorithm_not_allowed"
    assert report.verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("claimed", "key"), [("RS256", "ES256"), ("ES256", "RS256"), ("EdDSA", "ES256")]
)
def test_an_algorithm_goes_with_its_own_kind_of_key(claimed, key):
    """
    A token that says one and names the key of another is refused.
    """
    report = judged(token_of(BOARD, claimed, kid=f"{DID}#{key}"))

    assert report.reasons() == ("key_kind_wrong",)


@pytest.mark.parametrize("header", [{"crit": ["x"]}, {"b64": False}, {"typ": "at+jwt"}])
def test_a_header_that_changes_the_meaning_is_refused(header):
    """
    What must be understood, and is not, ends the check.
    """
    assert judged(token_of(BOARD, **header)).reasons()[0] == "header_not_allowed"


def test_an_algorithm_that_is_unknown_here_could_not_be_told():
    """
    A sound token of another kind is not called wrong.
    """
    report = judged(token_of(BOARD, alg="ES384"))

    assert report.reasons()[0] == "algorithm_unknown"
    assert report.verdict is Verdict.COULD_NOT_TELL


def test_a_key_in_the_token_shows_that_nothing_changed_and_not_who_signed():
    """
    Anybody can put a key into a token.
    """
    head = {"alg": "ES256", "jwk": public_jwks()["ES256"], "typ": "vc+jwt"}

    report = judged(token(head, payload_of(BOARD), "ES256"))

    assert report.reasons() == ("key_not_published",)
    assert report.issuer is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"revoked": "2026-01-01T00:00:00Z"}, "key_revoked"),
        ({"expires": "2026-01-01T00:00:00Z"}, "key_expired"),
        ({"revoked": "soon"}, "key_unreadable"),
    ],
)
def test_what_a_key_signs_after_its_end_is_refused(change, reason):
    """
    `revoked` and `expires` of a published key count.
    """
    report = judged(token_of(BOARD), **change)

    assert reason in report.reasons()
    assert report.verdict is Verdict.REJECTED


@pytest.mark.parametrize("name", ["revoked", "expires"])
def test_what_a_key_signed_before_its_end_holds(name):
    """
    An end that came later takes nothing back.
    """
    assert judged(token_of(BOARD), **{name: "2027-01-01T00:00:00Z"}).verdict is Verdict.VERIFIED


def test_a_token_with_disclosures_could_not_be_told():
    """
    An SD-JWT is another format, and not a damaged one.
    """
    report = judged(token_of(BOARD) + b"~WyJhIl0~")

    assert report.reasons()[0] == "selective_disclosure"
    assert report.verdict is Verdict.COULD_NOT_TELL


def test_a_wallets_presentation_is_opened():
    """
    One credential inside is verified; several are asked for one by one.
    """
    inside = [BOARD.issue(), token_of(BOARD).decode()]
    wrapped = [
        as_bytes({"type": ["VerifiablePresentation"], "verifiableCredential": held})
        for held in ([inside[0]], inside[0], inside[1], inside)
    ]

    verdicts = [judged(data).verdict for data in wrapped]

    assert verdicts == [Verdict.VERIFIED] * 3 + [Verdict.COULD_NOT_TELL]
    assert replace(judged(wrapped[3])).reasons()[0] == "several_presented"
