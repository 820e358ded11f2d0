"""Numbers and words as people and keyboards type them: what is read, said, and marked.

The reader of the first release stands here as a slow twin: whatever it read, and whatever it took
for the same, must be read so for ever, because old logs hold such answers.
"""

import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from examengine.bank import ITEM_TYPES
from examengine.bank.item_types._chosen import options_asked_for
from examengine.bank.item_types._numbers import in_digits, readings
from examengine.bank.item_types.short_text import ShortText

NUMBER, WORDS = ITEM_TYPES["numeric_entry"], ITEM_TYPES["short_text"]
UNITS = ("", "%", "minutes", "€", "°C", "per 1,000 residents", "parcels")


def number_item(key: str, unit: str = "", tolerance: str = "0") -> dict[str, object]:
    """An item that asks for a number."""
    item = {**NUMBER.example, "key": {"value": key, "tolerance": tolerance}, "unit": unit}
    return {name: value for name, value in item.items() if value != ""}


def word_item(*accept: str, mistakes: tuple[str, ...] = ("mean",), exact: bool = False):
    """An item that asks for a word."""
    errors = [{"value": value, "rationale": "It is another word."} for value in mistakes]
    key = {"accept": list(accept), "case_sensitive": exact}
    return {**WORDS.example, "key": key, "errors": errors}


def read_at_first(text: str, unit: str) -> list[Decimal]:
    """Read a number as the first release did."""
    bare = "".join(text.replace("−", "-").split())
    own_unit = "".join(unit.split())
    if own_unit and bare.casefold().endswith(own_unit.casefold()):
        bare = bare[: -len(own_unit)]
    sign, digits = (bare[0], bare[1:]) if bare[:1] in {"+", "-"} else ("", bare)
    found = []
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", digits):
        found.append(digits.replace(",", ""))
    if re.fullmatch(r"\d+[.,]?\d*|[.,]\d+", digits):
        found.append(digits.replace(",", "."))
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?", digits):
        found.append(digits.replace(".", "").replace(",", "."))
    return [Decimal(sign + number) for number in found]


def bare_at_first(text: str, *, exact: bool) -> str:
    """Compare words as the first release did."""
    hyphens = str.maketrans({"‐": "-", "‑": "-", "–": "-", "’": "'"})
    composed = unicodedata.normalize("NFKC", text).translate(hyphens)
    joined = " ".join(composed.split()).removesuffix(".").strip(" \"'“”")
    return joined if exact else joined.casefold()


@pytest.mark.parametrize(
    ("text", "unit", "numbers"),
    [
        ("12.5", "", ["12.5"]),
        ("12,5", "", ["12.5"]),
        (" 1\u202f200,5 ", "", ["1200.5"]),
        ("1,200.50", "", ["1200.5"]),
        ("1.200,50", "", ["1200.5"]),
        ("0,125", "", ["0.125"]),
        (".5", "", ["0.5"]),
        ("−3", "", ["−3"]),
        ("–3", "", ["−3"]),
        ("－３", "", ["−3"]),
        ("ー3", "", ["−3"]),
        ("+5", "", ["5"]),
        ("-0", "", ["0"]),
        ("１２．５％", "%", ["12.5"]),
        ("٣٫٥", "", ["3.5"]),
        ("١٬٢٠٠", "", ["1200"]),
        ("۱۲", "", ["12"]),
        ("१,००,०००", "", ["100000"]),
        ("12,34,567.5", "", ["1234567.5"]),
        ("1'200", "", ["1200"]),
        ("1’200.50", "", ["1200.5"]),
        ("12.5\u200b", "", ["12.5"]),
        ("\u200e12.5\u200f\ufeff", "", ["12.5"]),
        ("1\u00ad200", "", ["1200"]),
        ("1e3", "", ["1000"]),
        ("1,2·10^3", "", ["1200"]),
        ("1.2 × 10³", "", ["1200"]),
        ("5×10⁻²", "", ["0.05"]),
        ("10^3", "", ["1000"]),
        ("€1200", "", ["1200"]),
        ("1200 €", "", ["1200"]),
        ("-$5", "", ["−5"]),
        ("€ -5", "euros", ["−5"]),
        ("EUR 1'200", "€", ["1200"]),
        ("Fr. 5", "CHF", ["5"]),
        ("1200.–", "CHF", ["1200"]),
        ("1 200 kr.", "", ["1200"]),
        ("12.5 per cent", "%", ["12.5"]),
        ("12.5 percent", "%", ["12.5"]),
        ("12.5 pct.", "%", ["12.5"]),
        ("%12", "%", ["12"]),
        ("12.5 %", "per cent", ["12.5"]),
        ("26 min", "minutes", ["26"]),
        ("26 mins.", "minutes", ["26"]),
        ("70 Minutes", "minutes", ["70"]),
        ("1 minute", "minutes", ["1"]),
        ("3 hrs", "hours", ["3"]),
        ("5 person", "people", ["5"]),
        ("8 parcels", "parcels", ["8"]),
        ("21 º C", "°C", ["21"]),
        ("21 ℃", "°C", ["21"]),
        ("90 km/h", "kilometres per hour", ["90"]),
        ("12 sq m", "m²", ["12"]),
        ("12 m2", "square metres", ["12"]),
        ("5 per 1,000 residents", "per 1,000 residents", ["5"]),
        ("5 per 1000 residents", "per 1,000 residents", ["5"]),
        ("1,200", "", ["1200", "1.2"]),
        ("1.200", "", ["1.2", "1200"]),
        ("1.5,", "", []),
        ("1,2,3", "", []),
        ("1'20", "", []),
        ("1,20,00", "", []),
        ("twelve", "", []),
        ("5²", "", []),
        ("1/2", "", []),
        ("½", "", []),
        ("2½", "", []),
        ("3+4", "", []),
        ("5-6", "", []),
        ("$5", "€", []),
        ("5 %", "", []),
        ("5 %", "percentage points", []),
        ("26 h", "minutes", []),
        ("1e31", "", []),
        ("1e-9999999", "", []),
        ("e3", "", []),
        ("10^", "", []),
        ("፩", "", []),
        ("", "", []),
        ("%", "%", []),
        ("--5", "", []),
        (".", "", []),
    ],
)
def test_numbers_are_read_as_people_and_keyboards_type_them(text, unit, numbers):
    """
    Notation is not what an item measures; two meanings are both kept, and no other word is.
    """
    assert [in_digits(number) for number in readings(text, unit)] == numbers


