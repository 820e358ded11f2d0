"""Signs as people and keyboards produce them: many code points that a reader takes for one.

A phone writes a curly quotation mark, a spreadsheet a tab, a web page an invisible mark of the
direction of writing. None of it is what an item measures, so all of it is read as the plain sign.
Every function here passes over its text once.
"""

import unicodedata

HYPHENS = "‐‑‒–—―⁃⁻−˗⹃﹘﹣－ー"
"""Hyphens, dashes and minus signs, the long-vowel mark of Japanese keyboards among them."""
APOSTROPHES = "’‘‚‛`´ʼʻʹ′‵＇‹›❛❜"
QUOTATION_MARKS = "“”„‟«»″‶〝〞〟＂「」『』❝❞"

_PLAIN = str.maketrans(
    {
        **dict.fromkeys(HYPHENS, "-"),
        **dict.fromkeys(APOSTROPHES, "'"),
        **dict.fromkeys(QUOTATION_MARKS, '"'),
    }
)
_INVISIBLE = frozenset(
    [
        *map(chr, range(0xFE00, 0xFE10)),  # variation selectors
        *map(chr, range(0xE0100, 0xE01F0)),
        *"\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0",
    ]
)
"""What shows nothing and is of no category that says so: selectors, joiners, fillers."""


def visible(text: str) -> str:
    """Return text without what nobody sees: formatting marks, soft hyphens, selectors, fillers."""
    return "".join(
        sign for sign in text if unicodedata.category(sign) != "Cf" and sign not in _INVISIBLE
    )


def plain_signs(text: str) -> str:
    """Return text with one hyphen, one apostrophe, one quotation mark, and compatible letters.

    NFKC makes full-width letters and ligatures plain; the marks go first, because it takes some
    of them for a space with an accent.
    """
    composed = unicodedata.normalize("NFKC", visible(text).translate(_PLAIN))
    return ascii_digits(visible(composed).translate(_PLAIN))


def ascii_digits(text: str) -> str:
    """Return text with the decimal digits of every script as 0 to 9."""
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
