"""Base58 and multikeys against the W3C's published key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.credentials.vc import multibase


@given(st.binary(max_size=80))
def test_base58_gives_back_what_it_was_given(data):
    """
    Every byte string survives, the leading zeros too.
    """
    text = multibase.encode_base58(data)

    assert multibase.decode_base58(text) == data


def test_a_multikey_begins_as_the_specification_says():
    """
    The test key of the W3C cryptosuite specification decodes to 32 bytes and encodes back.
    """
    published = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"

    key = multibase.decode_public_key(published)

    assert len(key) == 32
    assert multibase.encode_public_key(key) == published


@pytest.mark.parametrize("text", ["", "z", "z0OIl", "uAAAA", "z" + "1" * 600, "zDnaerDaTF5BXEavCr"])
def test_what_is_no_ed25519_key_is_refused(text):
    """
    Another curve, another base or plain nonsense is never taken for a key.
    """
    with pytest.raises(ValueError, match=r"multikey|base58"):
        multibase.decode_public_key(text)
