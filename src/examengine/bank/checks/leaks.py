"""Checks of ids: they stand in the source of a candidate's page, and must not tell the key."""

import re
from collections.abc import Collection, Iterator, Sequence

from examengine.bank.checks._choices import Listed, choices_of
from examengine.bank.checks._rule import BankContents, Severity, Spot, rule
from examengine.bank.inline_text import plain
from examengine.bank.item_types._texts import lists_shown

_RIGHT = frozenset(["key", "correct", "right", "richtig", "solution", "keyed", "best"])
_WRONG = frozenset(["wrong", "incorrect", "distractor", "distractors", "distr", "foil", "falsch"])
_WORD = re.compile(r"[a-z]+")


@rule(Severity.ERROR)
def telling_ids(subject: BankContents) -> Iterator[Spot]:
    """An id that tells a candidate who reads the source of the page which option is right."""
    for item in subject.items:
        for at, listed, right in choices_of(item.content):
            ids = [option["id"] for option in listed]
            if _named(listed, _RIGHT | _WRONG) or _apart(ids, right):
                what = "tell which are right; give ids such as a, b, c, in an order of no meaning"
                yield Spot(item, at, what)


@rule(Severity.ERROR)
def telling_order(subject: BankContents) -> Iterator[Spot]:
    """Options to be put in order that are listed, or numbered, in the right order."""
    for item in subject.items:
        if item.content["type"] != "ordering":
            continue
        key = item.content["key"]
        ids = [option["id"] for option in item.content["options"]]
        if key == ids and not item.content.get("shuffle", True):
            yield Spot(item, "options", "are shown in the right order; list them in another")
        elif key == sorted(ids, key=_natural):
            yield Spot(item, "options", "have ids in the right order; give them other ids")


@rule(Severity.ERROR)
def telling_pairs(subject: BankContents) -> Iterator[Spot]:
    """Prompts or gaps whose right options carry the same number: ids tell what belongs together."""
    for item in subject.items:
        if item.content["type"] not in {"matching", "gap_match"} or len(item.content["key"]) < 2:
            continue
        pairs = item.content["key"].items()
        numbers = [(_natural(prompt)[1], _natural(option)[1]) for prompt, option in pairs]
        if all(one == other != -1 for one, other in numbers):
            what = "carry the numbers of what they belong to; give them other ids"
            yield Spot(item, "options", what)


@rule(Severity.ERROR)
def repeated_options(subject: BankContents) -> Iterator[Spot]:
    """Two options, prompts, statements or regions that say the same."""
    for item in subject.items:
        for at, listed in lists_shown(item.content):
            seen: set[str] = set()
            for index, part in enumerate(listed):
                said = plain(part["text"]).casefold()
                if said in seen:
                    what = f"repeats {part['text'][:60]!r}; each must say something else"
                    yield Spot(item, f"{at}[{index}].text", what)
                seen.add(said)


def _named(listed: Listed, words: Collection[str]) -> bool:
    """Tell whether an id says that its option is right or wrong, and the text does not say so."""
    return any(_says(option["id"], plain(option["text"]), words) for option in listed)


def _says(part_id: str, text: str, words: Collection[str]) -> bool:
    told = not set(_WORD.findall(part_id.casefold())).isdisjoint(words)
    return told and part_id.casefold() != text.casefold()


def says_which_is_right(part_id: str, text: str) -> bool:
    """Tell whether an id says that what it names is right or wrong, and its text does not."""
    return _says(part_id, text, _RIGHT | _WRONG)


def _apart(ids: Sequence[str], right: Collection[str]) -> bool:
    """Tell whether all wrong options have one name with numbers, and the right ones another."""
    names = {option: _natural(option)[0] for option in ids}
    wrong = {names[option] for option in ids if option not in right}
    n_wrong = sum(option not in right for option in ids)
    return n_wrong > 1 and len(wrong) == 1 and not wrong & {names[option] for option in right}


def _natural(part_id: str) -> tuple[str, int]:
    """Return an id as people sort it: its name, then the number it ends in; -1 without one."""
    name = part_id.casefold().rstrip("0123456789")
    number = part_id[len(name) :]
    return name, int(number) if number else -1


RULES = (telling_ids, telling_order, telling_pairs, repeated_options)
