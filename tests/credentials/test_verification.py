"""Each question of a verification, answered on its own."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from examengine.credentials.vc.did import PublishedKey
from examengine.credentials.vc.documents import GivenDocuments, from_files
from examengine.credentials.vc.errors import NotCredentialJson
from examengine.credentials.vc.report import StepOutcome, Verdict
from examengine.credentials.vc.verification import verify
from tests.credentials.issuing import (
    BADGE,
    NOW,
    as_bytes,
    new_board,
    new_signer,
)


def answers(report) -> dict[str, StepOutcome]:
    """Return each step's answer."""
    return {step.name: step.answer for step in report.steps}


def test_a_sound_credential_passes_every_step():
    """
    Nothing is left open, and the report names credential and issuer.
    """
    board = new_board()

    report = verify(as_bytes(board.issue()), board.question())

    assert report.verdict is Verdict.VERIFIED
    assert set(answers(report).values()) == {StepOutcome.TRUE}
    assert report.issuer == "did:web:exam.example.org"
    assert report.credential_id == f"urn:uuid:{BADGE.credential_id}"
    assert report.test is False


def test_what_could_not_be_looked_up_is_not_guessed():
    """
    Without the issuer's documents the signature and the status could not be told.
    """
    board = new_board()

    report = verify(as_bytes(board.issue()), board.question(documents=GivenDocuments({})))

    assert report.verdict is Verdict.COULD_NOT_TELL
    assert answers(report)["signature"] is StepOutcome.COULD_NOT_TELL
    assert "did_document_unavailable" in report.reasons()
    assert report.issuer is None


def test_a_test_credential_is_known_as_one():
    """
    The stamp is read from the signed tags.
    """
    board = new_board()

    report = verify(as_bytes(board.issue(test_reason="simulated")), board.question())

    assert report.verdict is Verdict.VERIFIED
    assert report.test is True


def test_a_retired_key_still_proves_and_a_removed_key_does_not():
    """
    Rotation keeps old credentials; taking a key out of the document ends them.
    """
    board = new_board()
    old = as_bytes(board.issue())
    successor = new_signer("key-2027-1")
    both = (PublishedKey("key-2027-1", successor.public_key), *board.published)

    board.signer, board.published = successor, both
    kept = verify(old, board.question())
    board.published = both[:1]
    removed = verify(old, board.question())

    assert kept.verdict is Verdict.VERIFIED
    assert "key_not_listed" in removed.reasons()


@pytest.mark.parametrize(
    ("moves", "reason"),
    [
        (timedelta(days=4 * 365), "expired"),
        (timedelta(days=-1), "not_yet_valid"),
    ],
)
def test_a_credential_holds_in_its_time_only(moves, reason):
    """
    Before its first and after its last moment it is rejected.
    """
    board = new_board()

    report = verify(as_bytes(board.issue()), board.question(now=NOW + moves))

    assert reason in report.reasons()


def test_a_status_list_out_of_date_is_not_believed():
    """
    An old list says nothing about today: neither revoked nor not revoked.
    """
    board = new_board()

    report = verify(as_bytes(board.issue()), board.question(now=NOW + timedelta(days=2)))

    assert report.reasons() == ("status_list_out_of_date",)
    assert report.verdict is Verdict.COULD_NOT_TELL


def test_a_list_signed_a_moment_later_is_believed():
    """
    The list is signed while the credential is being verified; clocks tick meanwhile.
    """
    board = new_board()
    credential = as_bytes(board.issue())
    board.now += timedelta(seconds=2)

    report = verify(credential, board.question(now=NOW))

    assert report.verdict is Verdict.VERIFIED


def test_a_recipient_is_checked_when_asked():
    """
    The right address is true, another is false, and unasked is left open without harm.
    """
    board = new_board()
    credential = as_bytes(board.issue())

    other = verify(credential, board.question(recipient="bea@example.org"))
    unasked = verify(credential, board.question(recipient=None))

    assert other.reasons() == ("recipient_differs",)
    assert unasked.verdict is Verdict.VERIFIED
    assert answers(unasked)["recipient"] is StepOutcome.COULD_NOT_TELL


