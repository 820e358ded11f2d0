"""What variables hold, what is right, what a response is worth, and values written in the file."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.values import BaseType, Nullable, number, scalar_of, single


def variable(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Return what a variable holds; NULL where nobody declared it."""
    identifier = node.get("identifier")
    return scope.values.get(identifier) if scope.declared(identifier, node) else None


def correct(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Return the correct response of a variable."""
    identifier = node.get("identifier")
    return scope.corrects.get(identifier) if scope.declared(identifier, node) else None


def default(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Return the default of a variable."""
    identifier = node.get("identifier")
    return scope.defaults.get(identifier) if scope.declared(identifier, node) else None


def base_value(_scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Return a value that is written in the file."""
    try:
        base_type = BaseType(node.get("base-type", "string"))
        text = node.text if base_type is BaseType.STRING else node.text.strip()
        return single(base_type, scalar_of(text, base_type)) if text else None
    except ValueError as error:
        what = f"a base value {error}"
        raise QtiRefused(RefusedBecause.MALFORMED, what, node.line) from None


def null(_scope: ProcessingScope, _node: QtiNode) -> Nullable:
    """Return NULL."""
    return None


def map_response(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Return what a response is worth by its mapping; 0 where it has none."""
    declaration = scope.declared(node.get("identifier"), node)
    if declaration is None or declaration.mapping is None:
        return number(0.0)
    value = scope.values.get(declaration.identifier)
    return number(declaration.mapping.worth(value, declaration.base_type))


def map_response_point(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Return what points of a response are worth by the areas they lie in; 0 where it has none."""
    declaration = scope.declared(node.get("identifier"), node)
    if declaration is None or declaration.areas is None:
        return number(0.0)
    return number(declaration.areas.worth(scope.values.get(declaration.identifier)))


EVALUATORS: Mapping[str, Callable[[ProcessingScope, QtiNode], Nullable]] = MappingProxyType(
    {
        "qti-variable": variable,
        "qti-correct": correct,
        "qti-default": default,
        "qti-base-value": base_value,
        "qti-null": null,
        "qti-map-response": map_response,
        "qti-map-response-point": map_response_point,
    }
)
