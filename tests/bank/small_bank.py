"""A small bank of its own files, and the parts tests change in it."""

from collections.abc import Mapping
from typing import Any

import yaml

from examengine.bank import ITEM_TYPES

FIGURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><title>A line</title>'
    '<path d="M0 0L10 10" stroke="#000"/></svg>'
)

BANK = {
    "schema": "examengine/bank/1",
    "id": "small",
    "title": "Small bank",
    "language": "en",
    "description": "Three items.",
    "licence": "CC-BY-4.0",
    "provenance": "Written for a test.",
    "content_areas": [
        {"id": "change", "title": "Change", "statement": "Works out change."},
        {"id": "spread", "title": "Spread", "statement": "Knows measures of spread."},
    ],
    "cognitive_levels": [{"id": "recall", "title": "Recall"}, {"id": "apply", "title": "Apply"}],
}


def item(item_id: str, item_type: str, **changes: Any) -> dict[str, Any]:
    """An item without faults: the example of its type, with the fields every item has."""
    return {
        "schema": "examengine/item/1",
        "id": item_id,
        "version": 1,
        "type": item_type,
        "area": "change",
        "level": "apply",
        "seconds": 60,
        "enemies": [],
        "provenance": {"author": "a test", "written": "2026-11-21", "licence": "CC-BY-4.0"},
        **ITEM_TYPES[item_type].example,
        **changes,
    }


def figure(file: str = "figures/line.svg") -> dict[str, Any]:
    """A part of a stimulus that shows a figure."""
    return {"figure": {"file": file, "alt": "A rising line.", "caption": "Figure: a line"}}


def files(*items: Mapping[str, Any], bank: Mapping[str, Any] = BANK) -> dict[str, bytes]:
    """The files of a bank with these items, and one figure, which stands for all others too."""
    shown = (one["picture"]["file"] for one in items if "picture" in one)
    pictures = dict.fromkeys(("figures/line.svg", *shown), FIGURE.encode())
    found = {"bank.yaml": as_yaml(bank), **pictures}
    found.update({f"items/{one['id']}.yaml": as_yaml(one) for one in items})
    return found


def three_items() -> list[dict[str, Any]]:
    """One item with a figure, and two that are enemies."""
    return [
        item("S-1", "single_choice", stimulus=[figure()]),
        item("S-2", "multiple_response", area="spread", level="recall", enemies=["S-3"]),
        item("S-3", "short_text", area="spread", enemies=["S-2"]),
    ]


def as_yaml(content: Mapping[str, Any]) -> bytes:
    """The content as a file."""
    text: str = yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True)
    return text.encode()
