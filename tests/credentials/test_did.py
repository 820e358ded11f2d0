"""Where keys are published, and how they are found again."""

import pytest

from examengine.credentials.vc import did
from tests.credentials.issuing import DID, new_signer


@pytest.mark.parametrize(
    ("url", "name", "document"),
    [
        (
            "https://exam.example.org",
            "did:web:exam.example.org",
            "https://exam.example.org/.well-known/did.json",
        ),
        (
            "http://127.0.0.1:8000",
            "did:web:127.0.0.1%3A8000",
            "https://127.0.0.1:8000/.well-known/did.json",
        ),
        (
            "https://example.org/exams/",
            "did:web:example.org:exams",
            "https://example.org/exams/did.json",
        ),
    ],
)
def test_a_public_address_has_its_did(url, name, document):
    """
    Host, port and path go into the name, and the name leads back to the document.
    """
    found = did.did_web(url)

    assert found == name
    assert did.document_url(found) == document


def test_the_document_lists_every_key_as_strings():
    """
    Retired keys stay, ids are absolute, and `assertionMethod` holds what validators can read.
    """
    keys = [
        did.PublishedKey(name, new_signer().public_key) for name in ("key-2027-1", "key-2026-1")
    ]

    document = did.did_document(DID, keys)

    assert document["assertionMethod"] == [f"{DID}#key-2027-1", f"{DID}#key-2026-1"]
    assert {method["controller"] for method in document["verificationMethod"]} == {DID}
    assert did.find_method(document, f"{DID}#key-2026-1").public_key == keys[1].public_key
    assert did.find_method(document, f"{DID}#key-2025-1") is None
