"""Multiple response: several options are the key."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from examengine.bank.inline_text import plain
from examengine.bank.item_types import _chosen as chosen
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import ForEachField, NumberField, PickField
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import (
    MOST_POINTS,
    AllOrNothing,
    ByMistakes,
    ScoringRule,
    gives_up_to,
    points_fault,
)


class WeightedOptions(ScoringRule):
    """Points of its own for each option, of which wrong ones may take some away again.

        scoring: {rule: weighted_options, points: {a: 2, d: 1, b: -1}}

    The sum never falls below 0, nor rises above `most`; what is not said is the sum of the right.
    """

    name = "weighted_options"
    fields = frozenset({"points", "most"})
    form_fields = (
        ForEachField("points", "Points of each option", "Below 0 takes some away.", each="options"),
        NumberField("most", "The most it gives", "Left empty: the points of all right options."),
    )

    @property
    def example(self) -> Content:
        """Show what there is to declare."""
        return {"rule": self.name, "points": {"a": 2, "d": 1, "b": -1}}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check that the options that give points are the key, and that it reaches the most."""
        points, ids = content["scoring"].get("points"), options.option_ids(content)
        if not isinstance(points, Mapping):
            yield ItemFault("scoring.points", "must give options their points, such as {a: 2}")
            return
        yield from check.known(points, ids, at="scoring.points")
        own = [option for option, worth in points.items() if not _is_weight(worth)]
        for option in own:
            what = f"must be whole points from -{MOST_POINTS} to {MOST_POINTS}, and not 0"
            yield ItemFault(f"scoring.points.{option}", what)
        if own:
            return
        if {option for option, worth in points.items() if worth > 0} != set(content["key"]):
            what = "must give points to the options of the key, and to no other"
            yield ItemFault("scoring.points", what)
        elif set(content["key"]) >= set(ids):
            yield ItemFault("scoring.points", "must leave at least one option without points")
        elif "most" in content["scoring"]:
            below = _given_at_most(points) + 1
            yield from points_fault(content["scoring"]["most"], "scoring.most", below=below)
        elif _given_at_most(points) > MOST_POINTS:
            what = f"add up to more than {MOST_POINTS}; give smaller ones, or the most they can be"
            yield ItemFault("scoring.points", what)

    def most_points(self, content: Content) -> int:
        """Return the most that is said, or the points of the key."""
        scoring = content["scoring"]
        return int(scoring.get("most", _given_at_most(scoring["points"])))

    def points(self, content: Content, response: Any) -> int:
        """Add up the points of what was chosen."""
        points = content["scoring"]["points"]
        total = sum(int(points.get(option, 0)) for option in chosen.chosen_ids(response))
        return min(max(total, 0), self.most_points(content))

    def in_words(self, content: Content) -> str:
        """Say that options count differently, and whether one can cost something.

        The most is said only where the stem says how many options are right: it may tell them.
        """
        most, scoring = self.most_points(content), content["scoring"]
        told = chosen.options_asked_for(plain(content["stem"])) == len(content["key"])
        each = "right options you choose give points, each its own"
        given = f"{gives_up_to(most)}: {each}" if told else f"In this question {each}"
        if any(worth < 0 for worth in scoring["points"].values()):
            return f"{given}; a wrong one can take points away, but never below 0."
        return f"{given}."


def _is_weight(value: object) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return 0 < abs(value) <= MOST_POINTS


def _given_at_most(points: Mapping[str, int]) -> int:
    """Add up the points that can be gained."""
    return sum(worth for worth in points.values() if worth > 0)


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
    blank = options.FOUR_OPTIONS
    scoring_rules = (
        AllOrNothing(chosen.is_right),
        chosen.PerRightOption(),
        WeightedOptions(),
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
        found = chosen.likely_mistakes(content, options.option_ids(content))
        most = self.most_points(content)
        return tuple(response for response in found if self.points(content, response) < most)

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain each option."""
        return options.explained_options(content, content["key"])

    def category(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Count by the set of options: `a+d`."""
        return "" if response is None else "+".join(response)


ITEM_TYPE = MultipleResponse()
