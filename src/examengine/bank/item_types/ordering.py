"""Ordering: options are put in order."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

from examengine.bank.errors import ResponseMalformed
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import OrderField
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import AllOrNothing, ByMistakes, PerRight


def _is_right(content: Content, response: Any) -> bool:
    return isinstance(response, Sequence) and list(response) == list(content["key"])


def _n_at_their_place(content: Content, response: Any) -> int:
    """Count the options that stand, alone, at the place they have in the key."""
    place_of = _places_held_alone(response)
    return sum(place_of.get(option) == at for at, option in enumerate(content["key"], start=1))


def _n_followed(content: Content, response: Any) -> int:
    """Count the options that are followed directly by the one that follows them in the key."""
    place_of = _places_held_alone(response)
    return sum(
        earlier in place_of and place_of.get(later) == place_of[earlier] + 1
        for earlier, later in pairwise(content["key"])
    )


def _places_held_alone(response: Any) -> Mapping[str, int]:
    """Return the place of each option that stands at one place and shares it with none."""
    if isinstance(response, Mapping):
        held = [(option, at) for option, at in response.items() if isinstance(at, int)]
    else:
        listed = response if isinstance(response, list | tuple) else ()
        held = [(one, at) for at, one in enumerate(listed, start=1) if isinstance(one, str)]
    options_held, places = Counter(one for one, _ in held), Counter(at for _, at in held)
    return {one: at for one, at in held if options_held[one] == places[at] == 1}


def _n_options(content: Content) -> int:
    return len(content["key"])


class Ordering(ItemType):
    """Options are put in order. Response: their ids in order, `["c", "a", "d", "b"]`.

    While a candidate is still at it, a place may be open: `["c", None, None, "b"]`, or two
    options may share one; then the place of each stands: `{"a": 2, "b": 4, "c": 2}`.
    """

    name = "ordering"
    title = "Ordering"
    kind = "order"
    fields = frozenset({"options", "key", "shuffle", "scoring"})
    form_fields = (options.OPTION_ROWS, OrderField("key", "The right order"), options.SHUFFLE_FLAG)
    blank = options.FOUR_OPTIONS
    scoring_rules = (
        AllOrNothing(_is_right),
        PerRight("per_right_place", _n_at_their_place, _n_options, "each line at its right place"),
        PerRight(
            "per_right_neighbour",
            _n_followed,
            lambda content: _n_options(content) - 1,
            "each line that is followed directly by the line that belongs after it",
        ),
        ByMistakes(
            lambda content, response: _n_options(content) - _n_at_their_place(content, response),
            _n_options,
            words="A line that is not at its right place is a mistake.",
            example_points=(2, 1, 1),
        ),
    )
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
    unfinished_example: ClassVar[object] = {"a": 2, "b": 2}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check the options and that the key is an order of all of them."""
        yield from check.parts(content, "options", options.OPTION_FIELDS, least=2, most=12)
        yield from check.flag(content, "shuffle")
        key, ids = content.get("key"), check.part_ids(content, "options")
        if not isinstance(key, list) or sorted(map(str, key)) != sorted(ids):
            yield ItemFault(
                "key", f"must name each option once, in the right order: {', '.join(ids)}"
            )

    def drawn_ids(self, content: Content) -> tuple[str, ...]:
        """Return the options, unless the order they are shown in is fixed."""
        return options.drawn_options(content)

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Show the options in the drawn order, each with the places it can be given."""
        listed = options.presented(content, order)
        return {"options": listed, "places": tuple(range(1, len(listed) + 1))}

    def read(self, content: Content, raw: object) -> list[str | None] | dict[str, int] | None:
        """Take the ids in order, or the place of each id; a place may be open or given twice."""
        if raw is None:
            return None
        ids = options.option_ids(content)
        if isinstance(raw, Mapping):
            return _ordered(_places(raw, ids), ids)
        listed = _listed(raw, ids)
        return listed if any(option is not None for option in listed) else None

    def read_fields(self, content: Content, fields: Fields) -> object:
        """Take the select of each option."""
        return options.part_fields(fields, options.option_ids(content))

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say which places are given twice, or how many options have none."""
        if response is None:
            return None
        places = list(_places_of(response).values())
        shared = sorted({place for place in places if places.count(place) > 1})
        if shared:
            which = f"place {shared[0]}" if len(shared) == 1 else f"places {_and(shared)}"
            return f"Several lines share {which}. Give each line a place of its own."
        n_open = len(content["options"]) - len(places)
        have = "has" if n_open == 1 else "have"
        return (
            f"{n_open} of {len(content['options'])} lines {have} no place yet." if n_open else None
        )

    def in_words(self, content: Content, response: Any) -> str:
        """Say the options in the order they were put."""
        if response is None:
            return "No answer"
        by_place: dict[int, list[str]] = {}
        for option, place in _places_of(response).items():
            by_place.setdefault(place, []).append(options.option_text(content, option).rstrip("."))
        last = max(by_place) if isinstance(response, Mapping) else len(response)
        said = (" and ".join(by_place.get(place, ["(open)"])) for place in range(1, last + 1))
        return "; ".join(f"{place}. {text}" for place, text in enumerate(said, start=1))

    def key_response(self, content: Content) -> list[str | None]:
        """Order as the key does."""
        return list(content["key"])

    def likely_mistakes(self, content: Content) -> tuple[list[str | None], ...]:
        """Exchange two neighbours of the right order, in every way; turn it round, or shift it."""
        key = list(content["key"])
        found: list[list[str | None]] = [
            [*key[:place], later, earlier, *key[place + 2 :]]
            for place, (earlier, later) in enumerate(pairwise(key))
        ]
        if "scoring" in content:
            found += [key[::-1], [*key[1:], key[0]]]
            found += [[*key[:n_placed], *[None] * (len(key) - n_placed)] for n_placed in (1, 2)]
        return tuple(found)

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain each option."""
        return options.explained_options(content, None)

    def category(self, content: Content, response: Any) -> str:  # noqa: ARG002
        """Count by the whole order: `b-d-a-c`; by places where two options share one."""
        if response is None:
            return ""
        if isinstance(response, Mapping):
            return " ".join(f"{option}={place}" for option, place in sorted(response.items()))
        return "-".join(option or "?" for option in response)


def _listed(raw: object, ids: Sequence[str]) -> list[str | None]:
    if not isinstance(raw, list) or len(raw) != len(ids):
        raise ResponseMalformed(f"the answer to this question is an order of {len(ids)} options")
    if any(option is not None and option not in ids for option in raw):
        raise ResponseMalformed("the answer names an option that this question does not have")
    placed = [option for option in raw if option is not None]
    if len(set(placed)) != len(placed):
        raise ResponseMalformed("one option stands at two places")
    return raw


def _places(raw: Mapping[Any, Any], ids: Sequence[str]) -> dict[str, int]:
    """Return the place of each option that was given one, in the order of the file."""
    if any(option not in ids for option in raw):
        raise ResponseMalformed("the answer names an option that this question does not have")
    given = {option: str(raw[option]) for option in ids if raw.get(option) not in (None, "")}
    possible = {str(number): number for number in range(1, len(ids) + 1)}
    if any(place not in possible for place in given.values()):
        raise ResponseMalformed(f"a place is a number from 1 to {len(ids)}")
    return {option: possible[place] for option, place in given.items()}


def _ordered(
    places: Mapping[str, int], ids: Sequence[str]
) -> list[str | None] | dict[str, int] | None:
    """Return the options by place; their places where two share one; None when none has any."""
    if not places:
        return None
    if len(set(places.values())) < len(places):
        return dict(places)
    by_place = {place: option for option, place in places.items()}
    return [by_place.get(place) for place in range(1, len(ids) + 1)]


def _places_of(response: Any) -> Mapping[str, int]:
    """Return the place of each option that has one."""
    if isinstance(response, Mapping):
        return response
    placed = enumerate(response, start=1)
    return {option: place for place, option in placed if option is not None}


def _and(numbers: Sequence[int]) -> str:
    *first, last = (str(number) for number in numbers)
    return f"{', '.join(first)} and {last}"


ITEM_TYPE = Ordering()
