"""Issuing, showing and revoking, on both databases."""

import json
from decimal import Decimal
from uuid import uuid4

import pytest

from examengine.accounts import NotAllowed, staff_acts
from examengine.credentials import (
    CredentialNotFound,
    CredentialRevoked,
    CredentialState,
    KeyUnusable,
    NotAwardable,
    NotCanonical,
    RevocationReasonMissing,
    StatusListNotFound,
    Verdict,
    create_key,
    credential_for,
    credentials_of,
    credentials_of_administration,
    find_credential,
    issue,
    revoke,
    show,
    status_list_document,
    verify_here,
)
from examengine.kernel.digest import digest
from tests.credentials.conftest import SITTING, award_for


def shown(session, *rest, **how):
    """Let a holder show a credential, in transactions of its own."""
    session.commit()
    return show(session.get_bind(), *rest, **how)


@pytest.fixture
def issued(session, clock, body, rng, officer, holder):
    """A credential that was just issued to the holder."""
    return issue(session, clock, body.signer(), rng, officer, body, award_for(holder))


def test_a_passing_cleared_decision_yields_a_credential_that_verifies(
    session, clock, body, issued, holder
):
    """
    It is signed, verifies against what is published, and names decision and score record.
    """
    report = verify_here(session, clock, body, issued.document)

    document = json.loads(issued.document)
    assert report.verdict is Verdict.VERIFIED
    assert issued.digest == digest(document)
    assert f"urn:uuid:{issued.decision_id}" in {link["id"] for link in document["evidence"]}
    assert credentials_of(session, holder) == [issued]


@pytest.mark.parametrize(
    "changes",
    [
        {"passed": False},
        {"clearance": "held"},
        {"clearance": "voided"},
        {"passed": False, "clearance": "voided"},
        {"score": Decimal(499)},
    ],
)
def test_what_was_not_passed_and_cleared_never_yields_one(
    session, clock, body, rng, officer, holder, changes
):
    """
    Failed, held and voided results are refused, and so is a score below its own pass mark.
    """
    award = award_for(holder, **changes)

    with pytest.raises(NotAwardable):
        issue(session, clock, body.signer(), rng, officer, body, award)

    assert credentials_of(session, holder) == []


def test_only_an_awarding_officer_issues_and_revokes(session, clock, body, rng, holder, issued):
    """
    A holder cannot award themselves anything, nor take it away.
    """
    with pytest.raises(NotAllowed):
        issue(session, clock, body.signer(), rng, holder, body, award_for(holder))
    with pytest.raises(NotAllowed):
        revoke(session, clock, holder, issued.id, "why not")


def test_issuing_the_same_decision_again_changes_nothing(
    session, clock, body, rng, officer, holder
):
    """
    After a crash in the middle the whole list can be issued again: one credential each.
    """
    award = award_for(holder)
    first = issue(session, clock, body.signer(), rng, officer, body, award)

    again = issue(session, clock, body.signer(), rng, officer, body, award)

    assert again == first
    assert credentials_of_administration(session, officer, SITTING) == [first]


def test_a_correction_keeps_identity_and_date_of_award(session, clock, body, rng, officer, holder):
    """
    A newer decision for the same responses is a newer version of the same credential.
    """
    award = award_for(holder)
    first = issue(session, clock, body.signer(), rng, officer, body, award)
    clock.forward(days=10)
    appealed = award_for(holder, response_record_id=award.response_record_id, score=Decimal(640))

    second = issue(session, clock, body.signer(), rng, officer, body, appealed)

    old, new = json.loads(first.document), json.loads(second.document)
    assert second.version == 2
    assert new["id"] == old["id"]
    assert new["awardedDate"] == old["awardedDate"]
    assert new["validFrom"] > old["validFrom"]
    assert new["credentialStatus"] == old["credentialStatus"]
    assert new["credentialSubject"]["result"][0]["value"] == "640"


def test_a_revoked_credential_is_rejected_from_then_on(session, clock, body, officer, issued):
    """
    The published list changes at once, and the reason is kept with who gave it.
    """
    before = status_list_document(session, clock, body.signer(), body, 1)

    revoke(session, clock, officer, issued.id, " The identity  was not the candidate's. ")

    report = verify_here(session, clock, body, issued.document)
    ended = find_credential(session, officer, issued.id)
    assert report.reasons() == ("revoked",)
    assert status_list_document(session, clock, body.signer(), body, 1) != before
    assert ended.state is CredentialState.REVOKED
    assert ended.revocation.reason == "The identity was not the candidate's."
    assert ended.revocation.by == officer.person_id


def test_a_revocation_happens_once_and_says_why(session, clock, officer, issued):
    """
    Without a reason nothing is revoked, and nothing is revoked twice.
    """
    with pytest.raises(RevocationReasonMissing):
        revoke(session, clock, officer, issued.id, "   ")
    revoke(session, clock, officer, issued.id, "Misconduct was proved.")

    with pytest.raises(CredentialRevoked):
        revoke(session, clock, officer, issued.id, "Again.")


def test_a_revoked_credential_is_not_brought_back_by_a_new_decision(
    session, clock, body, rng, officer, holder
):
    """
    Its bit in the list stays set; a new decision for the same responses is refused.
    """
    award = award_for(holder)
    credential = issue(session, clock, body.signer(), rng, officer, body, award)
    revoke(session, clock, officer, credential.id, "Misconduct was proved.")
    newer = award_for(holder, response_record_id=award.response_record_id)

    with pytest.raises(NotAwardable, match="revoked"):
        issue(session, clock, body.signer(), rng, officer, body, newer)


