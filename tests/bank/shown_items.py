"""Items as a page shows them, and values that somebody might send or store."""

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from examengine.bank import ItemType
from examengine.web.page import page_templates

SECRETS = ("key", "rationale", "errors", "accept", "tolerance", "wrong_areas")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


def draw_item(item_type: ItemType, content: Mapping[str, Any], response: Any) -> str:
    """The HTML of an item."""
    item = item_type.present(content, ())
    page = '{% from "item_types/_item.html" import question %}{{ question(item, response) }}'
    return page_templates().from_string(page).render(item=item, response=response)


def mappings_in(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping in a value, at any depth."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from mappings_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from mappings_in(inner)
