"""Values of QTI: a base type, a cardinality and scalars; NULL is None, and neither false nor 0.

An empty container and an empty text are NULL. Equality goes by the base type: pairs without an
order, directed pairs with one, containers of cardinality `multiple` without one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from examengine.bank.qti.refusal import QtiRefused, RefusedBecause

LONGEST_TEXT = 20_000
MOST_SCALARS = 1_000
LARGEST_NUMBER = 10**18
_LONGEST_NUMBER = 40


class BaseType(StrEnum):
    """What a scalar is."""

    IDENTIFIER = "identifier"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float"
    STRING = "string"
    POINT = "point"
    PAIR = "pair"
    DIRECTED_PAIR = "directedPair"
    DURATION = "duration"
    FILE = "file"
    URI = "uri"
    INT_OR_IDENTIFIER = "intOrIdentifier"


class Cardinality(StrEnum):
    """How many scalars a value has, and whether they have an order."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    ORDERED = "ordered"
    RECORD = "record"


NUMERIC = frozenset({BaseType.INTEGER, BaseType.FLOAT, BaseType.DURATION})
_PAIRS = frozenset({BaseType.PAIR, BaseType.DIRECTED_PAIR})

Scalar = str | bool | int | float | tuple[str, str] | tuple[float, float]


@dataclass(frozen=True, slots=True)
class QtiValue:
    """A value that is not NULL; `NULL` is written None.

    Attributes:
        cardinality: How many, and in an order or not.
        base_type: What the scalars are; a record has strings as the names of its fields.
        scalars: At least one.
        fields: The fields of a record, by name.
    """

    cardinality: Cardinality
    base_type: BaseType
    scalars: tuple[Scalar, ...]
    fields: Mapping[str, QtiValue] = field(default_factory=dict)

    @property
    def scalar(self) -> Scalar:
        """Return the first scalar; the only one where the value is single."""
        return self.scalars[0]

    @property
    def is_container(self) -> bool:
        """Tell whether there may be several scalars."""
        return self.cardinality in {Cardinality.MULTIPLE, Cardinality.ORDERED}


Nullable = QtiValue | None


def single(base_type: BaseType, scalar: Scalar) -> Nullable:
    """Return a single value; an empty text is NULL.

    Raises:
        QtiRefused: A number or a text beyond what is worked with.
    """
    if isinstance(scalar, str):
        if not scalar:
            return None
        if len(scalar) > LONGEST_TEXT:
            what = f"makes a text of {len(scalar)} characters; {LONGEST_TEXT} are the most"
            raise QtiRefused(RefusedBecause.TEXT_TOO_LONG, what)
    elif isinstance(scalar, int) and not -LARGEST_NUMBER <= scalar <= LARGEST_NUMBER:
        what = f"makes a whole number beyond {LARGEST_NUMBER:.0e}"
        raise QtiRefused(RefusedBecause.NUMBER_TOO_LARGE, what)
    elif isinstance(scalar, float) and math.isnan(scalar):
        return None
    return QtiValue(Cardinality.SINGLE, base_type, (scalar,))


def boolean(truth: bool | None) -> Nullable:
    """Return a truth value; None is NULL."""
    return None if truth is None else QtiValue(Cardinality.SINGLE, BaseType.BOOLEAN, (truth,))


def number(found: float | None) -> Nullable:
    """Return an integer or a float, by what is given; None is NULL."""
    if found is None:
        return None
    return single(BaseType.INTEGER if isinstance(found, int) else BaseType.FLOAT, found)


def container(cardinality: Cardinality, base_type: BaseType, scalars: Iterable[Scalar]) -> Nullable:
    """Return a container; an empty one is NULL.

    Raises:
        QtiRefused: It has more scalars than are worked with.
    """
    listed = tuple(scalars)
    if len(listed) > MOST_SCALARS:
        what = f"makes a container of {len(listed)} values; {MOST_SCALARS} are the most"
        raise QtiRefused(RefusedBecause.TOO_MUCH_WORK, what)
    return QtiValue(cardinality, base_type, listed) if listed else None


def record(fields: Mapping[str, Nullable]) -> Nullable:
    """Return a record of its fields; those that are NULL are as if they were not there."""
    kept = {name: value for name, value in fields.items() if value is not None}
    if not kept:
        return None
    return QtiValue(Cardinality.RECORD, BaseType.STRING, tuple(kept), MappingProxyType(kept))


def comparable(scalar: Scalar, base_type: BaseType) -> Any:
    """Return something hashable that is equal exactly where scalars of a base type are."""
    if isinstance(scalar, bool):
        return ("boolean", scalar)
    if isinstance(scalar, tuple) and base_type is BaseType.PAIR:
        return tuple(sorted(map(str, scalar)))
    return scalar


def same_scalar(one: Scalar, other: Scalar, base_type: BaseType) -> bool:
    """Tell whether two scalars are equal."""
    return bool(comparable(one, base_type) == comparable(other, base_type))


def shared_type(one: QtiValue, other: QtiValue) -> BaseType:
    """Return the base type by which two values are compared; an order counts where one has it."""
    types = {one.base_type, other.base_type}
    return BaseType.DIRECTED_PAIR if types == _PAIRS else one.base_type


def same_value(one: QtiValue, other: QtiValue) -> bool:
    """Tell whether two values are equal; NULL is no matter of this."""
    if Cardinality.RECORD in {one.cardinality, other.cardinality}:
        return _same_fields(one, other)
    base_type = shared_type(one, other)
    first = [comparable(scalar, base_type) for scalar in one.scalars]
    second = [comparable(scalar, base_type) for scalar in other.scalars]
    if Cardinality.MULTIPLE in {one.cardinality, other.cardinality}:
        return Counter(first) == Counter(second)
    return first == second


