"""Our verifier against credentials, attacks and vectors that others made."""

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.shared_folder import listed, shared

from examengine.credentials.vc.canonical import canonical_nquads
from examengine.credentials.vc.context_loader import known_contexts, load_context
from examengine.credentials.vc.documents import GivenDocuments
from examengine.credentials.vc.errors import NotCanonical
from examengine.credentials.vc.report import Report, Verdict
from examengine.credentials.vc.verification import Question, verify

VERDICTS = {"VERIFIED": Verdict.VERIFIED, "REJECTED": Verdict.REJECTED}

pytestmark = pytest.mark.references


def expected() -> dict:
    """Return what a strict verifier must answer for each sample; empty where they are hidden."""
    found = listed("credentials/samples", "expected.json")
    return json.loads(found[0].read_text("utf-8")) if found else {"files": {}}


def sample(name: str) -> Path:
    """Return a file of the samples."""
    return shared("credentials", "samples", name)


def judged(path: Path, web: str = "web") -> Report:
    """Return our report on one sample, given what its issuer publishes."""
    published = sample(web)
    addresses = json.loads((published / "map.json").read_text("utf-8"))
    documents = {url: (published / file).read_bytes() for url, file in addresses.items()}
    case = expected()
    now = datetime.fromisoformat(case["now"])
    return verify(path.read_bytes(), Question(GivenDocuments(documents), now, case["recipient"]))


@pytest.mark.parametrize("name", sorted(expected()["files"]))
def test_every_sample_gets_the_verdict_of_a_strict_verifier(name):
    """
    Good samples are verified, and everything altered, expired, revoked or respelt is rejected.
    """
    folder = sample(".")
    path = next(path for path in (folder / name, folder / "attacks" / name) if path.exists())

    report = judged(path)

    assert report.verdict is VERDICTS[expected()["files"][name]["expected"]], report.steps


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bad-revoked.json", "revoked"),
        ("bad-expired.json", "expired"),
        ("bad-score.json", "signature_wrong"),
        ("bad-extra-term.json", "term_undefined"),
        ("bad-no-recipient.json", "recipient_missing"),
        ("bad-schema-no-criteria.json", "member_missing"),
        ("bad-issuer-mismatch.json", "issuer_not_controller"),
        ("bad-key-not-assertionmethod.json", "key_not_for_assertion"),
        ("bad-wrong-key-unlisted.json", "key_not_listed"),
        ("bad-statuslist-foreign-issuer.json", "status_list_foreign"),
        ("bad-statuslist-short.json", "status_list_short"),
        ("bad-endorsement-tampered.json", "endorsement_signature_wrong"),
        ("bad-alg-none.jwt", "algorithm_not_allowed"),
        ("bad-exp-missing.jwt", "claim_exp_differs"),
        ("bad-vc-claim.jwt", "claim_vc_not_allowed"),
        ("attacks/duplicate-key.json", "duplicate_member"),
        ("attacks/rekeyed-validUntil.json", "term_respelt"),
        ("attacks/null-term-inline-context.json", "context_nested"),
        ("attacks/array-value.json", "member_not_text"),
    ],
)
def test_a_rejection_says_exactly_why(name, reason):
    """
    A program that reads the report learns the one thing that is wrong.
    """
    report = judged(sample(name))

    assert reason in report.reasons()


@pytest.mark.parametrize(
    "name", ["baked-good.png", "baked-good.svg", "baked-jwt.png", "baked-jwt.svg"]
)
def test_credentials_that_others_baked_are_taken_out_and_verified(name):
    """
    A PNG or SVG baked elsewhere carries a credential that verifies here.
    """
    report = judged(sample(name))

    assert report.verdict is Verdict.VERIFIED


def test_a_status_list_that_was_edited_after_signing_is_noticed():
    """
    Clearing a bit by hand does not bring a credential back.
    """
    report = judged(sample("good-didweb.json"), web="web-tampered")

    assert "status_list_forged" in report.reasons()


def vectors() -> list[dict]:
    """Return the canonicalisation vectors; none where they are hidden."""
    found = listed("credentials", "canon-vectors.json")
    return json.loads(found[0].read_text("utf-8"))["vectors"] if found else []


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["name"])
def test_a_canonical_form_equals_that_of_another_program_or_is_refused(vector):
    """
    What we sign is what others canonicalise; where programs might differ, we do not sign.
    """
    try:
        found = hashlib.sha256(canonical_nquads(vector["document"]).encode()).hexdigest()
    except NotCanonical as refusal:
        found = refusal.reason

    refusals = {"control_character", "number_inexact", "context_unknown"}
    assert found == vector["sha256"] or found in refusals


def test_few_vectors_are_refused():
    """
    Refusal is for control characters, one huge number and one foreign context, not for the rest.
    """
    refused = []
    for vector in vectors():
        try:
            canonical_nquads(vector["document"])
        except NotCanonical:
            refused.append(vector["name"])

    assert len(vectors()) - len(refused) == 50
    assert sum(name.startswith("escape/") for name in refused) == 5


@pytest.mark.parametrize("url", sorted(known_contexts()))
def test_each_context_means_what_its_publisher_says(url):
    """
    The context we load is, member for member, the one published under its address.
    """
    files = json.loads(shared("credentials", "contexts", "index.json").read_text("utf-8"))
    published = json.loads(shared("credentials", "contexts", files[url]).read_text("utf-8"))

    loaded = load_context(url)["document"]

    assert loaded == published


def published_keys(credential: bytes) -> GivenDocuments:
    """Return a document for each issuer at an address: their test keys are their own fragments."""
    named = re.findall(rb'"verificationMethod"\s*:\s*"(https://[^"#]+)#(z[^"]+)"', credential)
    documents = {}
    for address, key in ((url.decode(), key.decode()) for url, key in named):
        method = {"id": f"#{key}", "type": "Multikey", "controller": address}
        documents[address] = json.dumps(
            {
                "id": address,
                "verificationMethod": [{**method, "publicKeyMultibase": key}],
                "assertionMethod": [f"#{key}"],
            }
        ).encode()
    return GivenDocuments(documents)


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("simple.json", "verified"),
        ("simple_v1.json", "verified"),
        ("simple-eddsa-2022.json", "verified"),
        ("simple-multiple-proofs.json", "verified"),
        ("simple-context-version.json", "verified"),
        ("simple-jwt_v1.png", "could_not_tell"),
        ("simple.jwt", "could_not_tell"),
        ("complete.json", "could_not_tell"),
        ("complete_v1.json", "could_not_tell"),
        ("endorsement-valid.json", "could_not_tell"),
        ("simple-err-issuer-type.json", "rejected"),
        ("simple-err-expired.json", "rejected"),
        ("../clr20/simple.json", "could_not_tell"),
        ("../ob20/a1.json", "could_not_tell"),
        ("../w3c-vc-di-eddsa/eddsa-rdfc-2022-signedDataInt.json", "could_not_tell"),
    ],
)
def test_a_sound_badge_of_somebody_elses_tests_is_never_called_wrong(name, verdict):
    """
    Verified where the standard allows it; what is unknown here could not be told.
    """
    sent = shared("credentials/examples/1edtech-public-validator-ob30", name).read_bytes()
    question = Question(published_keys(sent), datetime(2026, 11, 21, tzinfo=UTC))

    assert verify(sent, question).verdict.value == verdict
