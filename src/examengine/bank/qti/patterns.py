"""Regular expressions of XML Schema, matched in steps that grow with the text and no faster.

An expression becomes a machine without memory (Thompson 1968): every state that can be reached is
followed at once, so no text makes it go back. What needs memory is no part of these expressions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from examengine.bank.qti.refusal import QtiRefused, RefusedBecause

LONGEST_PATTERN = 500
MOST_STATES = 1_000
_LONGEST_MATCHED = 1_000
_DEEPEST = 40

Takes = Callable[[str], bool]


@dataclass(slots=True)
class _State:
    """A place in the machine: what sign leads on, or where one gets without a sign."""

    takes: Takes | None = None
    then: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LinearPattern:
    """A compiled expression; the whole text must match, as in XML Schema."""

    states: tuple[_State, ...]
    start: int
    end: int

    def matches(self, text: str) -> bool:
        """Tell whether the whole text is matched.

        Raises:
            QtiRefused: The text is longer than is matched.
        """
        if len(text) > _LONGEST_MATCHED:
            what = f"matches a text of {len(text)} signs; {_LONGEST_MATCHED} are the most"
            raise QtiRefused(RefusedBecause.TEXT_TOO_LONG, what)
        reached = self._closed({self.start})
        for sign in text:
            led = (self.states[at] for at in reached)
            onward = {to for one in led if one.takes and one.takes(sign) for to in one.then}
            reached = self._closed(onward)
            if not reached:
                return False
        return self.end in reached

    def _closed(self, places: set[int]) -> set[int]:
        """Return the places with all that are reached from them without a sign."""
        found, waiting = set(places), list(places)
        while waiting:
            state = self.states[waiting.pop()]
            if state.takes is None:
                fresh = [to for to in state.then if to not in found]
                found.update(fresh)
                waiting.extend(fresh)
        return found


def compile_pattern(source: str) -> LinearPattern:
    """Return the machine of an expression of XML Schema; `^` and `$` at its ends are allowed.

    Raises:
        QtiRefused: It is too long, or says something that is not read here.
    """
    if len(source) > LONGEST_PATTERN:
        what = f"has a pattern of {len(source)} signs; {LONGEST_PATTERN} are the most"
        raise QtiRefused(RefusedBecause.PATTERN_UNSUPPORTED, what)
    anchored = source.removeprefix("^")
    if anchored.endswith("$") and not anchored.endswith("\\$"):
        anchored = anchored[:-1]
    building = _Building(anchored)
    start, end = building.alternatives(0)
    if building.at != len(anchored):
        raise building.refused("closes a bracket that is not open")
    return LinearPattern(tuple(building.states), start, end)


class _Building:
    """Reads an expression and builds its machine, piece by piece."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.states: list[_State] = []

    def refused(self, why: str) -> QtiRefused:
        what = f"the pattern {self.source[:60]!r} {why}"
        return QtiRefused(RefusedBecause.PATTERN_UNSUPPORTED, what)

    def _state(self, takes: Takes | None = None, *then: int) -> int:
        if len(self.states) >= MOST_STATES:
            raise self.refused(f"needs more than {MOST_STATES} states; repeat less")
        self.states.append(_State(takes, list(then)))
        return len(self.states) - 1

    def _next(self) -> str:
        return self.source[self.at : self.at + 1]

    def alternatives(self, depth: int) -> tuple[int, int]:
        if depth > _DEEPEST:
            raise self.refused(f"nests brackets more than {_DEEPEST} deep")
        end = self._state()
        start = self._state()
        while True:
            first, last = self._branch(depth)
            self.states[start].then.append(first)
            self.states[last].then.append(end)
            if self._next() != "|":
                return start, end
            self.at += 1

    def _branch(self, depth: int) -> tuple[int, int]:
        start = end = self._state()
        while self._next() and self._next() not in "|)":
            first, last = self._piece(depth)
            self.states[end].then.append(first)
            end = last
        return start, end

    def _piece(self, depth: int) -> tuple[int, int]:
        begun = self.at
        first, last = self._atom(depth)
        ended = self.at
        least, most = self._times()
        if (least, most) == (1, 1):
            return first, last
        after = self.at
        start = end = self._state()
        for _ in range(least):
            first, last = self._again(begun, ended, depth)
            self.states[end].then.append(first)
            end = last
        if most is None:
            first, last = self._again(begun, ended, depth)
            leave = self._state()
            self.states[end].then += [first, leave]
            self.states[last].then += [first, leave]
            end = leave
        else:
            leave = self._state()
            for _ in range(most - least):
                first, last = self._again(begun, ended, depth)
                self.states[end].then += [first, leave]
                end = last
            self.states[end].then.append(leave)
            end = leave
        self.at = after
        return start, end

    def _again(self, begun: int, ended: int, depth: int) -> tuple[int, int]:
        """Build a piece once more, from the same signs."""
        self.at = begun
        made = self._atom(depth)
        self.at = ended
        return made

    def _times(self) -> tuple[int, int | None]:
        sign = self._next()
        simple: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        if sign in simple and sign:
            self.at += 1
            return simple[sign]
        if sign != "{":
            return 1, 1
        inside, closed, _ = self.source[self.at + 1 :].partition("}")
        least, comma, most = inside.partition(",")
        if not closed or not _is_count(least) or (most and not _is_count(most)):
            raise self.refused("counts with something other than {n}, {n,} or {n,m}")
        self.at += len(inside) + 2
        if not comma:
            return int(least), int(least)
        return int(least), (int(most) if most else None)

    def _atom(self, depth: int) -> tuple[int, int]:
        sign = self._next()
        if sign == "(":
            self.at += 1
            if self._next() == "?":
                raise self.refused("uses (?…), which XML Schema has not")
            made = self.alternatives(depth + 1)
            if self._next() != ")":
                raise self.refused("opens a bracket and does not close it")
            self.at += 1
            return made
        if not sign or sign in "?*+{}":
            raise self.refused(f"has {sign or 'nothing'!r} where a sign should stand")
        takes = self._one_sign()
        end = self._state()
        return self._state(takes, end), end

    def _one_sign(self) -> Takes:
        sign = self._next()
        self.at += 1
        if sign == ".":
            return lambda found: found not in "\n\r"
        if sign == "[":
            return self._class(0)
        if sign == "\\":
            return self._escape()
        return lambda found: found == sign

    def _escape(self) -> Takes:
        sign = self._next()
        self.at += 1
        if sign in _CLASSES and sign:
            return _CLASSES[sign]
        if sign in _CONTROLS and sign:
            control = _CONTROLS[sign]
            return lambda found: found == control
        if sign in {"p", "P"}:
            return self._category(negated=sign == "P")
        if not sign or sign.isalnum():
            raise self.refused(f"uses \\{sign}, which XML Schema has not")
        return lambda found: found == sign

    def _category(self, *, negated: bool) -> Takes:
        name, closed, _ = self.source[self.at + 1 :].partition("}")
        if self._next() != "{" or not closed or not 1 <= len(name) <= 2:
            raise self.refused("names a category that is not read here; write \\p{L} or \\p{Lu}")
        self.at += len(name) + 2
        return lambda found: unicodedata.category(found).startswith(name) != negated

    def _class(self, depth: int) -> Takes:
        if depth > _DEEPEST:
            raise self.refused("nests classes too deep")
        negated = self._next() == "^"
        self.at += negated
        parts: list[Takes] = []
        without: Takes | None = None
        while self._next() != "]" or not parts:
            if not self._next():
                raise self.refused("opens [ and does not close it")
            if self.source.startswith("-[", self.at) and parts:
                self.at += 2
                without = self._class(depth + 1)
                break
            parts.append(self._range())
        if self._next() != "]":
            raise self.refused("opens [ and does not close it")
        self.at += 1
        return _of_class(tuple(parts), without, negated=negated)

    def _range(self) -> Takes:
        begun = self.at
        sign = self._next()
        self.at += 1
        if sign == "\\":
            takes = self._escape()
            low = self.source[begun + 1]
            if low.isalnum():
                return takes
        else:
            low = sign
        high = self.source[self.at + 1 : self.at + 2]
        if self._next() != "-" or high in {"]", "[", ""}:
            return lambda found: found == low
        self.at += 2
        if high == "\\":
            high = self._next()
            self.at += 1
        if high < low:
            raise self.refused(f"has the range {low}-{high}, which is empty")
        return lambda found: low <= found <= high


