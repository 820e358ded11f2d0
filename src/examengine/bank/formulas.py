r"""Formulas: a subset of TeX that becomes MathML, with the TeX kept for whoever needs it.

The subset is closed on purpose. The converter passes `\text{<script>}` and `\href{…}` through as
they are, so characters and commands that could leave the formula are refused before it sees them.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from xml.parsers import expat

from latex2mathml.converter import convert
from markupsafe import Markup

LONGEST_TEX = 500

COMMANDS = frozenset(
    re.findall(
        r"\w+",
        """
        frac dfrac sqrt bar hat tilde overline text mathrm mathbf left right binom prime
        cdot times div pm approx ne neq lt gt le leq ge geq in cup cap mid sum prod
        alpha beta gamma delta epsilon theta kappa lambda mu nu pi rho sigma tau phi chi omega
        Delta Sigma Omega ldots dots cdots infty to rightarrow Rightarrow
        log ln exp min max circ quad qquad
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


def formula_fault(tex: str) -> str | None:
    """Say what is wrong with a formula, or return None."""
    if not tex.strip() or len(tex) > LONGEST_TEX:
        return f"needs a formula of 1 to {LONGEST_TEX} characters"
    outside = sorted(_FORBIDDEN.intersection(tex))
    if outside:
        return rf"uses {outside[0]!r}, which a formula cannot hold; write \lt, \gt or words instead"
    for name in _COMMAND.findall(tex):
        if name not in COMMANDS and name not in _MARKS:
            return rf"uses \{name}, which is not in the subset of TeX that items may use"
    if not _braces_balance(tex):
        return "has braces that do not match; each { needs its }"
    if not _converts(tex):
        return "cannot be read as TeX; a command lacks its argument"
    return None


@lru_cache(maxsize=4096)
def mathml(tex: str) -> Markup:
    """Return the MathML of a formula that has no fault, its TeX as the alternative text.

    Raises:
        ValueError: The formula has a fault; items are checked before they are shown.
    """
    fault = formula_fault(tex)
    if fault is not None:
        raise ValueError(f"formula {tex!r} {fault}")
    converted = convert(_as_tex(tex))
    opening = Markup('<math alttext="{}"').format(tex.strip())
    return opening + Markup(converted.removeprefix("<math"))  # noqa: S704  (a closed subset)


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
