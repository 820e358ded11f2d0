"""Which passwords can protect an account: long enough, not guessed early, not one's own name.

How soon a password is guessed is estimated by zxcvbn, which brings lists of the passwords, names
and words that people use most and knows keyboards, dates, sequences and repeats. Nothing asks a
network.
"""

import re
import unicodedata
from collections.abc import Iterable

from zxcvbn import zxcvbn

from examengine.accounts.errors import PasswordGuessable, PasswordOwnName, PasswordTooWeak
from examengine.accounts.passwords import normalised_password

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
FEWEST_GUESSES = 1e10
"""Wheeler (2016): out of reach of guessing at sign-in, and slow to guess from a stolen hash."""
LONGEST_ESTIMATED = 24
"""A longer password is judged by its beginning: of one that is made of figures and signs which may
stand for letters, zxcvbn tries every reading, and 72 of them cost half a minute."""
SHORTEST_BESIDE_NAME = 8
"""What has to be left of a password without one's own name, address and our name."""
_SHORTEST_NAME = 3


def checked_password(password: str, *, of: Iterable[str] = ()) -> str:
    """Return the password, or refuse one that cannot protect an account.

    Args:
        password: What was typed.
        of: Name and address of whoever it belongs to.

    Raises:
        PasswordTooWeak: Shorter or longer than allowed.
        PasswordOwnName: There is little in it beside the name or address.
        PasswordGuessable: It is common, or is made as guessers expect.
    """
    chosen = normalised_password(password)
    if not SHORTEST_PASSWORD <= len(chosen) <= LONGEST_PASSWORD:
        raise PasswordTooWeak(SHORTEST_PASSWORD, LONGEST_PASSWORD)
    own = _words_of((*of, "examengine"))
    if len(_without(own, chosen)) < SHORTEST_BESIDE_NAME:
        raise PasswordOwnName
    if zxcvbn(chosen[:LONGEST_ESTIMATED], user_inputs=own)["guesses"] < FEWEST_GUESSES:
        raise PasswordGuessable
    return password


def _words_of(texts: Iterable[str]) -> list[str]:
    """Return the words of names and addresses, the longest first."""
    words = {word for text in texts for word in re.split(r"[\W_]+", _plain(text))}
    return sorted((one for one in words if len(one) >= _SHORTEST_NAME), key=len, reverse=True)


def _without(words: Iterable[str], password: str) -> str:
    """Return the letters and digits of a password that belong to none of the words."""
    left = "".join(one for one in _plain(password) if one.isalnum())
    for word in words:
        left = left.replace(word, "")
    return left


def _plain(text: str) -> str:
    """Return a text in small letters without their accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in decomposed if not unicodedata.combining(one))
