"""What a text looks like to a person: equal for two that no eye can tell apart.

Letters of other alphabets count as the Latin letter they resemble (Unicode Technical Standard 39,
by `confusable_homoglyphs`).
"""

from functools import lru_cache

from confusable_homoglyphs import confusables


def look_of(text: str) -> str:
    """Return a folded text with every letter as the plain one it is easily taken for.

    Letters and digits of plain English are left as they are; nobody's `bob1` is taken for `bobl`.
    """
    return "".join(one if one.isascii() else _lookalike(one) for one in text)


@lru_cache(maxsize=1024)
def _lookalike(character: str) -> str:
    """Return the plain letter that a character is easily taken for, or the character."""
    found = confusables.is_confusable(character, greedy=True, preferred_aliases=[])
    alike = [one["c"] for row in found or () for one in row["homoglyphs"] if one["c"].isascii()]
    return str(alike[0]).casefold() if alike else character
