"""Reading an audit file piece by piece: it may be larger than the memory of an auditor's machine.

The file is one JSON object. What is listed in it is handed on element by element, so that no more
than one of them is held at a time; any JSON text of that form will do, however it is laid out.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from examengine.integrity.errors import AuditFileUnusable

LARGEST_ELEMENT = 256 * 1024 * 1024
"""Characters of one attempt with all that happened in it, or of one other element."""
CHUNK = 1024 * 1024
_TWICE = "an object has the same name twice"
_SPACE = re.compile(r"[ \t\r\n]*")

Members = Iterator[tuple[str, int | None, Any]]
"""The name of a member, the place of an element in it (None for what is no list), and the value."""
Source = Callable[[], Members]
"""Begins to read an audit file, from its beginning."""


def source_of_file(path: Path) -> Source:
    """Return how a file is read; nothing is opened yet."""
    return lambda: _of_file(path)


def source_of_document(document: Any) -> Source:
    """Return how a document is read that is in memory already."""
    return lambda: _of_document(document)


def _of_document(document: Any) -> Members:
    if not isinstance(document, Mapping):
        raise AuditFileUnusable(["an audit file is a JSON object"])
    for name, value in document.items():
        if isinstance(value, list):
            yield name, None, []
            yield from ((name, place, element) for place, element in enumerate(value))
        else:
            yield name, None, value


def _of_file(path: Path) -> Members:
    try:
        with path.open(encoding="utf-8") as file:
            yield from _Text(file).members()
    except OSError as error:
        raise AuditFileUnusable([f"{path}: {error.strerror or 'cannot be read'}"]) from error
    except (ValueError, RecursionError) as error:
        raise AuditFileUnusable([f"{path}: not JSON in UTF-8 ({error})"]) from error


class _Text:
    """The text of a file, as far as it has been read."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._buffer, self._at, self._over = "", 0, False
        self._decoder = json.JSONDecoder(object_pairs_hook=_without_repeats)

    def members(self) -> Members:
        """Yield the members of the object, lists element by element."""
        if self._next() != "{":
            raise ValueError("an audit file is one JSON object")
        self._take("{")
        names: set[str] = set()
        for _ in self._separated("}"):
            name = self._value()
            if not isinstance(name, str):
                raise ValueError(f"{name!r} stands where a name is needed")
            if name in names:
                raise ValueError(_TWICE)
            names.add(name)
            self._take(":")
            if self._next() == "[":
                yield name, None, []
                yield from self._elements(name)
            else:
                yield name, None, self._value()
        if self._next():
            raise ValueError("something follows the end of the object")

    def _elements(self, name: str) -> Members:
        self._take("[")
        for place, _ in enumerate(self._separated("]")):
            yield name, place, self._value()

    def _separated(self, end: str) -> Iterator[None]:
        """Yield before each of the things that commas separate, and take what ends them."""
        if self._next() != end:
            yield
            while self._next() == ",":
                self._take(",")
                yield
        self._take(end)

    def _take(self, wanted: str) -> None:
        found = self._next()
        if found != wanted:
            raise ValueError(f"{wanted!r} is expected, and {found or 'the end'!r} found")
        self._at += 1

    def _next(self) -> str:
        """Return the next character that is no white space; nothing at the end."""
        while True:
            space = _SPACE.match(self._buffer, self._at)
            self._at = self._at if space is None else space.end()
            if self._at < len(self._buffer) or not self._read_on(CHUNK):
                return self._buffer[self._at : self._at + 1]

    def _value(self) -> Any:
        """Return the next value, reading on until all of it is there."""
        self._next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError:
                if not self._read_on(len(self._buffer) - self._at + CHUNK):
                    raise
                continue
            if end == len(self._buffer) and self._read_on(CHUNK):
                continue  # a number might go on
            self._at = end
            return value

    def _read_on(self, size: int) -> bool:
        """Read on, and tell whether there was anything."""
        if self._over:
            return False
        if len(self._buffer) - self._at > LARGEST_ELEMENT:
            raise ValueError(f"one value has more than {LARGEST_ELEMENT} characters")
        more = self._file.read(size)
        self._over = not more
        self._buffer, self._at = self._buffer[self._at :] + more, 0
        return bool(more)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; a name that stands twice could be read in two ways, and is refused."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(_TWICE)
    return found
