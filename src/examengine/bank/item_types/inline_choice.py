"""Inline choice: a text with gaps, each with a list of its own to choose from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from examengine.bank.inline_text import plain, read_aloud
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _gaps as gaps
from examengine.bank.item_types import _options as options
from examengine.bank.item_types import _pairs as pairs
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import FlagField, ForEachField, RowsField
from examengine.bank.item_types._gaps_form import GAP_TEXT
from examengine.bank.item_types._graded_gaps import GradedGaps, worthless
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import (
    AllOrNothing,
    ByMistakes,
    PerRight,
    declared_rule,
)

MOST_CHOICES = 12
"""What a list in the middle of a sentence can hold and still be looked over."""
_BETWEEN = "/"
"""Parts a gap from its option in the ids that are drawn; no id has it."""
_NEW_GAP = {"options": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}


class InlineChoice(ItemType):
    """Each gap of a text gets an option of its own list. Response: `{"g1": "b", "g2": "a"}`."""

    name = "inline_choice"
    title = "Inline choice"
    kind = "map"
    fields = frozenset({"text", "gaps", "key", "shuffle", "scoring"})
    form_fields = (
        GAP_TEXT,
        RowsField(
            "gaps",
            "Gaps",
            "Each has options of its own.",
            row="Gap",
            columns=(options.PART_ID_FIELD, options.OPTION_ROWS),
            marked_in="text",
            new_row=_NEW_GAP,
        ),
        ForEachField("key", "Right answer", each="gaps", of="options", own=True),
        FlagField(
            "shuffle",
            "Each candidate gets the options of each gap in an order of their own",
            unsaid=True,
        ),
    )
    blank: ClassVar[Content] = {"text": "[[g1]]", "gaps": [{"id": "g1", **_NEW_GAP}]}
    scoring_rules = (
        AllOrNothing(pairs.is_right),
        PerRight("per_right_gap", pairs.n_right, pairs.n_parts, "each gap with its right option"),
        ByMistakes(
            pairs.n_mistakes,
            pairs.n_parts,
            words="A gap without its right option is a mistake.",
            example_points=(2, 1),
        ),
        GradedGaps(),
    )
    example: ClassVar[Content] = {
        "stem": "A town measured its rents. Complete the note.",
        "text": "A few very dear flats pull the [[g1]] upwards. The rent that half of the "
        "households pay at most is the [[g2]], and such a distribution is called [[g3]].",
        "gaps": [
            {
                "id": "g1",
                "options": [
                    {"id": "a", "text": "mode", "rationale": "Dear flats are rare, not frequent."},
                    {"id": "b", "text": "mean", "rationale": "Right: it adds in how dear."},
                    {"id": "c", "text": "median", "rationale": "It only counts who pays more."},
                ],
            },
            {
                "id": "g2",
                "options": [
                    {"id": "a", "text": "median", "rationale": "Right: half pay at most this."},
                    {"id": "b", "text": "mean", "rationale": "More than half pay less than it."},
                    {"id": "c", "text": "range", "rationale": "It is a distance, not a rent."},
                ],
            },
            {
                "id": "g3",
                "options": [
                    {"id": "a", "text": "symmetric", "rationale": "One side is longer."},
                    {"id": "b", "text": "skewed to the left", "rationale": "The long side is up."},
                    {"id": "c", "text": "skewed to the right", "rationale": "Right: a long top."},
                ],
            },
        ],
        "key": {"g1": "b", "g2": "a", "g3": "c"},
    }
    unfinished_example: ClassVar[object] = {"g1": "a"}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the text, that each of its gaps has its options, and the key one of these."""
        own = tuple(gaps.text_faults(content))
        yield from own
        yield from check.flag(content, "shuffle")
        listed = content.get("gaps")
        if not isinstance(listed, list):
            yield ItemFault("gaps", "is missing; list the gaps of the text, each with its options")
            return
        for index, gap in enumerate(listed[: gaps.MOST_GAPS]):
            yield from self._gap_faults(gap, f"gaps[{index}]")
        named = check.part_ids(content, "gaps")
        if not own and sorted(named) != sorted(gaps.gap_ids(content)):
            what = f"must list each gap of the text once: {', '.join(gaps.gap_ids(content))}"
            yield ItemFault("gaps", what)
        such_as = "{g1: b, g2: a, g3: c}"
        yield from pairs.key_faults(content.get("key"), self._options_of(content), such_as)

    def _gap_faults(self, gap: object, at: str) -> Iterator[ItemFault]:
        if not isinstance(gap, Mapping):
            yield ItemFault(at, "is no mapping; give it id and options")
            return
        yield from check.known(gap, ("id", "options"), at=at)
        for fault in check.parts(gap, "options", options.OPTION_FIELDS, least=2, most=MOST_CHOICES):
            yield ItemFault(f"{at}.{fault.where}", fault.what)

    def _options_of(self, content: Content) -> dict[str, tuple[str, ...]]:
        """Return the options of each gap, in the order of the text; as far as can be read."""
        listed = content.get("gaps")
        by_id = {
            gap["id"]: check.part_ids(gap, "options")
            for gap in (listed if isinstance(listed, list) else ())
            if isinstance(gap, Mapping) and isinstance(gap.get("id"), str)
        }
        return {gap: by_id[gap] for gap in gaps.gap_ids(content) if gap in by_id}

    def drawn_ids(self, content: Content) -> tuple[str, ...]:
        """Return the options of all gaps, unless their order is fixed: `g1/a`, `g1/b`."""
        if not content.get("shuffle", True):
            return ()
        return tuple(
            f"{gap}{_BETWEEN}{option}"
            for gap, listed in self._options_of(content).items()
            for option in listed
        )

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Show the text with its gaps, each with its own options, which hold words alone."""
        every = [
            f"{gap}{_BETWEEN}{option}"
            for gap, listed in self._options_of(content).items()
            for option in listed
        ]
        if order and sorted(order) != sorted(every):
            raise ValueError(f"the order {list(order)} is not one of the options {sorted(every)}")
        heard = {
            f"{gap['id']}{_BETWEEN}{option['id']}": read_aloud(option["text"])
            for gap in content["gaps"]
            for option in gap["options"]
        }
        choices: dict[str, list[Mapping[str, str]]] = {}
        for drawn in order or every:
            gap, _, option = drawn.partition(_BETWEEN)
            choices.setdefault(gap, []).append({"id": option, "heard": heard[drawn]})
        return {"text": gaps.presented_text(content), "choices": choices}

    def read(self, content: Content, raw: object) -> dict[str, str] | None:
        """Take the chosen option of each gap; a gap may still be open."""
        return pairs.read_pairs(raw, self._options_of(content), "gap")

    def read_fields(self, content: Content, fields: Fields) -> object:
        """Take the list of each gap."""
        return options.part_fields(fields, gaps.gap_ids(content))

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say how many gaps have no option yet."""
        return pairs.still_open(response, len(content["gaps"]), "gaps")

    def in_words(self, content: Content, response: Any) -> str:
        """Say what stands in each gap."""
        if response is None:
            return "No answer"
        said = {
            gap["id"]: plain(option["text"])
            for gap in content["gaps"]
            for option in gap["options"]
            if response.get(gap["id"]) == option["id"]
        }
        return gaps.filled(gaps.gap_ids(content), said)

    def key_response(self, content: Content) -> dict[str, str]:
        """Fill the gaps as the key does."""
        return pairs.key_pairs(content, gaps.gap_ids(content))

    def likely_mistakes(self, content: Content) -> tuple[dict[str, str], ...]:
        """Fill one gap wrong, in every way; leave gaps open, or fill them all wrong."""
        key, choices = self.key_response(content), self._options_of(content)
        partly = pairs.partly_right(key, choices) if "scoring" in content else ()
        nothing = (worthless(content),) if declared_rule(content) == GradedGaps.name else ()
        return (*pairs.one_wrong(key, choices), *partly, *nothing)

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain each option of each gap."""
        number = {gap: n for n, gap in enumerate(gaps.gap_ids(content), start=1)}
        return tuple(
            Rationale(
                f"{gap['id']}{_BETWEEN}{option['id']}",
                f"Gap {number[gap['id']]}: {plain(option['text'])}",
                plain(option.get("rationale", "")),
                right=content["key"][gap["id"]] == option["id"],
            )
            for gap in sorted(content["gaps"], key=lambda gap: number[gap["id"]])
            for option in gap["options"]
        )

    def category(self, content: Content, response: Any) -> str:
        """Count by the whole answer: `g1=b g2=a`."""
        return pairs.category(response, gaps.gap_ids(content))


ITEM_TYPE = InlineChoice()
