"""Sums and products, quotients and powers; whole numbers stay whole, NULL makes NULL."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from examengine.bank.qti.expressions._operands import numbers, one_number, two_numbers
from examengine.bank.qti.expressions.rounding import whole
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.values import LARGEST_NUMBER, BaseType, Nullable, number, single

Numbers = Sequence[int | float]


def _of_all(work: Callable[[Numbers], float]) -> Callable[[ProcessingScope, QtiNode], Nullable]:
    def worked(scope: ProcessingScope, node: QtiNode) -> Nullable:
        found = numbers(scope.operands(node))
        return number(work(found)) if found else None

    return worked


def _product(factors: Numbers) -> float:
    """Return a product; each step is held to what is worked with, so that none grows huge."""
    total: int | float = 1
    for factor in factors:
        total *= factor
        if isinstance(total, int) and abs(total) > LARGEST_NUMBER:
            total = float(total)
    return total


def subtract(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """The first less the second."""
    found = two_numbers(scope.operands(node))
    return None if found is None else number(found[0] - found[1])


def divide(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """The first by the second, a float; NULL by zero."""
    found = two_numbers(scope.operands(node))
    if found is None or found[1] == 0:
        return None
    return number(float(found[0]) / float(found[1]))


def power(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """The first to the power of the second, a float; NULL where there is no real one."""
    found = two_numbers(scope.operands(node))
    if found is None:
        return None
    try:
        return number(math.pow(*found))
    except OverflowError:
        return number(math.inf)
    except ValueError:
        return None


def integer_divide(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """The quotient rounded down; NULL by zero."""
    found = two_numbers(scope.operands(node))
    if found is None or found[1] == 0:
        return None
    return number(whole(found[0] // found[1], node))


def integer_modulus(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """What an integer division leaves; NULL by zero."""
    found = two_numbers(scope.operands(node))
    if found is None or found[1] == 0:
        return None
    return number(whole(found[0] - found[1] * (found[0] // found[1]), node))


def integer_to_float(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """The same number as a float."""
    found = one_number(scope.operands(node))
    return None if found is None else single(BaseType.FLOAT, float(found))


def _of_wholes(work: Callable[[int, int], int]) -> Callable[[ProcessingScope, QtiNode], Nullable]:
    def worked(scope: ProcessingScope, node: QtiNode) -> Nullable:
        found = numbers(scope.operands(node))
        if not found or not all(float(one).is_integer() for one in found):
            return None
        result = 0 if work is math.gcd else 1
        for one in found:
            result = whole(work(result, int(one)), node)
        return number(result)

    return worked


EVALUATORS: Mapping[str, Callable[[ProcessingScope, QtiNode], Nullable]] = MappingProxyType(
    {
        "qti-sum": _of_all(sum),
        "qti-product": _of_all(_product),
        "qti-min": _of_all(min),
        "qti-max": _of_all(max),
        "qti-subtract": subtract,
        "qti-divide": divide,
        "qti-power": power,
        "qti-integer-divide": integer_divide,
        "qti-integer-modulus": integer_modulus,
        "qti-integer-to-float": integer_to_float,
        "qti-gcd": _of_wholes(math.gcd),
        "qti-lcm": _of_wholes(math.lcm),
    }
)
