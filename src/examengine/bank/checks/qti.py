"""Checks of items of QTI: what came with them, and is not in an exam as it was."""

from collections.abc import Iterator

from examengine.bank.checks._rule import BankContents, Severity, Spot, rule


@rule(Severity.WARNING)
def qti_otherwise(subject: BankContents) -> Iterator[Spot]:
    """An item of QTI that is shown or scored otherwise than where it came from."""
    for item in subject.items:
        for place, note in enumerate(item.content.get("notes", ())):
            yield Spot(item, f"notes[{place}]", note)


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


RULES = (qti_otherwise, qti_without_file, qti_unscored)
