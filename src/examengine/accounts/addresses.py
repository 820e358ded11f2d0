"""E-mail addresses: one way to write each, and what each looks like to a person.

Two accounts whose addresses no eye can tell apart are a way to sign in as, or to enrol, the wrong
person. So an address is stored in one form, letters of two alphabets in one word are refused, and
what is left is compared by its look (`lookalikes`).
"""

import re
import unicodedata

from confusable_homoglyphs import categories

from examengine.accounts.errors import EmailMalformed, EmailMixed

LONGEST_EMAIL = 254
_ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
_AROUND = " \t\r\n<>\"'`,;:."
"""What copying from a mail or a list leaves around an address."""
_ALPHABETS_OF_ONE_SCRIPT = (
    frozenset({"HAN", "HIRAGANA", "KATAKANA", "LATIN"}),
    frozenset({"HAN", "HANGUL", "LATIN"}),
    frozenset({"HAN", "BOPOMOFO", "LATIN"}),
)
"""Alphabets that are written together (UTS 39, "highly restrictive")."""


def normalised_email(text: str) -> str:
    """Return an address in the one form in which it is compared: NFKC, folded, nothing unseen."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(one for one in folded if unicodedata.category(one) != "Cf")
    return unicodedata.normalize("NFKC", seen).strip(_AROUND)


def checked_email(text: str) -> str:
    """Return the address as it is stored.

    Raises:
        EmailMalformed: The text is no address, or is longer than 254 characters.
        EmailMixed: A word of it has letters of two alphabets.
    """
    email = normalised_email(text)
    if len(email) > LONGEST_EMAIL or not _ADDRESS.fullmatch(email):
        raise EmailMalformed(email)
    for word in re.split(r"[@.\-_+]", email):
        if mixed := _alphabets_mixed_in(word):
            raise EmailMixed(email, word, mixed)
    return email


def _alphabets_mixed_in(word: str) -> list[str]:
    """Return the alphabets of a word when they are not written together; else nothing."""
    found = {categories.alias(one) for one in word if one.isalpha()} - {"COMMON", "INHERITED"}
    if len(found) < 2 or any(found <= together for together in _ALPHABETS_OF_ONE_SCRIPT):
        return []
    return sorted(alphabet.title() for alphabet in found)
