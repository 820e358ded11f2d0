"""Short text: a word or a short phrase is typed, and is right when the key accepts it."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._fault import Content, Fault
from examengine.bank.item_types._item_type import Explanation, Fields, ItemType
from examengine.bank.item_types._typed import explained_mistakes, typed

LONGEST = 200
_HYPHENS = str.maketrans({"‐": "-", "‑": "-", "–": "-", "’": "'"})


class ShortText(ItemType):
    """A word or short phrase is typed. Response: what was typed, trimmed, `"median"`."""

    name = "short_text"
    title = "Short text"
    kind = "text"
    fields = frozenset({"key", "errors", "rationale"})
    example: ClassVar[Content] = {
        "stem": "Which summary divides ordered values into two halves of equal size?",
        "key": {"accept": ["median", "the median"], "case_sensitive": False},
        "errors": [{"value": "mean", "rationale": "It divides the sum, not the values."}],
        "rationale": "Half of the ordered values lie below it, half above.",
    }

    def faults(self, content: Content) -> Iterator[Fault]:
        """Check the accepted answers, and that no expected mistake is among them."""
        own = (
            *self._key_faults(content.get("key")),
            *check.mistakes(content, least=1),
            *check.text(content, "rationale", "say why this is the answer"),
        )
        yield from own
        for index, error in enumerate(() if own else content["errors"]):
            if self.score(content, error["value"]):
                what = f"{error['value']!r} would be scored as right"
                yield Fault(f"errors[{index}].value", what)

    def _key_faults(self, key: object) -> Iterator[Fault]:
        if not isinstance(key, Mapping):
            yield Fault("key", 'must list what is accepted: {accept: ["median", "the median"]}')
            return
        yield from check.known(key, ("accept", "case_sensitive"), at="key")
        yield from check.flag(key, "case_sensitive", at="key")
        accepted = key.get("accept")
        if not isinstance(accepted, list) or not accepted:
            yield Fault("key.accept", "must list at least one accepted answer")
            return
        for index, answer in enumerate(accepted):
            holder = {f"accept[{index}]": answer}
            why = "write the accepted answer"
            yield from check.text(holder, f"accept[{index}]", why, at="key", longest=LONGEST)

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:  # noqa: ARG002
        """Show the field."""
        return {"longest": LONGEST}

    def read(self, content: Content, raw: object) -> str | None:  # noqa: ARG002
        """Take what was typed."""
        return typed(raw, LONGEST)

    def read_fields(self, content: Content, fields: Fields) -> object:  # noqa: ARG002
        """Take the field."""
        return options.first_field(fields)

    def score(self, content: Content, response: Any) -> int:
        """Score an accepted answer; spaces, a final stop and, by default, case do not count."""
        if response is None:
            return 0
        exact = bool(content["key"].get("case_sensitive", False))
        accepted = {_bare(answer, exact=exact) for answer in content["key"]["accept"]}
        return int(_bare(response, exact=exact) in accepted)

    def in_words(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Say what was typed."""
        return "No answer" if response is None else str(response)

    def key_in_words(self, content: Content) -> str:
        """Say everything that is accepted."""
        return " / ".join(content["key"]["accept"])

    def key_response(self, content: Content) -> str:
        """Type the first accepted answer."""
        return str(content["key"]["accept"][0])

    def wrong_responses(self, content: Content) -> tuple[str, ...]:
        """Type each expected mistake."""
        return tuple(error["value"] for error in content["errors"])

    def explanations(self, content: Content) -> tuple[Explanation, ...]:
        """Explain the key and each expected mistake."""
        return explained_mistakes(content, self.key_in_words(content))

    def category(self, content: Content, response: Any) -> str:
        """Count by what was typed, small differences of writing left out."""
        exact = bool(content["key"].get("case_sensitive", False))
        return "" if response is None else _bare(response, exact=exact) or str(response)


def _bare(text: str, *, exact: bool) -> str:
    """Return text without the differences of writing that do not count."""
    composed = unicodedata.normalize("NFKC", text).translate(_HYPHENS)
    joined = " ".join(composed.split()).removesuffix(".").strip(" \"'“”")
    return joined if exact else joined.casefold()


ITEM_TYPE = ShortText()
