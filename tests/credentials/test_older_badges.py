"""Badges of the data model 1.1, and other sound ways of writing a badge."""

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from examengine.credentials.vc import canonical, multibase
from examengine.credentials.vc.context_loader import (
    CREDENTIALS_V1,
    OPEN_BADGES_EXTENSIONS,
)
from examengine.credentials.vc.credential import Credential
from examengine.credentials.vc.did import did_key_method
from examengine.credentials.vc.documents import GivenDocuments
from examengine.credentials.vc.open_badge import identity_hash, is_recipient
from examengine.credentials.vc.report import Report, StepOutcome, Verdict
from examengine.credentials.vc.verification import verify
from tests.credentials.issuing import BADGE, DID, LIST_URL, NOW, as_bytes, new_board
from tests.credentials.tokens import token

KEY = Ed25519PrivateKey.generate()
MULTIKEY = multibase.encode_public_key(KEY.public_key().public_bytes_raw())
BOARD = new_board()
SUITE = "https://w3id.org/security/suites/ed25519-2020/v1"
OLDER = "https://purl.imsglobal.org/spec/ob/v3p0/context.json"


def badge_of_1_1(issuer: str, contexts: list[str]) -> dict:
    """Return the badge in the words of the data model 1.1."""
    badge = BOARD.issue()
    del badge["proof"], badge["credentialStatus"], badge["credentialSchema"], badge["awardedDate"]
    first, last = badge.pop("validFrom"), badge.pop("validUntil")
    achievement = badge["credentialSubject"]["achievement"]
    del achievement["image"], achievement["inLanguage"], achievement["creator"]
    return {
        **badge,
        "@context": [CREDENTIALS_V1, *contexts],
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Example Examination Board"},
        "issuanceDate": first,
        "expirationDate": last,
        "evidence": [{"type": ["Evidence"], "name": "An exam"}],
        "image": {"id": "https://exam.example.org/a.png", "type": "Image"},
    }


def signed(document: dict, key_url: str, **suite: str) -> dict:
    """Return a document with a proof of the suite, made with the test's own key."""
    options = {
        **suite,
        "created": "2026-11-21T11:30:00Z",
        "verificationMethod": key_url,
        "proofPurpose": "assertionMethod",
    }
    data = canonical.hash_data(document, {**options, "@context": document["@context"]})
    value = multibase.encode_signature(KEY.sign(data))
    return {**document, "proof": [{**options, "proofValue": value}]}


def judged(document: dict, documents: dict | None = None) -> Report:
    """Return our report on a document, given published ones."""
    by_url = {url: as_bytes(content) for url, content in (documents or {}).items()}
    question = replace(BOARD.question(), documents=GivenDocuments(by_url), recipient=None)
    return verify(as_bytes(document), question)


@pytest.mark.parametrize(
    ("contexts", "suite"),
    [
        ([OLDER, SUITE], {"type": "Ed25519Signature2020"}),
        (
            [
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
                "https://w3id.org/security/data-integrity/v1",
            ],
            {"type": "DataIntegrityProof", "cryptosuite": "eddsa-2022"},
        ),
    ],
)
def test_a_badge_of_the_older_data_model_is_verified(contexts, suite):
    """
    `issuanceDate`, the older contexts and the older names of the suite.
    """
    issuer = f"did:key:{MULTIKEY}"
    badge = badge_of_1_1(issuer, contexts)

    report = judged(signed(badge, f"{issuer}#{MULTIKEY}", **suite))
    changed = judged({**signed(badge, f"{issuer}#{MULTIKEY}", **suite), "name": "Doctor"})

    assert report.verdict is Verdict.VERIFIED, report.reasons()
    assert changed.reasons() == ("signature_wrong",)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"expirationDate": "2026-01-01T00:00:00Z"}, "expired"),
        ({"issuanceDate": "2030-01-01T00:00:00Z"}, "not_yet_valid"),
        ({"issuanceDate": "yesterday"}, "moment_invalid"),
    ],
)
def test_the_dates_of_the_older_data_model_count(change, reason):
    """
    `issuanceDate` and `expirationDate` are read as `validFrom` and `validUntil` are.
    """
    issuer = f"did:key:{MULTIKEY}"
    badge = {**badge_of_1_1(issuer, [OLDER, SUITE]), **change}

    report = judged(signed(badge, issuer, type="Ed25519Signature2020"))

    assert reason in report.reasons()


