r"""Patterns of typed answers: `*` stands for any signs, `\*` for an asterisk."""

import unicodedata

_ESCAPED = "\ufdd0"
"""Stands for an asterisk that is meant; no text may hold this sign, so none is mistaken for it."""


def matches(pattern: str, text: str, *, exact: bool) -> bool:
    """Tell whether a whole text matches; blanks at its ends do not count, nor case unless `exact`.

    Each run between two asterisks is looked for once, from where the one before it ended: the
    first place is as good as any later one, so nothing is tried again.
    """
    said, own = _folded(text.strip(), exact=exact), _folded(_marked(pattern.strip()), exact=exact)
    first, *rest = (run.replace(_ESCAPED, "*") for run in own.split("*"))
    if not rest:
        return said == first
    if not said.startswith(first):
        return False
    place = len(first)
    for run in rest[:-1]:
        found = said.find(run, place)
        if found < 0:
            return False
        place = found + len(run)
    return len(said) - place >= len(rest[-1]) and said.endswith(rest[-1])


def bare_pattern(pattern: str) -> str:
    """Return the shortest text that matches: the pattern without its asterisks."""
    return _marked(pattern).replace("*", "").replace(_ESCAPED, "*").strip()


def _marked(pattern: str) -> str:
    return pattern.replace(_ESCAPED, "").replace("\\*", _ESCAPED)


def _folded(text: str, *, exact: bool) -> str:
    composed = unicodedata.normalize("NFC", text)
    return composed if exact else composed.casefold()
