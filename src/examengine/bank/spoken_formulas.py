r"""Formulas as they are read aloud: `\frac{a}{b}` is "a over b".

What stands inside something longer than one sign is closed by a word ("end fraction"), so that two
formulas which look different never sound the same. The words are English; an author can give
others.
"""

from collections.abc import Iterator, Mapping

DEEPEST = 12
"""How many fractions, roots and marks may stand inside each other."""

_OWN_NAMES = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "theta", "kappa", "lambda", "mu", "nu", "pi"),
    *("rho", "sigma", "tau", "phi", "chi", "omega", "log", "exp", "prime", "in", "to", "sum"),
    *("eta", "zeta", "xi", "psi", "partial"),
)
_CAPITALS = ("Delta", "Sigma", "Omega", "Gamma", "Theta", "Lambda", "Pi", "Phi", "Psi")
_FUNCTIONS = {"sin": "sine", "cos": "cosine", "tan": "tangent"}
_WORDS: Mapping[str, str] = {
    **{name: name for name in _OWN_NAMES},
    **{name: f"capital {name.lower()}" for name in _CAPITALS},
    **{f"arc{name}": f"arc {words}" for name, words in _FUNCTIONS.items()},
    **_FUNCTIONS,
    **dict.fromkeys(("cdot", "times", "*"), "times"),
    **dict.fromkeys(("ne", "neq"), "is not equal to"),
    **dict.fromkeys(("le", "leq"), "is less than or equal to"),
    **dict.fromkeys(("ge", "geq"), "is greater than or equal to"),
    **dict.fromkeys(("ldots", "dots", "cdots"), "and so on"),
    **dict.fromkeys(("rightarrow", ":"), "to"),
    **dict.fromkeys(("-", "−"), "minus"),
    **dict.fromkeys(("div", "/"), "divided by"),
    **dict.fromkeys(("%", "\\%"), "percent"),
    **dict.fromkeys(("quad", "qquad", ","), ","),
    **dict.fromkeys(("\\,", "\\;", "\\:", "\\!", "\\ ", "\\"), ""),
    "+": "plus",
    "pm": "plus or minus",
    "=": "equals",
    "approx": "is approximately",
    "lt": "is less than",
    "gt": "is greater than",
    "cup": "union",
    "cap": "intersection",
    "mid": "given",
    "infty": "infinity",
    "int": "integral",
    "lim": "limit",
    "forall": "for all",
    "exists": "there is",
    "subset": "is a subset of",
    "notin": "is not in",
    "Rightarrow": "implies",
    "ln": "natural log",
    "max": "maximum",
    "min": "minimum",
    "circ": "degrees",
    "prod": "product",
    "!": "factorial",
    "'": "prime",
    "(": "open parenthesis",
    ")": "close parenthesis",
    "[": "open bracket",
    "]": "close bracket",
    "\\{": "open brace",
    "\\}": "close brace",
    "\\|": "double bar",
}
_ACCENTS = {"bar": "bar", "overline": "bar", "hat": "hat", "tilde": "tilde"}
_TEXTS = {"text", "mathrm", "mathbf"}
_POWERS = {"2": "squared", "3": "cubed", "degrees": "degrees", "prime": "prime"}


class TooDeep(Exception):
    """A formula holds more inside each other than anybody could follow."""


def in_words(tex: str) -> str:
    """Return a formula without faults as it is read aloud.

    Raises:
        TooDeep: More than `DEEPEST` things stand inside each other.
    """
    said = _Reader(list(_tokens(tex.replace("{,}", ",")))).sequence(0)
    return " ".join(said.replace(" ,", ",").split()).strip(" ,")


def _tokens(tex: str) -> Iterator[str]:
    """Yield commands, braces, numbers and single signs; white space stays, for texts."""
    place = 0
    while place < len(tex):
        end = place + 1
        if tex[place] == "\\":
            while end < len(tex) and tex[end].isalpha():
                end += 1
            end = max(end, min(place + 2, len(tex)))
            yield tex[place:end]
        else:
            if tex[place].isdecimal():
                while end < len(tex) and _goes_on(tex, end):
                    end += 1
            yield tex[place:end]
        place = end


def _goes_on(tex: str, place: int) -> bool:
    """Tell whether a number goes on: with a digit, or a mark that a digit follows."""
    if tex[place].isdecimal():
        return True
    return tex[place] in ".," and tex[place + 1 : place + 2].isdecimal()


