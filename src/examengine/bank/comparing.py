"""Two contents of an item side by side, field by field, the words that differ marked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from examengine.bank.item_types import Content

_FIRST = ("stem", "stimulus", "prompts", "options", "key", "unit", "shuffle", "scoring", "errors")
_UNSEEN = frozenset({"schema", "version", "digest"})
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_LONGEST_TOLD = 120
_MOST_WORDS = 1_500
"""Of longer texts all is marked: which words differ would take long to find."""


@dataclass(frozen=True, slots=True)
class Words:
    """Some words of a field, and whether the other side lacks them."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One field of two contents."""

    where: str
    """As people would say it: `options b, rationale`."""
    before: tuple[Words, ...] | None
    """None where there is none."""
    after: tuple[Words, ...] | None

    @property
    def differs(self) -> bool:
        """Tell whether the two are not the same."""
        if self.before is None or self.after is None:
            return True
        return any(words.differs for words in (*self.before, *self.after))


def compared(before: Content, after: Content) -> tuple[ComparedField, ...]:
    """Return every field of two contents, those of the question first."""
    old, new = dict(_leaves(before, "")), dict(_leaves(after, ""))
    return tuple(_field(where, old.get(where), new.get(where)) for where in _places(old, new))


def differences(before: Content, after: Content) -> Iterator[str]:
    """Yield what differs between two contents, each in a line, long texts cut."""
    old, new = dict(_leaves(before, "")), dict(_leaves(after, ""))
    for where in _places(old, new):
        if old.get(where) != new.get(where):
            yield f"{where}: {_in_short(old.get(where))} → {_in_short(new.get(where))}"


def _in_short(text: str | None) -> str:
    if text is None:
        return "nothing"
    said = " ".join(text.split())
    return f"“{said}”" if len(said) <= _LONGEST_TOLD else f"“{said[: _LONGEST_TOLD - 1]}…”"


def _places(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    names = list(dict.fromkeys((*new, *old)))
    return sorted(names, key=lambda where: (_rank(where), _holder(where), names.index(where)))


def _rank(where: str) -> int:
    name = where.partition(" ")[0].partition(",")[0]
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _holder(where: str) -> str:
    return where.partition(",")[0]


def _field(where: str, old: str | None, new: str | None) -> ComparedField:
    if old is None or new is None:
        return ComparedField(where, _whole(old), _whole(new))
    return ComparedField(where, *_marked(old, new))


def _whole(text: str | None) -> tuple[Words, ...] | None:
    return None if text is None else (Words(text, differs=True),)


def _marked(old: str, new: str) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
    if old == new:
        return (Words(old, differs=False),), (Words(new, differs=False),)
    ours, theirs = _WORD.findall(old), _WORD.findall(new)
    if max(len(ours), len(theirs)) > _MOST_WORDS:
        return (Words(old, differs=True),), (Words(new, differs=True),)
    before: list[Words] = []
    after: list[Words] = []
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        _add(before, ours[i:j], differs=what != "equal")
        _add(after, theirs[k:m], differs=what != "equal")
    return tuple(before), tuple(after)


def _add(pieces: list[Words], words: Sequence[str], *, differs: bool) -> None:
    if words:
        pieces.append(Words("".join(words), differs))


def _leaves(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield each text, number and flag with its place; rows by their ids, else by their numbers."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in _UNSEEN:
                yield from _leaves(inner, f"{where}, {name}" if where else str(name))
    elif isinstance(value, list) and any(isinstance(inner, Mapping | list) for inner in value):
        for number, inner in enumerate(value, start=1):
            held = inner.get("id") if isinstance(inner, Mapping) else None
            named = held if isinstance(held, str) else number
            yield from _leaves(inner, f"{where} {named}")
    elif isinstance(value, list):
        yield where, "\n".join(map(str, value))
    else:
        yield where, ("yes" if value else "no") if isinstance(value, bool) else str(value)
