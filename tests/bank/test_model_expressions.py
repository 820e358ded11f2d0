"""The expressions of item models: exact, bounded, and with the place of each fault."""

import time
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank.item_models.expressions import LONGEST, ExpressionUnusable, read_expression

NAMES = frozenset({"a", "b", "town"})
VALUES = {"a": Fraction(7), "b": Fraction(1, 4), "town": "Aldry"}


def value(text):
    """What an expression comes to."""
    return read_expression(text, NAMES).value(VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2 = 0.3", True),
        ("a * b", Fraction(7, 4)),
        ("-a ^ 2", Fraction(-49)),
        ("2 ^ -2", Fraction(1, 4)),
        ("a - 2 - 3", Fraction(2)),
        ("a / b / 2", Fraction(14)),
        ("2 + 3 * 4", Fraction(14)),
        ("(2 + 3) * 4", Fraction(20)),
        ("round(2.345, 2)", Fraction("2.35")),
        ("round(0 - 2.5, 0)", Fraction(-3)),
        ("floor(7 / 2) + ceil(7 / 2)", Fraction(7)),
        ("mod(17, 5) + gcd(12, 18) + abs(0 - 1) + min(1, 2) + max(1, 2)", Fraction(12)),
        ("not a = 7 or b < 1 and a >= 7", True),
        ('town = "Aldry"', True),
        ('town != "Vell"', True),
        ("not not a > b", True),
    ],
)
def test_an_expression_is_worked_out_exactly(text, expected):
    """
    Fractions and no floats; the usual order of signs; halves are rounded away from zero.
    """
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "words", "at"),
    [
        ("a +", "ends where a value is missing", 3),
        ("a b", "does not expect 'b'", 2),
        ("a $ b", "cannot read '$ b'", 2),
        ("(a", "lacks ')'", 2),
        ("c + 1", "knows no 'c'; the names are a, b, town", 0),
        ("exec(a)", "knows no function 'exec'", 0),
        ("round(a)", "round takes 2 values, and 1 are given", 0),
        ("a.real", "cannot read '.real'", 1),
        ("__import__(a)", "knows no function '__import__'", 0),
        ("", "ends where a value is missing", 0),
        ("(" * 40 + "a" + ")" * 40, "is nested too deeply", 26),
        ("1" * (LONGEST + 1), "signs; 300 are the most", LONGEST),
    ],
)
def test_what_is_no_expression_is_refused_with_its_place(text, words, at):
    """
    The fault says what was found, and at which sign.
    """
    with pytest.raises(ExpressionUnusable, match="sign") as refusal:
        read_expression(text, NAMES)

    assert words in refusal.value.what
    assert refusal.value.at == at


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a / (b - b)", "divides by zero"),
        ("0 ^ -1", "divides by zero"),
        ("10 ^ 20 * 10 ^ 20", "too large or too fine"),
        ("10 ^ 21", "as powers"),
        ("2 ^ b", "as powers"),
        ("town + 1", "reckons with the word 'Aldry'"),
        ("town = a", "compares a word with a number"),
        ("a and b", "joins what is no comparison"),
        ("(a = b) + 1", "reckons with a comparison"),
    ],
)
def test_what_cannot_be_worked_out_is_refused(text, words):
    """
    Nothing grows without bound, and no words are reckoned with.
    """
    with pytest.raises(ExpressionUnusable) as refusal:
        value(text)

    assert words in refusal.value.what


EXPRESSIONS = st.recursive(
    st.integers(0, 99).map(str) | st.sampled_from(["a", "b"]),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_arithmetic_agrees_with_fractions(text):
    """
    Any sum of products comes to what exact fractions of Python come to.
    """
    numbers = "".join(f"Fraction({part})" if part.isdigit() else part for part in _pieces(text))
    try:
        expected = eval(numbers, {"Fraction": Fraction, **VALUES})  # noqa: S307 - text of ours
    except ZeroDivisionError:
        expected = None

    try:
        found = value(text)
    except ExpressionUnusable as refusal:
        found = None if refusal.what == "divides by zero" else expected

    assert found == expected


def _pieces(text):
    return text.replace("(", " ( ").replace(")", " ) ").split()


@given(st.text(alphabet='ab01.+-*/^()<>=!" ,notrdu', max_size=60))
def test_any_text_is_read_or_refused_at_once(text):
    """
    Whatever is written is worked out or refused in words, in no time.
    """
    began = time.perf_counter()

    with suppress(ExpressionUnusable):
        value(text)

    assert time.perf_counter() - began < 1
