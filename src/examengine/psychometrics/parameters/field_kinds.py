"""What kind of value each field of a file holds, so that a wrong one is named before it is used.

A file made by another program, or by hand, may hold a text where a number belongs. The checks here
know nothing of psychometrics: they say which field is no number, no list, no text.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import Any

MOST_POINTS = 1001
MOST_CATEGORIES = 121
LARGEST = 1e100
# Slopes and locations beyond this overflow in the end, and none was ever estimated from answers.
LARGEST_PARAMETER = 1e9


@dataclass(frozen=True, slots=True)
class FieldKind:
    """A kind of value.

    Attributes:
        words: What is needed, for a sentence.
        fits: Whether a value is one.
    """

    words: str
    fits: Callable[[Any], bool]


def is_number(value: Any) -> bool:
    """Whether a value is a finite number (and neither true nor false)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < LARGEST if isinstance(value, int) else isfinite(value)


def _is_parameter(value: Any) -> bool:
    return is_number(value) and abs(value) <= LARGEST_PARAMETER


def _is_list_of_parameters(value: Any) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= MOST_CATEGORIES
        and all(one is None or _is_parameter(one) for one in value)
    )


def _is_range(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(map(is_number, value))
        and value[0] < value[1]
    )


NUMBER = FieldKind("a number", is_number)
COUNT = FieldKind("a number from 0", lambda value: is_number(value) and value >= 0)
PARAMETER = FieldKind(
    f"a number from {-LARGEST_PARAMETER:g} to {LARGEST_PARAMETER:g}", _is_parameter
)
PARAMETER_LIST = FieldKind(f"a list of 1 to {MOST_CATEGORIES} numbers", _is_list_of_parameters)
TEXT = FieldKind("a text", lambda value: isinstance(value, str) and bool(value))
FLAG = FieldKind("true or false", lambda value: isinstance(value, bool))
MAPPING = FieldKind("an object", lambda value: isinstance(value, Mapping))
TEXTS = FieldKind(
    "a list of texts",
    lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
)
POINTS = FieldKind(
    f"a whole number from 5 to {MOST_POINTS}",
    lambda value: isinstance(value, int) and is_number(value) and 5 <= value <= MOST_POINTS,
)
RANGE = FieldKind("a list of two numbers, the lower first", _is_range)

SET_FIELDS: Mapping[str, FieldKind] = MappingProxyType(
    {
        "model": TEXT,
        "n_persons": COUNT,
        "n_parameters": COUNT,
        "log_likelihood": NUMBER,
        "log_posterior": NUMBER,
        "iterations": COUNT,
        "converged": FLAG,
        "simulated": FLAG,
        "gradient_max": NUMBER,
        "seconds": NUMBER,
        "quadrature": MAPPING,
        "estimator": FieldKind("a text", lambda value: isinstance(value, str)),
        "code_version": FieldKind("a text", lambda value: isinstance(value, str)),
        "input_digest": FieldKind("a text", lambda value: isinstance(value, str)),
        "priors": MAPPING,
        "groups": FieldKind("a list", lambda value: isinstance(value, list)),
        "warnings": TEXTS,
    }
)
MAY_BE_NULL = frozenset(
    {"log_likelihood", "log_posterior", "gradient_max", "quadrature", "priors", "groups", "se"}
)
QUADRATURE_FIELDS: Mapping[str, FieldKind] = MappingProxyType({"points": POINTS, "range": RANGE})
GROUP_FIELDS: Mapping[str, FieldKind] = MappingProxyType(
    {"group": TEXT, "mean": PARAMETER, "sd": PARAMETER, "fixed": FLAG, "se": MAPPING}
)
ITEM_FIELDS: Mapping[str, FieldKind] = MappingProxyType(
    {"item_id": TEXT, "model": TEXT, "se": MAPPING, "anchored": FLAG, "n": COUNT}
)
GROUP_ERRORS: Mapping[str, FieldKind] = MappingProxyType(dict.fromkeys(("mean", "sd"), PARAMETER))
PARAMETERS: Mapping[str, FieldKind] = MappingProxyType(
    {
        **dict.fromkeys(("a", "b", "c", "d", "slope", "intercept"), PARAMETER),
        **dict.fromkeys(("thresholds", "steps", "slopes", "intercepts"), PARAMETER_LIST),
    }
)


def parameter_shape_faults(document: Mapping[str, Any]) -> Iterator[str]:
    """Fields of a parameter file that hold another kind of value than they should.

    Args:
        document: The file, read as JSON: an object with a list of items.

    Returns:
        One sentence for each such field; parameters that are null count as left out.
    """
    yield from _field_faults("", document, SET_FIELDS)
    if isinstance(document.get("quadrature"), Mapping):
        yield from _field_faults("quadrature: ", document["quadrature"], QUADRATURE_FIELDS)
    groups = document.get("groups")
    for place, group in enumerate(groups if isinstance(groups, list) else (), start=1):
        yield from _entry_faults(f"group {place}", group, GROUP_FIELDS, GROUP_ERRORS)
    for place, item in enumerate(document["items"], start=1):
        where = f"item {place}"
        if isinstance(item, Mapping) and TEXT.fits(item.get("item_id")):
            where = f"item {item['item_id']!r}"
        yield from _entry_faults(where, item, ITEM_FIELDS, PARAMETERS)
        if isinstance(item, Mapping):
            yield from _field_faults(f"{where}: ", item, PARAMETERS, null=True)


def _entry_faults(
    where: str, entry: Any, fields: Mapping[str, FieldKind], errors: Mapping[str, FieldKind]
) -> Iterator[str]:
    """Faults of one group or item, its standard errors included."""
    if not isinstance(entry, Mapping):
        yield f"{where} is {shown(entry)}; an object is needed"
        return
    yield from _field_faults(f"{where}: ", entry, fields)
    if isinstance(entry.get("se"), Mapping):
        yield from _field_faults(f"{where}: standard error of ", entry["se"], errors, null=True)


def _field_faults(
    where: str, entry: Mapping[str, Any], fields: Mapping[str, FieldKind], *, null: bool = False
) -> Iterator[str]:
    for name, kind in fields.items():
        if name not in entry:
            continue
        value = entry[name]
        if value is None and (null or name in MAY_BE_NULL):
            continue
        if not kind.fits(value):
            yield f"{where}{name} is {shown(value)}; {kind.words} is needed"


def shown(value: Any) -> str:
    """A value short enough for a sentence."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= LARGEST:
        return "a number beyond all use"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
