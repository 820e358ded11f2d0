"""Multiple response: several options are the key."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from examengine.bank.errors import ResponseMalformed
from examengine.bank.inline_text import plain
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import (
    MOST_POINTS,
    AllOrNothing,
    ByMistakes,
    ScoringRule,
    gives_up_to,
    points_fault,
    too_many_parts,
)

_ASKING = frozenset({"choose", "select", "pick", "tick", "mark", "name"})
_BESIDE_A_NUMBER = frozenset({"the", "exactly", "just", "only"})
_NUMBERS: Mapping[str, int] = {
    **{str(number): number for number in range(2, 8)},
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
}


def options_asked_for(stem: str) -> int | None:
    """Return how many options a stem asks for in so many words ("Choose two."), or None.

    The number is taken from the stem and never from the key: a page that knew the key would tell
    how many options are right where the author meant not to.
    """
    words = [word.strip(".,:;!?()*").casefold() for word in stem.split()]
    for place in (place for place, word in enumerate(words) if word in _ASKING):
        rest = [word for word in words[place + 1 : place + 4] if word not in _BESIDE_A_NUMBER]
        if rest and rest[0] in _NUMBERS and rest[1:2] not in (["or"], ["to"]):
            return _NUMBERS[rest[0]]
    return None


class PerRightOption(ScoringRule):
    """1 point for each right option that is chosen.

    Somebody who chooses everything has chosen all that is right. So either each wrong option takes
    a point away (`deduction: true`), or more options than are right are worth nothing; the stem
    must then say how many those are.
    """

    name = "per_right_option"
    fields = frozenset({"deduction"})

    @property
    def example(self) -> Content:
        """Show what there is to declare."""
        return {"rule": self.name, "deduction": True}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check that choosing everything does not pay, and that the candidate can know."""
        yield from check.flag(content["scoring"], "deduction", at="scoring")
        n_right = len(content["key"])
        yield from too_many_parts(n_right)
        if content["scoring"].get("deduction") is True:
            return
        if options_asked_for(plain(content["stem"])) != n_right:
            what = (
                f"without a deduction the stem must say how many options to choose; write "
                f'"Choose {n_right}." in it, or deduction: true here'
            )
            yield ItemFault("scoring.deduction", what)

    def most_points(self, content: Content) -> int:
        """Count the right options."""
        return len(content["key"])

    def points(self, content: Content, response: Any) -> int:
        """Count the right options, less the wrong ones or none when there are too many."""
        chosen, key = _chosen(response), set(content["key"])
        n_right = len(chosen & key)
        if content["scoring"].get("deduction", False):
            return max(0, n_right - len(chosen - key))
        return n_right if len(chosen) <= len(key) else 0

    def in_words(self, content: Content) -> str:
        """Say what a right option gives, and what a wrong one or one too many costs.

        How many options are right is said only where the stem says it.
        """
        most = self.most_points(content)
        told = options_asked_for(plain(content["stem"])) == most
        each = "1 for each right option you choose"
        given = f"{gives_up_to(most)}: {each}" if told else f"This question gives points: {each}"
        if content["scoring"].get("deduction", False):
            return f"{given}, less 1 for each wrong one, but never less than 0."
        return f"{given}. Whoever chooses more than {most} gets none."


class WeightedOptions(ScoringRule):
    """Points of its own for each option, of which wrong ones may take some away again.

        scoring: {rule: weighted_options, points: {a: 2, d: 1, b: -1}}

    The sum never falls below 0, nor rises above `most`; what is not said is the sum of the right.
    """

    name = "weighted_options"
    fields = frozenset({"points", "most"})

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
        total = sum(int(points.get(option, 0)) for option in _chosen(response))
        return min(max(total, 0), self.most_points(content))

    def in_words(self, content: Content) -> str:
        """Say that options count differently, and whether one can cost something.

        The most is said only where the stem says how many options are right: it may tell them.
        """
        most, scoring = self.most_points(content), content["scoring"]
        told = options_asked_for(plain(content["stem"])) == len(content["key"])
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


def _is_right(content: Content, response: Any) -> bool:
    return isinstance(response, Sequence) and list(response) == sorted(content["key"])


def _n_mistakes(content: Content, response: Any) -> int:
    """Count the options that are chosen and wrong, or right and not chosen."""
    return len(_chosen(response) ^ set(content["key"]))


def _n_of_nothing(content: Content) -> int:
    """Count the mistakes of choosing no option, or every option, whichever are fewer."""
    return min(len(content["key"]), len(content["options"]) - len(content["key"]))


def _chosen(response: Any) -> set[str]:
    listed = response if isinstance(response, list | tuple) else ()
    return {option for option in listed if isinstance(option, str)}


class MultipleResponse(ItemType):
    """Two or more of the options are right together. Response: their ids, sorted, `["a", "c"]`."""

    name = "multiple_response"
    title = "Multiple response"
    kind = "multiple"
    fields = frozenset({"options", "key", "shuffle", "scoring"})
    scoring_rules = (
        AllOrNothing(_is_right),
        PerRightOption(),
        WeightedOptions(),
        ByMistakes(
            _n_mistakes,
            _n_of_nothing,
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
        yield from self._key_faults(content)

    def _key_faults(self, content: Content) -> Iterator[ItemFault]:
        key, ids = content.get("key"), check.part_ids(content, "options")
        if not isinstance(key, list) or not all(isinstance(option, str) for option in key):
            yield ItemFault("key", "must list the ids of the right options, such as [a, d]")
            return
        for option in key:
            if option not in ids:
                yield ItemFault(
                    "key", f"names {option[:40]}, which is no option; {', '.join(ids)} are"
                )
        if len(set(key)) != len(key):
            yield ItemFault("key", "names an option twice; name each once")
        if not key:
            yield ItemFault("key", "must name at least one option")

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

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say when more or fewer options are chosen than the stem asks for."""
        asked = options_asked_for(plain(content["stem"]))
        if response is None or asked in {None, len(response)}:
            return None
        chosen = "1 option is" if len(response) == 1 else f"{len(response)} options are"
        return f"{chosen} chosen; the question asks for {asked}."

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
        key = self.key_response(content)
        others = [option for option in options.option_ids(content) if option not in key]
        swaps = ((right, wrong) for right in key for wrong in others)
        found = [sorted({*key, wrong} - {right}) for right, wrong in swaps]
        if "scoring" in content:
            found += [key[:n_right] for n_right in range(1, len(key))]
        if "scoring" in content and others:
            found += [sorted({*key, others[0]}), sorted(others)]
        most = self.most_points(content)
        return tuple(response for response in found if self.points(content, response) < most)

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain each option."""
        return options.explained_options(content, content["key"])

    def category(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Count by the set of options: `a+d`."""
        return "" if response is None else "+".join(response)


ITEM_TYPE = MultipleResponse()
