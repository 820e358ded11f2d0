"""Checks of what an item leaves unsaid: it may come in without, and somebody should know."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from examengine.bank.checks._choices import several_of
from examengine.bank.checks._rule import BankContents, Severity, Spot, rule
from examengine.bank.item_file import PROVENANCE
from examengine.bank.item_types._texts import lists_shown
from examengine.bank.rules import SECONDS_UNSAID

_LEAST_MISTAKES = {"numeric_entry": 2, "short_text": 1, "slider": 1}
_LEAST_OPTIONS = 3


def _lacking(
    subject: BankContents,
    field: str,
    what: str,
    *,
    where: Callable[[BankContents], bool] = lambda _: True,
) -> Iterator[Spot]:
    if where(subject):
        yield from (Spot(item, field, what) for item in subject.items if field not in item.content)


@rule(Severity.WARNING)
def missing_area(subject: BankContents) -> Iterator[Spot]:
    """An item without a content area, in a bank that has areas: no blueprint counts it in one."""
    known = ", ".join(area.id for area in subject.bank.areas)
    what = f"is missing; name a content area: {known}"
    yield from _lacking(subject, "area", what, where=lambda seen: bool(seen.bank.areas))


@rule(Severity.WARNING)
def missing_level(subject: BankContents) -> Iterator[Spot]:
    """An item without a cognitive level, in a bank that has levels."""
    known = ", ".join(level.id for level in subject.bank.levels)
    what = f"is missing; name a cognitive level: {known}"
    yield from _lacking(subject, "level", what, where=lambda seen: bool(seen.bank.levels))


@rule(Severity.WARNING)
def missing_seconds(subject: BankContents) -> Iterator[Spot]:
    """An item that does not say how long it is expected to take."""
    what = f"is missing; {SECONDS_UNSAID} seconds are reckoned until it says how long it takes"
    yield from _lacking(subject, "seconds", what)


@rule(Severity.WARNING)
def missing_provenance(subject: BankContents) -> Iterator[Spot]:
    """An item that does not say who wrote it, when, and under which licence it may be used."""
    needed = PROVENANCE[:3]
    for item in subject.items:
        said = item.content.get("provenance", {})
        lacking = [name for name in needed if name not in said]
        if lacking:
            what = f"does not give {', '.join(lacking)}; nobody can tell whether it may be used"
            yield Spot(item, "provenance", what)


@rule(Severity.WARNING)
def missing_rationale(subject: BankContents) -> Iterator[Spot]:
    """An answer that the item foresees, without a word on why it is right or what leads to it."""
    for item in subject.items:
        bare = [where for where, part in _explained(item.content) if "rationale" not in part]
        if bare:
            more = f", and {len(bare) - 1} more" if len(bare) > 1 else ""
            what = f"has no rationale{more}; say why it is right, or what leads to it"
            yield Spot(item, bare[0], what)


@rule(Severity.WARNING)
def few_options(subject: BankContents) -> Iterator[Spot]:
    """A choice between two options: a guess is right half of the time."""
    for item in subject.items:
        if item.content["type"] != "single_choice":
            continue
        if len(item.content["options"]) < _LEAST_OPTIONS:
            yield Spot(item, "options", "are two; a guess is right half of the time")


@rule(Severity.WARNING)
def few_expected_mistakes(subject: BankContents) -> Iterator[Spot]:
    """A typed answer without the mistakes that were expected: nobody can learn what went wrong."""
    for item in subject.items:
        least = _LEAST_MISTAKES.get(item.content["type"], 0)
        n_listed = len(item.content.get("errors", ()))
        if n_listed < least:
            what = f"lists {n_listed} expected wrong answers; list {least}, each explained"
            yield Spot(item, "errors", what)


@rule(Severity.WARNING)
def key_takes_all(subject: BankContents) -> Iterator[Spot]:
    """An item that asks for several options, or regions, whose key is one of them, or all."""
    for item in subject.items:
        listed = several_of(item.content)
        if not listed:
            continue
        n_right, n_options = len(item.content["key"]), len(listed)
        if n_right in {1, n_options}:
            named = "all options" if n_right == n_options else "one option"
            yield Spot(item, "key", f"names {named}; name at least two, and leave one wrong")


def _explained(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if content["type"] in {*_LEAST_MISTAKES, "extended_text", "file_upload", "qti"}:
        yield "rationale", content
    bare = {"matrix": "options", "matching": "prompts"}.get(content["type"])
    answers = [(at, listed) for at, listed in lists_shown(content) if at != bare]
    if content["type"] == "select_point":
        answers += [(at, content.get(at, ())) for at in ("key", "wrong_areas")]
    for at, listed in (*answers, ("errors", content.get("errors", ()))):
        yield from ((f"{at}[{index}]", part) for index, part in enumerate(listed))


@rule(Severity.WARNING)
def no_spare_words(subject: BankContents) -> Iterator[Spot]:
    """Words for gaps, each used once, of which none is left over: the last gap fills itself."""
    for item in subject.items:
        content = item.content
        if content["type"] != "gap_match" or content.get("reuse", False):
            continue
        if len(content["options"]) == len(content["key"]):
            what = "are as many as there are gaps; add one that belongs nowhere"
            yield Spot(item, "options", what)


RULES = (
    missing_area,
    missing_level,
    missing_seconds,
    missing_provenance,
    missing_rationale,
    few_options,
    few_expected_mistakes,
    key_takes_all,
    no_spare_words,
)
