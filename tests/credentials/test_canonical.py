"""What is signed is what is read: the refusals around canonicalisation."""

import pytest

from examengine.credentials.vc.canonical import canonical_nquads, refuse_numbers
from examengine.credentials.vc.errors import NotCanonical
from tests.credentials.issuing import BADGE, new_board


def credential(**subject) -> dict:
    """Return a small credential whose subject has these members."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:0193f0c2-7a11-7c3e-9a55-3f6f1c0d2e4b",
        "type": ["VerifiableCredential"],
        "issuer": "did:web:exam.example.org",
        "credentialSubject": subject,
    }


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ({"name": "A\x0bda"}, "control_character"),
        ({"name": "A\x7fda"}, "control_character"),
        ({"name": "\ud83d"}, "control_character"),
        ({"name": 0.30000000000000004}, "number_inexact"),
        ({"name": 1e-7}, "number_inexact"),
        ({"name": 2**60}, "number_inexact"),
        ({"grade": "A"}, "term_undefined"),
        ({"id": "ada"}, "iri_relative"),
        ({"type": ["Hero"]}, "iri_relative"),
        ({"@context": "https://example.org/unknown"}, "context_unknown"),
    ],
)
def test_what_others_would_read_differently_has_no_canonical_form(subject, reason):
    """
    Each trap is refused before a signature could cover it.
    """
    with pytest.raises(NotCanonical) as refusal:
        canonical_nquads(credential(**subject))

    assert refusal.value.reason == reason


def test_text_of_every_script_is_canonical():
    """
    Names of any script, quotation marks, tabs and line ends are signed as they are.
    """
    name = 'Zoë "О’Коннор" 李\t\n\\ \u2028 👩‍🔬'

    nquads = canonical_nquads(credential(name=name))

    assert "Zoë" in nquads
    assert "👩‍🔬" in nquads


def test_a_graph_made_to_keep_us_busy_is_given_up():
    """
    Nine parts that look alike in each of two that do would take hundreds of thousands of steps.
    """
    part = {"https://example.org/p": [{"https://example.org/q": [{}]} for _ in range(9)]}
    tangle = {"https://example.org/knows": [part, part]}

    with pytest.raises(NotCanonical) as refusal:
        canonical_nquads(credential(**tangle))

    assert refusal.value.reason == "graph_too_entangled"


def test_scores_are_signed_as_text():
    """
    A number with a fraction is refused by the signer, whatever its size.
    """
    with pytest.raises(NotCanonical, match="written as a string"):
        refuse_numbers({"result": [{"value": 87.5}]})


def test_a_name_with_a_control_character_is_not_signed():
    """
    The refusal reaches whoever builds a badge, and names the place.
    """
    recipient = BADGE.recipient.__class__(BADGE.recipient.identity, "salt", "Ada\x1b[0m")

    with pytest.raises(NotCanonical, match="identityHash"):
        new_board().issue(recipient=recipient)
