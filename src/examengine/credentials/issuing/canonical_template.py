"""Canonical forms of many credentials of one shape: worked out once, then filled in.

Almost all of the work of canonicalising is JSON-LD expansion, and all credentials of one exam
expand alike: they differ in a few texts and identifiers. A template is the canonical form of one
such document in which these stand as slots. Filling it in gives, byte for byte, what
`canonical.canonical_nquads` gives, because

- a text in a slot is one literal of the dataset, taken over as it is and escaped by the same rule;
- an identifier in a slot differs from every other one, and begins like the one it stands for, so
  expansion neither resolves it nor merges two nodes;
- blank nodes are told apart by their own statements, which is all that RDFC-1.0 asks when their
  first-degree hashes differ; their labels and the order of statements are worked out anew.

Where any of this does not hold the template gives no answer, and the document takes the long way.

References:
    W3C, RDF Dataset Canonicalization, § 4.4.3 (the algorithm) and § 4.6 (first-degree hashes).
"""

import hashlib
import json
import re
import secrets
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import Any
from uuid import UUID

from pyld.nquads import escape

from examengine.credentials.vc.canonical import canonical_nquads, refuse_unsafe

Path = tuple[str | int, ...]
Document = Mapping[str, Any]

_MOST_TEMPLATES = 32
_OWN_PART = re.compile(r"[A-Za-z0-9-]+\Z")
_STATEMENT = re.compile(
    r"(<[^ ]*>|_:c14n[0-9]+) (<[^ ]*>) "
    r'(<[^ ]*>|_:c14n[0-9]+|"(?:[^"\\]|\\.)*"(?:\^\^<[^ ]*>|@[A-Za-z0-9-]+)?) \.'
)
_HASHED = ("identityHash", "salt")
_LINKED = ("id", "narrative")


@dataclass(frozen=True, slots=True)
class _Slot:
    """A term that differs between documents: `before`, the value, `after`.

    Attributes:
        place: Which of the values stands here.
        before: What stands before the value: a quotation mark, or the beginning of an identifier.
        after: What stands behind it.
        literal: Whether it is a text, to be escaped.
    """

    place: int
    before: str
    after: str
    literal: bool


@dataclass(frozen=True, slots=True)
class _Blank:
    """A term that is a blank node."""

    place: int


_Term = str | _Slot | _Blank


class Template:
    """The canonical form of one document, with slots.

    Args:
        document: The document, with a value that occurs nowhere else in every slot.
        paths: Where the slots are.

    Raises:
        ValueError: A value is not a term of its own in the canonical form.
        NotCanonical: The document has no canonical form.
    """

    def __init__(self, document: Document, paths: Sequence[Path]) -> None:
        nquads = canonical_nquads(document)
        marks = [_value(document, path) for path in paths]
        self._lines = [
            tuple(_term(text, marks) for text in _terms(line)) for line in nquads.split("\n")[:-1]
        ]
        terms = list(chain.from_iterable(self._lines))
        self._slots = {term for term in terms if isinstance(term, _Slot)}
        if {slot.place for slot in self._slots} != set(range(len(marks))):
            raise ValueError("a slot does not turn up in the canonical form")
        self._constants = {term for term in terms if isinstance(term, str)}
        blanks = {term.place for term in terms if isinstance(term, _Blank)}
        self._blanks = len(blanks)  # canonical labels count from 0
        self._lines_of = [
            [line for line in self._lines if _Blank(blank) in line] for blank in range(self._blanks)
        ]

    def fill(self, values: Sequence[str]) -> str | None:
        """Return the canonical form with these values, or None where it must be worked out.

        Args:
            values: The value of each slot, in the order of the paths.
        """
        filled: dict[_Slot, str] = {}
        for slot in self._slots:
            text = _filled(slot, values[slot.place])
            if text is None:
                return None
            filled[slot] = text
        named = [text for slot, text in filled.items() if not slot.literal]
        if len(set(named)) < len(named) or not self._constants.isdisjoint(named):
            return None  # two nodes would become one
        labels = self._labels(filled)
        if labels is None:
            return None
        lines = [_line(line, filled, labels) for line in self._lines]
        return "".join(sorted(lines)) if len(set(lines)) == len(lines) else None

    def _labels(self, filled: Mapping[_Slot, str]) -> list[str] | None:
        """Return the canonical label of each blank node; None when two have one hash."""
        hashes = []
        for blank, lines in enumerate(self._lines_of):
            names = ["_:a" if other == blank else "_:z" for other in range(self._blanks)]
            statements = sorted(_line(line, filled, names) for line in lines)
            hashes.append(hashlib.sha256("".join(statements).encode("utf-8")).hexdigest())
        if len(set(hashes)) < len(hashes):
            return None
        rank = {found: place for place, found in enumerate(sorted(hashes))}
        return [f"_:c14n{rank[found]}" for found in hashes]


