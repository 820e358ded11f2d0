"""Checks of item sets: the items of a set share one stimulus, each at a place of its own."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from examengine.bank.checks._rule import BankContents, Severity, Spot, rule
from examengine.bank.rules import LoadedItem

SHARED_FIELDS = ("stimulus", "shared")
"""What the items of a set have in common: their stimulus, and that of QTI as it came."""


@rule(Severity.ERROR, alone=False)
def set_differs(subject: BankContents) -> Iterator[Spot]:
    """A set whose items show different stimuli: candidates are told that it is the same."""
    for set_id, items in sorted(_sets_in(subject).items()):
        first = items[0]
        others = [(item, place_of_difference(first.content, item.content)) for item in items[1:]]
        strangers = [(item, place) for item, place in others if place is not None]
        if strangers:
            other, place = strangers[0]
            what = f"differs from that of {other.id}, which is of the set {set_id} as well"
            yield Spot(first, place, what)
        for item, place in strangers:
            what = f"differs from that of {first.id}, which is of the set {set_id} as well"
            yield Spot(item, place, what)


@rule(Severity.ERROR, alone=False)
def set_place_taken(subject: BankContents) -> Iterator[Spot]:
    """Two items at one place of a set: their order in a form would be left to chance."""
    for set_id, items in sorted(_sets_in(subject).items()):
        at: defaultdict[int, list[LoadedItem]] = defaultdict(list)
        for item in items:
            at[item.content["set"]["place"]].append(item)
        for place, same in sorted(at.items()):
            for item in same if len(same) > 1 else ():
                others = ", ".join(other.id for other in same if other is not item)
                what = f"is {place}, as in {others} of the set {set_id}; give each its own"
                yield Spot(item, "set.place", what)


@rule(Severity.WARNING, alone=False)
def set_of_one(subject: BankContents) -> Iterator[Spot]:
    """A set that has one item: its id may be misspelt."""
    for set_id, items in sorted(_sets_in(subject).items()):
        if len(items) == 1:
            what = f"is {set_id}, and no other item is of this set; check how it is spelt"
            yield Spot(items[0], "set.id", what)


@rule(Severity.WARNING)
def set_without_stimulus(subject: BankContents) -> Iterator[Spot]:
    """An item of a set that shows no stimulus: it has nothing to share."""
    for item in subject.items:
        if "set" in item.content and not any(item.content.get(name) for name in SHARED_FIELDS):
            what = "names a set, and the item shows no stimulus; add it, or leave out the set"
            yield Spot(item, "set", what)


def place_of_difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """Return the first place at which the stimuli of two contents differ; None where nowhere."""
    for name in SHARED_FIELDS:
        found = _difference(one.get(name, []), other.get(name, []), name)
        if found is not None:
            return found
    return None


def _difference(one: Any, other: Any, at: str) -> str | None:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        steps = ((name, f"{at}.{name}") for name in sorted({*one, *other}))
        pairs = ((one.get(name), other.get(name), place) for name, place in steps)
        return next((found for pair in pairs if (found := _difference(*pair)) is not None), None)
    if _is_list(one) and _is_list(other) and len(one) == len(other):
        triples = ((a, b, f"{at}[{n}]") for n, (a, b) in enumerate(zip(one, other, strict=True)))
        return next((found for each in triples if (found := _difference(*each)) is not None), None)
    return None if one == other else at


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _sets_in(subject: BankContents) -> dict[str, list[LoadedItem]]:
    """Return the items of each set in their order."""
    found: defaultdict[str, list[LoadedItem]] = defaultdict(list)
    for item in subject.items:
        if "set" in item.content:
            found[item.content["set"]["id"]].append(item)
    for items in found.values():
        items.sort(key=lambda item: (item.content["set"]["place"], item.id))
    return dict(found)


RULES = (
    set_differs,
    set_place_taken,
    set_of_one,
    set_without_stimulus,
)
