r"""Formulas: a subset of TeX that becomes MathML, with the TeX kept for whoever needs it.

`\bar{x} \spoken{the sample mean}` gives the words in which a formula is read aloud; without them
they are made of the TeX.

The subset is closed on purpose. The converter passes `\text{<script>}` and `\href{…}` through as
they are, so characters and commands that could leave the formula are refused before it sees them.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from xml.parsers import expat

from latex2mathml.converter import convert
from markupsafe import Markup

from examengine.bank.spoken_formulas import DEEPEST, TooDeep, in_words

LONGEST_TEX = 500
NARROW = 24
"""How many signs of a formula fit beside an option on the narrowest screen."""

COMMANDS = frozenset(
    re.findall(
        r"\w+",
        """
        frac dfrac sqrt bar hat tilde overline text mathrm mathbf left right binom prime
        cdot times div pm approx ne neq lt gt le leq ge geq in cup cap mid sum prod
        alpha beta gamma delta epsilon theta kappa lambda mu nu pi rho sigma tau phi chi omega
        Delta Sigma Omega ldots dots cdots infty to rightarrow Rightarrow
        log ln exp min max circ quad qquad
        sin cos tan arcsin arccos arctan lim int partial forall exists subset notin
        eta zeta xi psi Gamma Theta Lambda Pi Phi Psi
        """,
    )
)
"""The commands a formula may use; `\\%`, `\\,`, `\\;`, `\\{` and `\\}` may be used besides."""

_COMMAND = re.compile(r"\\([A-Za-z]+|.|$)", re.DOTALL)
_MARKS = frozenset("%,;:! {}|")
_PARTS = {
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "mover", "munder"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
"""How many parts an element of MathML must have."""
_FORBIDDEN = frozenset('<>&"$#~`')


def formula_fault(source: str) -> str | None:
    """Say what is wrong with a formula, or return None."""
    tex, words = _apart(source)
    if not tex.strip() or len(source) > LONGEST_TEX:
        return f"needs a formula of 1 to {LONGEST_TEX} characters"
    if words is not None and (not words.strip() or set("{}\\<>") & set(words)):
        return r"has no plain words in \spoken{…}; write there how it is read aloud"
    return _outside_the_subset(tex) or _unreadable(tex)


def _outside_the_subset(tex: str) -> str | None:
    outside = sorted(_FORBIDDEN.intersection(tex))
    if outside:
        return rf"uses {outside[0]!r}, which a formula cannot hold; write \lt, \gt or words instead"
    for name in _COMMAND.findall(tex):
        if name not in COMMANDS and name not in _MARKS:
            return rf"uses \{name}, which is not in the subset of TeX that items may use"
    return None


def _unreadable(tex: str) -> str | None:
    if not _braces_balance(tex):
        return "has braces that do not match; each { needs its }"
    try:
        in_words(tex)
    except TooDeep:
        return f"holds more than {DEEPEST} things inside each other; write it more simply"
    return None if _converts(tex) else "cannot be read as TeX; a command lacks its argument"


@lru_cache(maxsize=4096)
def mathml(source: str, words: str = "") -> Markup:
    """Return the MathML of a formula that has no fault, with its TeX and the words it is read in.

    The words are the accessible name: browsers take no name from MathML itself, so that an option
    which is a formula would have none.

    Args:
        source: The formula, with or without words of its own.
        words: Words that go before its own.

    Raises:
        ValueError: The formula has a fault; items are checked before they are shown.
    """
    fault = formula_fault(source)
    if fault is not None:
        raise ValueError(f"formula {source!r} {fault}")
    tex = without_words(source)
    converted = convert(_as_tex(tex))
    drawn = Markup(converted.removeprefix("<math"))  # noqa: S704  (a closed subset)
    # A formula cannot break into lines; what may be wider than a phone is scrolled by keyboard too.
    reached = Markup(' tabindex="0"') if len(drawn.striptags()) > NARROW else ""
    opening = Markup('<math alttext="{}" aria-label="{}" dir="ltr"{}')
    return opening.format(tex, words or spoken(source), reached) + drawn


def spoken(source: str) -> str:
    """Return the words in which a formula is read aloud: the author's, else made of the TeX."""
    tex, words = _apart(source)
    return in_words(tex) if words is None else " ".join(words.split())


def has_own_words(source: str) -> bool:
    """Tell whether the author says how a formula is read aloud."""
    return _apart(source)[1] is not None


def without_words(source: str) -> str:
    """Return the TeX of a formula alone."""
    return _apart(source)[0].strip()


def _apart(source: str) -> tuple[str, str | None]:
    """Split a formula into its TeX and the words that stand behind it."""
    tex, found, rest = source.rpartition(r"\spoken{")
    if not found or not rest.rstrip().endswith("}"):
        return source, None
    return tex, rest.rstrip().removesuffix("}")


def _converts(tex: str) -> bool:
    """Tell whether the converter makes whole MathML of it; it lets a fraction without bottom by."""
    try:
        found = convert(_as_tex(tex))
    except Exception:  # the converter has a dozen of its own, and lets IndexError through
        return False
    inside: list[list[str]] = [[]]
    whole = True

    def begun(name: str, _attributes: Mapping[str, str]) -> None:
        inside[-1].append(name)
        inside.append([])

    def ended(name: str) -> None:
        nonlocal whole
        parts = len(inside.pop())
        whole = whole and parts == _PARTS.get(name, parts)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begun, ended
    try:
        parser.Parse(found, True)
    except expat.ExpatError:
        return False
    return whole


def _as_tex(tex: str) -> str:
    # The converter takes a true minus sign for a letter.
    return tex.replace("−", "-").strip()


def _braces_balance(tex: str) -> bool:
    depth = 0
    for sign in re.findall(r"(?<!\\)[{}]", tex):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return False
    return depth == 0