def test_a_token_of_the_older_data_model_holds_its_badge_in_a_claim():
    """
    Its dates and identities may stand in the token alone.
    """
    issuer = f"did:key:{MULTIKEY}"
    badge = badge_of_1_1(issuer, [OLDER])
    del badge["issuanceDate"], badge["expirationDate"]
    said = {"vc": badge, "iss": issuer, "jti": badge["id"], "nbf": int(NOW.timestamp()) - 60}
    head = {"alg": "ES256", "kid": f"{issuer}#{MULTIKEY}", "typ": "JWT"}

    report = verify(token(head, said, "ES256"), replace(BOARD.question(), recipient=None))

    # The key of the did:key is no key for ES256: all else is as it should be.
    assert report.reasons() == ("key_kind_wrong",)


def test_the_newer_data_model_does_not_stand_in_a_claim():
    """
    A credential hidden there would be invisible to programs that read the top.
    """
    badge = BOARD.issue()
    head = {"alg": "ES256", "kid": f"{DID}#ES256", "typ": "JWT"}

    report = verify(token(head, {"vc": badge}, "ES256"), BOARD.question())

    assert report.reasons()[0] == "claim_vc_not_allowed"


def test_an_unknown_proof_beside_a_good_one_takes_nothing_away():
    """
    Whatever stands in it is covered by no signature, and read by nobody.
    """
    badge = BOARD.issue()
    badge["proof"].insert(0, {"type": "SomeProof", "created": "2026-01-01T00:00:00Z", "x": 1})

    assert verify(as_bytes(badge), BOARD.question()).verdict is Verdict.VERIFIED


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"type": ["VerifiableCredential", "EndorsementCredential"]}, "kind_unknown"),
        (
            {"@context": ["https://www.w3.org/ns/credentials/v2", "https://a.b/c"]},
            "context_unknown",
        ),
    ],
)
def test_other_credentials_could_not_be_told(document, reason):
    """
    A learner record, an endorsement or a foreign vocabulary is unknown here, and not wrong.
    """
    report = verify(as_bytes({**BOARD.issue(), **document}), BOARD.question())

    assert report.reasons()[0] == reason
    assert report.verdict is Verdict.COULD_NOT_TELL


def test_a_missing_extension_context_could_not_be_told():
    """
    Then programs differ on whether the words of the extensions are signed.
    """
    badge = BOARD.issue()
    badge["@context"].remove(OPEN_BADGES_EXTENSIONS)

    assert verify(as_bytes(badge), BOARD.question()).reasons()[0] == "context_missing"


def did_document(method: dict, relation: object) -> dict:
    """Return a DID document with one key."""
    return {
        "id": DID,
        "verificationMethod": [method] if method else [],
        "assertionMethod": relation,
    }


RAW = KEY.public_key().public_bytes_raw()
AS_MULTIKEY = {"type": "Multikey", "controller": DID, "publicKeyMultibase": MULTIKEY}
AS_JWK = {
    "type": "JsonWebKey",
    "controller": DID,
    "publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": multibase.encode_base64url(RAW)},
}
AS_BASE58 = {
    "type": "Ed25519VerificationKey2018",
    "controller": DID,
    "publicKeyBase58": multibase.encode_base58(RAW),
}


@pytest.mark.parametrize(
    "document",
    [
        did_document({"id": f"{DID}#k", **AS_MULTIKEY}, [f"{DID}#k"]),
        did_document({"id": "#k", **AS_MULTIKEY}, ["#k"]),
        did_document({"id": "#k", **AS_JWK}, [f"{DID}#k"]),
        did_document({"id": f"{DID}#k", **AS_BASE58}, ["#k"]),
        did_document({}, [{"id": "#k", **AS_MULTIKEY}]),
        did_document({}, [{"id": f"{DID}#k", **AS_JWK}]),
    ],
)
def test_a_key_is_read_however_its_owner_publishes_it(document):
    """
    Absolute or relative, listed or embedded, as a multikey, a JSON Web Key or in base58.
    """
    badge = BOARD.issue()
    del badge["proof"], badge["credentialStatus"]
    proved = signed(badge, f"{DID}#k", type="DataIntegrityProof", cryptosuite="eddsa-rdfc-2022")

    report = judged(proved, {"https://exam.example.org/.well-known/did.json": document})

    assert report.verdict is Verdict.VERIFIED, report.reasons()


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (did_document({"id": "#k", **AS_MULTIKEY}, ["#other"]), "key_not_for_assertion"),
        (
            did_document({"id": "#k", **AS_MULTIKEY}, [{"id": "#k", **AS_JWK}]),
            "key_unreadable",
        ),
        (did_document({"id": "#k", **AS_MULTIKEY}, "#k"), "key_unreadable"),
        (did_document({"id": "#k", **AS_MULTIKEY, "revoked": 5}, ["#k"]), "key_unreadable"),
        (
            did_document({"id": "#k", **AS_MULTIKEY, "revoked": "2026-01-01T00:00:00Z"}, ["#k"]),
            "key_revoked",
        ),
        (
            did_document({"id": "#k", **AS_MULTIKEY, "controller": "did:web:x.example"}, ["#k"]),
            "issuer_not_controller",
        ),
    ],
)
def test_a_key_that_may_not_sign_is_refused(document, reason):
    """
    Not for assertion, listed twice and differing, ended, or of somebody else.
    """
    badge = BOARD.issue()
    del badge["proof"], badge["credentialStatus"]
    proved = signed(badge, f"{DID}#k", type="DataIntegrityProof", cryptosuite="eddsa-rdfc-2022")

    report = judged(proved, {"https://exam.example.org/.well-known/did.json": document})

    assert reason in report.reasons()
    assert report.verdict is Verdict.REJECTED


