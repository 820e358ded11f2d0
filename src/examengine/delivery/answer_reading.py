"""Reads what was typed and chosen, and says in words what came of it. Pure.

What can be read is a response in canonical form. What cannot be read at all stays word for word,
as a draft. What is read and is no whole answer, the item type says why.
"""

from typing import Any

from examengine.bank import ItemVersion, ResponseMalformed
from examengine.delivery.attempt import Fields
from examengine.delivery.form_in_play import type_of

LONGEST_DRAFT = 12_000
"""Characters of what was typed and chosen, with the names of the fields."""


def as_draft(fields: Fields) -> Fields:
    """Return of a form's fields those that belong to the answer, as they can be kept.

    Raises:
        ResponseMalformed: They hold more than any answer has, or what no database can keep.
    """
    ours = {name: tuple(fields[name]) for name in fields if name.split(".")[0] == "response"}
    texts = [*ours, *(value for values in ours.values() for value in values)]
    if sum(map(len, texts)) > LONGEST_DRAFT:
        raise ResponseMalformed(f"the answer is longer than {LONGEST_DRAFT} characters")
    if any(sign == "\x00" or "\ud800" <= sign <= "\udfff" for sign in "".join(texts)):
        raise ResponseMalformed("the answer holds a character that cannot be read")
    return ours


def why_unreadable(item: ItemVersion, fields: Fields) -> str:
    """Say, in a sentence for the candidate, why what was typed and chosen cannot be read."""
    item_type = type_of(item)
    fault = "this cannot be read as an answer"
    try:
        item_type.read(item.content, item_type.read_fields(item.content, fields))
    except ResponseMalformed as refusal:
        fault = refusal.reason
    return f"{fault[:1].upper()}{fault[1:]}."


def in_other_words(item: ItemVersion, response: Any) -> tuple[str | None, str | None]:
    """Return, for the candidate, why an answer is no whole one, and how it is read."""
    if response is None:
        return None, None
    item_type = type_of(item)
    return item_type.unfinished(item.content, response), item_type.echo(item.content, response)
