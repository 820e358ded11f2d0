"""Gap match: a text with gaps that are filled from one bank of words."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from examengine.bank.inline_text import read_aloud
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _gaps as gaps
from examengine.bank.item_types import _options as options
from examengine.bank.item_types import _pairs as pairs
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import FlagField
from examengine.bank.item_types._gaps_form import GAP_TEXT, GapKeyField
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import AllOrNothing, ByMistakes, PerRight


class GapMatch(ItemType):
    """Each gap of a text gets an option of one list. Response: `{"g1": "c", "g2": "a"}`.

    An option is used once, unless the item says `reuse: true`.
    """

    name = "gap_match"
    title = "Gap match"
    kind = "map"
    fields = frozenset({"text", "options", "reuse", "key", "shuffle", "scoring"})
    form_fields = (
        GAP_TEXT,
        options.OPTION_ROWS,
        GapKeyField("key", "What belongs in each gap", "One of the options above."),
        FlagField("reuse", "An option may be used in several gaps"),
        options.SHUFFLE_FLAG,
    )
    blank: ClassVar[Content] = {"text": "[[g1]]", **options.FOUR_OPTIONS}
    scoring_rules = (
        AllOrNothing(pairs.is_right),
        PerRight("per_right_gap", pairs.n_right, pairs.n_parts, "each gap with its right words"),
        ByMistakes(
            pairs.n_mistakes,
            pairs.n_parts,
            words="A gap without its right words is a mistake.",
            example_points=(2, 1),
        ),
    )
    example: ClassVar[Content] = {
        "stem": "Complete the report on a survey.",
        "text": "All who could have been asked are the [[g1]]. Those who were asked are the "
        "[[g2]]. That only people at home were reached leads to [[g3]].",
        "options": [
            {"id": "a", "text": "sample", "rationale": "Those who were asked."},
            {"id": "b", "text": "bias", "rationale": "An error that goes one way."},
            {"id": "c", "text": "population", "rationale": "All whom the survey is about."},
            {"id": "d", "text": "variance", "rationale": "Answers none: it measures scatter."},
        ],
        "key": {"g1": "c", "g2": "a", "g3": "b"},
    }
    unfinished_example: ClassVar[object] = {"g1": "a", "g2": "a", "g3": "a"}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the text and the options, and that the key fills every gap as candidates may."""
        yield from gaps.text_faults(content)
        yield from options.option_faults(content)
        yield from check.flag(content, "shuffle")
        yield from check.flag(content, "reuse")
        key, such_as = content.get("key"), "{g1: c, g2: a, g3: b}"
        own = tuple(pairs.key_faults(key, self._options_of(content), such_as))
        yield from own
        if not own and isinstance(key, Mapping):
            for option in _used_twice(content, key):
                what = f"fills several gaps with {option}; say reuse: true, or give each its own"
                yield ItemFault("key", what)

    def _options_of(self, content: Content) -> dict[str, tuple[str, ...]]:
        """Return the options that each gap can be given: all of them."""
        return dict.fromkeys(gaps.gap_ids(content), check.part_ids(content, "options"))

    def drawn_ids(self, content: Content) -> tuple[str, ...]:
        """Return the options, unless their order is fixed; gaps stand where they stand."""
        return options.drawn_options(content)

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Show the options, then the text; a list to choose from holds words alone."""
        heard = {option["id"]: read_aloud(option["text"]) for option in content["options"]}
        listed = [
            {**option, "heard": heard[option["id"]]} for option in options.presented(content, order)
        ]
        return {
            "options": listed,
            "text": gaps.presented_text(content),
            "choices": dict.fromkeys(gaps.gap_ids(content), listed),
            "reuse": content.get("reuse", False),
        }

    def read(self, content: Content, raw: object) -> dict[str, str] | None:
        """Take the option of each gap; a gap may still be open, and an option stand in two."""
        return pairs.read_pairs(raw, self._options_of(content), "gap")

    def read_fields(self, content: Content, fields: Fields) -> object:
        """Take the list of each gap."""
        return options.part_fields(fields, gaps.gap_ids(content))

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say which words stand in more gaps than they may, or how many gaps are open."""
        twice = [] if response is None else _used_twice(content, response)
        if twice:
            said = options.option_text(content, twice[0])
            return f"“{said}” stands in several gaps, and each of the words is used only once."
        return pairs.still_open(response, len(gaps.gap_ids(content)), "gaps")

    def in_words(self, content: Content, response: Any) -> str:
        """Say what stands in each gap."""
        if response is None:
            return "No answer"
        said = {gap: options.option_text(content, option) for gap, option in response.items()}
        return gaps.filled(gaps.gap_ids(content), said)

    def key_response(self, content: Content) -> dict[str, str]:
        """Fill the gaps as the key does."""
        return pairs.key_pairs(content, gaps.gap_ids(content))

    def likely_mistakes(self, content: Content) -> tuple[dict[str, str], ...]:
        """Exchange two neighbours, or put in what belongs nowhere; leave gaps open."""
        key, choices = self.key_response(content), self._options_of(content)
        unused = [option for option in options.option_ids(content) if option not in key.values()]
        spare = ({**key, gap: option} for gap in key for option in unused)
        partly = pairs.partly_right(key, choices) if "scoring" in content else ()
        return (*pairs.exchanged(key), *spare, *partly)

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain each option."""
        return options.explained_options(content, None)

    def category(self, content: Content, response: Any) -> str:
        """Count by the whole answer: `g1=c g2=a`."""
        return pairs.category(response, gaps.gap_ids(content))


def _used_twice(content: Content, given: Mapping[str, str]) -> list[str]:
    """Return the options that stand in several gaps and may not."""
    if content.get("reuse", False):
        return []
    return [option for option, count in Counter(given.values()).items() if count > 1]


ITEM_TYPE = GapMatch()
