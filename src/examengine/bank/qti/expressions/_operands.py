"""Operands of expressions as Python values; NULL is None, and stays for the expression to judge."""

from collections.abc import Iterable, Sequence

from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.values import NUMERIC, BaseType, Nullable, scalar_of


def numbers(operands: Iterable[Nullable]) -> list[int | float] | None:
    """Return the numbers of operands, containers unpacked; None where one is NULL or no number."""
    found: list[int | float] = []
    for value in operands:
        if value is None:
            return None
        for scalar in value.scalars:
            if isinstance(scalar, bool) or not isinstance(scalar, int | float):
                return None
            found.append(scalar)
    return found


def two_numbers(operands: Sequence[Nullable]) -> tuple[int | float, int | float] | None:
    """Return the two numbers of a comparison; None where one is NULL or no number."""
    found = numbers(operands)
    return (found[0], found[1]) if found is not None and len(found) == 2 else None


def one_number(operands: Sequence[Nullable]) -> int | float | None:
    """Return the only number; None where it is NULL or no number."""
    found = numbers(operands)
    return found[0] if found is not None and len(found) == 1 else None


def truth(value: Nullable) -> bool | None:
    """Return the truth of a value; None for NULL and for what is none."""
    if value is None or not isinstance(value.scalar, bool):
        return None
    return value.scalar


def attribute_number(
    scope: ProcessingScope, node: QtiNode, name: str, otherwise: float | None = None
) -> float | None:
    """Return the number of an attribute, which may name a variable that holds it."""
    text = node.get(name).strip().strip("{}")
    if not text:
        return otherwise
    try:
        found = scalar_of(text, BaseType.FLOAT)
    except ValueError:
        value = scope.values.get(text) if scope.declared(text, node) else None
        if value is None or value.base_type not in NUMERIC:
            return None
        found = value.scalar
    return float(found) if isinstance(found, int | float) else None


def attribute_integer(
    scope: ProcessingScope, node: QtiNode, name: str, otherwise: int | None = None
) -> int | None:
    """Return the whole number of an attribute, which may name a variable that holds it."""
    found = attribute_number(scope, node, name, otherwise)
    return int(found) if found is not None and float(found).is_integer() else None


def flag_attribute(node: QtiNode, name: str, *, otherwise: bool) -> bool:
    """Return a truth that an attribute says."""
    text = node.get(name).strip()
    return otherwise if not text else text in {"true", "1"}