def test_another_board_cannot_sign_in_our_name():
    """
    A key of one's own proves nothing about an issuer who does not list it.
    """
    board, stranger = new_board(), new_board()

    report = verify(as_bytes(stranger.issue()), board.question())

    assert report.reasons() == ("signature_wrong", "status_list_forged") or report.reasons() == (
        "signature_wrong",
    )


def test_a_failed_proof_is_not_excused_by_an_unknown_one():
    """
    Anybody can add a proof that nobody understands; the broken one still counts.
    """
    board = new_board()
    credential = board.issue()
    credential["name"] = "Doctor of Everything"
    credential["proof"].append({**credential["proof"][0], "cryptosuite": "unheard-of-2026"})

    report = verify(as_bytes(credential), board.question())

    assert report.verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"proofPurpose": "authentication"}, "purpose_wrong"),
        ({"proofValue": "zzz"}, "signature_malformed"),
        ({"proofValue": "m" + "A" * 86}, "signature_malformed"),
        ({"verificationMethod": "https://exam.example.org/key"}, "key_kind_unknown"),
        ({"created": "2030-01-01T00:00:00Z"}, "proof_from_the_future"),
        ({"expires": "2020-01-01T00:00:00Z"}, "proof_expired"),
        ({"created": "2026-11-21T11:59:59Z"}, "signature_wrong"),
    ],
)
def test_every_option_of_a_proof_is_held_to(change, reason):
    """
    Purpose, key, time and value each have to be right, and are all covered by the signature.
    """
    board = new_board()
    credential = board.issue()
    credential["proof"][0].update(change)

    report = verify(as_bytes(credential), board.question())

    assert reason in report.reasons()
    assert report.verdict is not Verdict.VERIFIED


def test_documents_are_found_by_the_identity_they_state(tmp_path):
    """
    A saved DID document and a saved status list are enough to verify offline.
    """
    board = new_board()
    saved = [json.dumps(document).encode() for document in board.web().values()]

    report = verify(as_bytes(board.issue()), board.question(documents=from_files(saved)))

    assert report.verdict is Verdict.VERIFIED


def test_a_document_without_identity_is_refused():
    """
    What does not say what it is cannot be looked up.
    """
    with pytest.raises(NotCredentialJson, match="states its `id`"):
        from_files([b"{}"])


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"<svg/>", b"a.b.c", b"[1]"])
def test_what_is_no_credential_is_rejected_without_harm(data):
    """
    Nonsense of every kind gets a report, never an exception.
    """
    board = new_board()

    report = verify(data, board.question())

    assert report.verdict is Verdict.REJECTED
    assert report.steps[0].name == "readable"


def test_both_spellings_of_the_type_are_read():
    """
    The context has two terms for the type; a credential may use either.
    """
    board = new_board()
    unsigned = board.issue()
    del unsigned["proof"]
    board_type = {**unsigned, "type": ["VerifiableCredential", "AchievementCredential"]}

    from_other_issuer = verify(as_bytes(board_type), board.question())

    assert answers(from_other_issuer)["form"] is StepOutcome.TRUE
    assert answers(from_other_issuer)["structure"] is StepOutcome.TRUE


def test_a_revoked_credential_is_rejected_and_its_neighbour_is_not():
    """
    One bit speaks of one credential.
    """
    board = new_board()
    board.revoked = (BADGE.status.index,)
    neighbour = board.issue(status=replace(BADGE.status, index=BADGE.status.index + 1))

    assert verify(as_bytes(board.issue()), board.question()).reasons() == ("revoked",)
    assert verify(as_bytes(neighbour), board.question()).verdict is Verdict.VERIFIED