def _of_class(parts: tuple[Takes, ...], without: Takes | None, *, negated: bool) -> Takes:
    def takes(sign: str) -> bool:
        found = any(part(sign) for part in parts) != negated
        return found and not (without is not None and without(sign))

    return takes


def _is_count(text: str) -> bool:
    return 0 < len(text) <= 3 and text.isascii() and text.isdigit()


def _is_digit(sign: str) -> bool:
    return unicodedata.category(sign) == "Nd"


def _is_word(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "PZC"


def _is_space(sign: str) -> bool:
    return sign in " \t\n\r"


def _is_name(sign: str) -> bool:
    return sign.isalnum() or sign in "-._:·"


def _is_name_start(sign: str) -> bool:
    return sign.isalpha() or sign in "_:"


def _both(letters: str, takes: Takes) -> Iterator[tuple[str, Takes]]:
    yield letters, takes
    yield letters.upper(), lambda sign: not takes(sign)


_CLASSES: Mapping[str, Takes] = MappingProxyType(
    dict(
        (
            *_both("d", _is_digit),
            *_both("w", _is_word),
            *_both("s", _is_space),
            *_both("c", _is_name),
            *_both("i", _is_name_start),
        )
    )
)
_CONTROLS: Mapping[str, str] = MappingProxyType({"n": "\n", "r": "\r", "t": "\t"})
