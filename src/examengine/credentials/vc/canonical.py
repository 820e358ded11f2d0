"""From a JSON-LD document to the bytes that are signed: RDF Dataset Canonicalization (RDFC-1.0).

The same signed graph can be spelled in many ways. `validUntil` written as its full IRI carries the
same signature and is invisible to every program that looks for `validUntil`. So a credential is
taken only in its one plain spelling (`refuse_respelt`): contexts as a list of known URLs at the
top, terms as the contexts name them, and nothing that changes when it is expanded and compacted
again.

PyLD does the work. Around it stand the refusals that make the result mean what a reader of the
JSON believes it means: no term that JSON-LD would silently drop, no relative identifier, no
character PyLD does not escape, no number that two programs print differently, and no graph built
to keep a canonicaliser busy.

References:
    W3C, RDF Dataset Canonicalization, § 4 and § 7.1 (poison graphs).
    W3C, Data Integrity EdDSA Cryptosuites 1.0, § 3.2 (eddsa-rdfc-2022).
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import factorial
from typing import Any

from pyld import jsonld
from pyld.canon import URDNA2015

from examengine.credentials.vc.context_loader import (
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    known_contexts,
    load_context,
)
from examengine.credentials.vc.context_memory import RememberingProcessor, context_resolver
from examengine.credentials.vc.errors import ContextsMissing, NotCanonical

CRYPTOSUITE = "eddsa-rdfc-2022"

_MOST_SIGNIFICANT_DIGITS = 15  # every decimal of 15 digits survives a double
_SMALLEST_NUMBER = Decimal("0.000001")  # below it, programs disagree on the exponent
_LARGEST_NUMBER = 2**53 - 1
_MOST_WORK = 30_000  # quads looked at and identifiers copied for nodes that look alike
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_RELATIVE = "relative-iri://refused/"
_EMBEDDED = "endorsement"  # the one member whose values are credentials with contexts of their own
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]*\Z")


class _BoundedCanonicaliser(URDNA2015):  # type: ignore[misc]
    """RDFC-1.0 that gives up on graphs whose work grows with a factorial.

    A node that looks like another is told apart by the nodes around it, in every order in which
    those that look alike can be taken, and each order copies the identifiers given so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self._work = 0

    def create_hash_to_related(self, id_: str, issuer: Any) -> dict[str, list[str]]:
        self._spend(len(self.blank_node_info[id_]["quads"]))
        related: dict[str, list[str]] = super().create_hash_to_related(id_, issuer)
        orders = sum(factorial(min(len(nodes), 9)) for nodes in related.values())
        self._spend(orders * (1 + len(issuer.order)))
        return related

    def _spend(self, work: int) -> None:
        self._work += work
        if self._work > _MOST_WORK:
            raise NotCanonical(
                "graph_too_entangled", "$", "too many parts that look alike; give them ids"
            )


class _FromExpanded(jsonld.JsonLdProcessor):  # type: ignore[misc]
    """Takes documents that are expanded already; expanding twice would double the work."""

    def expand(self, input_: list[Any], _options: object) -> list[Any]:
        return input_


def expand(document: Mapping[str, Any]) -> list[Any]:
    """Return the expanded form of `document`, refusing whatever expansion would drop.

    Raises:
        NotCanonical: A term is undefined, an identifier is relative, or a context is unknown.
        ContextsMissing: The contexts are not installed.
    """
    processor = RememberingProcessor(on_property_dropped=_refuse_dropped)
    try:
        expanded: list[Any] = processor.expand(document, _options())
    except jsonld.JsonLdError as error:
        raise _cause(error) from error
    for where, identifier in _identifiers(expanded, "$"):
        keyword = identifier.startswith("@")
        if identifier.startswith(_RELATIVE) or not (keyword or _ABSOLUTE.match(identifier)):
            raise NotCanonical(
                "iri_relative",
                where,
                f"{identifier.removeprefix(_RELATIVE)!r} is no known term and no absolute IRI",
            )
    return expanded


def compact(expanded: list[Any], contexts: object) -> dict[str, Any]:
    """Return the compact form of an expanded document under `contexts`.

    Raises:
        NotCanonical: The document cannot be compacted, or a context is unknown.
    """
    try:
        compacted: dict[str, Any] = RememberingProcessor().compact(
            expanded, contexts, {**_options(), "skipExpansion": True}
        )
    except jsonld.JsonLdError as error:
        raise _cause(error) from error
    return compacted


def canonical_nquads(document: Mapping[str, Any]) -> str:
    """Return the canonical N-Quads of `document`, as they are hashed and signed.

    Raises:
        NotCanonical: The document has no safe canonical form; `reason` says why.
        ContextsMissing: The contexts are not installed.
    """
    refuse_unsafe(document)
    expanded = expand(document)
    try:
        dataset = _FromExpanded().to_rdf(expanded, _options())
        nquads: str = _BoundedCanonicaliser().main(dataset, {"format": "application/n-quads"})
    except jsonld.JsonLdError as error:
        raise _cause(error) from error
    return nquads


