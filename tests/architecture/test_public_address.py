"""The public address: one form of each, and one sentence for what cannot be used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.credentials.vc.did import did_web, document_url
from examengine.public_address import is_loopback, public_address, unfit_for_production
from examengine.settings import SettingUnusable, read_settings

INTERNATIONAL = "prüfung.example".encode("idna").decode()


@pytest.mark.parametrize(
    ("given_address", "address", "did"),
    [
        ("https://exams.example", "https://exams.example", "exams.example"),
        ("https://exams.example/", "https://exams.example", "exams.example"),
        ("HTTPS://Exams.Example:443//", "https://exams.example", "exams.example"),
        ("https://exams.example.", "https://exams.example", "exams.example"),
        ("https://exams.example:8443", "https://exams.example:8443", "exams.example%3A8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", "127.0.0.1%3A8000"),
        ("http://[::1]:8000", "http://[::1]:8000", "%5B%3A%3A1%5D%3A8000"),
        ("http://[0:0:0::1]", "http://[::1]", "%5B%3A%3A1%5D"),
        ("https://prüfung.example", f"https://{INTERNATIONAL}", INTERNATIONAL),
        ("https://PRÜFUNG.example", f"https://{INTERNATIONAL}", INTERNATIONAL),
        ("https://pru\u0308fung.example", f"https://{INTERNATIONAL}", INTERNATIONAL),
        ("https://straße.example", "https://xn--strae-oqa.example", "xn--strae-oqa.example"),
        ("https://試験。例え", "https://xn--w22as22a.xn--r8jz45g", "xn--w22as22a.xn--r8jz45g"),
    ],
)  # fmt: skip
def test_an_address_has_one_form(given_address, address, did):
    """
    However it is written, credentials and the DID carry the same; keys are found under it.
    """
    found = public_address(given_address)

    assert found == address
    assert public_address(found) == found
    assert did_web(found) == f"did:web:{did}"
    assert document_url(did_web(found)).endswith(found.split("//")[1] + "/.well-known/did.json")


@pytest.mark.parametrize(
    "address",
    [
        "exams.example", "ftp://exams.example", "https://", "http://[::1", "https:/exams.example",
        "https://exams.example/a/b", "https://exams.example?x", "https://exams.example/?", "",
        "https://exams.example#x", "https://exams.example/#", "https://a:secret@exams.example",
        "https://secret@exams.example", "https://exams.example:0", "https://exams.example:99999",
        "https://exams.example:x", "https://exams .example", " https://exams.example",
        "https://exams.example\n", "https://-a.example", "https://a..example", "https://exa_ms.example",
        "https://" + "a" * 64 + ".example", "https://" + "a." * 130 + "example", "https://1.2.3.4.5",
        "https://exams.example\u200e", "https://%41.example", "https://[fe80::1%25eth0]",
        "https://256.1.1.1", "https://exams.example\\@evil.example",
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_one_sentence(address):
    """
    The refusal names the setting and what would be right, and repeats no password.
    """
    with pytest.raises(SettingUnusable) as refused:
        read_settings({"EXAMENGINE_PUBLIC_URL": address})

    said = str(refused.value)
    assert said.startswith("EXAMENGINE_PUBLIC_URL ")
    assert "https://exams.example" in said
    assert "secret" not in said
    assert "\n" not in said


@given(st.text(max_size=40))
def test_any_host_is_settled_or_refused(text):
    """
    No text ends in anything else; what is settled stays as it is.
    """
    try:
        found = public_address(f"https://{text}")
    except ValueError:
        return

    assert public_address(found) == found
    assert found.isascii()


def test_the_default_is_where_the_server_listens():
    """
    An IPv6 host is put in brackets.
    """
    assert read_settings({"EXAMENGINE_HOST": "::1"}).public_url == "http://[::1]:8000"


@pytest.mark.parametrize(
    ("address", "fit"),
    [
        ("https://exams.example", True),
        ("http://exams.example", False),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://localhost:8000", True),
        ("https://192.0.2.7", False),
        ("https://[2001:db8::7]", False),
    ],
)
def test_credentials_that_are_no_test_need_https_and_a_name(address, fit):
    """
    On one's own machine anything goes: nobody else can verify it, or be deceived.
    """
    assert (unfit_for_production(address) is None) is fit
    assert is_loopback(address) is (fit and not address.startswith("https"))
