"""Credentials we issue, judged by verifiers that others wrote."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError
from tests.credentials.issuing import BADGE, DID, Board, as_bytes, new_board
from tests.shared_folder import shared

from examengine.credentials.badge.document import SCHEMA_URL
from examengine.credentials.badge.image import draw_seal
from examengine.credentials.vc.baking import bake
from examengine.credentials.vc.did import document_url
from examengine.credentials.vc.reading import unbake
from examengine.credentials.vc.report import Verdict
from examengine.credentials.vc.verification import verify

VERIFIERS = Path(__file__).parent / "verifiers"
SCHEMA = "credentials/schemas/ob_v3p0_achievementcredential_schema.json"

needs_node = pytest.mark.skipif(
    not (VERIFIERS / "node_modules").exists() or shutil.which("node") is None,
    reason="the verifiers of others are not installed: run `make test`, which installs them",
)
both_node_verifiers = pytest.mark.parametrize("script", ["digital-bazaar.mjs", "dcc.mjs"])


@pytest.fixture
def board() -> Board:
    """An awarding body of today: the verifiers of others read the machine's clock."""
    return new_board(datetime.now(UTC).replace(microsecond=0))


def judged_by(script: str, board: Board, credential: dict, **elsewhere: dict) -> dict:
    """Return what one of the node verifiers answers, given what the board publishes.

    What others publish, `elsewhere` by address, is not found by them unless it is given.
    """
    documents = {**board.web(), DID: board.web()[document_url(DID)], **elsewhere}
    finished = subprocess.run(
        ["node", VERIFIERS / script],
        input=json.dumps({"credential": credential, "documents": documents}),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads(finished.stdout)


def judged_by_openbadgeslib(board: Board, credential: dict) -> None:
    """Ask openbadgeslib, which raises when it rejects.

    It believes only status lists that are signed as tokens, so ours is read without that check;
    the node verifiers check the list's proof. It knows recipients only by a plain `mailto:` id,
    which we never write, so it is not asked about the recipient.
    """
    published = {url: as_bytes(document) for url, document in board.web().items()}
    OB3LdpVerifier.for_issuer_did(DID).verify(
        credential,
        check_status=True,
        download=lambda url, *_, **__: published[url],
        verify_status_list=False,
    )


@needs_node
@both_node_verifiers
def test_others_verify_what_we_issue(board, script):
    """
    A fresh credential with scores, evidence and status is verified by someone else's program.
    """
    credential = board.issue()

    answer = judged_by(script, board, credential)

    assert answer == {"verified": True, "reasons": []}


@needs_node
@both_node_verifiers
def test_others_reject_what_we_revoke(board, script):
    """
    Setting the bit in the published list is enough to make others reject the credential.
    """
    credential = board.issue()
    board.revoked = (BADGE.status.index,)

    answer = judged_by(script, board, credential)

    assert answer["verified"] is False
    assert "revo" in answer["reasons"][0]


@needs_node
@both_node_verifiers
def test_others_reject_a_raised_score(board, script):
    """
    One digit more in the score breaks the signature for everybody.
    """
    credential = board.issue()
    credential["credentialSubject"]["result"][0]["value"] = "712"

    answer = judged_by(script, board, credential)

    assert answer["verified"] is False


def test_openbadgeslib_verifies_what_we_issue(board):
    """
    The strictest reader of JSON-LD we know accepts form, proof, dates and status.
    """
    credential = board.issue()

    judged_by_openbadgeslib(board, credential)

    assert verify(as_bytes(credential), board.question()).verdict is Verdict.VERIFIED


def test_openbadgeslib_rejects_what_we_revoke(board):
    """
    A third program reads the same bit of the same list.
    """
    credential = board.issue()
    board.revoked = (BADGE.status.index,)

    with pytest.raises(OB3VerificationError, match="'revocation' is set at index 4711"):
        judged_by_openbadgeslib(board, credential)


def test_what_we_bake_comes_out_as_it_went_in(board):
    """
    The credential inside the badge's picture is, byte for byte, the one that was signed.
    """
    credential = as_bytes(board.issue())
    picture = draw_seal(BADGE.achievement.url, test=False)

    baked = bake(picture, credential)

    assert unbake(baked) == credential
    assert verify(baked, board.question()).verdict is Verdict.VERIFIED


@needs_node
@pytest.mark.references
def test_a_verifier_that_fetches_the_published_schema_finds_no_misfit(board):
    """
    The consortium's verifier downloads the schema that the credential names, and applies it.
    """
    schema = json.loads(shared(SCHEMA).read_text("utf-8"))

    answer = judged_by("dcc.mjs", board, board.issue(), **{SCHEMA_URL: schema})

    assert answer == {"verified": True, "reasons": []}


@pytest.mark.references
@pytest.mark.parametrize("test_reason", [None, "made with a development key"])
def test_what_we_issue_fits_the_published_schema(board, test_reason):
    """
    The JSON Schema that each credential names accepts it, stamped or not.
    """
    schema = json.loads(shared(SCHEMA).read_text("utf-8"))

    faults = list(
        jsonschema.Draft201909Validator(schema).iter_errors(board.issue(test_reason=test_reason))
    )

    assert faults == []
