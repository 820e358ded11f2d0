"""One bit a credential, long enough to hide in."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.credentials.status import status_list
from examengine.credentials.vc import multibase
from examengine.credentials.vc import status as bitstring


@given(st.sets(st.integers(0, bitstring.SIZE - 1), max_size=50))
def test_exactly_the_revoked_bits_are_set(revoked):
    """
    Decoding gives back the revoked indexes and no other.
    """
    bits = bitstring.decode(bitstring.encode(revoked))

    unpacked = np.unpackbits(np.frombuffer(bits, dtype=np.uint8))
    assert set(np.flatnonzero(unpacked)) == revoked
    assert len(bits) * 8 == 131_072


def test_index_zero_is_the_leftmost_bit():
    """
    The order of the specification, in which others read the list.
    """
    bits = bitstring.decode(bitstring.encode({0, 9}))

    assert bits[:2] == b"\x80\x40"
    assert bitstring.bit(bits, 9)
    assert not bitstring.bit(bits, 8)


def test_equal_lists_have_equal_bytes():
    """
    No time stamp hides in the compression.
    """
    assert bitstring.encode({1, 2}) == bitstring.encode({2, 1})


def test_indexes_are_drawn_at_random_and_never_twice():
    """
    Neighbours in time are not neighbours in the list.
    """
    rng = np.random.default_rng(7)
    taken: list[int] = []
    for _ in range(10):
        taken += status_list.draw_indexes(set(taken).intersection, 50, rng)

    assert len(set(taken)) == 500
    assert np.abs(np.diff(taken)).mean() > bitstring.SIZE / 10


def test_a_half_full_list_takes_no_more():
    """
    The next list is begun while the last still hides its members.
    """
    half = bitstring.SIZE // 2

    assert status_list.room(half) == 0
    assert status_list.room(half + 1) == 0
    assert status_list.room(half - 1) == 1


def test_a_list_that_unpacks_without_end_is_refused():
    """
    A few kilobytes that unpack to gigabytes are stopped at 8 MiB.
    """
    bomb = "u" + multibase.encode_base64url(gzip.compress(bytes(64 * 1024 * 1024)))

    with pytest.raises(ValueError, match="unpacks to more"):
        bitstring.decode(bomb)


@pytest.mark.parametrize("encoded", ["", "zabc", "uAAAA", "u!!", "uH4sI"])
def test_what_is_no_list_is_refused(encoded):
    """
    Wrong base, wrong compression and a cut list are told apart from an empty one.
    """
    with pytest.raises(ValueError, match=r"list|base64|alphabet|data"):
        bitstring.decode(encoded)
