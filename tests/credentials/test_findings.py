"""Every reason a verification can give has words for people."""

import ast
from pathlib import Path

import pytest

import examengine.credentials
from examengine.credentials import AwardingBody, Force
from examengine.web.findings import MARKS, QUESTIONS, REASONS, UNSOUND, in_words, words_for
from tests.credentials.issuing import as_bytes, new_board

FOLDER = Path(examengine.credentials.__file__).parent
# Where a call states a reason: the function, and which of its arguments it is.
STATED = {
    "passed": 1,
    "failed": 1,
    "untold": 1,
    "_faults": 1,
    "refused": 2,
    "unanswered": 0,
    "BadgeFault": 0,
    "NotCanonical": 0,
    "NotBaked": 0,
    "NotCredentialJson": 0,
    "_faultless": 1,
}
PARTS = {"claim_", "_differs", "endorsement_"}  # of reasons that are put together
RETURNED = ("_option_fault", "_header_fault", "excess")
MAPPED = {"_REASONS", "_REASONS_OF_TYPES", "_ENDS"}
HERE = AwardingBody("https://exam.example.org", Path("nowhere"), "Example Examination Board")


def stated_reasons() -> set[str]:
    """Return every reason that stands as text in the credentials package."""
    found = {force.value for force in Force}
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            found |= _called(node) | _returned(node) | _mapped(node)
    return found


def _called(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return set()
    place = STATED.get(node.func.id)
    if place is None or len(node.args) <= place:
        return set()
    return {
        part.value
        for part in ast.walk(node.args[place])
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and "{" not in part.value
    }


def _mapped(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Dict):
        return set()
    names = {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {value.value for value in node.value.values if names & MAPPED}


def _returned(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.FunctionDef) or node.name not in RETURNED:
        return set()
    texts = (
        part
        for statement in ast.walk(node)
        if isinstance(statement, ast.Return) and statement.value is not None
        for part in ast.walk(statement.value)
    )
    return {
        part.value
        for part in texts
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


@pytest.mark.parametrize("reason", sorted(stated_reasons() - PARTS - {"no_id"}))
def test_every_reason_has_a_sentence(reason):
    """
    Nobody who verifies a credential reads a bare code. (`no_id` is printed by a command.)
    """
    assert words_for(reason).endswith(".")


def test_no_sentence_outlives_its_reason():
    """
    A sentence that nothing states any more is taken out.
    """
    chosen_before_the_call = {"no_credential", "several_credentials"}

    assert set(REASONS) - stated_reasons() - chosen_before_the_call == set()


def test_a_reason_from_inside_an_endorsement_says_so():
    """
    The reader learns where the fault lies.
    """
    assert words_for("endorsement_signature_wrong").startswith("In an endorsement")
    assert words_for("claim_exp_differs").startswith("The token")


def test_a_report_becomes_a_title_and_steps():
    """
    What speaks against a credential stands first, in words.
    """
    board = new_board()
    changed = board.issue()
    changed["name"] = "Doctor of Everything"

    good = in_words(examengine.credentials.verify(as_bytes(board.issue()), board.question()), HERE)
    bad = in_words(examengine.credentials.verify(as_bytes(changed), board.question()), HERE)

    assert (good.title, bad.title) == ("Verified", "Not valid")
    assert bad.text.startswith("It was changed after it was signed")
    assert {step.question for step in good.steps} <= set(QUESTIONS.values())
    assert len(UNSOUND) + 1 == len(MARKS) == 3
