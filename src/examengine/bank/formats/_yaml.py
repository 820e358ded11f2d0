"""YAML read event by event: no objects are built, every value keeps its line.

The core of YAML that people write, and nothing that surprises them: a date and a decimal number
stay the text they are written as, `no` is a word, a field given twice is a fault, and there are
no tags, anchors or aliases (an alias can make a small file grow without bound).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

DEEPEST = 12
LONGEST_NAME = 60
"""Longer than any field has; places are remembered by all the names that lead to them."""
_WHOLE_NUMBER = re.compile(r"0|-?[1-9]\d{0,8}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """Something that cannot be read, and the line it stands on."""

    line: int
    where: str
    what: str


@dataclass(slots=True)
class Reading:
    """What was read of a file: its value, the line of each field, and what was wrong."""

    value: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[UnreadableLine] = field(default_factory=list)


class _Unreadable(Exception):
    """Nothing after this place can be read."""


def read_yaml(text: str) -> Reading:
    """Read a text that holds one YAML document; never raises for what the text says."""
    reading = Reading()
    try:
        events = yaml.parse(text, Loader=_LOADER)
        reading.value = _document(_Builder(events, reading))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        reading.faults.append(
            UnreadableLine(line, "", f"is no YAML: {error.problem or error.context}")
        )
    except yaml.YAMLError as error:
        reading.faults.append(UnreadableLine(1, "", f"is no YAML: {str(error).splitlines()[0]}"))
    except _Unreadable:
        pass
    return reading


def _document(builder: "_Builder") -> Any:
    event = builder.next()
    while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
        event = builder.next()
    if isinstance(event, yaml.StreamEndEvent):
        return None
    value = builder.value(event, "", 0)
    builder.next()  # the end of the document
    if not isinstance(builder.next(), yaml.StreamEndEvent):
        builder.refuse(event, "", "holds several documents; write one to a file, without ---")
    return value


class _Builder:
    """Turns events into values, and remembers where they stood."""

    def __init__(self, events: Iterator[Any], reading: Reading) -> None:
        self._events = events
        self._reading = reading

    def next(self) -> Any:
        """Return the next event."""
        return next(self._events)

    def refuse(self, event: Any, where: str, what: str) -> None:
        """Note a fault and stop."""
        self._note(event, where, what)
        raise _Unreadable

    def _note(self, event: Any, where: str, what: str) -> None:
        self._reading.faults.append(UnreadableLine(event.start_mark.line + 1, where, what))

    def value(self, event: Any, where: str, depth: int) -> Any:
        """Return the value that begins with `event`."""
        self._reading.lines[where] = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self.refuse(event, where, "uses an anchor or alias (& or *); write the text out")
        if event.tag not in {None, "!"}:
            self.refuse(event, where, f"has the tag {event.tag}; remove it")
        if depth > DEEPEST:
            self.refuse(event, where, "is nested too deeply to be part of an item")
        if isinstance(event, yaml.ScalarEvent):
            return _resolved(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(where, depth)
        return self._mapping(where, depth)

    def _list(self, where: str, depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            found.append(self.value(event, f"{where}[{len(found)}]", depth + 1))
        return found

    def _mapping(self, where: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(key := self.next(), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                self.refuse(key, where, "has a field whose name is no word")
            if len(key.value) > LONGEST_NAME:
                self.refuse(key, where, f"has a field named {key.value[:40]}…, which is no field")
            inner = f"{where}.{key.value}" if where else key.value
            value = self.value(self.next(), inner, depth + 1)
            if key.value in found:
                self._note(key, inner, "is given twice; keep one")
            found[key.value] = value
            self._reading.lines[inner] = key.start_mark.line + 1
        return found


def _resolved(event: Any) -> Any:
    """Return the value of a scalar: quoted is always text, plain is a word, a number or text."""
    text: str = event.value
    if event.style in {"'", '"', "|", ">"}:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text
