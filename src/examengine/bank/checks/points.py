"""Checks of points: what an answer is worth that shows nothing."""

from collections.abc import Iterator

from examengine.bank.checks._choices import several_of
from examengine.bank.checks._rule import BankContents, Severity, Spot, rule
from examengine.bank.item_types import ITEM_TYPES


@rule(Severity.WARNING)
def everything_pays(subject: BankContents) -> Iterator[Spot]:
    """An item that gives points for choosing every option, or every region."""
    for item in subject.items:
        listed = several_of(item.content)
        if not listed:
            continue
        item_type = ITEM_TYPES[item.content["type"]]
        everything = sorted(option["id"] for option in listed)
        points = item_type.points(item.content, everything)
        if points:
            what = (
                f"gives {points} of {item_type.most_points(item.content)} points for choosing "
                "every option; add wrong options, or use by_mistakes"
            )
            yield Spot(item, "scoring", what)


@rule(Severity.WARNING)
def one_column_pays(subject: BankContents) -> Iterator[Spot]:
    """A matrix whose statements all have one key: whoever judges them alike has them all."""
    for item in subject.items:
        if item.content["type"] == "matrix" and len(set(item.content["key"].values())) == 1:
            what = "gives every statement the same; let some of them have another"
            yield Spot(item, "key", what)


@rule(Severity.WARNING)
def untouched_is_right(subject: BankContents) -> Iterator[Spot]:
    """A slider that stands on the key before anybody has moved it."""
    for item in subject.items:
        if item.content["type"] != "slider":
            continue
        item_type = ITEM_TYPES["slider"]
        if item_type.points(item.content, item_type.controls(item.content, ())["middle"]):
            what = "makes the middle right, where the slider stands at first; move an end"
            yield Spot(item, "scale", what)


RULES = (everything_pays, one_column_pays, untouched_is_right)
