"""Matrix: several statements under one stem, each judged by the same few options."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from examengine.bank.inline_text import inline, plain
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types import _pairs as pairs
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import (
    FlagField,
    ForEachField,
    RowsField,
    TextField,
)
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import AllOrNothing, ByMistakes, PerRight

MOST_STATEMENTS, MOST_COLUMNS = 20, 7
"""A scale of seven grades is the widest that a telephone shows in rows."""


def _n_of_nothing(content: Content) -> int:
    """Count the mistakes of giving every statement the same option, whichever has the fewest."""
    keyed = list(content["key"].values())
    most_alike = max(keyed.count(option) for option in set(keyed))
    return max(1, len(keyed) - most_alike)


class Matrix(ItemType):
    """Each statement gets one of the options. Response: `{"s1": "t", "s2": "f"}`."""

    name = "matrix"
    title = "Matrix"
    kind = "grid"
    fields = frozenset({"statements", "options", "key", "shuffle", "scoring"})
    form_fields = (
        RowsField(
            "options",
            "Options",
            "What each statement is judged to be, such as true and false, or the grades of a "
            "scale.",
            row="Option",
            lettered=True,
            columns=(
                options.PART_ID_FIELD,
                TextField("text", "What candidates read", size="words"),
            ),
        ),
        RowsField(
            "statements",
            "Statements",
            "Each gets one of the options.",
            row="Statement",
            columns=(
                options.PART_ID_FIELD,
                TextField("text", "What candidates read", size="words"),
                TextField(
                    "rationale", "Why", "Why its option is the right one; for staff.", size="words"
                ),
            ),
        ),
        ForEachField("key", "Its option", each="statements", of="options"),
        FlagField(
            "shuffle",
            "Each candidate gets the statements in an order of their own",
            unsaid=True,
        ),
    )
    blank: ClassVar[Content] = {
        "statements": [{"id": "s1"}, {"id": "s2"}, {"id": "s3"}],
        "options": [{"id": "a"}, {"id": "b"}],
    }
    scoring_rules = (
        AllOrNothing(pairs.is_right),
        PerRight(
            "per_right_statement", pairs.n_right, pairs.n_parts, "each statement judged right"
        ),
        ByMistakes(
            pairs.n_mistakes,
            _n_of_nothing,
            words="A statement judged wrong is a mistake, and so is one left open.",
            example_points=(2, 1),
        ),
    )
    example: ClassVar[Content] = {
        "stem": "A shop notes how long its customers wait. Are these statements true?",
        "statements": [
            {
                "id": "s1",
                "text": "Half of the customers wait at most as long as the median.",
                "rationale": "That is what a median is.",
            },
            {
                "id": "s2",
                "text": "One very long wait changes the median more than the mean.",
                "rationale": "The mean takes in how long it was; the median does not.",
            },
            {
                "id": "s3",
                "text": "The range is the longest wait less the shortest.",
                "rationale": "It is the distance of the two extremes.",
            },
            {
                "id": "s4",
                "text": "Nobody waits exactly as long as the mean, so the mean must be wrong.",
                "rationale": "A mean need not be a value that occurs.",
            },
        ],
        "options": [{"id": "t", "text": "True"}, {"id": "f", "text": "False"}],
        "key": {"s1": "t", "s2": "f", "s3": "t", "s4": "f"},
    }
    unfinished_example: ClassVar[object] = {"s2": "t"}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check statements and options, and that the key judges every statement."""
        yield from check.parts(
            content, "statements", ("id", "text", "rationale"), least=1, most=MOST_STATEMENTS
        )
        yield from check.parts(content, "options", ("id", "text"), least=2, most=MOST_COLUMNS)
        yield from check.flag(content, "shuffle")
        yield from pairs.key_faults(
            content.get("key"), self._options_of(content), "{s1: t, s2: f, s3: t}"
        )

    def _options_of(self, content: Content) -> dict[str, tuple[str, ...]]:
        """Return the options that each statement can be given: all of them."""
        statements = check.part_ids(content, "statements")
        return dict.fromkeys(statements, check.part_ids(content, "options"))

    def drawn_ids(self, content: Content) -> tuple[str, ...]:
        """Return the statements, unless their order is fixed; options are a scale and keep theirs.

        A statement that rests on the one before it is such a case.
        """
        return check.part_ids(content, "statements") if content.get("shuffle", True) else ()

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Show the statements in the drawn order, and the options that each can be given."""
        return {
            "statements": options.in_order(content["statements"], order),
            "options": [
                {"id": option["id"], "text": inline(option["text"])}
                for option in content["options"]
            ],
        }

    def read(self, content: Content, raw: object) -> dict[str, str] | None:
        """Take the option of each statement; a statement may still be open."""
        return pairs.read_pairs(raw, self._options_of(content), "statement")

    def read_fields(self, content: Content, fields: Fields) -> object:
        """Take the chosen radio button of each statement."""
        return options.part_fields(fields, check.part_ids(content, "statements"))

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say how many statements have no option yet."""
        return pairs.still_open(response, len(content["statements"]), "statements")

    def in_words(self, content: Content, response: Any) -> str:
        """Say each statement with what it was judged to be."""
        if response is None:
            return "No answer"
        said = {option["id"]: plain(option["text"]) for option in content["options"]}
        return "; ".join(
            f"{plain(one['text']).rstrip('.')} → {said.get(response.get(one['id']), 'no answer')}"
            for one in content["statements"]
        )

    def key_response(self, content: Content) -> dict[str, str]:
        """Judge as the key does."""
        return pairs.key_pairs(content, check.part_ids(content, "statements"))

    def likely_mistakes(self, content: Content) -> tuple[dict[str, str], ...]:
        """Misjudge one statement, in every way; leave statements open, or misjudge them all."""
        key, choices = self.key_response(content), self._options_of(content)
        partly = pairs.partly_right(key, choices) if "scoring" in content else ()
        return (*pairs.one_wrong(key, choices), *partly)

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain each statement, with what it is."""
        said = {option["id"]: plain(option["text"]) for option in content["options"]}
        return tuple(
            Rationale(
                one["id"],
                f"{plain(one['text'])} → {said[content['key'][one['id']]]}",
                plain(one.get("rationale", "")),
                right=None,
            )
            for one in content["statements"]
        )

    def category(self, content: Content, response: Any) -> str:
        """Count by the whole answer: `s1=t s2=f`."""
        return pairs.category(response, check.part_ids(content, "statements"))


ITEM_TYPE = Matrix()
