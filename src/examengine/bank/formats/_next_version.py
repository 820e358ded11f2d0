"""The version that an item has whose format numbers none: the one in the bank, or the next."""

from collections.abc import Mapping
from typing import Any

from examengine.bank.rules import ItemVersion, item_version

_KEPT = ("area", "level", "seconds", "enemies", "provenance", "notes")
"""What authors note of an item here, and its file need not say: read again, it is not lost."""


def with_version(
    content: Mapping[str, Any], said: object, latest: ItemVersion | None
) -> dict[str, Any]:
    """Return a content with its version: the said one, the one in the bank, or the next.

    Args:
        content: The content, without its version.
        said: The version that the file says; no number where it says none.
        latest: The newest version of the item in the bank; None for a new item.
    """
    if isinstance(said, int):
        return {**content, "version": said}
    if latest is None:
        return {**content, "version": 1}
    kept = {name: latest.content[name] for name in _KEPT if name in latest.content}
    coming = {**kept, **content}
    same = {**coming, "version": latest.version}
    if item_version(latest.bank_id, same).digest == latest.digest:
        return same
    return {**coming, "version": latest.version + 1}
