"""From a JSON-LD document to the bytes that are signed: RDF Dataset Canonicalization (RDFC-1.0).

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
from typing import Any

from pyld import jsonld
from pyld.canon import URDNA2015

from examengine.credentials.context_loader import load_context
from examengine.credentials.context_memory import RememberingProcessor
from examengine.credentials.errors import ContextsMissing, NotCanonical

_MOST_SIGNIFICANT_DIGITS = 15  # every decimal of 15 digits survives a double
_SMALLEST_NUMBER = Decimal("0.000001")  # below it, programs disagree on the exponent
_LARGEST_NUMBER = 2**53 - 1
_MOST_PERMUTED = 6  # 6! orders of nodes that look alike
_MOST_STEPS = 2000
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_RELATIVE = "relative-iri://refused/"
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]*\Z")


class _BoundedCanonicaliser(URDNA2015):  # type: ignore[misc]
    """RDFC-1.0 that gives up on graphs whose work grows with a factorial."""

    def __init__(self) -> None:
        super().__init__()
        self._steps = 0

    def create_hash_to_related(self, id_: str, issuer: object) -> dict[str, list[str]]:
        self._steps += 1
        related: dict[str, list[str]] = super().create_hash_to_related(id_, issuer)
        most = max((len(nodes) for nodes in related.values()), default=0)
        if most > _MOST_PERMUTED or self._steps > _MOST_STEPS:
            raise NotCanonical(
                "graph_too_entangled", "$", "too many parts that look alike; give them ids"
            )
        return related


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


def hash_data(document: Mapping[str, Any], proof_options: Mapping[str, Any]) -> bytes:
    """Return the 64 bytes that eddsa-rdfc-2022 signs.

    SHA-256(canonical proof options) ‖ SHA-256(canonical document)

    Args:
        document: The credential without its proof.
        proof_options: The proof without its value, and with the document's contexts.

    Raises:
        NotCanonical: One of the two has no safe canonical form.
    """
    return b"".join(
        hashlib.sha256(canonical_nquads(part).encode("utf-8")).digest()
        for part in (proof_options, document)
    )


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
    return {"documentLoader": load_context, "base": _RELATIVE, "processingMode": "json-ld-1.1"}


def _cause(error: BaseException) -> NotCanonical | ContextsMissing:
    """Return our own refusal that PyLD wrapped, or one that says what PyLD found."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, NotCanonical | ContextsMissing):
            return inner
        inner = inner.__cause__ or inner.__context__
    return NotCanonical("json_ld_invalid", "$", str(error).splitlines()[0])