class Templates:
    """Templates by the shape of documents, those used last; safe to share between threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Template | None] = OrderedDict()
        self._lock = Lock()

    def filled(self, document: Document) -> str | None:
        """Return the canonical form of a document whose shape was learnt, else None.

        Raises:
            NotCanonical: A value holds a character that cannot be signed.
        """
        paths, values = _slots_of(document)
        with self._lock:
            template = self._known.get(_shape(document, paths))
        if template is None or not all(isinstance(value, str) and value for value in values):
            return None
        for path, value in zip(paths, values, strict=True):
            refuse_unsafe(value, _written(path))
        return template.fill(values)

    def learn(self, document: Document, form: str) -> None:
        """Learn the shape of a document, and check the template by the form that is known.

        Args:
            document: A document of the shape.
            form: Its canonical form, worked out in full.
        """
        paths, values = _slots_of(document)
        shape = _shape(document, paths)
        with self._lock:
            if shape in self._known:
                return
        template = _template(document, paths, values)
        if template is not None and template.fill(values) != form:
            template = None
        with self._lock:
            self._known[shape] = template
            if len(self._known) > _MOST_TEMPLATES:
                self._known.popitem(last=False)


def _template(document: Document, paths: Sequence[Path], values: Sequence[Any]) -> Template | None:
    try:
        return Template(_with(document, paths, [_mark(str(value)) for value in values]), paths)
    except ValueError:
        return None


def _shape(document: Document, paths: Sequence[Path]) -> str:
    """Return what documents that differ in their slots alone have in common."""
    return json.dumps(_with(document, paths, [""] * len(paths)), sort_keys=True)


def _slots_of(document: Document) -> tuple[list[Path], list[Any]]:
    paths = list(_slots(document))
    return paths, [_value(document, path) for path in paths]


def _slots(document: Document) -> Iterator[Path]:
    """Return where credentials of one exam differ, as far as the document has these members."""
    yield from ((name,) for name in ("id", "validFrom", "awardedDate") if name in document)
    subject = document.get("credentialSubject", {})
    for member, names in (("identifier", _HASHED), ("result", ("value",))):
        for place, entry in enumerate(subject.get(member, [])):
            yield from (
                ("credentialSubject", member, place, name) for name in names if name in entry
            )
    for place, link in enumerate(document.get("evidence", [])):
        yield from (("evidence", place, name) for name in _LINKED if name in link)
    status = document.get("credentialStatus", {})
    yield from (("credentialStatus", name) for name in ("id", "statusListIndex") if name in status)


def _mark(value: str) -> str:
    """Return a value of the same kind that occurs nowhere else."""
    unique = str(UUID(bytes=secrets.token_bytes(16)))
    beginning, own = _split(value)
    return f"{beginning}{unique}" if beginning and _OWN_PART.match(own) else unique


def _split(value: str) -> tuple[str, str]:
    """Return the beginning of an identifier, and the part that is its own."""
    own = re.split("[:#/]", value)[-1]
    return value[: len(value) - len(own)], own


def _value(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _with(document: Any, paths: Sequence[Path], values: Sequence[str]) -> Any:
    """Return a copy of a document with other values at these paths."""
    copied = json.loads(json.dumps(document))
    for path, value in zip(paths, values, strict=True):
        _value(copied, path[:-1])[path[-1]] = value
    return copied


def _written(path: Path) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _terms(line: str) -> Sequence[str]:
    """Return subject, predicate and object of a statement of the default graph."""
    statement = _STATEMENT.fullmatch(line)
    if statement is None:
        raise ValueError("a statement of a named graph")
    return statement.groups()


def _term(text: str, marks: Sequence[str]) -> _Term:
    if text.startswith("_:"):
        return _Blank(int(text.removeprefix("_:c14n")))
    for place, mark in enumerate(marks):
        if mark not in text:
            continue
        if text == f"<{mark}>":
            return _Slot(place, f"<{_split(mark)[0]}", ">", literal=False)
        if text.startswith(f'"{mark}"'):
            return _Slot(place, '"', text[len(mark) + 1 :], literal=True)
        raise ValueError("a value is only a part of a term")
    return text


def _filled(slot: _Slot, value: str) -> str | None:
    """Return a term with a value in it; None for an identifier that begins otherwise."""
    if slot.literal:
        return f"{slot.before}{escape(value)}{slot.after}"
    beginning, own = _split(value)
    if f"<{beginning}" != slot.before or not _OWN_PART.match(own):
        return None
    return f"<{value}>"


def _line(line: Sequence[_Term], filled: Mapping[_Slot, str], labels: Sequence[str]) -> str:
    subject, predicate, stated = [_text(term, filled, labels) for term in line]
    return f"{subject} {predicate} {stated} .\n"


def _text(term: _Term, filled: Mapping[_Slot, str], labels: Sequence[str]) -> str:
    if isinstance(term, str):
        return term
    return filled[term] if isinstance(term, _Slot) else labels[term.place]