def digest(document: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of the canonical N-Quads of `document`, 32 bytes.

    Raises:
        NotCanonical: The document has no safe canonical form.
    """
    return hashlib.sha256(canonical_nquads(document).encode("utf-8")).digest()


def hash_data(document: Mapping[str, Any], proof_options: Mapping[str, Any]) -> bytes:
    """Return the 64 bytes that eddsa-rdfc-2022 signs.

    SHA-256(canonical proof options) ‖ SHA-256(canonical document)

    Args:
        document: The credential without its proof.
        proof_options: The proof without its value, and with the document's contexts.

    Raises:
        NotCanonical: One of the two has no safe canonical form.
    """
    return digest(proof_options) + digest(document)


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
    refuse_unsafe(document)
    _check_round_trip(document)


def embedded(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return the endorsement credentials inside `document`, each with where it stands."""
    for where, owner in _objects(document, "$"):
        values = owner.get(_EMBEDDED, [])
        for index, value in enumerate(values if isinstance(values, list) else [values]):
            if isinstance(value, Mapping):
                yield f"{where}.{_EMBEDDED}[{index}]", value


def refuse_unsafe(value: object, where: str = "$") -> None:
    """Refuse characters and numbers that two canonicalisers would not print alike.

    Raises:
        NotCanonical: With reason `control_character` or `number_inexact`, and where it stands.
    """
    for place, leaf in _leaves(value, where):
        if isinstance(leaf, str) and (found := _UNSAFE.search(leaf)):
            code = f"U+{ord(found.group()):04X}"
            raise NotCanonical("control_character", place, f"has the unsafe character {code}")
        if isinstance(leaf, int | float) and not isinstance(leaf, bool) and not _exact(leaf):
            raise NotCanonical(
                "number_inexact", place, f"{leaf!r} has no exact form; write it as a string"
            )


def refuse_numbers(value: object) -> None:
    """Refuse every number with a fraction: what we sign states such values as strings.

    Raises:
        NotCanonical: With reason `number_inexact`, and where the number stands.
    """
    for place, leaf in _leaves(value, "$"):
        if isinstance(leaf, float):
            raise NotCanonical("number_inexact", place, f"{leaf!r} must be written as a string")


def _exact(number: float) -> bool:
    if isinstance(number, int):
        return abs(number) <= _LARGEST_NUMBER
    decimal = Decimal(repr(number))
    if not decimal.is_finite() or abs(decimal) > _LARGEST_NUMBER:
        return False
    few_digits = len(decimal.normalize().as_tuple().digits) <= _MOST_SIGNIFICANT_DIGITS
    return few_digits and (decimal == 0 or abs(decimal) >= _SMALLEST_NUMBER)


def _leaves(value: object, where: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield f"{where}.{name}", name
            yield from _leaves(member, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for index, element in enumerate(value):
            yield from _leaves(element, f"{where}[{index}]")
    else:
        yield where, value


def _identifiers(value: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            place = f"{where}.{name}"
            if name in {"@id", "@type"}:
                named = member if isinstance(member, list) else [member]
                yield from ((place, identifier) for identifier in named)
            else:
                yield from _identifiers(member, place)
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _identifiers(element, f"{where}[{index}]")


def _refuse_dropped(term: str | None) -> None:
    raise NotCanonical(
        "term_undefined", "$", f"{term or 'a term'} is not defined by the contexts: nobody signs it"
    )


def _options() -> dict[str, Any]:
    # PyLD gives relative identifiers a base, where other programs drop them; with a base of our
    # own they are known again, and refused.
    return {
        "documentLoader": load_context,
        "base": _RELATIVE,
        "processingMode": "json-ld-1.1",
        "contextResolver": context_resolver(),
    }


def _cause(error: BaseException) -> NotCanonical | ContextsMissing:
    """Return our own refusal that PyLD wrapped, or one that says what PyLD found."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, NotCanonical | ContextsMissing):
            return inner
        inner = inner.__cause__ or inner.__context__
    return NotCanonical("json_ld_invalid", "$", str(error).splitlines()[0])


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
            if name != "@context" and (name.startswith("@") or ":" in name or name[:1].isupper()):
                raise NotCanonical("term_respelt", where, f"{name!r} is not a term's plain name")


def _check_round_trip(document: Mapping[str, Any]) -> None:
    plain = _without_embedded(document)
    again = compact(expand(plain), document["@context"])
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
        if "@value" in value:
            return value["@value"]
        return {
            _plain_name(name): _spelt_out(member) if name == "type" else _normal(member)
            for name, member in value.items()
        }
    if isinstance(value, list):
        elements = [_normal(element) for element in value]
        return elements[0] if len(elements) == 1 else elements
    return value


def _plain_name(name: str) -> str:
    """Return the name under which a member is known, whichever its contexts wrote it by.

    The first context of Open Badges 3.0 gives a class and the member that holds one the same IRI,
    and types to members whose values have others; then compaction writes `Achievement`, `profile`
    or a full IRI for the plain term of the document. Classes and IRIs as names were refused before.
    """
    local = name.rpartition("#")[2].rpartition("/")[2]
    plain = local[:1].lower() + local[1:]
    return "creator" if plain == "profile" else plain


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
