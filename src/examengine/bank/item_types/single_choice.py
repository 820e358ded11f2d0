"""Single choice: one option is the key."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import ForEachField, PickField
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import (
    AllOrNothing,
    ScoringRule,
    gives_up_to,
    points_fault,
)


class GradedOptions(ScoringRule):
    """Points of its own for each option that is not plainly wrong: `points: {c: 2, b: 1}`."""

    name = "graded_options"
    fields = frozenset({"points"})
    form_fields = (ForEachField("points", "Points", each="options"),)

    @property
    def example(self) -> Content:
        """Show what there is to declare."""
        return {"rule": self.name, "points": {"c": 2, "b": 1}}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check that none gives more than the key, another something, and one of them nothing."""
        points, key, ids = (
            content["scoring"].get("points"),
            content["key"],
            options.option_ids(content),
        )
        if not isinstance(points, Mapping):
            yield ItemFault(
                "scoring.points", f"must give options their points, such as {{{key}: 2}}"
            )
            return
        yield from check.known(points, ids, at="scoring.points")
        own = tuple(
            fault
            for option in (key, *points)
            for fault in points_fault(points.get(option), f"scoring.points.{option}")
        )
        yield from dict.fromkeys(own)
        if own:
            return
        for option, worth in points.items():
            if worth > points[key]:
                what = f"is worth {worth}; at most the key's {points[key]} is right"
                yield ItemFault(f"scoring.points.{option}", what)
        if not 2 <= len(points) < len(ids):
            what = "must list the key and at least one other option, and leave at least one out"
            yield ItemFault("scoring.points", what)

    def most_points(self, content: Content) -> int:
        """Return the points of the key."""
        return int(content["scoring"]["points"][content["key"]])

    def points(self, content: Content, response: Any) -> int:
        """Return the points of the chosen option; none for one that is not listed."""
        points = content["scoring"]["points"]
        return int(points.get(response, 0)) if isinstance(response, str) else 0

    def in_words(self, content: Content) -> str:
        """Say that there is a best option, and others that are partly right."""
        most = self.most_points(content)
        if set(content["scoring"]["points"].values()) == {most}:
            return f"{gives_up_to(most)}, for a right option."
        return f"{gives_up_to(most)}: {most} for the best option, fewer for one partly right."


class SingleChoice(ItemType):
    """One of the options is right. Response: the option's id, `"b"`."""

    name = "single_choice"
    title = "Single choice"
    kind = "single"
    fields = frozenset({"options", "key", "shuffle", "scoring"})
    form_fields = (options.OPTION_ROWS, PickField("key", "Right answer"), options.SHUFFLE_FLAG)
    blank = options.FOUR_OPTIONS
    scoring_rules = (
        AllOrNothing(lambda content, chosen: chosen == content["key"]),
        GradedOptions(),
    )
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

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the options and that the key is one of them."""
        yield from options.option_faults(content)
        yield from check.flag(content, "shuffle")
        ids = check.part_ids(content, "options")
        if content.get("key") not in ids:
            shown = str(content.get("key"))[:40]
            yield ItemFault(
                "key", f"is {shown}, which is no option; the options are {', '.join(ids)}"
            )

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

    def unfinished(self, content: Content, response: Any) -> str | None:  # noqa: ARG002
        """Return None: one option is all there is to choose."""
        return None

    def in_words(self, content: Content, response: Any) -> str:
        """Say what the chosen option says."""
        return "No answer" if response is None else options.option_text(content, response)

    def key_response(self, content: Content) -> str:
        """Choose the key."""
        return str(content["key"])

    def likely_mistakes(self, content: Content) -> tuple[str, ...]:
        """Choose each distractor."""
        return tuple(option for option in options.option_ids(content) if option != content["key"])

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain each option."""
        points = content.get("scoring", {}).get("points")
        return options.explained_options(content, [content["key"]], points)

    def category(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Count by option."""
        return "" if response is None else str(response)


ITEM_TYPE = SingleChoice()
