"""Checks of words: repeated items, catch-all options, and clues in the language."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from examengine.bank.checks._finding import Finding, Subject, error, warning
from examengine.bank.inline_text import plain
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


def repeated_items(subject: Subject) -> Iterator[Finding]:
    """Refuse an item that says word for word what another says, whatever their ids."""
    first: dict[tuple[str, ...], LoadedItem] = {}
    checked = {item.id for item in subject.items}
    for item in (*subject.neighbours, *subject.items):
        words = tuple(_words(_whole_text(item.content)))
        twin = first.setdefault(words, item)
        if twin is not item and twin.id != item.id and item.id in checked:
            what = f"says word for word what {twin.id} says; keep one of the two"
            yield error("repeated_items", item, "stem", what)


def nearly_repeated_items(subject: Subject) -> Iterator[Finding]:
    """Point out the item of the same type that shares most of its runs of three words.

    Enemies are left alone: that they are alike is known.
    """
    runs = {item.id: _runs_of_three(item) for item in subject.all_items}
    by_run = defaultdict(list)
    for item_id, found in runs.items():
        for run in found:
            by_run[run].append(item_id)
    types = {item.id: item.content["type"] for item in subject.all_items}
    for item in subject.items:
        shared = Counter(other for run in runs[item.id] for other in by_run[run])
        alike = [
            (common / len(runs[item.id] | runs[other]), other)
            for other, common in shared.items()
            if types[other] == types[item.id]
            and other not in {item.id, *item.content.get("enemies", ())}
        ]
        likeness, other = max(alike, default=(0.0, ""))
        if NEARLY_THE_SAME <= likeness < 1:
            what = f"shares {likeness:.0%} of its wording with {other}; are they enemies?"
            yield warning("nearly_repeated_items", item, "stem", what)


def catch_all_options(subject: Subject) -> Iterator[Finding]:
    """Refuse "all of the above" and its like: who knows one part can work out the rest."""
    for item in subject.items:
        for index, option in enumerate(item.content.get("options", ())):
            if _CATCH_ALL.search(plain(option["text"])):
                what = f"{plain(option['text'])!r} rests on the other options; write an answer"
                yield error("catch_all_options", item, f"options[{index}].text", what)


def article_clue(subject: Subject) -> Iterator[Finding]:
    """Point out a stem that ends in "a" or "an" when only some of the options can follow it."""
    for item in subject.items:
        article = _ARTICLE.search(plain(item.content["stem"]))
        if article is None or "options" not in item.content:
            continue
        vowel = article[1].lower() == "an"
        firsts = [plain(option["text"])[:1].lower() for option in item.content["options"]]
        if any((first in "aeiou") != vowel for first in firsts):
            what = f'ends in "{article[1]}", which not every option can follow; write "a/an"'
            yield warning("article_clue", item, "stem", what)


def word_clue(subject: Subject) -> Iterator[Finding]:
    """Point out a key that alone repeats a word of the stem, of six letters or more."""
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
            yield warning("word_clue", item, "key", what)


def unsaid_number(subject: Subject) -> Iterator[Finding]:
    """Point out a multiple response item whose stem does not say how many to choose."""
    for item in subject.items:
        if item.content["type"] != "multiple_response":
            continue
        count = len(item.content["key"])
        words = set(_words(plain(item.content["stem"])))
        if words.isdisjoint({str(count), _NUMBERS.get(count, "")}):
            what = f'does not say how many options to choose; add "Choose {_NUMBERS.get(count)}."'
            yield warning("unsaid_number", item, "stem", what)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _long_words(text: str) -> set[str]:
    return {word for word in _words(plain(text)) if len(word) >= _LEAST_CLUE}


def _runs_of_three(item: LoadedItem) -> frozenset[tuple[str, ...]]:
    words = _words(_whole_text(item.content))
    return frozenset(zip(words, words[1:], words[2:], strict=False))


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
)
