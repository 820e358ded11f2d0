"""Who signed, seen from here, and what a stranger's badge borrows from us."""

from dataclasses import replace
from pathlib import Path

import pytest

from examengine.credentials import AwardingBody
from examengine.credentials.vc.report import Report, Statement
from examengine.credentials.vc.verification import verify
from examengine.credentials.verifying.signed_by import SignedBy, cautions, signed_by
from examengine.web.findings import CAUTIONS, SIGNERS, in_words
from tests.credentials.issuing import DID, as_bytes, new_board

BODY = AwardingBody("https://exam.example.org", Path("nowhere"), "Example Examination Board")
KEY = "did:key:z6MkoTjJXSaEWZEvJdNcuaHYCFfhjDtWgzGrvAaJY5y6Vvmz"
NAMES = ["Data Literacy"]


def said(issuer: str, *, shown: bool = True, **changes: str | None) -> Report:
    """Return a report on a badge of `issuer` about an achievement of its own."""
    stated = Statement(
        issuer=issuer,
        issuer_name="Some College",
        achievement="https://college.example/achievements/weaving",
        achievement_name="Weaving",
        creator=None,
        holder=None,
        awarded=None,
        until=None,
    )
    return Report((), issuer=issuer if shown else None, stated=replace(stated, **changes))


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (said(DID), SignedBy.OURS),
        (said("did:web:college.example"), SignedBy.ELSEWHERE),
        (said(KEY), SignedBy.A_KEY),
        (said(DID, shown=False), SignedBy.NOT_SHOWN),
    ],
)
def test_a_signer_is_known_by_the_key_alone(report, expected):
    """
    What a badge says of its issuer counts for nothing until the key was found to be theirs.
    """
    assert signed_by(report, BODY) is expected


@pytest.mark.parametrize(
    ("report", "codes"),
    [
        (said("did:web:college.example"), ()),
        (
            said("did:web:college.example", issuer_name="EXAMPLE  Examinatiön Board"),
            ("bears_our_name",),
        ),
        (
            said("did:web:college.example", issuer_name="Example\u200b Examination Board, London"),
            ("bears_our_name",),
        ),
        *(
            (said("did:web:college.example", issuer_name=name), ("bears_our_name",))
            for name in (
                "Еxample Examination Board",  # a Cyrillic capital
                "Exampӏe Exаminаtion Boаrd",
                "Example Examinatiοn Board",  # a Greek omicron
                "Examplе Εxamination Bоаrd Ltd.",
                "Exarnple Exam1nation B0ard",
                "ExampIe-Examination-Board",
                "𝐄xample Examination Board",  # a mathematical capital
            )
        ),
        (
            said("did:web:xn--exm-7cd.example.org"),  # with a Cyrillic letter
            ("address_like_ours", "created_elsewhere"),
        ),
        (
            said(
                "did:web:exarn.example.org",
                achievement="https://exarn.example.org/achievements/weaving",
            ),
            ("address_like_ours",),
        ),
        (
            said("did:web:college.example", achievement_name="TEST – data literacy"),
            ("bears_our_achievement",),
        ),
        (
            said(KEY, achievement="https://exam.example.org/achievements/data-literacy"),
            ("bears_our_achievement", "signer_unknown", "created_elsewhere"),
        ),
        (
            said("did:web:college.example", creator="did:web:other.example"),
            ("created_elsewhere",),
        ),
        (said(KEY, achievement="urn:uuid:1"), ("signer_unknown",)),
        (said(DID, issuer_name="Example Examination Board"), ()),
    ],
)
def test_what_a_badge_borrows_is_said(report, codes):
    """
    Our name, our achievements, a key that anybody makes, an achievement of another address.
    """
    assert cautions(report, BODY, NAMES) == codes
    assert set(codes) <= set(CAUTIONS)


def test_green_is_for_our_own_keys_alone():
    """
    The same sound badge is verified at home, and elsewhere signed by somebody unknown.
    """
    board = new_board()
    report = verify(as_bytes(board.issue()), board.question())

    ours = in_words(report, BODY)
    theirs = in_words(report, replace(BODY, public_url="https://another.example"))

    assert (ours.tone, ours.title) == ("good", "Verified")
    assert theirs.tone == "warn"
    assert theirs.stated.issuer == DID
    assert theirs.signed
    assert "do not know the signer" in theirs.title
    assert theirs.signer == SIGNERS[SignedBy.ELSEWHERE]


def test_not_revoked_is_said_only_where_a_status_was_read():
    """
    A badge without a status list may have been taken back, and nobody could look it up.
    """
    board = new_board()
    unkept = {
        n: part for n, part in board.issue().items() if n not in {"proof", "credentialStatus"}
    }

    kept = in_words(verify(as_bytes(board.issue()), board.question()), BODY)
    silent = in_words(verify(as_bytes(board.sign(unkept)), board.question()), BODY)

    assert "was not revoked" in kept.text
    assert "was not revoked" not in silent.text
