"""What a credential says, must by must."""

import pytest

from examengine.credentials.badge.document import BadgeResult, build
from examengine.credentials.vc.context_loader import OPEN_BADGES_EXTENSIONS
from examengine.credentials.vc.credential import TEST_TAG, Credential
from examengine.credentials.vc.open_badge import badge_faults, is_recipient, result_faults
from tests.credentials.issuing import BADGE, DID, EMAIL, SCORE, new_board

CREDENTIAL = new_board().issue()
SUBJECT = CREDENTIAL["credentialSubject"]


def test_the_contexts_stand_in_their_order():
    """
    Credentials first, Open Badges second, and the extensions whose terms are used.
    """
    assert CREDENTIAL["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        OPEN_BADGES_EXTENSIONS,
    ]


def test_the_issuer_is_the_controller_of_the_key():
    """
    Profile, verification method and DID name one awarding body.
    """
    (proof,) = CREDENTIAL["proof"]

    assert CREDENTIAL["issuer"]["id"] == DID
    assert CREDENTIAL["issuer"]["type"] == ["Profile"]
    assert proof["verificationMethod"] == f"{DID}#key-2026-1"
    assert proof["cryptosuite"] == "eddsa-rdfc-2022"


def test_the_address_is_hashed_and_never_written_out():
    """
    Whoever knows the address finds it matches; whoever does not cannot read it off.
    """
    address = SUBJECT["identifier"][0]

    assert set(address) == {"type", "hashed", "identityHash", "identityType", "salt"}
    assert address["identityType"] == "emailAddress"
    assert EMAIL not in str(CREDENTIAL)
    assert is_recipient(Credential({"credentialSubject": SUBJECT}), EMAIL.upper())
    assert not is_recipient(Credential({"credentialSubject": SUBJECT}), "bea@example.org")


def test_a_name_stands_there_only_with_consent():
    """
    Without consent the credential holds the hashed address and nothing else of the person.
    """
    silent = build(BADGE_WITHOUT_NAME)

    assert "Ada" not in str(silent)
    assert "Ada Example" in str(CREDENTIAL)


def test_results_are_text_and_point_at_their_descriptions():
    """
    Each result says how it is to be read, and no description is missing.
    """
    described = {part["id"] for part in SUBJECT["achievement"]["resultDescription"]}

    assert {result["resultDescription"] for result in SUBJECT["result"]} == described
    assert SUBJECT["result"][0]["value"] == "612"
    assert SUBJECT["result"][1]["status"] == "Completed"
    assert result_faults(Credential(CREDENTIAL)) == []


def test_the_chain_is_named_by_identity_and_digest():
    """
    A credential leads back to its decision and its score record.
    """
    links = {link["genre"]: link for link in CREDENTIAL["evidence"]}

    assert links["ScoreRecord"]["id"] == f"urn:uuid:{BADGE.links[0].record_id}"
    assert links["ScoreRecord"]["narrative"] == BADGE.links[0].digest
    assert links["Decision"]["narrative"] == BADGE.links[1].digest


def test_nothing_is_null_and_no_list_is_empty():
    """
    The structure check finds no fault in what we build.
    """
    assert badge_faults(Credential(CREDENTIAL)) == []


def test_a_test_badge_says_so_to_people_and_to_programs():
    """
    The stamp stands in name, description and tags, and its reason beside it.
    """
    stamped = new_board().issue(test_reason="signed with a development key")

    achievement = stamped["credentialSubject"]["achievement"]
    assert stamped["name"] == achievement["name"] == "TEST – Data Literacy"
    assert "not a qualification: signed with a development key" in stamped["description"]
    assert TEST_TAG in achievement["tag"]
    assert TEST_TAG not in SUBJECT["achievement"]["tag"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: c.pop("validFrom"), "member_missing"),
        (lambda c: c.update(validFrom="2026-11-21T11:00:00"), "moment_invalid"),
        (lambda c: c.update(validFrom="2026-02-30T11:00:00Z"), "moment_invalid"),
        (lambda c: c.update(evidence=None), "member_not_object"),
        (lambda c: c["credentialSubject"].update(creditsEarned="3"), "value_unknown"),
        (lambda c: c.update(image="https://exam.example.org/a.png"), "member_not_object"),
        (lambda c: c["@context"].pop(), "context_missing"),
        (lambda c: c["type"].pop(), "type_missing"),
        (lambda c: c["type"].pop(0), "type_missing"),
        (lambda c: c["issuer"].pop("type"), "member_missing"),
        (lambda c: c["credentialSubject"].pop("identifier"), "recipient_missing"),
        (
            lambda c: c["credentialSubject"]["identifier"][0].update(identityType="email"),
            "value_unknown",
        ),
        (lambda c: c["credentialSubject"]["identifier"][0].update(email="a@b"), "member_unknown"),
        (
            lambda c: c["credentialSubject"]["achievement"]["criteria"].clear(),
            "criteria_empty",
        ),
        (
            lambda c: c["credentialSubject"]["achievement"].update(achievementType="Program"),
            "value_unknown",
        ),
        (lambda c: c["credentialSubject"]["result"][0].update(value=["612"]), "member_not_text"),
    ],
)
def test_a_fault_of_structure_is_found_and_named(change, reason):
    """
    What an Open Badge must not lack or hold is found where it stands.
    """
    credential = new_board().issue()
    change(credential)

    faults = badge_faults(Credential(credential))

    assert reason in {fault.reason for fault in faults}


@pytest.mark.parametrize(
    "change",
    [
        lambda subject: subject["result"][0].update(resultDescription="urn:x"),
        lambda subject: subject["result"][0].update(achievedLevel="urn:x"),
        lambda subject: subject["result"][1].pop("status"),
        lambda subject: subject["achievement"]["resultDescription"][0].update(
            requiredLevel="urn:x"
        ),
    ],
)
def test_a_result_that_points_at_nothing_is_found(change):
    """
    A score whose description is missing says nothing, and no schema notices.
    """
    credential = new_board().issue()
    change(credential["credentialSubject"])

    assert len(result_faults(Credential(credential))) == 1


BADGE_WITHOUT_NAME = BADGE.__class__(
    **{
        **{name: getattr(BADGE, name) for name in BADGE.__slots__},
        "recipient": BADGE.recipient.__class__(EMAIL, "salt"),
        "results": (BadgeResult(SCORE, value="612"),),
    }
)
