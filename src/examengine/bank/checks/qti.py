"""Checks of items of QTI: what came with them, and is not in an exam as it was."""

import re
from collections.abc import Iterator

from examengine.bank.checks._rule import BankContents, Severity, Spot, rule
from examengine.bank.checks.leaks import says_which_is_right
from examengine.bank.item_types.qti import worked_item

_IDENTIFIER = re.compile(r"""\bidentifier=["']([^"'<>]{1,64})["']""")


@rule(Severity.WARNING)
def qti_otherwise(subject: BankContents) -> Iterator[Spot]:
    """An item of QTI that is shown or scored otherwise than where it came from."""
    for item in subject.items:
        for place, note in enumerate(item.content.get("differences", ())):
            yield Spot(item, f"differences[{place}]", note)


@rule(Severity.ERROR)
def qti_without_file(subject: BankContents) -> Iterator[Spot]:
    """An item of QTI that shows or plays a file which did not come with it, or cannot be used."""
    for item in subject.items:
        for place, words in enumerate(item.content.get("missing", ())):
            yield Spot(item, f"missing[{place}]", words)


@rule(Severity.ERROR)
def qti_unscored(subject: BankContents) -> Iterator[Spot]:
    """An item of QTI that gives nobody points, or whose scores are no whole points."""
    for item in subject.items:
        if item.content["type"] != "qti":
            continue
        if "key" not in item.content:
            yield Spot(item, "key", "is not known: no answer that was tried scores anything")
        elif not item.content["points"].get("whole", True):
            yield Spot(item, "points", "are not whole: parts of the score are lost")


@rule(Severity.ERROR)
def qti_telling_ids(subject: BankContents) -> Iterator[Spot]:
    """An identifier in an item of QTI that tells who reads the source of the page what is right."""
    for item in subject.items:
        if item.content["type"] != "qti" or not _may_tell(item.content["qti"]):
            continue
        for part in worked_item(item.content).parts:
            telling = [one for one in part.offered if says_which_is_right(one, part.offered[one])]
            if telling:
                what = f"{telling[0][:40]} tells what is right; give identifiers such as A, B, C"
                yield Spot(item, "qti", what)


def _may_tell(xml: str) -> bool:
    """Tell whether an identifier may say what is right; reading every item would take too long."""
    return any(says_which_is_right(name, "") for name in _IDENTIFIER.findall(xml))


RULES = (qti_otherwise, qti_without_file, qti_unscored, qti_telling_ids)
