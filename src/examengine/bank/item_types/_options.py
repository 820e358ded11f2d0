"""What the item types with options have in common."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from examengine.bank.errors import ResponseMalformed
from examengine.bank.inline_text import inline, plain
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import FlagField, RowsField, TextField
from examengine.bank.item_types._item_type import Fields, Rationale

OPTION_FIELDS = ("id", "text", "rationale")
MOST_OPTIONS = 26
"""As many as there are letters to name them."""

PART_ID_FIELD = TextField("id", "Id", size="hidden")
OPTION_ROWS = RowsField(
    "options",
    "Options",
    row="Option",
    lettered=True,
    columns=(
        PART_ID_FIELD,
        TextField("text", "What candidates read", size="words"),
        TextField(
            "rationale", "Why", "Why it is right, or what leads to it; for staff.", size="words"
        ),
    ),
)
FOUR_OPTIONS = {"options": [{"id": letter} for letter in "abcd"]}
"""What a new item with options begins with."""
SHUFFLE_FLAG = FlagField(
    "shuffle", "Each candidate gets the options in an order of their own", unsaid=True
)


def option_faults(content: Content) -> Iterator[ItemFault]:
    """Check the options: two at least, each with an id of its own and a text."""
    yield from check.parts(content, "options", OPTION_FIELDS, least=2, most=MOST_OPTIONS)


def option_ids(content: Content) -> tuple[str, ...]:
    """Return the ids of the options, in the order of the file."""
    return tuple(option["id"] for option in content["options"])


def drawn_options(content: Content) -> tuple[str, ...]:
    """Return the options whose order is drawn: all of them, unless the file says no."""
    return option_ids(content) if content.get("shuffle", True) else ()


def presented(content: Content, order: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the options as a candidate sees them, in the drawn order.

    Raises:
        ValueError: The order is not one of the options.
    """
    return in_order(content["options"], order)


def in_order(listed: Sequence[Mapping[str, Any]], order: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return things with an id and a text as a candidate sees them, in the drawn order.

    Args:
        listed: Options or statements, in the order of the file.
        order: Their ids as they were drawn; empty for the order of the file.

    Raises:
        ValueError: The order is not one of the options.
    """
    texts = {part["id"]: part["text"] for part in listed}
    if order and sorted(order) != sorted(texts):
        raise ValueError(f"the order {list(order)} is not one of the options {sorted(texts)}")
    return [{"id": part, "text": inline(texts[part])} for part in order or texts]


def option_text(content: Content, option_id: str) -> str:
    """Return what an option says, without marks."""
    texts = {option["id"]: option["text"] for option in content["options"]}
    return plain(texts[option_id])


def known_option(content: Content, raw: object) -> str:
    """Return the id of an option.

    Raises:
        ResponseMalformed: The item has no such option.
    """
    if not isinstance(raw, str) or raw not in option_ids(content):
        raise ResponseMalformed("the answer names an option that this question does not have")
    return raw


def first_field(fields: Fields, name: str = "response") -> str | None:
    """Return the first value of a form field, or None."""
    values = fields.get(name, ())
    return values[0] if values else None


def part_fields(fields: Fields, ids: Sequence[str]) -> dict[str, str]:
    """Return the values of the form fields `response.<id>` that were sent, by id."""
    found = {part: first_field(fields, f"response.{part}") for part in ids}
    return {part: value for part, value in found.items() if value is not None}


def explained_options(
    content: Content, right: Sequence[str] | None, points: Mapping[str, int] | None = None
) -> tuple[Rationale, ...]:
    """Return each option with its rationale, and its points where options have their own."""
    return tuple(
        Rationale(
            option["id"],
            plain(option["text"]),
            plain(option.get("rationale", "")),
            None if right is None else option["id"] in right,
            None if points is None else points.get(option["id"], 0),
        )
        for option in content["options"]
    )