class _Reader:
    """Reads tokens from left to right, each once."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._place = 0

    def _next(self) -> str | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _take(self) -> str:
        self._place += 1
        return self._tokens[self._place - 1]

    def sequence(self, depth: int) -> str:
        """Read up to the brace that closes, or to the end."""
        if depth > DEEPEST:
            raise TooDeep
        said: list[str] = []
        bars: list[int] = []
        while (sign := self._next()) not in {None, "}"}:
            if sign == "|":
                bars.append(len(said))
            said.append(self._with_scripts(depth))
        for number, place in enumerate(bars):
            absolute = ("the absolute value of", "end absolute value")[number % 2]
            said[place] = absolute if len(bars) % 2 == 0 else "given"
        return " ".join(filter(None, said))

    def _with_scripts(self, depth: int) -> str:
        """Read one thing with what is set below and above it."""
        first = self._next()
        base = self._one(depth)
        below, above = "", ""
        while self._next() in {"_", "^"}:
            if self._take() == "_":
                below = self._argument(depth)
            else:
                above = self._argument(depth)
        if first in {"\\sum", "\\prod"}:
            bounds = f" from {below} to {above}" if above else f" over {below}" if below else ""
            return f"the {base}{bounds} of"
        return " ".join(filter(None, (base, _below(below), _above(above))))

    def _argument(self, depth: int) -> str:
        """Read what a command is about: one thing, of a number its first digit."""
        self._skip_space()
        sign = self._next()
        if sign is not None and sign[0].isdecimal() and len(sign) > 1:
            self._tokens[self._place] = sign[1:]
            return sign[0]
        return self._one(depth)

    def _one(self, depth: int) -> str:
        """Read one group, command or sign."""
        self._skip_space()
        sign = self._next()
        if sign is None:
            return ""
        self._take()
        if sign == "{":
            said = self.sequence(depth + 1)
            if self._next() == "}":
                self._take()
            return said
        if not (sign.startswith("\\") and sign[1:].isalpha()):
            return _WORDS.get(sign, sign.strip())
        return self._command(sign[1:], depth)

    def _command(self, name: str, depth: int) -> str:
        if depth > DEEPEST:
            raise TooDeep
        if name in _OF_TWO:
            return _OF_TWO[name](self._argument(depth + 1), self._argument(depth + 1))
        if name == "sqrt":
            return self._root(depth)
        if name in _ACCENTS:
            return f"{_held(self._argument(depth + 1))} {_ACCENTS[name]}"
        if name in _TEXTS:
            return self._text()
        if name in {"left", "right"}:  # what follows is a parenthesis, or a stop for none
            name = self._take() if self._next() is not None else "."
        return "" if name == "." else _WORDS.get(name, name)

    def _root(self, depth: int) -> str:
        degree = ""
        if self._next() == "[":
            self._take()
            while self._next() not in {None, "]"}:
                degree += self._take()
            self._place += 1
        named = {"": "square root", "2": "square root", "3": "cube root"}
        kind = named.get(degree, f"root {degree}")
        inside = self._argument(depth + 1)
        return f"{kind} of {inside}" + (", end root" if " " in inside else "")

    def _text(self) -> str:
        if self._next() != "{":
            return self._take() if self._next() is not None else ""
        self._take()
        said, depth = "", 0
        while (sign := self._next()) is not None and (sign != "}" or depth):
            depth += {"{": 1, "}": -1}.get(sign, 0)
            said += _WORDS.get(sign, sign) if sign.startswith("\\") else sign
            self._take()
        self._place += 1
        return said.strip()

    def _skip_space(self) -> None:
        while (sign := self._next()) is not None and sign.isspace():
            self._take()


def _fraction(above: str, below: str) -> str:
    if " " in above or " " in below:
        return f"the fraction {above} over {below}, end fraction"
    return f"{above} over {below}"


def _held(said: str) -> str:
    """Return words that a mark stands over, told apart from what is before them."""
    return f"group {said}, end group," if " " in said else said


def _choice(above: str, below: str) -> str:
    return f"{_held(above)} choose {_held(below)}"


_OF_TWO = {"frac": _fraction, "dfrac": _fraction, "binom": _choice}


def _below(said: str) -> str:
    return "" if not said else f"sub {said}" + (", end sub," if " " in said else "")


def _above(said: str) -> str:
    if said in _POWERS:
        return _POWERS[said]
    return "" if not said else f"to the power {said}" + (", end power," if " " in said else "")
