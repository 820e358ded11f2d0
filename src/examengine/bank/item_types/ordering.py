"""Ordering: options are put in order, all or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

from examengine.bank.errors import ResponseMalformed
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._fault import Content, Fault
from examengine.bank.item_types._item_type import Explanation, Fields, ItemType


class Ordering(ItemType):
    """Options are put in order. Response: their ids in order, `["c", "a", "d", "b"]`.

    While a candidate is still at it, a place may be open: `["c", None, None, "b"]`.
    """

    name = "ordering"
    title = "Ordering"
    kind = "order"
    fields = frozenset({"options", "key", "shuffle"})
    example: ClassVar[Content] = {
        "stem": "Put the steps of a survey in order, from first to last.",
        "options": [
            {"id": "a", "text": "Draw the sample", "rationale": "Third: needs a list."},
            {"id": "b", "text": "Say what to find out", "rationale": "First: all else follows."},
            {"id": "c", "text": "Ask the questions", "rationale": "Last: all is prepared."},
            {"id": "d", "text": "Find a list of the people", "rationale": "Second."},
        ],
        "key": ["b", "d", "a", "c"],
    }

    def faults(self, content: Content) -> Iterator[Fault]:
        """Check the options and that the key is an order of all of them."""
        yield from check.parts(content, "options", options.OPTION_FIELDS, least=3, most=8)
        yield from check.flag(content, "shuffle")
        key, ids = content.get("key"), check.part_ids(content, "options")
        if not isinstance(key, list) or sorted(map(str, key)) != sorted(ids):
            yield Fault("key", f"must name each option once, in the right order: {', '.join(ids)}")
        elif key == list(ids):
            yield Fault("options", "are listed in the right order; list them in another")

    def drawn_ids(self, content: Content) -> tuple[str, ...]:
        """Return the options, unless the order they are shown in is fixed."""
        return options.drawn_options(content)

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Show the options in the drawn order, each with the places it can be given."""
        listed = options.presented(content, order)
        return {"options": listed, "places": tuple(range(1, len(listed) + 1))}

    def read(self, content: Content, raw: object) -> list[str | None] | None:
        """Take the ids in order, or the place of each id; a place may still be open."""
        if raw is None:
            return None
        ids = options.option_ids(content)
        by_place = _from_places(raw, ids) if isinstance(raw, Mapping) else _from_list(raw, ids)
        placed = [option for option in by_place if option is not None]
        if len(set(placed)) != len(placed):
            raise ResponseMalformed("one option stands at two places")
        return by_place if placed else None

    def read_fields(self, content: Content, fields: Fields) -> object:
        """Take the select of each option."""
        return options.part_fields(fields, options.option_ids(content))

    def score(self, content: Content, response: Any) -> int:
        """Score the whole order."""
        return int(response is not None and list(response) == list(content["key"]))

    def in_words(self, content: Content, response: Any) -> str:
        """Say the options in the order they were put."""
        if response is None:
            return "No answer"
        texts = ("(open)" if one is None else options.option_text(content, one) for one in response)
        said = (f"{place}. {text.rstrip('.')}" for place, text in enumerate(texts, start=1))
        return "; ".join(said)

    def key_response(self, content: Content) -> list[str | None]:
        """Order as the key does."""
        return list(content["key"])

    def wrong_responses(self, content: Content) -> tuple[list[str | None], ...]:
        """Exchange two neighbours of the right order, in every way."""
        key = list(content["key"])
        return tuple(
            [*key[:place], later, earlier, *key[place + 2 :]]
            for place, (earlier, later) in enumerate(pairwise(key))
        )

    def explanations(self, content: Content) -> tuple[Explanation, ...]:
        """Explain each option."""
        return options.explained_options(content, None)

    def category(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Count by the whole order: `b-d-a-c`."""
        return "" if response is None else "-".join(option or "?" for option in response)


def _from_list(raw: object, ids: Sequence[str]) -> list[str | None]:
    if not isinstance(raw, list) or len(raw) != len(ids):
        raise ResponseMalformed(f"the answer to this question is an order of {len(ids)} options")
    if any(option is not None and option not in ids for option in raw):
        raise ResponseMalformed("the answer names an option that this question does not have")
    return raw


def _from_places(raw: Mapping[Any, Any], ids: Sequence[str]) -> list[str | None]:
    by_place: list[str | None] = [None] * len(ids)
    for option, place in raw.items():
        if option not in ids:
            raise ResponseMalformed("the answer names an option that this question does not have")
        if place in (None, ""):
            continue
        if str(place) not in {str(number) for number in range(1, len(ids) + 1)}:
            raise ResponseMalformed(f"a place is a number from 1 to {len(ids)}")
        if by_place[int(place) - 1] is not None:
            raise ResponseMalformed(f"two options stand at place {place}; give each its own")
        by_place[int(place) - 1] = option
    return by_place


ITEM_TYPE = Ordering()
