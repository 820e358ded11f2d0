"""Multiple response: several options are the key."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from examengine.bank.item_types import _chosen as chosen
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import PickField
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import AllOrNothing, ByMistakes


class MultipleResponse(ItemType):
    """Two or more of the options are right together. Response: their ids, sorted, `["a", "c"]`."""

    name = "multiple_response"
    title = "Multiple response"
    kind = "multiple"
    fields = frozenset({"options", "key", "shuffle", "scoring"})
    form_fields = (
        options.OPTION_ROWS,
        PickField("key", "Right answer", several=True),
        options.SHUFFLE_FLAG,
    )
    scoring_rules = (
        AllOrNothing(chosen.is_right),
        chosen.PerRightOption(),
        ByMistakes(
            chosen.n_mistakes,
            lambda content: chosen.n_of_nothing(content, "options"),
            words="A wrong option chosen is a mistake, and so is a right one left out.",
            example_points=(2, 1),
        ),
    )
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
    unfinished_example: ClassVar[object] = ["a", "b", "d"]

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the options and that the key lists some of them."""
        yield from options.option_faults(content)
        yield from check.flag(content, "shuffle")
        ids = check.part_ids(content, "options")
        yield from chosen.key_faults(content.get("key"), ids, "option")

    def drawn_ids(self, content: Content) -> tuple[str, ...]:
        """Return the options, unless their order is fixed."""
        return options.drawn_options(content)

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Show the options in the drawn order."""
        return {"options": options.presented(content, order)}

    def read(self, content: Content, raw: object) -> list[str] | None:
        """Take the ids of the chosen options, in any order."""
        return chosen.read_chosen(raw, options.option_ids(content), "option")

    def read_fields(self, content: Content, fields: Fields) -> object:  # noqa: ARG002
        """Take the ticked boxes."""
        return list(fields.get("response", ()))

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say when more or fewer options are chosen than the stem asks for."""
        return chosen.more_or_fewer(content, response, "option")

    def in_words(self, content: Content, response: Any) -> str:
        """Say what the chosen options say."""
        if response is None:
            return "No answer"
        return "; ".join(options.option_text(content, option) for option in response)

    def key_response(self, content: Content) -> list[str]:
        """Choose the key."""
        return sorted(content["key"])

    def likely_mistakes(self, content: Content) -> tuple[list[str], ...]:
        """Take one distractor for one right option, in every way; choose too few, or all wrong."""
        return chosen.likely_mistakes(content, options.option_ids(content))

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain each option."""
        return options.explained_options(content, content["key"])

    def category(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Count by the set of options: `a+d`."""
        return "" if response is None else "+".join(response)


ITEM_TYPE = MultipleResponse()
