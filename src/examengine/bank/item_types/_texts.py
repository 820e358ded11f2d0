"""The marked texts of an item that a candidate is shown, each with its place."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from examengine.bank.item_types._fault import Content


def texts_shown(content: Content) -> Iterator[tuple[str, str]]:
    """Yield the place and the text of everything that may hold marks: stem, tables, options."""
    yield "stem", content["stem"]
    for index, part in enumerate(content.get("stimulus", ())):
        for name, body in part.items():
            yield from _stimulus_texts(f"stimulus[{index}].{name}", body)
    yield from _stimulus_texts("picture", content.get("picture", {}))
    if "text" in content:
        yield "text", content["text"]
    for at, listed in lists_shown(content):
        for index, part in enumerate(listed):
            yield f"{at}[{index}].text", part["text"]


def lists_shown(content: Content) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Yield the place and the entries of every list that a candidate reads, such as its options."""
    for name in ("statements", "prompts", "options", "regions"):
        if name in content:
            yield name, content[name]
    for index, gap in enumerate(content.get("gaps", ())):
        yield f"gaps[{index}].options", gap["options"]


def _stimulus_texts(at: str, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("heading", "text", "description", "caption", "transcript"):
        if name in body:
            yield f"{at}.{name}", body[name]
    yield from ((f"{at}.columns", column) for column in body.get("columns", ()))
    for row, cells in enumerate(body.get("rows", ())):
        yield from ((f"{at}.rows[{row}]", cell) for cell in cells)
