"""Patterns of XML Schema: matched as others match them, and never slowly."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank.qti.patterns import compile_pattern
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause


def _patterns() -> st.SearchStrategy[str]:
    """Expressions that Python reads as XML Schema does."""
    atoms = st.sampled_from(["a", "b", "[ab]", "[^a]", "c", r"\d", "1", r"\."])
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map("".join),
            st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
            st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{1,2}", "{2,}"])).map(
                lambda two: f"({two[0]}){two[1]}"
            ),
        ),
        max_leaves=6,
    )


@given(_patterns(), st.text("abc1.", max_size=8))
def test_a_pattern_matches_what_it_matches_elsewhere(pattern, text):
    """
    On what both read alike, this machine and Python's agree about the whole text.
    """
    expected = re.fullmatch(pattern, text) is not None

    assert compile_pattern(pattern).matches(text) is expected


@pytest.mark.parametrize(
    ("pattern", "matched", "unmatched"),
    [
        (r"[\p{L}]{3}", "äßé", "ab1"),
        (r"\p{Lu}\P{Lu}", "Ab", "AB"),
        (r"[a-z-[aeiou]]+", "xyz", "xaz"),
        (r"^\d+$", "12", "1a"),
        (r"\i\c*", "a-1", "-1a"),
        (r"[+\-]?\d", "-4", "=4"),
        (r"[a\-z]", "-", "b"),
        (r"a|", "", "b"),
        (r"\s\S\w\W", " x_!"[:2] + "1!", "abcd"),
    ],
)
def test_signs_of_xml_schema_are_read(pattern, matched, unmatched):
    """
    Categories, subtraction and names of XML Schema mean what they mean there.
    """
    found = compile_pattern(pattern)

    assert found.matches(matched)
    assert not found.matches(unmatched)


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a|a)*b", "(a|aa)+b", "(a?){30}a{30}"])
def test_no_pattern_takes_long(pattern):
    """
    What makes a matcher that goes back run for years is done within a second here.
    """
    begun = time.process_time()

    assert not compile_pattern(pattern).matches("a" * 200)

    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[a", "a{2", "*", r"(a)\1", "(?=a)b", "a{999}" * 9, "a" * 501, "(" * 60, "[z-a]"],
)
def test_what_is_no_such_pattern_is_refused(pattern):
    """
    Broken, boundless and remembering expressions are refused by a code.
    """
    with pytest.raises(QtiRefused) as refused:
        compile_pattern(pattern)

    assert refused.value.because is RefusedBecause.PATTERN_UNSUPPORTED


@given(st.text(r"ab()[]{}|*+?\^$-.1,p", max_size=30), st.text("ab1", max_size=10))
def test_any_text_is_a_pattern_or_a_refusal(pattern, text):
    """
    Whatever stands where a pattern should: it matches, does not, or is refused.
    """
    try:
        found: object = compile_pattern(pattern).matches(text)
    except QtiRefused as refused:
        found = refused.because

    assert found in {True, False, RefusedBecause.PATTERN_UNSUPPORTED}