def _same_fields(one: QtiValue, other: QtiValue) -> bool:
    return one.fields.keys() == other.fields.keys() and all(
        same_value(value, other.fields[name]) for name, value in one.fields.items()
    )


def scalar_of(text: str, base_type: BaseType) -> Scalar:
    """Return the scalar that a text says.

    Raises:
        ValueError: The text says none of this base type.
    """
    reader = _READERS.get(base_type)
    return text if reader is None else reader(text.strip())


def _truth(text: str) -> bool:
    if text in {"true", "1"}:
        return True
    if text in {"false", "0"}:
        return False
    raise ValueError(f"{text[:40]!r} is neither true nor false")


def _whole(text: str) -> int:
    if len(text) > _LONGEST_NUMBER or "_" in text:
        raise ValueError(f"{text[:40]!r} is no whole number")
    try:
        return int(text)
    except ValueError:
        found = _real(text)
        if not found.is_integer():
            raise ValueError(f"{text[:40]!r} is no whole number") from None
        return int(found)


def _real(text: str) -> float:
    if len(text) > _LONGEST_NUMBER or "_" in text:
        raise ValueError(f"{text[:40]!r} is no number")
    found = float({"INF": "inf", "-INF": "-inf"}.get(text, text))
    if math.isnan(found):
        raise ValueError("is no number")
    return found


def _two(text: str) -> tuple[str, str]:
    parts = text.split()
    if len(parts) != 2:
        raise ValueError(f"{text[:40]!r} does not name two, with a space between")
    return parts[0], parts[1]


def _point(text: str) -> tuple[float, float]:
    across, down = _two(text)
    return _real(across), _real(down)


def _identifier(text: str) -> str:
    return text


def _whole_or_identifier(text: str) -> Scalar:
    try:
        return _whole(text)
    except ValueError:
        return text


_READERS: Mapping[BaseType, Any] = MappingProxyType(
    {
        BaseType.IDENTIFIER: _identifier,
        BaseType.URI: _identifier,
        BaseType.BOOLEAN: _truth,
        BaseType.INTEGER: _whole,
        BaseType.FLOAT: _real,
        BaseType.DURATION: _real,
        BaseType.POINT: _point,
        BaseType.PAIR: _two,
        BaseType.DIRECTED_PAIR: _two,
        BaseType.INT_OR_IDENTIFIER: _whole_or_identifier,
    }
)


def text_of(scalar: Scalar) -> str:
    """Return a scalar as QTI writes it."""
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    if isinstance(scalar, tuple):
        return " ".join(text_of(part) for part in scalar)
    if isinstance(scalar, float):
        if math.isinf(scalar):
            return "INF" if scalar > 0 else "-INF"
        return str(int(scalar)) if _plain_whole(scalar) else repr(scalar)
    return str(scalar)


def _plain_whole(found: float) -> bool:
    return math.isfinite(found) and found.is_integer() and abs(found) < LARGEST_NUMBER


def as_json(value: Nullable) -> Any:
    """Return a value as JSON: NULL is null, a pair or point is "a b", a container is a list."""
    if value is None:
        return None
    if value.cardinality is Cardinality.RECORD:
        return {name: as_json(held) for name, held in value.fields.items()}
    listed = [_scalar_as_json(one) for one in value.scalars]
    return listed if value.is_container else listed[0]


def _scalar_as_json(scalar: Scalar) -> Any:
    """Return a scalar as JSON, which has no pairs and no infinity."""
    if isinstance(scalar, float) and math.isinf(scalar):
        return "INF" if scalar > 0 else "-INF"
    return text_of(scalar) if isinstance(scalar, tuple) else scalar


def from_json(raw: Any, cardinality: Cardinality, base_type: BaseType) -> Nullable:
    """Return the value that JSON says, the inverse of `as_json`.

    Raises:
        ValueError: It is no value of this cardinality and base type.
    """
    if raw is None:
        return None
    if cardinality is Cardinality.RECORD:
        return _record_of(raw)
    listed = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else [raw]
    if cardinality is Cardinality.SINGLE and len(listed) > 1:
        raise ValueError(f"gives {len(listed)} values where one may be given")
    scalars = [_scalar_from_json(one, base_type) for one in listed]
    if cardinality is Cardinality.SINGLE:
        return single(base_type, scalars[0]) if scalars else None
    return container(cardinality, base_type, (one for one in scalars if one != ""))


def _scalar_from_json(raw: Any, base_type: BaseType) -> Scalar:
    if isinstance(raw, bool):
        return scalar_of("true" if raw else "false", base_type)
    if isinstance(raw, float):
        return scalar_of(text_of(raw), base_type)
    if isinstance(raw, str | int):
        return scalar_of(str(raw)[: LONGEST_TEXT + 1], base_type)
    raise ValueError(f"{str(raw)[:40]} is no value of type {base_type}")


def _record_of(raw: Any) -> Nullable:
    if not isinstance(raw, Mapping):
        raise ValueError("a record is an object with fields")
    return record({str(name): _guessed(held) for name, held in raw.items()})


def _guessed(raw: Any) -> Nullable:
    if isinstance(raw, bool):
        return boolean(raw)
    if isinstance(raw, int | float):
        return number(raw)
    return single(BaseType.STRING, str(raw)) if raw is not None else None
