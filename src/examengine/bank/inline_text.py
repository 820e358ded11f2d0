r"""The text of items: paragraphs, `*emphasis*`, `` `code` `` and `\( TeX \)`, and nothing else.

Everything else is escaped, so that no text of an item can become markup of a page.
"""

import re
import unicodedata
from collections.abc import Iterator

from markupsafe import Markup, escape

from examengine.bank.formulas import formula_fault, mathml

_PIECE = re.compile(
    r"\\\((?P<tex>.+?)\\\)"
    r"|`(?P<code>[^`]+)`"
    r"|(?<![\w*])\*(?P<emphasis>[^\s*](?:[^*]*[^\s*])?)\*(?![\w*])",
    re.DOTALL,
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_WHITE_SPACE = re.compile(r"\s+")


def inline(text: str) -> Markup:
    """Return one run of text as HTML without paragraphs.

    Raises:
        ValueError: A formula in it has a fault; items are checked before they are shown.
    """
    parts: list[Markup] = []
    end = 0
    for piece in _PIECE.finditer(text):
        parts.append(escape(text[end : piece.start()]))
        parts.append(_drawn(piece))
        end = piece.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def paragraphs(text: str) -> Markup:
    """Return text as HTML paragraphs; a blank line begins a new one.

    Raises:
        ValueError: A formula in it has a fault.
    """
    runs = (_WHITE_SPACE.sub(" ", run).strip() for run in _BLANK_LINE.split(text))
    return Markup("\n").join(Markup("<p>{}</p>").format(inline(run)) for run in runs if run)


def plain(text: str) -> str:
    """Return text without its marks, for places that take no markup: titles, exports, records."""
    unmarked = _PIECE.sub(lambda piece: next(filter(None, piece.groups())).strip(), text)
    return _WHITE_SPACE.sub(" ", unmarked).strip()


def text_faults(text: str) -> Iterator[str]:
    """Say what is wrong with the marks and characters of a text."""
    if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in text):
        yield "holds a control character; type the text again without it"
    for piece in _PIECE.finditer(text):
        fault = formula_fault(piece["tex"]) if piece["tex"] else None
        if fault is not None:
            yield f"the formula \\({piece['tex'].strip()}\\) {fault}"
    rest = _PIECE.sub("", text)
    if "\\(" in rest or "\\)" in rest:
        yield "a formula is begun or ended alone; write it as \\( … \\)"


def _drawn(piece: re.Match[str]) -> Markup:
    if piece["tex"]:
        return mathml(piece["tex"])
    if piece["code"]:
        return Markup("<code>{}</code>").format(piece["code"])
    return Markup("<em>{}</em>").format(piece["emphasis"])
