r"""Formulas: a subset of TeX that becomes MathML, with the TeX kept for whoever needs it.

The subset is closed on purpose. The converter passes `\text{<script>}` and `\href{…}` through as
they are, so characters and commands that could leave the formula are refused before it sees them.
"""

import re
from functools import lru_cache

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
    try:
        convert(_as_tex(tex))
    except Exception:  # the converter has a dozen of its own, and lets IndexError through
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
