"""How many steps an expression takes on a text, counted as a backtracking matcher takes them.

Seconds would tell the machine and what runs beside it. Steps are the same everywhere: an
expression whose steps more than double when a text doubles cannot read what strangers send.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

Goes = Callable[[int], bool]
"""What is to match from a place on, after the node at hand."""
MOST_STEPS = 40_000
_SAMPLES = " a1A!-_.,;:<>&\"'()[]{}/\\*`|=+@#%\n\t\x00é"


class TooManySteps(Exception):
    """The count went past the most that is counted."""


class Counter:
    """Matches one expression on one text, and counts each look at a sign."""

    def __init__(self, pattern: re.Pattern[Any], text: str) -> None:
        self.tree = parsed(pattern)
        self.ignores_case = bool(pattern.flags & re.IGNORECASE)
        self.any_sign = bool(pattern.flags & re.DOTALL)
        self.text = text
        self.steps = 0

    def match(self, start: int, *, whole: bool) -> int | None:
        """Return where a match ends that begins at `start`, or None."""
        ends: list[int] = []

        def done(place: int) -> bool:
            if whole and place != len(self.text):
                return False
            ends.append(place)
            return True

        return ends[0] if self._sequence(self.tree, 0, start, done) else None

    def search(self) -> None:
        """Look for every match, as `finditer` does."""
        place = 0
        while place <= len(self.text):
            end = self.match(place, whole=False)
            place = place + 1 if end is None or end == place else end

    def _count(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooManySteps

    def _sequence(self, nodes: Sequence[Any], at: int, place: int, goes: Goes) -> bool:
        if at == len(nodes):
            return goes(place)
        return self._node(nodes[at], place, lambda end: self._sequence(nodes, at + 1, end, goes))

    def _node(self, node: Any, place: int, goes: Goes) -> bool:
        self._count()
        kind, given = node
        if kind in _SINGLE:
            return place < len(self.text) and self._fits(node, self.text[place]) and goes(place + 1)
        if kind in {op.MAX_REPEAT, op.MIN_REPEAT}:
            return self._repeat(kind, given, place, 0, goes)
        if kind is op.SUBPATTERN:
            return self._sequence(given[3], 0, place, goes)
        if kind is op.BRANCH:
            return any(self._sequence(way, 0, place, goes) for way in given[1])
        if kind in {op.ATOMIC_GROUP, op.POSSESSIVE_REPEAT}:
            return self._atomic(kind, given, place, goes)
        return self._holds(kind, given, place) and goes(place)

    def _atomic(self, kind: Any, given: Any, place: int, goes: Goes) -> bool:
        ends: list[int] = []
        body = given if kind is op.ATOMIC_GROUP else [(op.MAX_REPEAT, given)]
        found = self._sequence(body, 0, place, lambda end: ends.append(end) is None)
        return found and goes(ends[0])

    def _holds(self, kind: Any, given: Any, place: int) -> bool:
        """Tell whether something holds at a place that takes no sign."""
        if kind is op.AT:
            return self._at(given, place)
        if kind in {op.ASSERT, op.ASSERT_NOT}:
            return self._asserted(kind, given, place)
        raise NotImplementedError(str(kind))

    def _repeat(self, kind: Any, given: Any, place: int, done: int, goes: Goes) -> bool:
        least, most, body = given

        def once_more(end: int) -> bool:
            return end > place and self._repeat(kind, given, end, done + 1, goes)

        def more() -> bool:
            return (most is op.MAXREPEAT or done < most) and self._sequence(
                body, 0, place, once_more
            )

        if done < least:
            return self._sequence(
                body, 0, place, lambda end: self._repeat(kind, given, end, done + 1, goes)
            )
        if kind is op.MIN_REPEAT:
            return goes(place) or more()
        return more() or goes(place)

    def _at(self, where: Any, place: int) -> bool:
        if where in {op.AT_BEGINNING, op.AT_BEGINNING_STRING}:
            return place == 0
        if where is op.AT_END_STRING:
            return place == len(self.text)
        if where is op.AT_END:
            return self.text[place:] in {"", "\n"}
        before, after = self.text[place - 1 : place] if place else "", self.text[place : place + 1]
        return (_is_word(before) != _is_word(after)) == (where is op.AT_BOUNDARY)

    def _asserted(self, kind: Any, given: Any, place: int) -> bool:
        direction, body = given
        begin = place if direction > 0 else place - 1  # our expressions look one sign back
        found = begin >= 0 and self._sequence(body, 0, begin, lambda _end: True)
        return found == (kind is op.ASSERT)

    def _fits(self, node: Any, sign: str) -> bool:
        forms = {sign, sign.lower(), sign.upper()} if self.ignores_case else {sign}
        return any(fits(node, form, self.any_sign) for form in forms)


_SINGLE = {op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN}


@cache
def parsed(pattern: re.Pattern[Any]) -> Any:
    """Return the tree of an expression, bytes read as Latin-1."""
    source = pattern.pattern
    text = source.decode("latin-1") if isinstance(source, bytes) else source
    return _parser.parse(text, pattern.flags & (re.IGNORECASE | re.DOTALL | re.MULTILINE | re.A))


def fits(node: Any, sign: str, any_sign: bool) -> bool:
    """Tell whether a single-sign node takes a sign."""
    kind, given = node
    if kind is op.LITERAL:
        return ord(sign) == given
    if kind is op.NOT_LITERAL:
        return ord(sign) != given
    if kind is op.ANY:
        return any_sign or sign != "\n"
    negated = given[0][0] is op.NEGATE
    return any(_in(one, sign) for one in given if one[0] is not op.NEGATE) != negated


def _in(one: Any, sign: str) -> bool:
    kind, given = one
    if kind is op.LITERAL:
        return ord(sign) == given
    if kind is op.RANGE:
        return bool(given[0] <= ord(sign) <= given[1])
    name = str(given)
    found = (
        sign.isdecimal()
        if "DIGIT" in name
        else sign.isspace()
        if "SPACE" in name
        else _is_word(sign)
    )
    return found != ("NOT_" in name)


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def sample(nodes: Sequence[Any]) -> str:
    """Return a short text that a sequence of nodes takes."""
    return "".join(_sample(node) for node in nodes)


def _sample(node: Any) -> str:
    kind, given = node
    if kind in _SINGLE:
        if kind is op.LITERAL:
            return chr(given)
        first = [chr(one[1]) for one in given if one[0] is op.LITERAL] if kind is op.IN else []
        return next((sign for sign in (*_SAMPLES, *first) if fits(node, sign, True)), "a")
    if kind in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
        return sample(given[2]) * max(given[0], 1)
    if kind is op.SUBPATTERN:
        return sample(given[3])
    if kind is op.BRANCH:
        return sample(given[1][0])
    return sample(given) if kind is op.ATOMIC_GROUP else ""


def pumped(pattern: re.Pattern[Any], times: int) -> Iterator[str]:
    """Yield texts that repeat what an expression repeats, and end in what it does not take."""
    tree = parsed(pattern)
    pumps = set(_pumps(tree, ""))
    whole = sample(tree)
    signs = {sign for prefix, pump in pumps for sign in prefix + pump} | set(" a1")
    pumps |= {("", whole), *(("", sign) for sign in signs)}
    pumps |= {("", whole[:cut]) for cut in range(1, min(len(whole), 12))}
    for prefix, pump in sorted(pumps):
        for end in ("", "\x00"):
            yield prefix + pump * times + end


def _pumps(nodes: Sequence[Any], prefix: str) -> Iterator[tuple[str, str]]:
    for node in nodes:
        kind, given = node
        if kind in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
            body = given[2]
            yield from ((prefix, way) for way in islice(_ways(body), 8))
            yield from _pumps(body, prefix)
        elif kind is op.SUBPATTERN:
            yield from _pumps(given[3], prefix)
        elif kind is op.BRANCH:
            for way in given[1]:
                yield from _pumps(way, prefix)
        prefix += _sample(node)


def _ways(nodes: Sequence[Any]) -> Iterator[str]:
    """Yield samples of a sequence, one for each way through its branches."""
    if not nodes:
        yield ""
        return
    (kind, given), *rest = nodes
    inner = given[1] if kind is op.BRANCH else [given[3]] if kind is op.SUBPATTERN else None
    firsts = [_sample(nodes[0])] if inner is None else [one for way in inner for one in _ways(way)]
    for last in _ways(rest):
        yield from (first + last for first in firsts)


def steps(pattern: re.Pattern[Any], text: str, use: str) -> int:
    """Return the steps of one use: `search` for every use that moves on, else from the start."""
    counter = Counter(pattern, text)
    try:
        if use == "search":
            counter.search()
        else:
            counter.match(0, whole=use == "fullmatch")
    except TooManySteps:
        return MOST_STEPS
    return counter.steps
