"""The expressions of item models: exact numbers, words, comparisons; a small parser of our own.

    or          a = 1 or b = 2
    and         a < b and b < c
    not         not a = b
    comparison  = != < <= > >=
    sum         + -
    product     * /
    power       ^ with a whole number from -20 to 20
    value       3, 2.5, "a word", a variable, (…), abs(x), min(x, y), max(x, y), floor(x),
                ceil(x), round(x, decimals), mod(x, y), gcd(x, y)

Numbers are fractions: 0.1 + 0.2 = 0.3. There is nothing else: no names but the variables, no
attributes, no calls but these. Length, depth and the size of numbers are bounded, so that working
out takes no time that anybody would notice.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd

LONGEST, DEEPEST = 300, 25
LARGEST = 10**30
"""Numerators and denominators stay below it."""
HIGHEST_POWER, MOST_DECIMALS = 20, 10

ModelValue = Fraction | str | bool
Values = Mapping[str, ModelValue]
NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{1,20}(?:\.\d{1,10})?)|(?P<name>[A-Za-z_]\w{0,40})"
    r"|\"(?P<word>[^\"]{0,100})\"|(?P<sign><=|>=|!=|[-+*/^(),=<>]))"
)


class ExpressionUnusable(Exception):
    """An expression cannot be read, or not worked out: what, and at which sign of it."""

    def __init__(self, what: str, at: int) -> None:
        self.what = what
        self.at = at
        super().__init__(f"{what} (sign {at + 1})")


Evaluator = Callable[[Values], ModelValue]


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was read.

    Attributes:
        text: As it was written.
        names: The variables in it.
    """

    text: str
    names: frozenset[str]
    _worked_out: Evaluator

    def value(self, values: Values) -> ModelValue:
        """Return what it comes to.

        Raises:
            ExpressionUnusable: It divides by zero, grows too large, or mixes words and numbers.
        """
        return self._worked_out(values)


def read_expression(text: str, known: frozenset[str]) -> Expression:
    """Read an expression.

    Args:
        text: The expression.
        known: The names that may stand in it.

    Raises:
        ExpressionUnusable: It is none; the place is counted in its signs.
    """
    if len(text) > LONGEST:
        raise ExpressionUnusable(f"has {len(text)} signs; {LONGEST} are the most", LONGEST)
    parser = _Parser(_tokens(text), known)
    worked_out = parser.any_of(0)
    parser.refuse_rest()
    return Expression(text, frozenset(parser.names), worked_out)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            at = place + len(text[place:]) - len(text[place:].lstrip())
            raise ExpressionUnusable(f"cannot read {text[at : at + 10]!r}", at)
        kind = match.lastgroup
        word = match[kind]
        if kind == "name" and word in {"and", "or", "not"}:
            kind = "sign"
        found.append(_Token(kind, word, match.start(match.lastgroup)))
        place = match.end()
    return [*found, _Token("end", "", len(text))]


class _Parser:
    """Recursive descent, one method a level; each returns what works the level out."""

    def __init__(self, tokens: list[_Token], known: frozenset[str]) -> None:
        self._tokens = tokens
        self._place = 0
        self._known = known
        self.names: set[str] = set()

    def any_of(self, depth: int) -> Evaluator:
        """Read what `or` joins."""
        if depth > DEEPEST:
            raise ExpressionUnusable("is nested too deeply", self._next.at)
        return self._joined("or", lambda: self._all_of(depth), any)

    def refuse_rest(self) -> None:
        """Refuse what stands after the end."""
        if self._next.kind != "end":
            raise ExpressionUnusable(f"does not expect {self._next.text!r}", self._next.at)

    def _all_of(self, depth: int) -> Evaluator:
        return self._joined("and", lambda: self._negated(depth), all)

    def _joined(
        self, sign: str, read: Callable[[], Evaluator], join: Callable[[list[bool]], bool]
    ) -> Evaluator:
        parts, at = [read()], self._next.at
        while self._takes(sign):
            parts.append(read())
        if len(parts) == 1:
            return parts[0]
        return lambda values: join([_truth(part(values), at) for part in parts])

    def _negated(self, depth: int) -> Evaluator:
        times, at = 0, self._next.at
        while self._takes("not"):
            times += 1
        inner = self._comparison(depth)
        if not times:
            return inner
        return lambda values: _truth(inner(values), at) == (times % 2 == 0)

    def _comparison(self, depth: int) -> Evaluator:
        left = self._sum(depth)
        token = self._next
        compare = _COMPARISONS.get(token.text) if token.kind == "sign" else None
        if compare is None:
            return left
        self._place += 1
        right = self._sum(depth)
        return lambda values: compare(left(values), right(values), token.at)

    def _sum(self, depth: int) -> Evaluator:
        return self._chain(("+", "-"), lambda: self._product(depth))

    def _product(self, depth: int) -> Evaluator:
        return self._chain(("*", "/"), lambda: self._signed(depth))

    def _chain(self, signs: tuple[str, str], read: Callable[[], Evaluator]) -> Evaluator:
        left = read()
        while self._next.kind == "sign" and self._next.text in signs:
            token = self._taken()
            left = _two(_ARITHMETIC[token.text], left, read(), token.at)
        return left

    def _signed(self, depth: int) -> Evaluator:
        times, at = 0, self._next.at
        while self._takes("-"):
            times += 1
        inner = self._power(depth)
        if not times:
            return inner
        sign = -1 if times % 2 else 1
        return lambda values: sign * _number(inner(values), at)

    def _power(self, depth: int) -> Evaluator:
        base = self._single(depth)
        if not (self._next.kind == "sign" and self._next.text == "^"):
            return base
        token = self._taken()
        negative = self._takes("-")
        exponent = self._single(depth)
        return lambda values: _raised(base(values), exponent(values), token.at, negative=negative)

    def _single(self, depth: int) -> Evaluator:
        token = self._taken()
        if token.kind == "number":
            number = Fraction(token.text)
            return lambda _: number
        if token.kind == "word":
            return lambda _: token.text
        if token.kind == "name":
            return self._named(token, depth)
        if token.text == "(":
            inner = self.any_of(depth + 1)
            self._must_take(")")
            return inner
        what = f"does not expect {token.text!r}" if token.text else "ends where a value is missing"
        raise ExpressionUnusable(what, token.at)

    def _named(self, token: _Token, depth: int) -> Evaluator:
        if self._takes("("):
            return self._called(token, depth)
        name = token.text
        if name not in self._known:
            listed = ", ".join(sorted(self._known)) or "none"
            raise ExpressionUnusable(f"knows no {name!r}; the names are {listed}", token.at)
        self.names.add(name)
        return lambda values: values[name]

    def _called(self, token: _Token, depth: int) -> Evaluator:
        if token.text not in _FUNCTIONS:
            listed = ", ".join(sorted(_FUNCTIONS))
            what = f"knows no function {token.text!r}; there are {listed}"
            raise ExpressionUnusable(what, token.at)
        count, function = _FUNCTIONS[token.text]
        inner = [self.any_of(depth + 1)]
        while self._takes(","):
            inner.append(self.any_of(depth + 1))
        self._must_take(")")
        if len(inner) != count:
            what = f"{token.text} takes {count} values, and {len(inner)} are given"
            raise ExpressionUnusable(what, token.at)
        return lambda values: _bounded(
            function(*(_number(one(values), token.at) for one in inner)), token.at
        )

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _taken(self) -> _Token:
        token = self._next
        self._place += token.kind != "end"
        return token

    def _takes(self, sign: str) -> bool:
        found = self._next.kind == "sign" and self._next.text == sign
        self._place += found
        return found

    def _must_take(self, sign: str) -> None:
        if not self._takes(sign):
            raise ExpressionUnusable(f"lacks {sign!r}", self._next.at)


