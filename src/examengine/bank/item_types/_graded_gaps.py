"""Points of its own for each option of each gap, for gaps that do not all count the same."""

from collections.abc import Iterator, Mapping
from typing import Any

from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._scoring_rules import (
    MOST_POINTS,
    ScoringRule,
    gives_up_to,
    points_fault,
)


class GradedGaps(ScoringRule):
    """Each gap gives the points of the option that stands in it.

        scoring: {rule: graded_gaps, points: {g1: {b: 2, a: 1}, g2: {a: 1}}}

    An option that is not listed gives none. The item gives what the key adds up to.
    """

    name = "graded_gaps"
    fields = frozenset({"points"})

    @property
    def example(self) -> Content:
        """Show what there is to declare."""
        return {
            "rule": self.name,
            "points": {"g1": {"b": 2, "a": 1}, "g2": {"a": 1}, "g3": {"c": 3}},
        }

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check that the key gives the most in each gap, and some option there nothing."""
        points, key = content["scoring"].get("points"), content["key"]
        if not isinstance(points, Mapping):
            what = "must give options of gaps their points, such as {g1: {b: 2, a: 1}, g2: {a: 1}}"
            yield ItemFault("scoring.points", what)
            return
        yield from check.known(points, key.keys(), at="scoring.points")
        ids = {gap["id"]: check.part_ids(gap, "options") for gap in content["gaps"]}
        own = [
            fault for gap in key for fault in _gap_faults(points.get(gap), key[gap], ids[gap], gap)
        ]
        yield from own
        if not own and self.most_points(content) > MOST_POINTS:
            what = f"add up to more than {MOST_POINTS}; give smaller ones"
            yield ItemFault("scoring.points", what)

    def most_points(self, content: Content) -> int:
        """Add up the points of the key."""
        return sum(worth_of(content, gap, option) for gap, option in content["key"].items())

    def points(self, content: Content, response: Any) -> int:
        """Add up the points of what stands in the gaps."""
        given = response if isinstance(response, Mapping) else {}
        return sum(worth_of(content, gap, given.get(gap)) for gap in content["key"])

    def in_words(self, content: Content) -> str:
        """Say that gaps give points of their own, and whether some option is partly right."""
        most = self.most_points(content)
        if any(len(listed) > 1 for listed in content["scoring"]["points"].values()):
            return (
                f"{gives_up_to(most)}: each gap its own, fewer for an option that is partly right."
            )
        return f"{gives_up_to(most)}: each gap with its right option gives its own."


def worth_of(content: Content, gap: str, option: object) -> int:
    """Return the points that an option gives in a gap."""
    listed = content["scoring"]["points"].get(gap, {})
    return int(listed.get(option, 0)) if isinstance(option, str) else 0


def worthless(content: Content) -> dict[str, str]:
    """Return an answer that fills every gap and is worth nothing."""
    return {
        gap["id"]: next(
            option["id"]
            for option in gap["options"]
            if not worth_of(content, gap["id"], option["id"])
        )
        for gap in content["gaps"]
    }


def _gap_faults(listed: object, right: str, ids: tuple[str, ...], gap: str) -> Iterator[ItemFault]:
    where = f"scoring.points.{gap}"
    if not isinstance(listed, Mapping):
        yield ItemFault(where, f"must give the options of this gap their points: {{{right}: 1}}")
        return
    yield from check.known(listed, ids, at=where)
    own = [
        fault
        for option in dict.fromkeys((right, *listed))
        for fault in points_fault(listed.get(option), f"{where}.{option}")
    ]
    yield from own
    if own:
        return
    for option, worth in listed.items():
        if worth > listed[right]:
            what = f"is worth {worth}; at most the key's {listed[right]} is right"
            yield ItemFault(f"{where}.{option}", what)
    if len(listed) >= len(ids):
        yield ItemFault(where, "must leave at least one option of this gap without points")
