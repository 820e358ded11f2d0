"""Numbers and values that are drawn."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from examengine.bank.qti.expressions._operands import attribute_integer, attribute_number
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.values import LARGEST_NUMBER, Nullable, number, single


def random(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """One of a container; NULL of NULL."""
    value = scope.operands(node)[0]
    if value is None:
        return None
    return single(value.base_type, value.scalars[scope.draws.place(len(value.scalars))])


def random_integer(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """A whole number from `min` to `max`, in steps from `min`."""
    least = attribute_integer(scope, node, "min", 0)
    most = attribute_integer(scope, node, "max")
    step = attribute_integer(scope, node, "step", 1)
    if least is None or most is None or step is None:
        return None
    if most < least or step < 1 or max(abs(least), abs(most)) > LARGEST_NUMBER:
        what = f"draws a whole number from {least} to {most} in steps of {step}"
        raise QtiRefused(RefusedBecause.MALFORMED, what, node.line)
    return number(least + step * scope.draws.place((most - least) // step + 1))


def random_float(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """A number from `min` to `max`."""
    least = attribute_number(scope, node, "min", 0.0)
    most = attribute_number(scope, node, "max")
    if least is None or most is None:
        return None
    if most < least:
        what = f"draws a number from {least} to {most}"
        raise QtiRefused(RefusedBecause.MALFORMED, what, node.line)
    return number(least + (most - least) * scope.draws.share())


EVALUATORS: Mapping[str, Callable[[ProcessingScope, QtiNode], Nullable]] = MappingProxyType(
    {
        "qti-random": random,
        "qti-random-integer": random_integer,
        "qti-random-float": random_float,
    }
)
