"""Matching: each prompt gets one option."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from examengine.bank.inline_text import inline, plain, read_aloud
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types import _pairs as pairs
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import ForEachField, RowsField, TextField
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import AllOrNothing, ByMistakes, PerRight


class Matching(ItemType):
    """Each prompt gets one option; options may stay unused. Response: `{"p1": "b"}`."""

    name = "matching"
    title = "Matching"
    kind = "map"
    fields = frozenset({"prompts", "options", "key", "shuffle", "scoring"})
    form_fields = (
        RowsField(
            "prompts",
            "Lines",
            "Each gets one option.",
            row="Line",
            columns=(
                options.PART_ID_FIELD,
                TextField("text", "What candidates read", size="words"),
            ),
        ),
        ForEachField("key", "Its option", each="prompts", of="options"),
        options.OPTION_ROWS,
        options.SHUFFLE_FLAG,
    )
    blank: ClassVar[Content] = {
        "prompts": [{"id": "p1"}, {"id": "p2"}, {"id": "p3"}],
        **options.FOUR_OPTIONS,
    }
    scoring_rules = (
        AllOrNothing(pairs.is_right),
        PerRight("per_right_pair", pairs.n_right, pairs.n_parts, "each line with its right option"),
        ByMistakes(
            pairs.n_mistakes,
            pairs.n_parts,
            words="A line without its right option is a mistake.",
            example_points=(2, 1),
        ),
    )
    example: ClassVar[Content] = {
        "stem": "Match each question with the summary that answers it.",
        "prompts": [
            {"id": "p1", "text": "Which size of shoe is sold most often?"},
            {"id": "p2", "text": "Which pay divides the staff into halves?"},
            {"id": "p3", "text": "How far apart are the fastest and the slowest run?"},
        ],
        "options": [
            {"id": "a", "text": "The median", "rationale": "Half of the values lie below it."},
            {"id": "b", "text": "The mode", "rationale": "It is the most frequent value."},
            {"id": "c", "text": "The range", "rationale": "Distance of the two extremes."},
            {"id": "d", "text": "The mean", "rationale": "Answers none of the questions."},
        ],
        "key": {"p1": "b", "p2": "a", "p3": "c"},
    }
    unfinished_example: ClassVar[object] = {"p1": "a"}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check prompts and options, and that the key gives every prompt an option."""
        yield from check.parts(content, "prompts", ("id", "text"), least=1, most=20)
        yield from options.option_faults(content)
        yield from check.flag(content, "shuffle")
        yield from pairs.key_faults(
            content.get("key"), self._options_of(content), "{p1: b, p2: a, p3: d}"
        )

    def _options_of(self, content: Content) -> dict[str, tuple[str, ...]]:
        """Return the options that each prompt can be given: all of them."""
        return dict.fromkeys(check.part_ids(content, "prompts"), check.part_ids(content, "options"))

    def drawn_ids(self, content: Content) -> tuple[str, ...]:
        """Return the options, unless their order is fixed; prompts keep the order of the file."""
        return options.drawn_options(content)

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Show the prompts, each with all options; a list to choose from holds words alone."""
        prompts = [
            {"id": prompt["id"], "text": inline(prompt["text"])} for prompt in content["prompts"]
        ]
        heard = {option["id"]: read_aloud(option["text"]) for option in content["options"]}
        listed = [
            {**option, "heard": heard[option["id"]]} for option in options.presented(content, order)
        ]
        return {"prompts": prompts, "options": listed}

    def read(self, content: Content, raw: object) -> dict[str, str] | None:
        """Take the chosen option of each prompt; a prompt may still be open."""
        return pairs.read_pairs(raw, self._options_of(content), "prompt")

    def read_fields(self, content: Content, fields: Fields) -> object:
        """Take the select of each prompt."""
        return options.part_fields(fields, check.part_ids(content, "prompts"))

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say how many prompts have no option yet."""
        return pairs.still_open(response, len(content["prompts"]), "lines")

    def in_words(self, content: Content, response: Any) -> str:
        """Say each prompt with its option."""
        if response is None:
            return "No answer"
        said = (
            f"{plain(prompt['text']).rstrip('.')} → {self._chosen(content, response, prompt['id'])}"
            for prompt in content["prompts"]
        )
        return "; ".join(said)

    def _chosen(self, content: Content, response: Mapping[str, str], prompt: str) -> str:
        if prompt not in response:
            return "no answer"
        return options.option_text(content, response[prompt]).rstrip(".")

    def key_response(self, content: Content) -> dict[str, str]:
        """Match as the key does."""
        return pairs.key_pairs(content, check.part_ids(content, "prompts"))

    def likely_mistakes(self, content: Content) -> tuple[dict[str, str], ...]:
        """Exchange the options of two neighbouring prompts, in every way; leave prompts open."""
        key = self.key_response(content)
        partly = pairs.partly_right(key, self._options_of(content)) if "scoring" in content else ()
        return (*pairs.exchanged(key), *partly)

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain each option."""
        return options.explained_options(content, None)

    def category(self, content: Content, response: Any) -> str:
        """Count by the whole match: `p1=b p2=a`."""
        return pairs.category(response, check.part_ids(content, "prompts"))


ITEM_TYPE = Matching()
