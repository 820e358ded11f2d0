"""From what a candidate chooses in an item, and what of it is right, whatever its type."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Listed = Sequence[Mapping[str, Any]]


def several_of(content: Mapping[str, Any]) -> Listed:
    """Return what may be chosen together: options, or regions; nothing where one is right."""
    if content["type"] == "multiple_response":
        return list(content["options"])
    return list(content["regions"]) if content.get("several", False) else []


def choices_of(content: Mapping[str, Any]) -> Iterator[tuple[str, Listed, set[str]]]:
    """Yield the place of each list that is chosen from, its entries, and the ids that are right."""
    item_type, key = content["type"], content.get("key", ())
    if item_type == "single_choice":
        yield "options", content["options"], {key}
    elif item_type == "multiple_response":
        yield "options", content["options"], set(key)
    elif item_type == "hotspot":
        yield "regions", content["regions"], set(key)
    elif item_type == "inline_choice":
        for index, gap in enumerate(content["gaps"]):
            yield f"gaps[{index}].options", gap["options"], {key[gap["id"]]}
