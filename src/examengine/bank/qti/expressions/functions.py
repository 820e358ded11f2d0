"""Functions of mathematics and of statistics; where there is no real result, NULL."""

import math
import statistics
from collections.abc import Callable, Mapping
from types import MappingProxyType

from examengine.bank.qti.expressions._operands import numbers
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.values import BaseType, Nullable, single

_OF_ONE: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        "sin": math.sin,
        "cos": math.cos,
        "tan": math.tan,
        "sec": lambda x: 1 / math.cos(x),
        "csc": lambda x: 1 / math.sin(x),
        "cot": lambda x: 1 / math.tan(x),
        "asin": math.asin,
        "acos": math.acos,
        "atan": math.atan,
        "asec": lambda x: math.acos(1 / x),
        "acsc": lambda x: math.asin(1 / x),
        "acot": lambda x: math.atan(1 / x) if x else math.pi / 2,
        "sinh": math.sinh,
        "cosh": math.cosh,
        "tanh": math.tanh,
        "sech": lambda x: 1 / math.cosh(x),
        "csch": lambda x: 1 / math.sinh(x),
        "coth": lambda x: 1 / math.tanh(x),
        "log": math.log10,
        "ln": math.log,
        "exp": math.exp,
        "abs": abs,
        "signum": lambda x: float((x > 0) - (x < 0)),
        "floor": math.floor,
        "ceil": math.ceil,
        "toDegrees": math.degrees,
        "toRadians": math.radians,
    }
)
_WHOLE = frozenset({"floor", "ceil", "signum"})
_CONSTANTS: Mapping[str, float] = MappingProxyType({"pi": math.pi, "e": math.e})
_OF_MANY: Mapping[str, Callable[[list[float]], float]] = MappingProxyType(
    {
        "mean": statistics.fmean,
        "sampleVariance": statistics.variance,
        "sampleSD": statistics.stdev,
        "popVariance": statistics.pvariance,
        "popSD": statistics.pstdev,
    }
)


def math_operator(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """A function of mathematics; `log` is to the base of 10."""
    name = node.get("name")
    if name != "atan2" and name not in _OF_ONE:
        raise _no_such(node, "mathematics")
    found = numbers(scope.operands(node))
    if found is None or len(found) != (2 if name == "atan2" else 1):
        return None
    try:
        result = math.atan2(*found) if name == "atan2" else _OF_ONE[name](found[0])
    except (ValueError, ZeroDivisionError):
        return None
    except OverflowError:
        result = math.inf
    if name in _WHOLE and math.isfinite(result):
        return single(BaseType.INTEGER, int(result))
    return single(BaseType.FLOAT, float(result))


def math_constant(_scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Pi or e."""
    name = node.get("name")
    if name not in _CONSTANTS:
        raise _no_such(node, "mathematics")
    return single(BaseType.FLOAT, _CONSTANTS[name])


def stats_operator(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """A mean, a variance or a standard deviation of a container."""
    name = node.get("name")
    if name not in _OF_MANY:
        raise _no_such(node, "statistics")
    found = numbers(scope.operands(node))
    if not found:
        return None
    try:
        return single(BaseType.FLOAT, float(_OF_MANY[name]([float(one) for one in found])))
    except (statistics.StatisticsError, OverflowError, ValueError, AttributeError):
        return None


def _no_such(node: QtiNode, what: str) -> QtiRefused:
    words = f"asks for {node.get('name')[:40]!r}, which is no function of {what} in QTI"
    return QtiRefused(RefusedBecause.UNKNOWN_EXPRESSION, words, node.line)


EVALUATORS: Mapping[str, Callable[[ProcessingScope, QtiNode], Nullable]] = MappingProxyType(
    {
        "qti-math-operator": math_operator,
        "qti-math-constant": math_constant,
        "qti-stats-operator": stats_operator,
    }
)
