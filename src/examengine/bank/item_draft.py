"""An item that is being written: pure functions and frozen values.

A draft holds whatever an author has written so far, faults and all. It becomes a version on
purpose, with a word why, and only without faults.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from examengine.bank.errors import DraftUnusable
from examengine.bank.item_file import ITEM_ID, SCHEMA, SET_ID, item_faults
from examengine.bank.item_types import ITEM_TYPES, Content, ItemFault
from examengine.bank.item_types._stimulus import files_lacking
from examengine.bank.rules import Bank, ItemVersion

LARGEST_DRAFT = 256 * 1024
"""Characters of its JSON; as much as a file of an item may hold."""
DEEPEST = 12
LONGEST_REASON = 500
_NOT_COPIED = frozenset({"enemies", "set", "model"})


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """An item that is being written."""

    bank_id: str
    item_id: str
    content: Content
    based_on: int | None
    """The version it began as; None for a new item."""
    revision: int
    """Counted up by each save, so that a page can say which one it saw."""
    saved_by: UUID
    saved_by_name: str
    saved_at: datetime


def blank_item(bank: Bank, item_id: str, item_type: str, author: str, day: str) -> dict[str, Any]:
    """Return the content that a new item begins with: rows to fill in, and where it comes from.

    Raises:
        DraftUnusable: The id is none, or there is no such type.
    """
    _check_id(item_id)
    if item_type not in ITEM_TYPES:
        raise DraftUnusable("there is no such type of item")
    return {
        "schema": SCHEMA,
        "id": item_id,
        "version": 1,
        "type": item_type,
        "provenance": {"author": author, "written": day, "licence": bank.licence},
        **deepcopy(dict(ITEM_TYPES[item_type].blank)),
    }


def item_of_set(
    content: Content, set_id: str, others: Sequence[Content], place: int
) -> dict[str, Any]:
    """Return a new item as one of a set: with the stimulus and the area that its others have.

    Args:
        content: What a new item begins with.
        set_id: The set.
        others: The items that are of the set already, in their order.
        place: Where the new one stands.

    Raises:
        DraftUnusable: The id of the set is none.
    """
    if not SET_ID.fullmatch(set_id):
        raise DraftUnusable(
            "the id of a set is 1 to 60 letters, digits, underscores, dots, colons or hyphens, "
            "such as reading-1"
        )
    found = {**content, "set": {"id": set_id, "place": place}}
    if others and isinstance(others[0].get("stimulus"), list):
        found["stimulus"] = others[0]["stimulus"]
    areas = {other.get("area") for other in others}
    area = areas.pop() if len(areas) == 1 else None
    return {**found, "area": area} if isinstance(area, str) else found


def edited_item(version: ItemVersion, newest: int) -> dict[str, Any]:
    """Return the content that the next version of an item begins with."""
    return {**version.content, "version": newest + 1}


def copied_item(version: ItemVersion, item_id: str) -> dict[str, Any]:
    """Return the content that a copy of an item begins with.

    Its enemies are not the copy's, nor is its place in a set, and no model made the copy.

    Raises:
        DraftUnusable: The id is none.
    """
    _check_id(item_id)
    content = {name: value for name, value in version.content.items() if name not in _NOT_COPIED}
    return {**content, "id": item_id, "version": 1}


def checked_content(draft: ItemDraft, content: Content) -> dict[str, Any]:
    """Return a content as a draft can hold it, whatever its faults.

    Raises:
        DraftUnusable: It is another item, too large, too deep, or holds what no database can keep.
    """
    if content.get("id") != draft.item_id:
        said = str(content.get("id"))[:60]
        raise DraftUnusable(f"it names the item {said}, and this is the draft of {draft.item_id}")
    if not isinstance(content.get("type"), str):
        raise DraftUnusable("it does not say of which type the item is")
    if len(json.dumps(content, ensure_ascii=False)) > LARGEST_DRAFT:
        raise DraftUnusable(f"it is larger than {LARGEST_DRAFT // 1024} KB; say it in fewer words")
    if not all(_can_be_kept(text) for text in _texts(content, DEEPEST)):
        raise DraftUnusable("it holds a character that no text has")
    return dict(content)


def draft_faults(content: Content, next_version: int, known: set[str]) -> tuple[ItemFault, ...]:
    """Return what keeps a draft from becoming a version.

    Args:
        content: What the draft holds.
        next_version: The number that the version would have.
        known: The digests of the pictures and recordings that are stored.
    """
    return (*item_faults({**content, "version": next_version}), *files_lacking(content, known))


def checked_reason(reason: str) -> str:
    """Return the word why a version was made.

    Raises:
        DraftUnusable: There is none, or too many.
    """
    said = " ".join(reason.split())
    if not 1 <= len(said) <= LONGEST_REASON:
        raise DraftUnusable(f"say in 1 to {LONGEST_REASON} characters why this version is made")
    return said


def _check_id(item_id: str) -> None:
    if not ITEM_ID.fullmatch(item_id):
        raise DraftUnusable(
            "an id is 1 to 128 letters, digits, underscores, dots, colons or hyphens, such as "
            "DL-AVG-001"
        )


def _can_be_kept(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _texts(value: Any, depth: int) -> Iterator[str]:
    """Yield every text, names included.

    Raises:
        DraftUnusable: Lists and mappings stand too deep inside each other.
    """
    if depth < 0:
        raise DraftUnusable("it is nested too deeply to be part of an item")
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from _texts(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, depth - 1)
