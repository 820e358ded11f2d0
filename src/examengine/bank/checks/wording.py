"""Checks of words: repeated items, catch-all options, and clues in the language."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from examengine.bank.checks._rule import BankContents, Severity, Spot, rule
from examengine.bank.inline_text import plain
from examengine.bank.item_types.multiple_response import options_asked_for
from examengine.bank.likeness import most_alike, runs_of
from examengine.bank.rules import LoadedItem

NEARLY_THE_SAME = 0.6
"""Share of common runs of three words above which two items are pointed out as nearly the same."""
_LEAST_CLUE = 6
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_CATCH_ALL = re.compile(
    r"\b(all|none|both|neither|any|two) of the (above|below|foregoing|others?|options|answers)\b"
    r"|^(all|none|both|neither) of (these|them)\W*$"
    r"|^(both|neither) \(?[a-e]\)? (and|n?or) \(?[a-e]\)?\W*$",
    re.IGNORECASE,
)
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
_ARTICLE = re.compile(r"\b(an?)\W*$", re.IGNORECASE)


@rule(Severity.ERROR)
def repeated_items(subject: BankContents) -> Iterator[Spot]:
    """An item that says word for word what another says, whatever their ids."""
    first: dict[tuple[str, ...], LoadedItem] = {}
    for item in subject.items:
        words = tuple(_words(_whole_text(item.content)))
        twin = first.setdefault(words, item)
        if twin is not item:
            what = f"says word for word what {twin.id} says; keep one of the two"
            yield Spot(item, "stem", what)


@rule(Severity.WARNING)
def nearly_repeated_items(subject: BankContents) -> Iterator[Spot]:
    """The item of the same type that shares most of its runs of three words.

    Enemies are left alone: that they are alike is known.
    """
    items = list({item.id: item for item in subject.items}.values())
    enemies = [frozenset(item.content.get("enemies", ())) for item in items]

    def known(own: int, other: int) -> bool:
        return (
            items[own].content["type"] != items[other].content["type"]
            or items[other].id in enemies[own]
        )

    runs = [runs_of(item.content) for item in items]
    for own, other, share in most_alike(runs, NEARLY_THE_SAME, known=known):
        if share < 1:
            what = f"shares {share:.0%} of its wording with {items[other].id}; are they enemies?"
            yield Spot(items[own], "stem", what)


@rule(Severity.ERROR)
def catch_all_options(subject: BankContents) -> Iterator[Spot]:
    """Refuse "all of the above" and its like: who knows one part can work out the rest."""
    for item in subject.items:
        for index, option in enumerate(item.content.get("options", ())):
            if _CATCH_ALL.search(plain(option["text"])):
                what = f"{plain(option['text'])!r} rests on the other options; write an answer"
                yield Spot(item, f"options[{index}].text", what)


@rule(Severity.WARNING)
def article_clue(subject: BankContents) -> Iterator[Spot]:
    """A stem that ends in "a" or "an" when only some of the options can follow it."""
    for item in subject.items:
        article = _ARTICLE.search(plain(item.content["stem"]))
        if article is None or "options" not in item.content:
            continue
        vowel = article[1].lower() == "an"
        firsts = [plain(option["text"])[:1].lower() for option in item.content["options"]]
        if any((first in "aeiou") != vowel for first in firsts):
            what = f'ends in "{article[1]}", which not every option can follow; write "a/an"'
            yield Spot(item, "stem", what)


@rule(Severity.WARNING)
def word_clue(subject: BankContents) -> Iterator[Spot]:
    """A key that alone repeats a word of the stem, of six letters or more."""
    for item in subject.items:
        if item.content["type"] != "single_choice":
            continue
        stem = _long_words(item.content["stem"])
        repeats = {
            option["id"]: _long_words(option["text"]) & stem for option in item.content["options"]
        }
        own = repeats.pop(item.content["key"])
        if own and not any(repeats.values()):
            what = f"only the key repeats {', '.join(sorted(own))} from the stem"
            yield Spot(item, "key", what)


@rule(Severity.WARNING)
def unsaid_number(subject: BankContents) -> Iterator[Spot]:
    """A multiple response item whose stem does not say how many to choose."""
    for item in subject.items:
        if item.content["type"] != "multiple_response":
            continue
        count = len(item.content["key"])
        words = set(_words(plain(item.content["stem"])))
        if words.isdisjoint({str(count), _NUMBERS.get(count, "")}):
            what = f'does not say how many options to choose; add "Choose {_NUMBERS.get(count)}."'
            yield Spot(item, "stem", what)


@rule(Severity.ERROR)
def other_number(subject: BankContents) -> Iterator[Spot]:
    """A stem that asks for another number of options than the key names."""
    for item in subject.items:
        if item.content["type"] != "multiple_response":
            continue
        asked, count = options_asked_for(plain(item.content["stem"])), len(item.content["key"])
        if asked not in {None, count}:
            what = f"asks for {asked} options, and the key names {count}; make them agree"
            yield Spot(item, "stem", what)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _long_words(text: str) -> set[str]:
    return {word for word in _words(plain(text)) if len(word) >= _LEAST_CLUE}


def _whole_text(content: Mapping[str, Any]) -> str:
    """Return all that a candidate reads or hears of an item."""
    parts = [content["stem"], *_texts(content.get("stimulus", ()))]
    parts.extend(part["text"] for part in content.get("prompts", ()))
    parts.extend(sorted(part["text"] for part in content.get("options", ())))
    return "\n".join(parts)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name in sorted(set(value) - {"file", "digest"}):
            yield from _texts(value[name])
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


RULES = (
    repeated_items,
    nearly_repeated_items,
    catch_all_options,
    article_clue,
    word_clue,
    unsaid_number,
    other_number,
)
