"""The words by which items are found, in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank.item_words import EXPLAINED, kept_words, sought_words, words_of
from tests.bank.small_bank import item


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't STOP, please.", ["don", "t", "stop", "please"]),
        ("Übergrößen café", ["ubergrossen", "cafe"]),
        ("ΣΊΣΥΦΟΣ и Ёлка", ["σισυφοσ", "и", "елка"]),
        ("東京都", ["東京", "京都", "都"]),
        ("हिन्दी", ["हिन्दी"]),
        ("한국어", ["한국어"]),
        ("كِتَاب", ["كتاب"]),
        ("ﬁne ① ２", ["fine", "1", "2"]),
        ("!?… —", []),
    ],
)
def test_words_are_cut_in_any_script(text, words):
    """
    Letters have no case and no accents; scripts without spaces are cut into pairs of signs.
    """
    assert list(words_of(text)) == words


@given(st.text(st.characters(exclude_characters="*`\\\n\r"), max_size=200))
def test_what_a_text_says_finds_it(text):
    """
    Whatever stands in a text without marks, sought as it stands, begins words that are kept of it.
    """
    kept = kept_words({**item("S-1", "short_text"), "stem": text}).split()

    assert all(any(word.startswith(sought) for word in kept) for sought in sought_words(text))


@given(st.text(max_size=200))
def test_no_word_holds_what_a_database_would_read(text):
    """
    No word has a space, a quote, an operator or a mark of its own in it.
    """
    signs = set("".join((*words_of(text), *sought_words(text))))

    assert signs.isdisjoint(" \t\n\"'\\*:&|!()<>-^")


def test_an_id_and_a_decimal_are_one_word_besides_their_parts():
    """
    Who types an id finds that item alone, and who types 12.5 finds no 12.
    """
    assert sought_words("S-3 12.5 well-known") == ("s·3", "12·5", "well", "known")


def test_words_of_key_and_rationale_bear_a_mark():
    """
    What a candidate never reads is kept apart from what they do.
    """
    kept = kept_words(item("S-3", "short_text")).split()

    assert "summary" in kept
    assert EXPLAINED + "median" in kept
    assert "median" not in kept


def test_more_words_than_a_search_may_have_are_left_out():
    """
    A page of text pasted into the search asks for its first words.
    """
    assert len(sought_words(" ".join(map(str, range(500))))) == 20
