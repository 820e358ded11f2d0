"""The words of an item by which it is found, in any script: pure functions.

Words are cut here and not by a database, so that SQLite and PostgreSQL find the same. Signs between
words count for nothing, letters have no case and Latin, Greek, Cyrillic, Hebrew and Arabic ones no
marks. Scripts that put no space between words are kept as pairs of signs. What holds a digit and
signs within, as ids and decimals do, is one word besides its parts.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from examengine.bank.inline_text import plain

LONGEST_WORD = 40
"""Letters of a word that count; what is longer begins alike."""
MOST_WORDS = 5_000
"""Different words of one item that it is found by."""
MOST_SOUGHT = 20
"""Words of a search that count."""
WITHIN = "·"
"""Stands in a word for the signs between its parts; no text has it in a word."""
EXPLAINED = "·"
"""Stands before a word of a key or a rationale, which not everybody may search."""

_SHOWN = frozenset(
    {
        *("stem", "heading", "text", "caption", "alt", "description", "transcript", "spoken"),
        *("columns", "rows"),
    }
)
"""The fields whose texts a candidate reads or hears."""
_HOLDERS = frozenset(
    {
        *("options", "prompts", "stimulus", "figure", "table", "formula", "audio", "video"),
        "passage",
        *("statements", "gaps", "regions", "picture"),
    }
)
"""The fields that hold such fields; whatever else an item says is for its authors."""
_NO_TEXT = frozenset(
    {
        *("schema", "id", "version", "type", "area", "level", "seconds", "enemies", "file"),
        *("digest", "tex", "show_transcript", "plays", "row_headers", "shuffle"),
        *("subtitles", "poster", "set", "model"),
        *("qti", "shared", "original", "media"),
    }
)
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_CHUNK = re.compile(r"[^\s!-/:-@\[-`{-~]+")
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u0652]")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text as they are kept and looked for, in order."""
    if text.isascii():
        yield from (word[:LONGEST_WORD] for word in _ASCII_WORD.findall(text.lower()))
        return
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = unicodedata.normalize("NFC", _MARKS.sub("", folded)).casefold()
    for chunk in _CHUNK.findall(folded):
        for word in _letters(chunk):
            yield from _cut(word)


def sought_words(text: str) -> tuple[str, ...]:
    """Return the words of a search, each once; every one of them has to begin a word of an item."""
    found: dict[str, None] = {}
    for chunk in text.split():
        parts = list(words_of(chunk))
        found |= dict.fromkeys(_joined(parts) or parts)
    return tuple(found)[:MOST_SOUGHT]


def kept_words(content: Mapping[str, Any]) -> str:
    """Return the words of an item, each once, parted by spaces; those of its key bear a mark."""
    shown = dict.fromkeys(
        word for text in (content["id"], *shown_texts(content)) for word in _found_by(plain(text))
    )
    explained = dict.fromkeys(
        EXPLAINED + word for text in _explained_texts(content) for word in _found_by(plain(text))
    )
    return " ".join([*shown, *explained][:MOST_WORDS])


def shown_texts(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts of an item that a candidate reads or hears, in the order of its fields."""
    for name, value in content.items():
        if name in _SHOWN:
            yield from _texts(value)
        elif name in _HOLDERS:
            for part in _mappings(value):
                yield from shown_texts(part)


def _explained_texts(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the other texts of an item: rationales, accepted answers, where it comes from."""
    for name, value in content.items():
        if name in _HOLDERS:
            for part in _mappings(value):
                yield from _explained_texts(part)
        elif name not in _SHOWN and name not in _NO_TEXT:
            yield from _texts(value)


def _found_by(text: str) -> Iterator[str]:
    """Yield the words of a text, and those that parts of it make together."""
    yield from words_of(text)
    for chunk in text.split():
        if not (chunk.isascii() and chunk.isalnum()):
            yield from _joined(list(words_of(chunk)))


def _joined(parts: Sequence[str]) -> tuple[str, ...]:
    """Return the one word that parts make which hold a digit; nothing where they make none."""
    if len(parts) < 2 or not any(sign.isdigit() for part in parts for sign in part):
        return ()
    return (WITHIN.join(parts)[:LONGEST_WORD],)


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _mappings(part)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _letters(chunk: str) -> list[str]:
    """Return the runs of letters, digits and marks in a chunk without spaces."""
    if chunk.isalnum():
        return [chunk]
    spaced = (sign if unicodedata.category(sign)[0] in "LNM" else " " for sign in chunk)
    return "".join(spaced).split()


def _cut(word: str) -> Iterator[str]:
    """Yield a word; of a run of signs without spaces each pair, and the last sign alone."""
    end = 0
    for run in _UNSPACED.finditer(word):
        if run.start() > end:
            yield word[end : run.start()][:LONGEST_WORD]
        yield from _pairs(run[0])
        end = run.end()
    if end < len(word):
        yield word[end:][:LONGEST_WORD]


def _pairs(run: str) -> Iterable[str]:
    return (run[place : place + 2] for place in range(len(run)))
