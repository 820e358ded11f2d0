"""What the item types with a typed answer have in common."""

import unicodedata
from collections.abc import Sequence

from examengine.bank.errors import ResponseMalformed
from examengine.bank.inline_text import plain
from examengine.bank.item_types._fault import Content
from examengine.bank.item_types._fields import expected_mistakes
from examengine.bank.item_types._form_fields import RowsField, TextField
from examengine.bank.item_types._item_type import Rationale

_NEVER_TYPED = {"\x00"}

MISTAKE_ROWS = RowsField(
    "errors",
    "Wrong answers that are to be expected",
    row="Wrong answer",
    columns=(
        TextField("value", "What is typed", size="short"),
        TextField("rationale", "What leads to it", "For staff.", size="words"),
    ),
)


def typed(raw: object, longest: int) -> str | None:
    """Return typed text as it is stored: one line, trimmed, composed (NFC); None for nothing.

    What comes along when text is pasted from elsewhere does not cost an answer: a tab or a new
    line is stored as a space, another control character not at all.

    Raises:
        ResponseMalformed: It is no text, is too long, or holds what no database can keep.
    """
    return None if raw is None else _bounded(_on_one_line(_readable(raw)), longest)


def typed_lines(raw: object, longest: int) -> str | None:
    """Return text of several lines as it is stored: its lines kept, blanks at their ends not.

    Raises:
        ResponseMalformed: It is no text, is too long, or holds what no database can keep.
    """
    if raw is None:
        return None
    lines = _readable(raw).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _bounded("\n".join(_on_one_line(line).rstrip() for line in lines), longest)


def _readable(raw: object) -> str:
    if not isinstance(raw, str):
        raise ResponseMalformed("the answer to this question is typed text")
    if any(sign in _NEVER_TYPED or unicodedata.category(sign) == "Cs" for sign in raw):
        raise ResponseMalformed("the answer holds a character that cannot be read")
    return raw


def _bounded(text: str, longest: int) -> str | None:
    composed = unicodedata.normalize("NFC", text.strip())
    if len(composed) > longest:
        raise ResponseMalformed(f"the answer is longer than {longest} characters")
    return composed or None


def explained_answers(
    content: Content,
    key: str,
    graded: Sequence[tuple[str, str, int]] = (),
    most: int | None = None,
) -> tuple[Rationale, ...]:
    """Return the key, each answer partly right, then each expected mistake, with its rationale.

    Args:
        content: The item.
        key: What is right, in words.
        graded: What is partly right: in words, why, and its points.
        most: The points of the key; None where answers have no points of their own.
    """
    none = None if most is None else 0
    partly = (
        Rationale(text, text, plain(why), right=False, points=points)
        for text, why, points in graded
    )
    mistakes = (
        Rationale(error["value"], error["value"], plain(error.get("rationale", "")), False, none)
        for error in expected_mistakes(content)
    )
    right = Rationale(key, key, plain(content.get("rationale", "")), right=True, points=most)
    return (right, *partly, *mistakes)


def _on_one_line(text: str) -> str:
    return "".join(
        sign if unicodedata.category(sign) != "Cc" else " " if sign.isspace() else ""
        for sign in text
    )
