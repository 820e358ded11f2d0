"""Whether values are the same, equal within a tolerance, larger or smaller; NULL if one is NULL."""

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType

from examengine.bank.qti.areas import area_of
from examengine.bank.qti.expressions._operands import (
    attribute_integer,
    flag_attribute,
    two_numbers,
)
from examengine.bank.qti.expressions.rounding import rounded_to
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.values import BaseType, Nullable, boolean, same_value, scalar_of


def is_null(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Whether a value is NULL; never NULL itself."""
    return boolean(scope.operands(node)[0] is None)


def match(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Whether two values are the same."""
    one, other = scope.operands(node)
    return None if one is None or other is None else boolean(same_value(one, other))


def equal(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Whether two numbers are equal, exactly or within a tolerance of the first."""
    found = two_numbers(scope.operands(node))
    if found is None:
        return None
    first, second = found
    mode = node.get("tolerance-mode", "exact")
    if mode == "exact":
        return boolean(first == second)
    below, above = _tolerances(scope, node)
    if below is None or above is None:
        return None
    if mode == "absolute":
        low, high = first - below, first + above
    elif mode == "relative":
        ends = first * (1 - below / 100), first * (1 + above / 100)
        low, high = min(ends), max(ends)
    else:
        what = f"has the tolerance-mode {mode[:40]!r}; it may be exact, absolute or relative"
        raise QtiRefused(RefusedBecause.MALFORMED, what, node.line)
    with_low = flag_attribute(node, "include-lower-bound", otherwise=True)
    with_high = flag_attribute(node, "include-upper-bound", otherwise=True)
    above_low = second >= low if with_low else second > low
    below_high = second <= high if with_high else second < high
    return boolean(above_low and below_high)


def _tolerances(scope: ProcessingScope, node: QtiNode) -> tuple[float | None, float | None]:
    parts = node.get("tolerance").split()
    if not parts:
        raise QtiRefused(RefusedBecause.MALFORMED, "has a tolerance-mode, no tolerance", node.line)
    found = [_tolerance(scope, node, part.strip("{}")) for part in parts[:2]]
    return found[0], found[-1]


def _tolerance(scope: ProcessingScope, node: QtiNode, text: str) -> float | None:
    try:
        return _as_float(scalar_of(text, BaseType.FLOAT))
    except ValueError:
        value = scope.values.get(text) if scope.declared(text, node) else None
        return None if value is None else _as_float(value.scalar)


def _as_float(found: object) -> float | None:
    return float(found) if isinstance(found, int | float) else None


def equal_rounded(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Whether two numbers are the same when both are rounded."""
    found = two_numbers(scope.operands(node))
    figures = attribute_integer(scope, node, "figures")
    if found is None or figures is None:
        return None
    mode = node.get("rounding-mode", "significantFigures")
    rounded = [rounded_to(one, mode, figures, node) for one in found]
    return None if None in rounded else boolean(rounded[0] == rounded[1])


def _compared(
    holds: Callable[[float, float], bool],
) -> Callable[[ProcessingScope, QtiNode], Nullable]:
    def compared(scope: ProcessingScope, node: QtiNode) -> Nullable:
        found = two_numbers(scope.operands(node))
        return None if found is None else boolean(holds(*found))

    return compared


def inside(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Whether a point, or one of several, lies in an area."""
    value = scope.operands(node)[0]
    if value is None:
        return None
    try:
        area = area_of(node.get("shape"), node.get("coords"))
    except ValueError as error:
        raise QtiRefused(RefusedBecause.MALFORMED, f"an area {error}", node.line) from None
    points = [one for one in value.scalars if isinstance(one, tuple)]
    return boolean(any(area.holds((float(one[0]), float(one[1]))) for one in points))


EVALUATORS: Mapping[str, Callable[[ProcessingScope, QtiNode], Nullable]] = MappingProxyType(
    {
        "qti-is-null": is_null,
        "qti-match": match,
        "qti-equal": equal,
        "qti-equal-rounded": equal_rounded,
        "qti-lt": _compared(operator.lt),
        "qti-lte": _compared(operator.le),
        "qti-gt": _compared(operator.gt),
        "qti-gte": _compared(operator.ge),
        "qti-duration-lt": _compared(operator.lt),
        "qti-duration-gte": _compared(operator.ge),
        "qti-inside": inside,
    }
)
