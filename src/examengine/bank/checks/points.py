"""Checks of points: what an answer is worth that shows nothing."""

from collections.abc import Iterator

from examengine.bank.checks._rule import BankContents, Severity, Spot, rule
from examengine.bank.item_types import ITEM_TYPES


@rule(Severity.WARNING)
def everything_pays(subject: BankContents) -> Iterator[Spot]:
    """A multiple response item that gives points for choosing every option."""
    for item in subject.items:
        if item.content["type"] != "multiple_response":
            continue
        item_type = ITEM_TYPES[item.content["type"]]
        everything = sorted(option["id"] for option in item.content["options"])
        points = item_type.points(item.content, everything)
        if points:
            what = (
                f"gives {points} of {item_type.most_points(item.content)} points for choosing "
                "every option; add wrong options, or use by_mistakes"
            )
            yield Spot(item, "scoring", what)


RULES = (everything_pays,)
