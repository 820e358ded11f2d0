"""What the item types have in common that give each part of a question one option.

A part is a prompt, a statement or a gap. A response says which option each got: `{"p1": "b"}`; one
that is not in it is still open. The key of the item has the same shape.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from examengine.bank.errors import ResponseMalformed
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._fields import known


def is_right(content: Content, response: Any) -> bool:
    """Tell whether a response gives every part its own option."""
    return isinstance(response, Mapping) and dict(response) == dict(content["key"])


def n_right(content: Content, response: Any) -> int:
    """Count the parts that were given their own option."""
    given = response if isinstance(response, Mapping) else {}
    return sum(given.get(part) == option for part, option in content["key"].items())


def n_parts(content: Content) -> int:
    """Count the parts."""
    return len(content["key"])


def n_mistakes(content: Content, response: Any) -> int:
    """Count the parts that were not given their own option."""
    return n_parts(content) - n_right(content, response)


def key_faults(
    key: object, options_of: Mapping[str, Sequence[str]], such_as: str
) -> Iterator[ItemFault]:
    """Check that a key gives each part one of its options.

    Args:
        key: What the item says.
        options_of: The ids that each part can be given.
        such_as: What a key looks like.
    """
    if not isinstance(key, Mapping) and not (key is None and options_of):
        yield ItemFault("key", f"must give each its option: {such_as}")
        return
    key = key or {}
    yield from known(key, options_of.keys(), at="key")
    for part, ids in options_of.items():
        if part not in key:
            yield ItemFault(f"key.{part}", f"is missing; choose one of {', '.join(ids)}")
        elif key[part] not in ids:
            what = f"is {str(key.get(part))[:40]}, which is no option; {', '.join(ids)} are"
            yield ItemFault(f"key.{part}", what)


def read_pairs(
    raw: object, options_of: Mapping[str, Collection[str]], part: str
) -> dict[str, str] | None:
    """Return the option of each part, in the order of the item; None when all are open.

    Args:
        raw: What was sent.
        options_of: The ids that each part can be given.
        part: What a part is called: "prompt".

    Raises:
        ResponseMalformed: It is no mapping, or names a part or an option that is not there.
    """
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        raise ResponseMalformed(f"the answer to this question gives each {part} an option")
    if any(name not in options_of for name in raw):
        raise ResponseMalformed(f"the answer names a {part} that this question does not have")
    given = {name: raw[name] for name in options_of if raw.get(name) not in (None, "")}
    for name, option in given.items():
        if not isinstance(option, str) or option not in options_of[name]:
            raise ResponseMalformed("the answer names an option that this question does not have")
    return given or None


def still_open(response: Any, n_all: int, parts: str) -> str | None:
    """Say how many parts have no option yet; None when none is open, or nothing was answered."""
    n_open = 0 if response is None else n_all - len(response)
    if not n_open:
        return None
    return f"{n_open} of {n_all} {parts} {'has' if n_open == 1 else 'have'} no option yet."


def key_pairs(content: Content, parts: Sequence[str]) -> dict[str, str]:
    """Return the key in the order of the item."""
    return {part: content["key"][part] for part in parts}


def exchanged(key: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the key with the options of two neighbouring parts exchanged, where that differs."""
    for one, other in pairwise(key):
        if key[one] != key[other]:
            yield {**key, one: key[other], other: key[one]}


def one_wrong(
    key: Mapping[str, str], options_of: Mapping[str, Sequence[str]]
) -> Iterator[dict[str, str]]:
    """Yield the key with another option in one part, in every way."""
    for part, right in key.items():
        yield from ({**key, part: option} for option in options_of[part] if option != right)


def partly_right(
    key: Mapping[str, str], options_of: Mapping[str, Sequence[str]]
) -> Iterator[dict[str, str]]:
    """Yield the key broken off after one part, after two …, then each part with a wrong option."""
    pairs = list(key.items())
    yield from (dict(pairs[:n_given]) for n_given in range(1, len(pairs)))
    yield {
        part: next((one for one in options_of[part] if one != right), right)
        for part, right in pairs
    }


def category(response: Any, parts: Sequence[str]) -> str:
    """Count by the whole answer: `p1=b p2=a`; "" for none."""
    if response is None:
        return ""
    return " ".join(f"{part}={response.get(part, '?')}" for part in parts)
