"""Extended text: a long text, which a person marks."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, TypeGuard

from examengine.bank.inline_text import plain
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._by_person import ByPerson
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import GroupField, NumberField, TextField
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import ScoringRule, counted
from examengine.bank.item_types._typed import typed_lines

LONGEST = 10_000
"""Characters: some 1,600 words."""
MOST_WORDS = 1_500
_WORDS = ("recommended", "limit")
_ALONE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]")
"""Signs of Chinese and Japanese: each counts as a word, for no blank parts them."""


def n_words(text: str) -> int:
    """Count the words of a text: what blanks part and has a letter or a digit in it."""
    alone, rest = len(_ALONE.findall(text)), _ALONE.sub(" ", text)
    return alone + sum(
        any(unicodedata.category(sign)[0] in "LN" for sign in word) for word in rest.split()
    )


class ExtendedText(ItemType):
    """A text of several paragraphs. Response: what was written, with its lines."""

    name = "extended_text"
    title = "Extended text"
    kind = "essay"
    by_person = True
    fields = frozenset({"words", "key", "scoring"})
    form_fields = (
        GroupField(
            "words",
            "How long the text is to be",
            "In words; leave empty what is not asked for.",
            fields=(
                NumberField("recommended", "Recommended"),
                NumberField("limit", "At most"),
            ),
        ),
        TextField("key", "What a full answer holds", "Whoever marks it goes by this.", size="page"),
    )
    scoring_rules = (ByPerson(),)
    example: ClassVar[Content] = {
        "stem": "A shop asks its customers on Saturdays what they think of its opening hours. "
        "Explain what is wrong with that, and propose something better.",
        "words": {"recommended": 60, "limit": 120},
        "key": "Names whom the survey leaves out, says in which direction that moves its result, "
        "and proposes a way to reach the others.",
        "rationale": "Whoever comes on Saturdays has found the hours good enough to come.",
    }

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check how long the text should be, and what whoever marks goes by."""
        yield from check.text(content, "key", "say what a full answer holds, for whoever marks it")
        words = content.get("words", {})
        if not isinstance(words, Mapping):
            yield ItemFault("words", "must say how many: {recommended: 150, limit: 300}")
            return
        yield from check.known(words, _WORDS, at="words")
        for name in _WORDS:
            if name in words and not _is_count(words[name]):
                what = f"must be a whole number from 1 to {MOST_WORDS}, without quotes"
                yield ItemFault(f"words.{name}", what)
        recommended, limit = (words.get(name) for name in _WORDS)
        if _is_count(recommended) and _is_count(limit) and recommended > limit:
            yield ItemFault("words.recommended", f"is more than the limit of {limit}; lower it")

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:  # noqa: ARG002
        """Show a field of several lines, and how many words are wanted."""
        words = content.get("words", {})
        return {
            "longest": LONGEST,
            "recommended": words.get("recommended", 0),
            "limit": words.get("limit", 0),
        }

    def read(self, content: Content, raw: object) -> str | None:  # noqa: ARG002
        """Take what was written, with its lines; too many words are told, and kept."""
        return typed_lines(raw, LONGEST)

    def read_fields(self, content: Content, fields: Fields) -> object:  # noqa: ARG002
        """Take the field."""
        return options.first_field(fields)

    def echo(self, content: Content, response: Any) -> str | None:  # noqa: ARG002
        """Say how many words there are."""
        return None if response is None else f"{counted(n_words(response), 'word')}."

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say by how much a text is too long."""
        limit = content.get("words", {}).get("limit", 0)
        n = 0 if response is None else n_words(response)
        if not limit or n <= limit:
            return None
        return f"The text has {n} words, and {limit} are the most."

    def scoring_rule(self, content: Content) -> ScoringRule:  # noqa: ARG002
        """Return the only rule, declared or not."""
        return self.scoring_rules[0]

    def in_words(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Say what was written."""
        return "No answer" if response is None else str(response)

    def key_in_words(self, content: Content) -> str:
        """Say what whoever marks goes by."""
        return plain(content["key"])

    def key_response(self, content: Content) -> str:
        """Write what a full answer holds; nobody has an answer that is right before it is read."""
        return str(self.read(content, plain(content["key"])))

    def likely_mistakes(self, content: Content) -> tuple[str, ...]:  # noqa: ARG002
        """Return none: what a text is worth is not known beforehand."""
        return ()

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Say what a full answer holds, and why."""
        key, why = plain(content["key"]), plain(content.get("rationale", ""))
        return (Rationale("full answer", key, why, right=None),)

    def category(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Count all that was written as one: no two texts are alike."""
        return "" if response is None else "written"


def _is_count(value: object) -> TypeGuard[int]:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return 1 <= value <= MOST_WORDS


ITEM_TYPE = ExtendedText()