def test_a_key_on_another_curve_is_known_for_what_it_is():
    """
    `zDn…` is a key on P-256: it signs in other ways, and is not damaged.
    """
    method = did_key_method("did:key:zDnaey42exi4oQn85iYbtRyuZMG1BRmpthbajc12fgijD8VVg")

    assert method.public_key is None


@pytest.mark.parametrize("index", [4711, "4711"])
@pytest.mark.parametrize("purposes", ["revocation", ["revocation", "suspension"]])
@pytest.mark.parametrize("revoked", [False, True])
def test_a_status_is_read_however_it_is_written(index, purposes, revoked):
    """
    The index as a number, and the purposes of the list as a list.
    """
    board = new_board()
    board.revoked = (4711,) if revoked else ()
    badge = {name: part for name, part in board.issue().items() if name != "proof"}
    badge["credentialStatus"]["statusListIndex"] = index
    listed = {name: part for name, part in board.status_list().items() if name != "proof"}
    listed["credentialSubject"]["statusPurpose"] = purposes
    documents = {**board.web(), LIST_URL: board.sign(listed)}
    by_url = {url: as_bytes(content) for url, content in documents.items()}

    report = verify(as_bytes(board.sign(badge)), board.question(documents=GivenDocuments(by_url)))

    assert report.reasons() == (("revoked",) if revoked else ())


def test_a_list_of_messages_could_not_be_told():
    """
    What is neither revocation nor suspension may still hold.
    """
    board = new_board()
    badge = {name: part for name, part in board.issue().items() if name != "proof"}
    badge["credentialStatus"]["statusPurpose"] = "refresh"
    listed = {name: part for name, part in board.status_list().items() if name != "proof"}
    listed["credentialSubject"]["statusPurpose"] = "refresh"
    documents = {**board.web(), LIST_URL: board.sign(listed)}
    by_url = {url: as_bytes(content) for url, content in documents.items()}

    report = verify(as_bytes(board.sign(badge)), board.question(documents=GivenDocuments(by_url)))

    assert report.reasons() == ("status_purpose_unknown",)


@pytest.mark.parametrize(
    ("hashed_as", "stated"),
    [
        ("ada@example.org", "Ada@Example.org"),
        ("Ada@Example.org", "Ada@Example.org"),
        ("Ada@example.org", "Ada@Example.org"),
    ],
)
@pytest.mark.parametrize("upper", [False, True])
def test_an_address_is_matched_as_its_owner_writes_it(hashed_as, stated, upper):
    """
    The specification hashes text as it is; hexadecimal digits may be of either case.
    """
    digest = identity_hash(hashed_as, "s")
    identity = {
        "type": "IdentityObject",
        "hashed": True,
        "identityType": "emailAddress",
        "identityHash": digest.upper().replace("SHA256", "sha256") if upper else digest,
        "salt": "s",
    }

    assert is_recipient(Credential({"credentialSubject": {"identifier": [identity]}}), stated)
    alone = Credential({"credentialSubject": {"identifier": identity}})
    assert not is_recipient(alone, "bea@example.org")


def test_a_report_names_what_the_badge_says():
    """
    Who, what, for whom and when: read from the document, and said before it is believed.
    """
    report = verify(as_bytes(BOARD.issue()), replace(BOARD.question(), now=NOW))

    assert report.stated is not None
    assert report.stated.issuer == DID
    assert report.stated.holder == "Ada Example"
    assert report.stated.achievement_name == BADGE.achievement.name
    assert report.stated.awarded is not None
    assert report.steps[0].answer is StepOutcome.TRUE
    assert json.loads(as_bytes(BOARD.issue()))["id"] == report.credential_id