def _two(
    work: Callable[[Fraction, Fraction], Fraction], left: Evaluator, right: Evaluator, at: int
) -> Evaluator:
    def worked_out(values: Values) -> ModelValue:
        try:
            return _bounded(work(_number(left(values), at), _number(right(values), at)), at)
        except ZeroDivisionError as error:
            raise ExpressionUnusable("divides by zero", at) from error

    return worked_out


def _raised(base: ModelValue, exponent: ModelValue, at: int, *, negative: bool) -> Fraction:
    times = _number(exponent, at) * (-1 if negative else 1)
    if times.denominator != 1 or abs(times) > HIGHEST_POWER:
        what = f"takes whole numbers from -{HIGHEST_POWER} to {HIGHEST_POWER} as powers"
        raise ExpressionUnusable(what, at)
    number = _number(base, at)
    if number == 0 and times < 0:
        raise ExpressionUnusable("divides by zero", at)
    # Both parts lie below LARGEST, so that no power grows beyond what is thrown away at once.
    return _bounded(number ** int(times), at)


def _bounded(number: Fraction, at: int) -> Fraction:
    if abs(number.numerator) >= LARGEST or number.denominator >= LARGEST:
        raise ExpressionUnusable("comes to a number that is too large or too fine", at)
    return number


def _number(value: ModelValue, at: int) -> Fraction:
    if isinstance(value, Fraction):
        return value
    what = "a comparison" if isinstance(value, bool) else f"the word {value[:30]!r}"
    raise ExpressionUnusable(f"reckons with {what}", at)


def _truth(value: ModelValue, at: int) -> bool:
    if isinstance(value, bool):
        return value
    raise ExpressionUnusable("joins what is no comparison", at)


def _same(one: ModelValue, other: ModelValue, at: int) -> bool:
    if type(one) is not type(other):
        raise ExpressionUnusable("compares a word with a number", at)
    return one == other


def _ordered(compare: Callable[[Fraction, Fraction], bool]) -> Callable[..., bool]:
    return lambda one, other, at: compare(_number(one, at), _number(other, at))


def _rounded(number: Fraction, decimals: Fraction) -> Fraction:
    """Round half away from zero, as people are taught."""
    if decimals.denominator != 1 or not 0 <= decimals <= MOST_DECIMALS:
        return number
    unit = 10 ** int(decimals)
    whole = floor(abs(number) * unit + Fraction(1, 2))
    return Fraction(whole if number >= 0 else -whole, unit)


def _divisor(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(gcd(floor(one), floor(other)))


def _rest(one: Fraction, other: Fraction) -> Fraction:
    return one % other if other else one


_COMPARISONS: Mapping[str, Callable[[ModelValue, ModelValue, int], bool]] = {
    "=": _same,
    "!=": lambda one, other, at: not _same(one, other, at),
    "<": _ordered(lambda one, other: one < other),
    "<=": _ordered(lambda one, other: one <= other),
    ">": _ordered(lambda one, other: one > other),
    ">=": _ordered(lambda one, other: one >= other),
}
_ARITHMETIC: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other,
}
_FUNCTIONS: Mapping[str, tuple[int, Callable[..., Fraction]]] = {
    "abs": (1, abs),
    "min": (2, min),
    "max": (2, max),
    "floor": (1, lambda number: Fraction(floor(number))),
    "ceil": (1, lambda number: Fraction(ceil(number))),
    "round": (2, _rounded),
    "mod": (2, _rest),
    "gcd": (2, _divisor),
}


def rounded(number: Fraction, decimals: int) -> Fraction:
    """Return a number to so many decimals, half away from zero."""
    return _rounded(number, Fraction(decimals))
