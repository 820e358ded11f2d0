"""What a text looks like to a person: equal for two that no eye can tell apart.

Letters of other alphabets count as the Latin letter they resemble (Unicode Technical Standard 39,
by `confusable_homoglyphs`).
"""

import unicodedata
from functools import lru_cache

from confusable_homoglyphs import confusables

_ONE_FOR_ANOTHER = str.maketrans({"1": "l", "i": "l", "|": "l", "0": "o"})


def look_of(text: str) -> str:
    """Return a folded text with every letter as the plain one it is easily taken for.

    Letters and digits of plain English are left as they are; nobody's `bob1` is taken for `bobl`.
    """
    return "".join(one if one.isascii() else _lookalike(one) for one in text)


def name_look(name: str) -> str:
    """Return the letters and digits of a name as the eye sees them.

    Without case, accents, width, punctuation and what is invisible; letters of other alphabets by
    the plain one they resemble.
    """
    text = unicodedata.normalize("NFKD", name)
    kept = "".join(one for one in text if unicodedata.category(one) not in {"Mn", "Cf", "Cc"})
    spaced = "".join(one if one.isalnum() else " " for one in as_seen(kept))
    return " ".join(spaced.split())


def as_seen(text: str) -> str:
    """Return a text with all that one can be taken for another written as that other.

    For cautions: a sentence to read, which may be given too often. `1`, `I`, `l` and `|` are one
    here, and so are `0` and `O`, `rn` and `m`.
    """
    small = look_of(text).casefold()  # a capital may resemble what its small letter does not
    letters = look_of(small).translate(_ONE_FOR_ANOTHER)
    return letters.replace("rn", "m").replace("vv", "w")


@lru_cache(maxsize=1024)
def _lookalike(character: str) -> str:
    """Return the plain letter that a character is easily taken for, or the character."""
    found = confusables.is_confusable(character, greedy=True, preferred_aliases=[])
    alike = [one["c"] for row in found or () for one in row["homoglyphs"] if one["c"].isascii()]
    return str(alike[0]).casefold() if alike else character
