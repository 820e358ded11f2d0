"""How a credential stands after it was signed: every way in which it can lose its force."""

import json
from datetime import timedelta

import pytest

from examengine import credentials, db, integrity
from examengine.credentials import Cause, Force, Verdict
from examengine.credentials.issued_credential import Ground, Revocation
from examengine.credentials.status.rules import standing
from examengine.scoring import Overturned
from tests.credentials.issuing import NOW
from tests.credentials.programme import (
    due,
    issue_due,
    rule,
    score_and_decide,
    stands,
    verified_here,
)


@pytest.fixture
def first(decided, body):
    """Ada's credential as she first downloaded it."""
    (credential,) = issue_due(decided, body)
    return credential


def reasons(world, body, credential):
    """Return the codes of what speaks against a file."""
    return verified_here(world, body, credential.document).reasons()


def test_a_credential_is_in_force_from_the_moment_it_is_issued(decided, body, first):
    """
    The page, the verification and the standing agree.
    """
    found = stands(decided, first.id)

    report = verified_here(decided, body, first.document)
    assert report.verdict is Verdict.VERIFIED
    assert [step.reason for step in report.steps if step.name == "standing"] == ["in_force"]
    assert (found.force, found.version, found.newest) == (Force.IN_FORCE, 1, 1)


def test_a_file_is_superseded_once_there_is_a_newer_version(decided, body, first):
    """
    Decided anew at another cut: the old file is told so, the new one holds.
    """
    decided.clock.forward(minutes=5)
    decided.adopt_cut("7")
    score_and_decide(decided)
    (second,) = issue_due(decided, body)

    with db.reading(decided.engine) as session:
        newest, oldest = credentials.statuses_of(session, first.id)
    assert reasons(decided, body, first) == ("superseded",)
    assert verified_here(decided, body, second.document).verdict is Verdict.VERIFIED
    assert (newest.standing.force, newest.standing.version) == (Force.IN_FORCE, 2)
    assert (oldest.standing.force, oldest.standing.newest) == (Force.SUPERSEDED, 2)


def test_before_the_new_version_is_issued_the_old_decision_is_not_in_force(decided, body, first):
    """
    Nothing waits for an officer to press a button.
    """
    decided.clock.forward(minutes=5)
    decided.adopt_cut("7")
    score_and_decide(decided)

    assert reasons(decided, body, first) == ("decision_not_in_force",)
    assert stands(decided, first.id).cause is Cause.DECIDED_ANEW


def test_a_raised_cut_takes_the_force_of_whoever_no_longer_passes(decided, body, first):
    """
    Since the new decision, whatever the credential says.
    """
    decided.clock.forward(minutes=5)
    decided.adopt_cut("9.8")
    score_and_decide(decided)

    found = stands(decided, first.id)
    assert reasons(decided, body, first) == ("decision_not_in_force",)
    assert (found.force, found.cause) == (Force.OVERTURNED, Cause.NOT_PASSED)
    assert found.since == decided.clock.now()


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        (integrity.void, (Force.VOIDED, Cause.VOIDED)),
        (integrity.hold, (Force.OVERTURNED, Cause.UNDER_REVIEW)),
        (integrity.clear, (Force.OVERTURNED, Cause.UNDER_REVIEW)),
    ],
)
def test_a_ruling_counts_from_the_moment_it_is_made(decided, body, first, verb, expected):
    """
    Voided, held, or cleared on other grounds: before anybody has decided anew.
    """
    decided.clock.forward(minutes=5)
    rule(decided, "Ada", verb)

    found = stands(decided, first.id)
    assert (found.force, found.cause) == expected
    assert found.since == decided.clock.now()
    assert reasons(decided, body, first) == (expected[0].value,)


def test_a_void_that_was_lifted_gives_the_force_back_with_a_new_version(decided, body, first):
    """
    Voided by mistake and cleared again: the same credential, a second version.
    """
    rule(decided, "Ada", integrity.void)
    score_and_decide(decided)
    rule(decided, "Ada", integrity.clear)
    score_and_decide(decided)

    (second,) = issue_due(decided, body)

    assert (second.id, second.version) == (first.id, 2)
    assert stands(decided, first.id).force is Force.IN_FORCE


def test_what_bears_our_signature_and_no_record_is_not_ours(decided, body, first):
    """
    Whoever has a stolen key can sign; what they sign is in no record, under a real id or not.
    """
    unsigned = json.loads(first.document)
    del unsigned["proof"]
    raised = unsigned["credentialSubject"]
    raised["result"][0]["value"] = "799"
    forged_here = credentials.Press(body.signer()).released(unsigned, decided.clock.now())
    unsigned["id"] = "urn:uuid:0193f0c2-7a11-7c3e-9a55-3f6f1c0d2e4b"
    forged_anew = credentials.Press(body.signer()).released(unsigned, decided.clock.now())

    for forged in (forged_here, forged_anew):
        report = verified_here(decided, body, forged)
        assert report.reasons() == ("not_issued",)


def test_a_proof_beside_the_real_one_changes_nothing(decided, body, first):
    """
    Anybody can add a proof; the file is known by the one that is ours.
    """
    document = json.loads(first.document)
    document["proof"].insert(0, {"type": "DataIntegrityProof", "proofValue": "z" * 5000})
    document["proof"].append({"proofValue": "%"})

    with db.reading(decided.engine) as session:
        found = credentials.status_of_file(
            session, document["id"], [proof.get("proofValue") for proof in document["proof"]]
        )
    assert found.force is Force.IN_FORCE


@pytest.mark.parametrize(
    "stated", [None, 5, "", "urn:uuid:", "urn:uuid:x", "urn:uuid:{0}", "0193f0c2", ["urn:uuid:1"]]
)
def test_an_id_that_is_none_was_not_issued(decided, first, stated):
    """
    Whatever stands in a file is answered.
    """
    with db.reading(decided.engine) as session:
        found = credentials.status_of_file(session, stated, ["z"])

    assert found.force is Force.NOT_ISSUED


def test_two_changes_within_a_second_are_told_apart(decided, body, first):
    """
    Credentials state whole seconds; a later version always states a later one.
    """
    ada = decided.candidates["Ada"].actor
    for shown in (True, False):
        credentials.show(
            decided.engine, decided.clock, body, ada, first.id, public=True, name_shown=shown
        )

    with db.reading(decided.engine) as session:
        moments = [one.valid_from for one in credentials.statuses_of(session, first.id)]
    assert moments == sorted(set(moments), reverse=True)
    assert len(moments) == 3
    assert due(decided).due == ()


REVOKED = Revocation(None, NOW, None, "Private words.", Ground.OFFICER)
VOIDED = Overturned(NOW, "voided", None)
FAILED = Overturned(NOW, "cleared", passed=False)


@pytest.mark.parametrize(
    ("version", "overturned", "revocation", "expected"),
    [
        (2, None, None, Force.IN_FORCE),
        (1, None, None, Force.SUPERSEDED),
        (1, FAILED, None, Force.OVERTURNED),
        (2, VOIDED, None, Force.VOIDED),
        (1, VOIDED, REVOKED, Force.REVOKED),
        (2, None, REVOKED, Force.REVOKED),
    ],
)
def test_what_ends_it_weighs_more_than_what_renews_it(version, overturned, revocation, expected):
    """
    Revoked before voided, voided before decided anew, decided anew before superseded.
    """
    found = standing(version, 2, NOW - timedelta(days=1), overturned, revocation)

    assert found.force is expected
    assert (found.version, found.newest) == (version, 2)
