"""Multiple response: several options are the key, all or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from examengine.bank.errors import ResponseMalformed
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._fault import Content, Fault
from examengine.bank.item_types._item_type import Explanation, Fields, ItemType


class MultipleResponse(ItemType):
    """Two or more of the options are right together. Response: their ids, sorted, `["a", "c"]`."""

    name = "multiple_response"
    title = "Multiple response"
    kind = "multiple"
    fields = frozenset({"options", "key", "shuffle"})
    example: ClassVar[Content] = {
        "stem": "Which of these are measures of spread? Choose two.",
        "options": [
            {"id": "a", "text": "The range", "rationale": "Right: from smallest to largest."},
            {"id": "b", "text": "The median", "rationale": "It is a measure of the centre."},
            {"id": "c", "text": "The mode", "rationale": "It is the most frequent value."},
            {"id": "d", "text": "The variance", "rationale": "Right: mean squared distance."},
        ],
        "key": ["a", "d"],
    }

    def faults(self, content: Content) -> Iterator[Fault]:
        """Check the options and that the key lists some of them, not all."""
        yield from check.parts(content, "options", options.OPTION_FIELDS, least=3, most=8)
        yield from check.flag(content, "shuffle")
        yield from self._key_faults(content)

    def _key_faults(self, content: Content) -> Iterator[Fault]:
        key, ids = content.get("key"), check.part_ids(content, "options")
        if not isinstance(key, list) or not all(isinstance(option, str) for option in key):
            yield Fault("key", "must list the ids of the right options, such as [a, d]")
            return
        for option in key:
            if option not in ids:
                yield Fault("key", f"names {option[:40]}, which is no option; {', '.join(ids)} are")
        if len(set(key)) != len(key):
            yield Fault("key", "names an option twice; name each once")
        if not 2 <= len(key) < max(len(ids), 3):
            yield Fault("key", "must name at least two options and leave at least one wrong")

    def drawn_ids(self, content: Content) -> tuple[str, ...]:
        """Return the options, unless their order is fixed."""
        return options.drawn_options(content)

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Show the options in the drawn order."""
        return {"options": options.presented(content, order)}

    def read(self, content: Content, raw: object) -> list[str] | None:
        """Take the ids of the chosen options, in any order."""
        if raw is None:
            return None
        if not isinstance(raw, list):
            raise ResponseMalformed("the answer to this question is a list of options")
        return sorted({options.known_option(content, option) for option in raw}) or None

    def read_fields(self, content: Content, fields: Fields) -> object:  # noqa: ARG002
        """Take the ticked boxes."""
        return list(fields.get("response", ()))

    def score(self, content: Content, response: Any) -> int:
        """Score the whole key and nothing but the key."""
        return int(response is not None and sorted(response) == sorted(content["key"]))

    def in_words(self, content: Content, response: Any) -> str:
        """Say what the chosen options say."""
        if response is None:
            return "No answer"
        return "; ".join(options.option_text(content, option) for option in response)

    def key_response(self, content: Content) -> list[str]:
        """Choose the key."""
        return sorted(content["key"])

    def wrong_responses(self, content: Content) -> tuple[list[str], ...]:
        """Take one distractor for one right option, in every way."""
        key = self.key_response(content)
        others = [option for option in options.option_ids(content) if option not in key]
        swaps = ((right, wrong) for right in key for wrong in others)
        return tuple(sorted({*key, wrong} - {right}) for right, wrong in swaps)

    def explanations(self, content: Content) -> tuple[Explanation, ...]:
        """Explain each option."""
        return options.explained_options(content, content["key"])

    def category(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Count by the set of options: `a+d`."""
        return "" if response is None else "+".join(response)


ITEM_TYPE = MultipleResponse()
