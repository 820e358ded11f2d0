"""Single choice: one option is the key."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._fault import Content, Fault
from examengine.bank.item_types._item_type import Explanation, Fields, ItemType


class SingleChoice(ItemType):
    """One of three to five options is right. Response: the option's id, `"b"`."""

    name = "single_choice"
    title = "Single choice"
    kind = "single"
    fields = frozenset({"options", "key", "shuffle"})
    example: ClassVar[Content] = {
        "stem": "A shop sold 20 umbrellas on Monday and 30 on Tuesday.\n\nBy how much did sales "
        "rise, as a share of *Monday's* sales?",
        "options": [
            {"id": "a", "text": "By a tenth", "rationale": "Takes the ten umbrellas for percent."},
            {"id": "b", "text": "By a third", "rationale": "Divides the rise by Tuesday's sales."},
            {"id": "c", "text": "By a half", "rationale": "Right: ten more on a base of twenty."},
            {"id": "d", "text": "By a fifth", "rationale": "Divides the rise by the total sold."},
        ],
        "key": "c",
    }

    def faults(self, content: Content) -> Iterator[Fault]:
        """Check the options and that the key is one of them."""
        yield from check.parts(content, "options", options.OPTION_FIELDS, least=3, most=5)
        yield from check.flag(content, "shuffle")
        ids = check.part_ids(content, "options")
        if content.get("key") not in ids:
            shown = str(content.get("key"))[:40]
            yield Fault("key", f"is {shown}, which is no option; the options are {', '.join(ids)}")

    def drawn_ids(self, content: Content) -> tuple[str, ...]:
        """Return the options, unless their order is fixed."""
        return options.drawn_options(content)

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Show the options in the drawn order."""
        return {"options": options.presented(content, order)}

    def read(self, content: Content, raw: object) -> str | None:
        """Take the id of one option."""
        return None if raw is None or raw == "" else options.known_option(content, raw)

    def read_fields(self, content: Content, fields: Fields) -> object:  # noqa: ARG002
        """Take the chosen radio button."""
        return options.first_field(fields)

    def score(self, content: Content, response: Any) -> int:
        """Score the key."""
        return int(response is not None and response == content["key"])

    def in_words(self, content: Content, response: Any) -> str:
        """Say what the chosen option says."""
        return "No answer" if response is None else options.option_text(content, response)

    def key_response(self, content: Content) -> str:
        """Choose the key."""
        return str(content["key"])

    def wrong_responses(self, content: Content) -> tuple[str, ...]:
        """Choose each distractor."""
        return tuple(option for option in options.option_ids(content) if option != content["key"])

    def explanations(self, content: Content) -> tuple[Explanation, ...]:
        """Explain each option."""
        return options.explained_options(content, [content["key"]])

    def category(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Count by option."""
        return "" if response is None else str(response)


ITEM_TYPE = SingleChoice()