def test_nothing_is_public_until_the_holder_says_so(
    session, clock, body, officer, holder, person, issued
):
    """
    A stranger is told that there is nothing; the holder and the officer see it.
    """
    stranger = person(name="Sam Stranger")
    for actor in (None, stranger):
        with pytest.raises(CredentialNotFound):
            find_credential(session, actor, issued.id)
    assert credential_for(session, stranger, issued.holding.response_record_id) is None
    assert find_credential(session, holder, issued.id) == issued
    assert find_credential(session, officer, issued.id) == issued

    shown(session, clock, body, holder, issued.id, public=True, name_shown=False)

    assert find_credential(session, None, issued.id).document == issued.document


def test_a_name_is_signed_in_only_with_the_holders_consent(session, clock, body, holder, issued):
    """
    The holder adds their name and takes it out again; both versions verify.
    """
    clock.forward(minutes=5)
    named = shown(session, clock, body, holder, issued.id, public=True, name_shown=True)
    when_newest = verify_here(session, clock, body, named.document)
    clock.forward(minutes=5)

    nameless = shown(session, clock, body, holder, issued.id, public=True, name_shown=False)

    assert "Ada Example" not in issued.document.decode()
    assert "Ada Example" in named.document.decode()
    assert "Ada Example" not in nameless.document.decode()
    assert (named.version, nameless.version) == (2, 3)
    assert when_newest.verdict is Verdict.VERIFIED
    assert verify_here(session, clock, body, named.document).reasons() == ("superseded",)
    assert verify_here(session, clock, body, nameless.document).verdict is Verdict.VERIFIED


def test_nobody_but_the_holder_chooses_what_is_shown(session, clock, body, officer, issued):
    """
    Not even the officer who issued it makes a credential public.
    """
    with pytest.raises(CredentialNotFound):
        shown(session, clock, body, officer, issued.id, public=True, name_shown=True)


def test_a_development_key_stamps_what_it_signs(
    session, clock, body, rng, officer, holder, tmp_path
):
    """
    So do a test administration and simulated responses, and each reason is named.
    """
    develops = body.__class__(body.public_url, tmp_path / "development", body.named)
    create_key(develops.keys, clock.now(), development=True)
    award = award_for(holder, test_reasons=("its responses were simulated",))

    credential = issue(session, clock, develops.signer(), rng, officer, develops, award)

    document = json.loads(credential.document)
    assert document["name"] == "TEST – Data Literacy"
    assert (
        "its responses were simulated and it is signed with a development key"
        in (document["description"])
    )
    assert verify_here(session, clock, develops, credential.document).test


def test_a_development_key_never_signs_over_a_real_credential(
    session, clock, body, holder, issued, tmp_path
):
    """
    A change of the shown name cannot slip a qualification under a key that proves nothing.
    """
    develops = body.__class__(body.public_url, tmp_path / "development", body.named)
    create_key(develops.keys, clock.now(), development=True)

    with pytest.raises(KeyUnusable, match="TEST"):
        shown(session, clock, develops, holder, issued.id, public=True, name_shown=True)


def test_a_candidate_without_an_account_is_known_by_a_hashed_number(
    session, clock, body, rng, officer
):
    """
    Imported candidates have no address; their number is hashed and can be checked.
    """
    credential = issue(session, clock, body.signer(), rng, officer, body, award_for(None))

    report = verify_here(session, clock, body, credential.document, "candidate-0042")

    assert report.verdict is Verdict.VERIFIED
    assert "candidate-0042" not in credential.document.decode()
    assert verify_here(session, clock, body, credential.document, "candidate-0043").reasons() == (
        "recipient_differs",
    )


def test_places_in_the_status_list_are_never_shared(session, clock, body, rng, officer, holder):
    """
    Ten credentials stand at ten places, in no order that gives anything away.
    """
    issued = [
        issue(session, clock, body.signer(), rng, officer, body, award_for(holder))
        for _ in range(10)
    ]

    places = [credential.holding.list_index for credential in issued]
    assert len(set(places)) == 10
    assert places != sorted(places)


def test_a_list_that_nobody_published_is_not_there(session, clock, body, issued):
    """
    Only lists that hold credentials are published, and the first of all.
    """
    assert status_list_document(session, clock, body.signer(), body, 1)

    for number in (0, 2, 10**8):
        with pytest.raises(StatusListNotFound):
            status_list_document(session, clock, body.signer(), body, number)


def test_a_text_that_cannot_be_signed_exactly_is_refused(
    session, clock, body, rng, officer, holder
):
    """
    A control character in the achievement's words stops the issue, and names its place.
    """
    words = ("Data\x1bLiteracy", "Reads data.", "Passed.")

    with pytest.raises(NotCanonical, match="name"):
        issue(
            session, clock, body.signer(), rng, officer, body, award_for(holder, achievement=words)
        )


def test_every_act_of_staff_is_in_the_trail(session, clock, officer, issued):
    """
    Issue and revocation stand there with decision and reason.
    """
    revoke(session, clock, officer, issued.id, "Misconduct was proved.")

    acts = staff_acts(session, officer, subject=f"credential:{issued.id}")

    assert {act.action for act in acts} == {"credentials.issue", "credentials.revoke"}
    assert acts[0].detail.get("reason") or acts[1].detail.get("reason")


def test_an_unknown_credential_is_not_found(session, officer, clock):
    """
    Neither to look at nor to revoke.
    """
    with pytest.raises(CredentialNotFound):
        find_credential(session, officer, uuid4())
    with pytest.raises(CredentialNotFound):
        revoke(session, clock, officer, uuid4(), "There is none.")
