"""What the item types with a typed answer have in common."""

import unicodedata

from examengine.bank.errors import ResponseMalformed
from examengine.bank.inline_text import plain
from examengine.bank.item_types._fault import Content
from examengine.bank.item_types._item_type import Explanation


def typed(raw: object, longest: int) -> str | None:
    """Return typed text as it is stored: trimmed, composed (NFC); None for an empty field.

    Raises:
        ResponseMalformed: It is no text, is too long, or holds a control character.
    """
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise ResponseMalformed("the answer to this question is typed text")
    text = unicodedata.normalize("NFC", raw.strip())
    if len(text) > longest:
        raise ResponseMalformed(f"the answer is longer than {longest} characters")
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text):
        raise ResponseMalformed("the answer holds a character that cannot be read")
    return text or None


def explained_mistakes(content: Content, key: str) -> tuple[Explanation, ...]:
    """Return the key, then each expected mistake, with its rationale."""
    mistakes = (
        Explanation(error["value"], error["value"], plain(error["rationale"]), right=False)
        for error in content["errors"]
    )
    return (Explanation(key, key, plain(content["rationale"]), right=True), *mistakes)
