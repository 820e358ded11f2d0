"""Patterns of typed answers, beside a regular expression that says the same slowly."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank.item_types._patterns import bare_pattern, matches


def as_expression(pattern: str) -> str:
    """The pattern as an expression: what Moodle makes of it."""
    parts = re.split(r"(?<!\\)\*", pattern)
    return ".*".join(re.escape(part.replace("\\*", "*")) for part in parts)


@pytest.mark.parametrize(
    ("pattern", "text", "same"),
    [
        ("Paris", "paris", True),
        ("Paris", " Paris ", True),
        ("Paris", "Paris.", False),
        ("*median*", "the median value", True),
        ("*", "anything", True),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "acb", False),
        ("ab*ba", "aba", False),
        (r"2\*3", "2*3", True),
        (r"2\*3", "2x3", False),
        ("caf\u00e9", "cafe\u0301", True),
    ],
)
def test_a_pattern_takes_whole_answers(pattern, text, same):
    """
    An asterisk is any signs, an escaped one is itself; accents count however they are typed.
    """
    assert matches(pattern, text, exact=False) is same


def test_case_counts_where_the_item_says_so():
    """
    An item may ask for capital letters.
    """
    assert matches("NaCl", "nacl", exact=False)
    assert not matches("NaCl", "nacl", exact=True)


@given(st.text("ab*", max_size=8), st.text("ab", max_size=10))
def test_a_pattern_takes_what_the_expression_takes(pattern, text):
    """
    Looking for each run once finds the same as trying every way.
    """
    expected = re.fullmatch(as_expression(pattern), text) is not None

    assert matches(pattern, text, exact=True) == expected


@given(st.text("ab* ", max_size=8))
def test_the_bare_pattern_is_an_answer(pattern):
    """
    Without its asterisks a pattern is the shortest text that it takes.
    """
    assert matches(pattern.strip(), bare_pattern(pattern.strip()), exact=True) or " " in pattern
