"""From bytes that a stranger sent to one JSON document that means one thing.

Every reader of a credential must see the same members: two members of one name, or a depth that
makes a reader give up, are ways to show different things to different programs.
"""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from examengine.credentials.errors import NotCredentialJson

LARGEST = 256 * 1024
_DEEPEST = 32


def parse(data: bytes) -> dict[str, Any]:
    """Return the one JSON object in `data`.

    Raises:
        NotCredentialJson: With reason `too_large`, `not_utf8`, `not_json`, `too_deep`,
            `duplicate_member` or `not_an_object`.
    """
    if len(data) > LARGEST:
        raise NotCredentialJson("too_large", f"{len(data)} bytes; at most {LARGEST} are read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotCredentialJson("not_utf8", f"byte {error.start} is not UTF-8") from None
    _refuse_depth(text)
    document = _decode(text)
    if not isinstance(document, dict):
        raise NotCredentialJson("not_an_object", "a credential is one JSON object")
    return document


def _decode(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise NotCredentialJson("not_json", f"line {error.lineno}: {error.msg}") from None
    except ValueError as error:
        # An integer of thousands of digits, which Python refuses to convert.
        raise NotCredentialJson("not_json", str(error)) from None


def _refuse_depth(text: str) -> None:
    """Refuse deep nesting before the parser recurses into it."""
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "{[":
            depth += 1
            if depth > _DEEPEST:
                raise NotCredentialJson("too_deep", f"nested deeper than {_DEEPEST} levels")
        elif character in "}]":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise NotCredentialJson("duplicate_member", f"the member {name!r} stands there twice")
        members[name] = value
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise NotCredentialJson("not_json", f"{name} is not a JSON number")