@given(st.text("0123456789.,'’ −-+%€e٣٫\u202f\u200b", max_size=12), st.sampled_from(UNITS))
@example("1 2,345 .", "")
@example("- ,5 %", "%")
@example("12 per1,000 residents", "per 1,000 residents")
def test_what_was_read_before_is_read_so_for_ever(text, unit):
    """
    Every text that the first reader took for a number is the same number, and no other, today.
    """
    before = read_at_first(text, unit)

    assert not before or list(readings(text, unit)) == before


@given(st.text(max_size=60), st.sampled_from(UNITS))
def test_reading_a_number_never_fails(text, unit):
    """
    Whatever is typed is some numbers, or none; each can be said in digits, and its size is bounded.
    """
    found = readings(text, unit)

    assert all(len(in_digits(number)) < 200 for number in found)


@pytest.mark.parametrize(
    ("typed", "unit", "said"),
    [
        ("1'200", "", "Read as 1200."),
        ("26 min", "minutes", "Read as 26 minutes."),
        ("–3,50", "", "Read as −3.5."),
        ("1,200", "", "Read as 1200, or as 1.2 if the comma is a decimal mark; either counts."),
        ("1.200", "", "Read as 1.2, or as 1200 if the point groups thousands; either counts."),
        ("twelve", "", None),
    ],
)
def test_a_candidate_is_told_which_number_was_read(typed, unit, said):
    """
    The echo is the number in plain digits, with both where a mark can mean two things.
    """
    assert NUMBER.echo(number_item("7", unit), typed) == said


@pytest.mark.parametrize(
    ("typed", "unit", "says"),
    [
        ("twenty-two", "", "not read as a number. Write digits, without words."),
        ("26 h", "minutes", "the unit is minutes"),
        ("1/2", "", "as a decimal number"),
        ("½", "", "as a decimal number"),
    ],
)
def test_a_candidate_is_told_at_once_that_nothing_was_read(typed, unit, says):
    """
    What is no number is said to be none, with the way out.
    """
    assert says in (NUMBER.unfinished(number_item("7", unit), typed) or "")


def test_marking_takes_every_number_that_the_echo_says():
    """
    Either reading of 1,200 is worth the mark, and nothing else is.
    """
    marks = {key: NUMBER.points(number_item(key), "1,200") for key in ("1200", "1.2", "12")}

    assert marks == {"1200": 1, "1.2": 1, "12": 0}


def test_the_bounds_of_a_tolerance_are_exact():
    """
    A number of forty digits is compared digit by digit, not as a float or to 28 places.
    """
    item = number_item("0.1", tolerance="0.2")

    inside = NUMBER.points(item, "0.3")
    outside = NUMBER.points(item, "0.3" + "0" * 40 + "1")

    assert (inside, outside) == (1, 0)


@pytest.mark.parametrize(
    "typed",
    [
        "median\u200b",
        "\u200emedian",
        "me\u00addian",
        "\ufeffmedian",
        "median\ufe0f",
        "‘median’",
        "«median»",
        "‹median›",
        "„median“",
        "「median」",
        "`median´",
        "“median”.",
        "ＭＥＤＩＡＮ",
        "the\tmedian",
        "the\nmedian",
        "the\u00a0median ",
    ],
)
def test_words_are_read_as_keyboards_type_them(typed):
    """
    Invisible marks, quotation marks, wide letters and tabs are no part of a word.
    """
    item = word_item("median", "the median")

    response = WORDS.read(item, typed)

    assert WORDS.points(item, response) == 1


