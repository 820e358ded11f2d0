"""Containers and records: made, looked into, and made shorter."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from examengine.bank.qti.expressions._operands import attribute_integer
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.values import (
    Cardinality,
    Nullable,
    QtiValue,
    boolean,
    comparable,
    container,
    number,
    same_scalar,
    shared_type,
    single,
)

MOST_REPEATS = 1_000


def multiple(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """A container without an order, of values and containers; NULLs are left out."""
    return _joined(scope.operands(node), Cardinality.MULTIPLE)


def ordered(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """A container with an order, of values and containers; NULLs are left out."""
    return _joined(scope.operands(node), Cardinality.ORDERED)


def _joined(operands: Sequence[Nullable], cardinality: Cardinality) -> Nullable:
    given = [value for value in operands if value is not None]
    if not given:
        return None
    scalars = (scalar for value in given for scalar in value.scalars)
    return container(cardinality, given[0].base_type, scalars)


def container_size(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """How many a container holds; 0 for NULL."""
    value = scope.operands(node)[0]
    return number(0 if value is None else len(value.scalars))


def member(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Whether a container holds a value."""
    one, held = scope.operands(node)
    if one is None or held is None:
        return None
    base_type = shared_type(one, held)
    return boolean(any(same_scalar(one.scalar, other, base_type) for other in held.scalars))


def contains(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Whether a container holds all of another; where they have an order, as one piece."""
    whole, part = scope.operands(node)
    if whole is None or part is None:
        return None
    base_type = shared_type(whole, part)
    outer = [comparable(scalar, base_type) for scalar in whole.scalars]
    inner = [comparable(scalar, base_type) for scalar in part.scalars]
    if whole.cardinality is not Cardinality.ORDERED:
        return boolean(not Counter(inner) - Counter(outer))
    starts = range(len(outer) - len(inner) + 1)
    return boolean(any(outer[at : at + len(inner)] == inner for at in starts))


def delete(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """A container without a value, wherever it stood."""
    one, held = scope.operands(node)
    if one is None or held is None:
        return None
    base_type = shared_type(one, held)
    kept = (other for other in held.scalars if not same_scalar(one.scalar, other, base_type))
    return container(held.cardinality, held.base_type, kept)


def index(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """The n-th of a container, counted from 1; NULL where there is none."""
    value = scope.operands(node)[0]
    place = attribute_integer(scope, node, "n")
    if value is None or place is None or not 1 <= place <= len(value.scalars):
        return None
    return single(value.base_type, value.scalars[place - 1])


def field_value(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """A field of a record; NULL where there is none."""
    value = scope.operands(node)[0]
    return None if value is None else value.fields.get(node.get("field-identifier"))


def repeat(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """What its expressions give when worked out so many times, in order."""
    times = attribute_integer(scope, node, "number-repeats")
    if times is None or times < 1:
        return None
    return _joined(list(_repeated(scope, node, min(times, MOST_REPEATS))), Cardinality.ORDERED)


def _repeated(scope: ProcessingScope, node: QtiNode, times: int) -> Iterator[QtiValue | None]:
    for _ in range(times):
        yield from scope.operands(node)


EVALUATORS: Mapping[str, Callable[[ProcessingScope, QtiNode], Nullable]] = MappingProxyType(
    {
        "qti-multiple": multiple,
        "qti-ordered": ordered,
        "qti-container-size": container_size,
        "qti-member": member,
        "qti-contains": contains,
        "qti-delete": delete,
        "qti-index": index,
        "qti-field-value": field_value,
        "qti-repeat": repeat,
    }
)
