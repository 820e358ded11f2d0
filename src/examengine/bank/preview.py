"""A draft as a candidate would see it, and what its key makes of an answer."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from examengine.bank.item_file import IDENTITY, item_faults, item_type_of
from examengine.bank.item_types import Content, ItemFault, ItemType, Rationale
from examengine.bank.item_types._item_type import Fields

_OF_STAFF = frozenset(
    {
        *(*IDENTITY, "area", "level", "seconds", "enemies", "provenance", "tags", "notes", "title"),
        *("original", "differences"),
        *("key", "errors", "rationale", "scoring"),
    }
)
"""What no candidate sees, so that a fault in it keeps nobody from looking."""
_NOT_WRITTEN = "…"
"""What stands for a text that has not been written yet."""


@dataclass(frozen=True, slots=True)
class Preview:
    """How a draft looks, or what it lacks to be looked at."""

    item: Mapping[str, Any] | None
    """All that the template of a type gets; None while something cannot be shown."""
    lacking: tuple[ItemFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """What is made of an answer to a draft."""

    words: str
    """The answer as a person would say it."""
    response: Any
    """In canonical form."""
    echo: str | None
    unfinished: str | None
    points: int | None
    """None while the draft has faults, and where a person marks."""
    most: int | None
    why: tuple[Rationale, ...] = ()
    key: str = ""


def preview(content: Content, language: str) -> Preview:
    """Return a draft as candidates would see it, with a sign where a text is not written yet."""
    item_type = item_type_of(content)
    if item_type is None:
        return Preview(None, (ItemFault("type", "is none that can be shown"),))
    shown = _with_signs(content)
    lacking = _seen(item_faults(shown))
    if lacking:
        return Preview(None, lacking)
    if any(item_faults(content)):  # its points rest on the key, which may be what is wrong
        shown.pop("scoring", None)
    return Preview(item_type.present(shown, (), language))


def tried(content: Content, fields: Fields) -> Tried | None:
    """Return what is made of an answer from the controls of a preview; None for no answer.

    Raises:
        ResponseMalformed: It can be no answer to this item.
    """
    item_type = item_type_of(content)
    if item_type is None or not fields or preview(content, "").item is None:
        return None
    sound = not any(item_faults(content))
    content = _with_signs(content)
    response = item_type.read(content, item_type.read_fields(content, fields))
    if response is None:
        return None
    return Tried(
        words=item_type.in_words(content, response),
        response=response,
        echo=item_type.echo(content, response),
        unfinished=item_type.unfinished(content, response),
        points=item_type.points(content, response) if sound and not item_type.by_person else None,
        most=item_type.most_points(content) if sound else None,
        why=_why(item_type, content, response) if sound else (),
        key=item_type.key_in_words(content) if sound else "",
    )


def _why(item_type: ItemType, content: Content, response: Any) -> tuple[Rationale, ...]:
    """Return what the item says of this answer: of each option chosen, or of what was typed."""
    chosen = response if isinstance(response, list) else [response]
    named = {one for one in chosen if isinstance(one, str)}
    named.add(item_type.category(content, response))
    return tuple(
        said
        for said in item_type.explanations(content)
        if said.label in named or item_type.counted_as(content, said.label) in named
    )


def _seen(faults: Iterable[ItemFault]) -> tuple[ItemFault, ...]:
    """Return the faults of what candidates see."""
    return tuple(
        fault
        for fault in faults
        if fault.where.partition(".")[0].partition("[")[0] not in _OF_STAFF
        and not fault.where.endswith(".rationale")
    )


def _with_signs(content: Content) -> dict[str, Any]:
    """Return a content with a sign for each text that candidates see and that is missing."""
    shown: dict[str, Any] = deepcopy(dict(content))
    for fault in _seen(item_faults(shown)):
        _write(shown, fault.where)
    return shown


def _write(content: dict[str, Any], where: str) -> None:
    """Put a sign where a text is missing; leave everything else."""
    *holders, name = where.replace("[", ".").replace("]", "").split(".")
    found: Any = content
    for holder in holders:
        if isinstance(found, list) and holder.isdecimal() and int(holder) < len(found):
            found = found[int(holder)]
        else:
            found = found.get(holder) if isinstance(found, dict) else None
    if isinstance(found, dict) and name in {"stem", "text", "caption"} and not found.get(name):
        found[name] = _NOT_WRITTEN
