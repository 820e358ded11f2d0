"""A bank with a set of three items about one passage, and an item that stands alone."""

from typing import Any

from tests.bank.small_bank import item

PASSAGE = {"passage": {"heading": "The ferry", "text": "The ferry leaves at nine.\n\nIt is slow."}}


def set_item(item_id: str, place: int, **changes: Any) -> dict[str, Any]:
    """An item of the set R."""
    said = {"set": {"id": "R", "place": place}, "stimulus": [PASSAGE], "stem": f"When? ({item_id})"}
    return item(item_id, "single_choice", **{**said, **changes})


def a_set() -> list[dict[str, Any]]:
    """Three items of the set R, out of their order, and S-1."""
    return [
        set_item("R-1", 3),
        set_item("R-2", 1),
        set_item("R-3", 2),
        item("S-1", "single_choice", stem="What else?"),
    ]
