"""Rounding: to whole numbers, to decimal places, to significant figures; half goes up."""

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType

from examengine.bank.qti.expressions._operands import attribute_integer, one_number
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.values import LARGEST_NUMBER, Nullable, number

_MOST_FIGURES = 30
_PRECISE = Context(prec=400)


def rounded_to(value: float, mode: str, figures: int, node: QtiNode) -> float | None:
    """Return a number with so many decimal places or significant figures; None for none.

    Raises:
        QtiRefused: There is no such mode.
    """
    if not math.isfinite(value):
        return value
    exact = Decimal(repr(value))
    if mode == "decimalPlaces":
        if not 0 <= figures <= _MOST_FIGURES:
            return None
        places = figures
    elif mode == "significantFigures":
        if not 1 <= figures <= _MOST_FIGURES:
            return None
        places = figures - 1 - (exact.adjusted() if exact else 0)
    else:
        what = f"rounds by {mode[:40]!r}; it may be decimalPlaces or significantFigures"
        raise QtiRefused(RefusedBecause.MALFORMED, what, node.line)
    return float(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _PRECISE))


def whole(found: float, node: QtiNode) -> int:
    """Return a float without fraction as a whole number.

    Raises:
        QtiRefused: It is beyond the numbers that are worked with.
    """
    if not math.isfinite(found) or abs(found) > LARGEST_NUMBER:
        what = f"makes a whole number beyond {LARGEST_NUMBER:.0e}"
        raise QtiRefused(RefusedBecause.NUMBER_TOO_LARGE, what, node.line)
    return int(found)


def round_whole(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """The nearest whole number; a half goes up: -6.5 to -6."""
    found = one_number(scope.operands(node))
    if found is None or not math.isfinite(found):
        return None
    exact = Decimal(repr(found)) + Decimal("0.5")
    return number(whole(math.floor(exact), node))


def truncate(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """The whole number towards zero."""
    found = one_number(scope.operands(node))
    if found is None or not math.isfinite(found):
        return None
    return number(whole(math.trunc(found), node))


def round_to(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """A number with so many decimal places or significant figures."""
    found = one_number(scope.operands(node))
    figures = attribute_integer(scope, node, "figures")
    if found is None or figures is None:
        return None
    rounded = rounded_to(found, node.get("rounding-mode", "significantFigures"), figures, node)
    return number(None if rounded is None else float(rounded))


EVALUATORS: Mapping[str, Callable[[ProcessingScope, QtiNode], Nullable]] = MappingProxyType(
    {"qti-round": round_whole, "qti-truncate": truncate, "qti-round-to": round_to}
)
