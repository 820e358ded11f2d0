"""The strict form of a credential: what JSON readers see is all that JSON-LD signs, and only that.

The same signed graph can be spelled in many ways. `validUntil` written as its full IRI carries the
same signature and is invisible to every program that looks for `validUntil`. So a credential is
taken only in its one plain spelling: contexts as a list of known URLs at the top, terms as the
contexts name them, and nothing that changes when the document is expanded and compacted again.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from examengine.credentials import canonical
from examengine.credentials.context_loader import (
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    known_contexts,
)
from examengine.credentials.errors import NotCanonical

_EMBEDDED = "endorsement"  # the one member whose values are credentials with contexts of their own


def refuse_respelt(document: Mapping[str, Any]) -> None:
    """Refuse a credential in any spelling but the plain one.

    Raises:
        NotCanonical: With reason `context_invalid`, `context_unknown`, `context_nested`,
            `term_respelt`, `term_undefined`, `iri_relative`, `control_character`,
            `number_inexact` or `form_ambiguous`, and where it stands.
        ContextsMissing: The JSON-LD contexts are not installed.
    """
    _check_contexts(document)
    _check_members(document)
    canonical.refuse_unsafe(document)
    _check_round_trip(document)


def embedded(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return the endorsement credentials inside `document`, each with where it stands."""
    for where, owner in _objects(document, "$"):
        values = owner.get(_EMBEDDED, [])
        for index, value in enumerate(values if isinstance(values, list) else [values]):
            if isinstance(value, Mapping):
                yield f"{where}.{_EMBEDDED}[{index}]", value


def _check_contexts(document: Mapping[str, Any]) -> None:
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not all(isinstance(url, str) for url in contexts):
        raise NotCanonical("context_invalid", "@context", "must be a list of context URLs")
    if not contexts or contexts[0] not in {CREDENTIALS_V2, CREDENTIALS_V1}:
        raise NotCanonical("context_invalid", "@context", f"must begin with {CREDENTIALS_V2}")
    for url in contexts:
        if url not in known_contexts():
            raise NotCanonical("context_unknown", "@context", f"unknown context {url}")


def _check_members(document: Mapping[str, Any]) -> None:
    for where, owner in _objects(document, "$"):
        for name in owner:
            if name == "@context" and where != "$":
                raise NotCanonical("context_nested", where, "redefines terms inside the document")
            if name != "@context" and (name.startswith("@") or ":" in name):
                raise NotCanonical("term_respelt", where, f"{name!r} is not a term's plain name")


def _check_round_trip(document: Mapping[str, Any]) -> None:
    plain = _without_embedded(document)
    again = canonical.compact(canonical.expand(plain), document["@context"])
    if _normal(again) != _normal(plain):
        where = _first_difference(_normal(plain), _normal(again), "$")
        raise NotCanonical("form_ambiguous", where, "reads differently as JSON and as JSON-LD")


def _without_embedded(value: Any) -> Any:
    """Return `value` without embedded credentials, which are checked one by one."""
    if isinstance(value, Mapping):
        return {
            name: _without_embedded(member) for name, member in value.items() if name != _EMBEDDED
        }
    if isinstance(value, list):
        return [_without_embedded(element) for element in value]
    return value


def _objects(value: object, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return each object of a credential with its place, but none inside an embedded one."""
    if isinstance(value, Mapping):
        yield where, value
        for name, member in value.items():
            if name != _EMBEDDED:
                yield from _objects(member, f"{where}.{name}")
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _objects(element, f"{where}[{index}]")


def _normal(value: Any) -> Any:
    """Return `value` with lists of one as their element: compaction may write either.

    Where a list of one is not allowed, the structure check says so. Of types only full IRIs are
    compared: the contexts have two terms for some types, and every plain term was found defined.
    """
    if isinstance(value, Mapping):
        return {
            name: _spelt_out(member) if name == "type" else _normal(member)
            for name, member in value.items()
        }
    if isinstance(value, list):
        elements = [_normal(element) for element in value]
        return elements[0] if len(elements) == 1 else elements
    return value


def _spelt_out(types: Any) -> list[Any]:
    listed = types if isinstance(types, list) else [types]
    return [name for name in listed if not isinstance(name, str) or ":" in name]


def _first_difference(left: Any, right: Any, where: str) -> str:
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        for name in sorted({*left, *right}):
            if left.get(name) != right.get(name):
                return _first_difference(left.get(name), right.get(name), f"{where}.{name}")
    if isinstance(left, list) and isinstance(right, list):
        for index, (one, other) in enumerate(zip(left, right, strict=False)):
            if one != other:
                return _first_difference(one, other, f"{where}[{index}]")
    return where
