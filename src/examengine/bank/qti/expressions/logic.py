"""True, false and NULL: three values, as in SQL."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from examengine.bank.qti.expressions._operands import attribute_integer, truth
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.values import Nullable, boolean


def both(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """False if one is false, else NULL if one is NULL, else true."""
    truths = [truth(value) for value in scope.operands(node)]
    return boolean(False if False in truths else None if None in truths else True)


def either(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """True if one is true, else NULL if one is NULL, else false."""
    truths = [truth(value) for value in scope.operands(node)]
    return boolean(True if True in truths else None if None in truths else False)


def negated(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """The other truth; NULL of NULL."""
    found = truth(scope.operands(node)[0])
    return boolean(None if found is None else not found)


def any_n(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Whether at least `min` and at most `max` are true; NULL where the NULLs would decide it."""
    truths = [truth(value) for value in scope.operands(node)]
    least, most = attribute_integer(scope, node, "min"), attribute_integer(scope, node, "max")
    if least is None or most is None:
        return None
    n_true, n_null = truths.count(True), truths.count(None)
    if n_true > most or n_true + n_null < least:
        return boolean(False)
    return boolean(True if n_true >= least and n_true + n_null <= most else None)


EVALUATORS: Mapping[str, Callable[[ProcessingScope, QtiNode], Nullable]] = MappingProxyType(
    {"qti-and": both, "qti-or": either, "qti-not": negated, "qti-any-n": any_n}
)
