r"""The text of items: paragraphs, lists, `*emphasis*`, `` `code` ``, `\( TeX \)`, lines of code.

A list is two or more lines that begin with `- ` or `• `, or with `1. ` or `1) ` and so on. Lines of
code stand between two lines of three grave accents, and keep their blanks.

Everything else is escaped, so that no text of an item can become markup of a page.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup, escape

from examengine.bank.formulas import formula_fault, mathml, spoken, without_words

_MARK = re.compile(
    r"(?P<tex>\\\()"
    r"|(?P<lines>```\n)"
    r"|`(?P<code>[^`]+)`"
    r"|(?<![\w*])\*(?P<emphasis>[^\s*](?:[^*]*[^\s*])?)\*(?![\w*])",
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_LIST_ITEM = re.compile(r"[ \t]{0,3}(?P<mark>[-•]|(?P<number>[0-9]{1,2})[.)])[ \t]+(?P<text>\S.*)")
_WHITE_SPACE = re.compile(r"\s+")
_LINES_END = "\n```"
_SIGNED = re.compile(r"(?<![\w.,)\]])[-−+±][0-9]+(?:[.,][0-9]+)*")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a text: of which kind of list it is an item (`ul`, `ol`, or none), and its mark."""

    kind: str
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A marked part of a text: where it stands, what kind it is, what is inside its marks."""

    start: int
    end: int
    kind: str
    inside: str


def inline(text: str, formula: Callable[[str], Markup] = mathml) -> Markup:
    """Return one run of text as HTML without paragraphs, each formula as `formula` draws it.

    Raises:
        ValueError: A formula in it has a fault; items are checked before they are shown.
    """
    parts: list[Markup] = []
    end = 0
    written = _isolated if _is_right_to_left(text) else escape
    for piece in _pieces(text):
        parts.append(written(text[end : piece.start]))
        parts.append(_drawn(piece, formula))
        end = piece.end
    parts.append(written(text[end:]))
    return Markup("").join(parts)


def paragraphs(text: str, formula: Callable[[str], Markup] = mathml) -> Markup:
    """Return text as HTML paragraphs and lists; a blank line begins a new one.

    Raises:
        ValueError: A formula in it has a fault.
    """
    blocks: list[Markup] = []
    place = 0
    for piece in _pieces(text):
        if piece.kind == "lines":
            blocks += _apart_by_blank_lines(text[place : piece.start], formula)
            blocks.append(_drawn(piece, formula))
            place = piece.end
    blocks += _apart_by_blank_lines(text[place:], formula)
    return Markup("\n").join(blocks)


def marks_in(text: str) -> list[tuple[str, str]]:
    """Return the marked parts of a text: the kind of each (`em`, `code`, `tex` …), and what."""
    names = {"emphasis": "em"}
    return [(names.get(one.kind, one.kind), one.inside.strip()) for one in _pieces(text)]


def _apart_by_blank_lines(text: str, formula: Callable[[str], Markup]) -> Iterator[Markup]:
    for run in _BLANK_LINE.split(text):
        yield from _blocks(run, formula)


def _blocks(run: str, formula: Callable[[str], Markup]) -> Iterator[Markup]:
    """Yield the paragraphs and lists of a run without blank lines."""
    for kind, group in groupby(_lines(run), key=lambda line: line.kind):
        lines = list(group)
        if kind:
            yield _list(kind, lines, formula)
        elif words := _WHITE_SPACE.sub(" ", " ".join(line.text for line in lines)).strip():
            yield Markup("<p>{}</p>").format(inline(words, formula))


def _lines(run: str) -> Iterator[_Line]:
    """Yield the lines of a run; one that begins like a list, and stands alone, is words."""
    for kind, group in groupby(_list_items(run), key=lambda line: line.kind):
        lines = list(group)
        if kind and len(lines) == 1:
            lines = [_Line("", "", f"{lines[0].mark} {lines[0].text}")]
        yield from lines


def _list_items(run: str) -> list[_Line]:
    """Return the lines of a run; one that is set in goes on with the item of a list before it."""
    found: list[_Line] = []
    for line in run.splitlines():
        marked = _LIST_ITEM.fullmatch(line)
        if marked is not None:
            kind = "ol" if marked["number"] else "ul"
            found.append(_Line(kind, marked["mark"], marked["text"]))
        elif found and found[-1].kind and line.startswith((" ", "\t")):
            last = found.pop()
            found.append(replace(last, text=f"{last.text} {line.strip()}"))
        else:
            found.append(_Line("", "", line))
    return found


def _list(kind: str, lines: list[_Line], formula: Callable[[str], Markup]) -> Markup:
    items = Markup("").join(
        Markup("<li>{}</li>").format(inline(_WHITE_SPACE.sub(" ", line.text).strip(), formula))
        for line in lines
    )
    first = lines[0].mark.rstrip(".)")
    if kind == "ol":
        start = Markup(' start="{}"').format(int(first)) if int(first) != 1 else Markup("")
        return Markup("<ol{}>{}</ol>").format(start, items)
    return Markup("<ul>{}</ul>").format(items)


def plain(text: str) -> str:
    """Return text without its marks, for places that take no markup: titles, exports, records."""
    return _unmarked(text, without_words)


def read_aloud(text: str) -> str:
    """Return text without its marks and with its formulas in words, for names that are heard."""
    return _unmarked(text, spoken)


def formulas_in(text: str) -> list[str]:
    """Return the formulas of a text, with the words that an author gave them."""
    return [piece.inside for piece in _pieces(text) if piece.kind == "tex"]


def text_faults(text: str) -> Iterator[str]:
    """Say what is wrong with the marks and characters of a text."""
    if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in text):
        yield "holds a control character; type the text again without it"
    rest: list[str] = []
    end = 0
    for piece in _pieces(text):
        rest.append(text[end : piece.start])
        end = piece.end
        fault = formula_fault(piece.inside) if piece.kind == "tex" else None
        if fault is not None:
            yield f"the formula \\({piece.inside.strip()[:80]}\\) {fault}"
    unmarked = "".join((*rest, text[end:]))
    if "\\(" in unmarked or "\\)" in unmarked:
        yield "a formula is begun or ended alone; write it as \\( … \\)"


def _pieces(text: str) -> Iterator[_Piece]:
    r"""Yield the marked parts in order; a formula ends where the next `\)` stands.

    The end is looked for once for each formula, and not at all behind the last one: an expression
    that tried every beginning to the end of the text would take quadratic time.
    """
    place, last_end = 0, text.rfind("\\)")
    last_line = text.rfind(_LINES_END)
    while (mark := _MARK.search(text, place)) is not None:
        kind, begin = mark.lastgroup or "", mark.end()
        if kind == "lines":
            if begin <= last_line:
                end = text.find(_LINES_END, begin)
                yield _Piece(mark.start(), end + len(_LINES_END), kind, text[begin:end])
                begin = end + len(_LINES_END)
            place = begin
        elif kind != "tex":
            yield _Piece(mark.start(), begin, kind, mark[kind])
            place = begin
        elif begin < last_end:
            end = text.find("\\)", begin + 1)
            yield _Piece(mark.start(), end + 2, kind, text[begin:end])
            place = end + 2
        else:
            place = begin


def _unmarked(text: str, of_formula: Callable[[str], str]) -> str:
    parts: list[str] = []
    end = 0
    for piece in _pieces(text):
        inside = of_formula(piece.inside) if piece.kind == "tex" else piece.inside.strip()
        parts.extend((text[end : piece.start], inside))
        end = piece.end
    return _WHITE_SPACE.sub(" ", "".join((*parts, text[end:]))).strip()


def _drawn(piece: _Piece, formula: Callable[[str], Markup]) -> Markup:
    if piece.kind == "tex":
        return formula(piece.inside)
    if piece.kind == "lines":
        return Markup("<pre><code>{}</code></pre>").format(piece.inside)
    if piece.kind == "code":
        return Markup("<code>{}</code>").format(piece.inside)
    return Markup("<em>{}</em>").format(piece.inside)


def _is_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in text)


def _isolated(text: str) -> Markup:
    """Return text in which a signed number keeps its sign in front, whatever is written around it.

    Between Arabic letters a browser would set the minus of −5 to its right.
    """
    parts: list[Markup] = []
    end = 0
    for found in _SIGNED.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(Markup('<bdi dir="ltr">{}</bdi>').format(found[0]))
        end = found.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)
