"""Digests over canonical JSON, so that a stranger can compute each link of the chain again.

The canonical form is RFC 8785 (JSON Canonicalization Scheme): members sorted by UTF-16 code
units, no white space, numbers as ECMAScript prints them.
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

_LARGEST_EXACT_INTEGER = 2**53 - 1


def canonical_json(value: Any) -> bytes:
    """Return `value` in the canonical form of RFC 8785, as UTF-8.

    Raises:
        ValueError: A number is not finite, or an integer is too large for a double.
        TypeError: A value has no JSON form (only None, bool, int, float, str, mappings with
            string keys and sequences have one).
    """
    return _encode(value).encode("utf-8")


def digest(value: Any) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of the canonical JSON of `value`."""
    return digest_of_bytes(canonical_json(value))


def digest_of_bytes(data: bytes) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of `data`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _encode(value: Any) -> str:
    # By exact type first: nearly all values are plain, and abstract checks are slow.
    encode = _PLAIN.get(type(value))
    if encode is not None:
        return encode(value)
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return _array(value)
    raise TypeError(f"{type(value).__name__} has no JSON form; convert it before taking a digest")


def _array(value: Sequence[Any]) -> str:
    return "[" + ",".join([_encode(element) for element in value]) + "]"


def _object(value: Mapping[Any, Any]) -> str:
    members = [opening + _encode(value[name]) for name, opening in _openings(tuple(value))]
    return "{" + ",".join(members) + "}"


@lru_cache(maxsize=1024)  # the same few shapes come again and again, in the attempt log above all
def _openings(names: tuple[Any, ...]) -> list[tuple[str, str]]:
    """Return member names in canonical order, each with what stands before its value."""
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"member name {name!r} is not a string")
    ordered = sorted(names, key=lambda name: name.encode("utf-16-be"))
    return [(name, f"{encode_basestring(name)}:") for name in ordered]


def _integer(value: int) -> str:
    if abs(value) > _LARGEST_EXACT_INTEGER:
        raise ValueError(f"{value} is too large for a JSON number; write it as a string")
    return str(value)


def _number(value: float) -> str:
    """Print a double as ECMAScript does (ECMA-262, Number::toString)."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no JSON form")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    digits, point = _shortest_digits(abs(value))
    if len(digits) <= point <= 21:
        text = digits + "0" * (point - len(digits))
    elif 0 < point <= 21:
        text = f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        text = f"{digits[0]}{fraction}e{point - 1:+d}"
    return sign + text


def _shortest_digits(value: float) -> tuple[str, int]:
    """Return the shortest digits that read back as `value`, and where the point stands."""
    mantissa, _, exponent = f"{value!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    leading_zeros = len(whole + fraction) - len(digits)
    point = len(whole) - leading_zeros + int(exponent or 0)
    return digits.rstrip("0") or "0", point


_PLAIN: Mapping[type, Callable[[Any], str]] = {
    str: encode_basestring,
    dict: _object,
    list: _array,
    tuple: _array,
    int: _integer,
    float: _number,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}