@pytest.mark.parametrize(
    ("accepted", "typed"),
    [
        ("Simpson's paradox", "Simpson‘s paradox"),
        ("Simpson's paradox", "simpson´s  paradox"),
        ("box-plot", "box—plot"),
        ("box-plot", "box\u2212plot"),
        ("Straße", "STRASSE"),
        ("ﬁnite", "finite"),
        ("20", "٢٠"),
        ("o'clock", "o’clock"),
    ],
)
def test_one_sign_stands_for_all_that_look_like_it(accepted, typed):
    """
    Apostrophes, dashes, ligatures and digits of every script are each one sign.
    """
    item = word_item(accepted)

    assert WORDS.points(item, WORDS.read(item, typed)) == 1


@pytest.mark.parametrize(
    ("item", "typed"),
    [
        (word_item("C", mistakes=("c",), exact=True), "c"),
        (word_item("resume", mistakes=("résumé",)), "résumé"),
        (word_item("co-op", mistakes=("coop",)), "coop"),
        (word_item("mean", mistakes=("“mean”",)), "“mean”"),
    ],
)
def test_what_an_item_tells_apart_stays_apart(item, typed):
    """
    Case where it counts, accents, and what the item itself lists as a mistake.
    """
    assert WORDS.points(item, WORDS.read(item, typed)) == 0


@given(
    st.text("aAß.\"'“’–‐ﬁ \u200b\u00ad２", max_size=6),
    st.text("aAß.\"'“’–‐ﬁ \u200b\u00ad２", max_size=6),
    st.booleans(),
)
def test_what_was_right_before_is_right_for_ever(accepted, typed, exact):
    """
    Two words that the first reader took for the same are the same today.
    """
    item = word_item(accepted, mistakes=("another",), exact=exact)

    same = bare_at_first(accepted, exact=exact) == bare_at_first(typed, exact=exact)

    assert not same or ShortText().points(item, typed) == 1


def test_a_candidate_is_told_what_was_read_where_signs_were_dropped():
    """
    The echo says a word only where it differs from what was typed.
    """
    item = word_item("median")

    said = [WORDS.echo(item, typed) for typed in ("median", "«median»", "me\u00addian", "\u200b")]

    assert said == [None, "Read as median.", "Read as median.", None]


def test_a_pasted_tab_is_a_space_and_another_control_character_is_nothing():
    """
    What comes along from a spreadsheet never costs an answer.
    """
    item = word_item("standard deviation")

    read = [WORDS.read(item, typed) for typed in ("standard\tdeviation\r\n", "standard\x1b x")]

    assert read == ["standard deviation", "standard x"]


def test_a_number_is_no_matter_of_how_many_signs_were_typed():
    """
    Reading takes steps in proportion to the text: nothing is looked at again and again.
    """
    hostile = ["1," * 30, "1" * 60, "((" * 30, "€" * 60, "10^" * 20, "\u200b" * 60, "-" * 60]

    assert [readings(text, "per 1,000 residents") for text in hostile[2:]] == [()] * 5
    assert readings(hostile[0]) == ()
    assert readings(hostile[1]) == (Decimal("1" * 60),)


@pytest.mark.parametrize(
    ("stem", "asked"),
    [
        ("Which are measures of spread? Choose two.", 2),
        ("Select exactly 3 options.", 3),
        ("Choose *two*.", 2),
        ("Which two statements are right?", None),
        ("Choose two or three.", None),
        ("Choose at least two.", None),
        ("Of the 2 shops, which are open?", None),
    ],
)
def test_how_many_to_choose_is_what_the_stem_says(stem, asked):
    """
    The number is read from the words a candidate sees, so that it cannot tell the key.
    """
    assert options_asked_for(stem) == asked


def test_an_order_with_a_place_given_twice_is_a_draft():
    """
    Nothing that was chosen is lost: it reads as itself, can be said, and scores nothing.
    """
    order = ITEM_TYPES["ordering"]
    fields = {f"response.{option}": [place] for option, place in zip("abcd", "1224", strict=True)}

    draft = order.read(order.example, order.read_fields(order.example, fields))

    assert draft == {"a": 1, "b": 2, "c": 2, "d": 4}
    assert order.read(order.example, draft) == draft
    assert order.points(order.example, draft) == 0
    assert order.unfinished(order.example, draft) == (
        "Several lines share place 2. Give each line a place of its own."
    )
    assert order.in_words(order.example, draft) == (
        "1. Draw the sample; 2. Say what to find out and Ask the questions; 3. (open); "
        "4. Find a list of the people"
    )
