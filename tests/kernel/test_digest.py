"""The canonical form that every digest of the chain is taken of."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.kernel.digest import canonical_json, digest

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(JSON)
def test_the_canonical_form_reads_back(value):
    """
    A reader that takes every number for a double, as JSON does, gets the same value back.
    """
    assert json.loads(canonical_json(value), parse_int=float) == value


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_the_order_of_members_does_not_matter(value):
    """
    Two mappings with the same members have the same digest, however they were built.
    """
    assert digest(value) == digest(dict(reversed(value.items())))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (1.5e-9, "1.5e-9"),
        (123.456, "123.456"),
        (4.35, "4.35"),
        (333333333.33333329, "333333333.3333333"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
    ],
)
def test_numbers_are_printed_as_rfc_8785_prints_them(value, text):
    """
    A double has the form that ECMAScript gives it, which RFC 8785 § 3.2.2.3 asks for.
    """
    assert canonical_json(value).decode() == text


def test_members_are_sorted_by_utf16_code_units():
    """
    The order is that of RFC 8785 § 3.2.3, where an emoji comes before U+FB33.
    """
    value = {"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3, "\r": 4, "1": 5}

    assert list(json.loads(canonical_json(value))) == ["\r", "1", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53])
def test_what_json_cannot_carry_is_refused(value):
    """
    A number that another program would read differently never gets a digest.
    """
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(value)
