"""HTML as question editors write it, read into the marked text of items, and back.

What matters is kept: paragraphs, lists, tables, emphasis, code, formulas, pictures, recordings.
What the text of an item cannot hold is refused with a reason, or kept in other signs and noted.
"""

import binascii
import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from lxml import etree
from markupsafe import Markup, escape

from examengine.bank import inline_text
from examengine.bank.formats._question import QuestionRefused
from examengine.bank.formulas import formula_fault
from examengine.bank.media import PICTURES, RECORDINGS, ending_of

LARGEST_HTML = 512 * 1024
DEEPEST = 80
_KNOWN = frozenset(
    re.findall(
        r"\S+",
        """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo big blockquote
    body br button canvas caption center cite code col colgroup data datalist dd del details dfn
    dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2
    h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map
    mark math menu meta meter nav nobr noframes noscript object ol optgroup option output p param
    picture pre progress q rp rt ruby s samp script section select small source span strike strong
    style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track
    tt u ul var video wbr o:p
    """,
    )
)
_TAG = re.compile(r"<(?!!--|/?([A-Za-z][A-Za-z0-9:]{0,11})(?=[\s/>]))|<(?=/?([A-Za-z][\w:]{0,40}))")
_REFUSED: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("applet", "embed", "iframe", "object", "canvas", "script", "frame"),
        ("embedded-page", "holds a page or program of its own, which an exam cannot show"),
    ),
    **dict.fromkeys(
        ("input", "select", "textarea", "button", "form"),
        ("form-field", "holds a field of a form; ask for one answer to one question"),
    ),
    "math": ("mathml", r"holds a formula in MathML; write it in TeX, as \( … \)"),
    "svg": ("drawing", "holds a drawing in its text; attach it as a file"),
    "video": ("video", "plays a video; bring it as a video of the item, in YAML"),
}
_UNSEEN = frozenset({"style", "head", "title", "meta", "link", "noscript", "template", "datalist"})
_EMPHASIS = frozenset({"em", "i", "b", "strong", "u", "mark", "ins", "dfn", "cite", "var"})
_CODE = frozenset({"code", "tt", "kbd", "samp"})
_BLOCKS = frozenset(
    re.findall(
        r"\S+",
        """
    address article aside blockquote body center dd details dialog dir div dl dt fieldset figure
    footer header hgroup h1 h2 h3 h4 h5 h6 hr legend main nav p section summary form figcaption
    """,
    )
)
RAISED = dict(
    zip(
        "0123456789+-=()niabcdefghjklmoprstuvwxyz",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
        strict=True,
    )
)
LOWERED = dict(
    zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
_BLANKS = re.compile(r"\s+")
_FENCE = "```"
_PLUGIN = "@@PLUGINFILE@@/"
_DATA = "data:"
_ASTERISK, _GRAVE = "∗", "ˋ"
"""What is set for a sign that would be read as a mark, and is none."""


@dataclass(slots=True)
class Gathered:
    """What is gathered beside the texts of one question."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    """What is attached to the text that is being read, by name."""
    keep: Callable[[str, bytes], str] | None = None
    """Takes an attached file, and returns the name that items use; None where none can be shown."""
    found: Callable[[str], tuple[str, bytes] | None] | None = None
    """Finds a file beside the question by its address; None where files are attached by name."""
    stimulus: list[dict[str, Any]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def note(self, code: str, what: str) -> None:
        """Note once what is read otherwise than it is written."""
        if (code, what) not in self.notes:
            self.notes.append((code, what))


def marked_html(source: str, marks: Gathered, *, one_run: bool = False) -> str:
    """Return HTML as the marked text of an item.

    Args:
        source: The HTML.
        marks: Takes pictures, recordings and tables, and notes.
        one_run: For an option or a prompt, which holds no paragraphs, pictures or tables.

    Raises:
        QuestionRefused: It holds something that an item cannot.
    """
    if len(source) > LARGEST_HTML:
        raise QuestionRefused("too-long", f"a text is longer than {LARGEST_HTML // 1024} KB")
    if not source.strip():
        return ""
    known = _TAG.sub(_literal, source.replace("\x00", ""))
    parser = etree.HTMLParser(
        no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(f"<html><body>{known}</body></html>", parser)
    except (etree.LxmlError, ValueError) as error:
        raise QuestionRefused("no-html", "a text is no HTML that can be read") from error
    reader = _Reader(marks, one_run=one_run)
    reader.inside(root, _State(), 0)
    reader.end_block()
    blocks = reader.blocks
    return " ".join(blocks) if one_run else "\n\n".join(blocks)


def marked_lines(source: str, marks: Gathered, *, one_run: bool = False) -> str:
    """Return HTML in which new lines count, as Moodle's own format has it."""
    return marked_html(source.replace("\n", "<br>"), marks, one_run=one_run)


def marked_plain(source: str, marks: Gathered, *, one_run: bool = False) -> str:
    """Return plain text as marked text: no sign of it is a mark."""
    return marked_lines(html.escape(source, quote=False), marks, one_run=one_run)


def marked_aside(read: Callable[..., str], source: str, marks: Gathered) -> str:
    """Return a feedback, which no candidate is shown: what it cannot hold is noted, not refused.

    Args:
        read: One of the functions above.
        source: What it reads.
        marks: Takes the notes.
    """
    aside = Gathered()
    try:
        text = read(source, aside)
    except QuestionRefused as refused:
        marks.note("feedback", f"a feedback was left out, for it {refused.what}")
        return ""
    if aside.stimulus:
        marks.note("feedback", "a table in a feedback was left out")
    for code, what in aside.notes:
        marks.note(code, what)
    for tex in inline_text.formulas_in(text):
        fault = formula_fault(tex)
        if fault is not None:
            text = text.replace(f"\\({tex}\\)", f"`{tex.replace('`', _GRAVE)}`")
            marks.note(
                "formula-in-feedback", f"a formula in a feedback {fault}; it was set as code"
            )
    return text


def html_of(text: str) -> str:
    r"""Return marked text as HTML, its formulas as TeX between `\( \)`."""
    return str(inline_text.paragraphs(text, formula=_as_tex))


def html_of_run(text: str) -> str:
    """Return one run of marked text as HTML without paragraphs."""
    return str(inline_text.inline(text, formula=_as_tex))


def _as_tex(tex: str) -> Markup:
    return escape(f"\\({tex}\\)")


def _literal(found: re.Match[str]) -> str:
    """Keep the begin of what is no tag of HTML, such as `vector<int>`, as the sign it is."""
    name = found[2]
    return "<" if name is not None and name.casefold() in _KNOWN else "&lt;"


@dataclass(frozen=True, slots=True)
class _State:
    """What surrounds a text."""

    kind: str = "text"
    script: str = ""
    verbatim: bool = False


class _Reader:
    """Walks a tree of HTML, and gathers blocks of marked text."""

    def __init__(self, marks: Gathered, *, one_run: bool) -> None:
        self.blocks: list[str] = []
        self._marks = marks
        self._one_run = one_run
        self._run: list[tuple[str, str]] = []

    def inside(self, element: Any, state: _State, depth: int) -> None:
        """Read what an element holds."""
        if depth > DEEPEST:
            raise QuestionRefused("too-deep", "a text is nested too deeply to be read")
        self._text(element.text, state)
        for child in element:
            if isinstance(child.tag, str):
                self._element(child, child.tag.casefold(), state, depth + 1)
            self._text(child.tail, state)

    def _element(self, element: Any, tag: str, state: _State, depth: int) -> None:
        if tag in _REFUSED:
            raise QuestionRefused(*_REFUSED[tag])
        if tag in _UNSEEN:
            return
        special = _SPECIAL.get(tag)
        if special is not None:
            special(self, element, state, depth)
        elif tag in _BLOCKS:
            self.end_block()
            self.inside(
                element, _State("em") if tag[0] == "h" and tag[1:].isdigit() else state, depth
            )
            self.end_block()
        else:
            self.inside(element, _inner(tag, state), depth)

    def _text(self, text: str | None, state: _State) -> None:
        if not text:
            return
        if state.script:
            text = self._scripted(text, state.script)
        self._run.append((state.kind, text))

    def _scripted(self, text: str, script: str) -> str:
        signs = RAISED if script == "sup" else LOWERED
        if all(sign in signs or sign.isspace() for sign in text):
            return "".join(signs.get(sign, sign) for sign in text)
        mark = "^" if script == "sup" else "_"
        self._marks.note("raised-text", f"{mark}({text.strip()[:40]}) was set higher or lower")
        return f"{mark}({text})"

    def end_block(self) -> None:
        """End the paragraph that is being read."""
        run, self._run = self._run, []
        block = _written(run, self._marks)
        if block:
            self.blocks.append(block)

    # What each special element does.

    def line_break(self, _element: Any, state: _State, _depth: int) -> None:
        """Begin a new line; in one run it is a blank."""
        if self._one_run:
            self._run.append((state.kind, " "))
        else:
            self.end_block()

    def listed(self, element: Any, state: _State, depth: int) -> None:
        """Read a list; one inside another follows its item, in one line."""
        self.end_block()
        ordered = element.tag.casefold() == "ol"
        lines = []
        for child in element.iterchildren():
            inner = _Reader(self._marks, one_run=self._one_run)
            if isinstance(child.tag, str) and child.tag.casefold() == "li":
                inner.inside(child, state, depth + 1)
            elif isinstance(child.tag, str):
                inner._element(child, child.tag.casefold(), state, depth + 1)
            inner._text(child.tail, state)
            inner.end_block()
            if any(_FENCE in block or "\n" in block for block in inner.blocks):
                self._marks.note("list-in-list", "a list or lines of code stand inside a list item")
            text = _BLANKS.sub(" ", " ".join(inner.blocks).replace(_FENCE, "`"))
            if text:
                lines.append(text)
        first = element.get("start", "1")
        start = int(first) if re.fullmatch(r"[0-9]{1,2}", first) else 1
        numbered = ordered and start + len(lines) <= 100
        marks = [f"{start + place}." if numbered else "-" for place in range(len(lines))]
        if lines and self._one_run:
            self._marks.note("list-in-answer", "a list in an answer was set in one line")
            self.blocks.append("; ".join(lines))
        elif lines:
            paired = zip(marks, lines, strict=True)
            self.blocks.append("\n".join(f"{mark} {line}" for mark, line in paired))

    def verbatim(self, element: Any, _state: _State, _depth: int) -> None:
        """Read lines of code as they stand."""
        for line_break in element.iter("br"):
            line_break.tail = "\n" + (line_break.tail or "")
        text = "".join(element.itertext()).replace("\xa0", " ").strip("\n").rstrip()
        if "\n" not in text:
            self.end_block()
            self._run.append(("code", text))
            self.end_block()
        elif text:
            self.end_block()
            lines = text.replace(_FENCE, _GRAVE * 3).split("\n")
            self.blocks.append("\n".join((_FENCE, *(line.rstrip() for line in lines), _FENCE)))

    def picture(self, element: Any, _state: _State, _depth: int) -> None:
        """Take a picture as a figure of the item."""
        source, alt = element.get("src", ""), _BLANKS.sub(" ", element.get("alt", "")).strip()
        tex = _formula_shown(element)
        if tex:
            self._run.append(("text", f"\\({tex}\\)"))
            return
        if not source:
            return
        name = self._file(source, PICTURES)
        self._marks.stimulus.append({"figure": {"file": name, **({"alt": alt} if alt else {})}})

    def recording(self, element: Any, _state: _State, _depth: int) -> None:
        """Take a recording as a part of the item."""
        sources = [element.get("src"), *(one.get("src") for one in element.iter("source"))]
        source = next((one for one in sources if one), "")
        if source:
            self._marks.stimulus.append({"audio": {"file": self._file(source, RECORDINGS)}})

    def link(self, element: Any, state: _State, depth: int) -> None:
        """Read a link: its words, and where it leads."""
        address = element.get("href", "")
        if address.startswith(_PLUGIN):
            self.recording_named(address)
            return
        self.inside(element, state, depth)
        if self._marks.found is not None and self._marks.found(address) is not None:
            self._marks.note("file-linked", f"links to {address[:80]}, which is not taken along")
        said = "".join(element.itertext()).strip()
        if address.startswith(("http://", "https://", "mailto:")) and address != said:
            self._run.append(("text", f" ({address})"))

    def recording_named(self, address: str) -> None:
        """Take a link to an attached file: Moodle plays a recording, and shows a picture."""
        if ending_of(_file_name(address)) in RECORDINGS:
            self._marks.stimulus.append({"audio": {"file": self._file(address, RECORDINGS)}})
        else:
            name = self._file(address, PICTURES)
            self._marks.stimulus.append({"figure": {"file": name}})

    def _file(self, source: str, endings: tuple[str, ...]) -> str:
        if self._one_run:
            what = "shows a picture or plays a recording in an answer; put it into the question"
            raise QuestionRefused("file-in-answer", what)
        if self._marks.keep is None:
            what = f"shows or plays {source[:80]}, which is not in the file"
            raise QuestionRefused("file-elsewhere", what)
        if source.startswith(_DATA):
            name, data = _data_file(source)
        elif self._marks.found is not None:
            beside = self._marks.found(source)
            if beside is None:
                what = f"shows {source[:80]}, which is not among the files; send it with them"
                raise QuestionRefused("file-elsewhere", what)
            name, data = beside
        else:
            name = _file_name(source)
            found = {unquote(key): value for key, value in self._marks.files.items()}.get(name)
            if not source.startswith(_PLUGIN) or found is None:
                what = f"shows {source[:80]}, which is not in the file; attach it to the question"
                raise QuestionRefused("file-elsewhere", what)
            data = found
        if ending_of(name) not in endings:
            what = f"shows {name[:60]}; pictures and recordings can be {', '.join(endings)}"
            raise QuestionRefused("file-kind", what)
        self._marks.used.add(name)
        return self._marks.keep(name, data)

    def table(self, element: Any, state: _State, depth: int) -> None:
        """Take a table as a part of the item; one of a single cell is only a frame."""
        self.end_block()
        if any(True for row in element.iter("table") if row is not element):
            raise QuestionRefused("table-shape", "holds a table inside a table; make it one")
        rows = [[cell for cell in row if cell.tag in {"td", "th"}] for row in element.iter("tr")]
        rows = [row for row in rows if row]
        if all(len(row) == 1 for row in rows):
            for [cell] in rows:
                self.inside(cell, state, depth)
                self.end_block()
            return
        if self._one_run:
            raise QuestionRefused("table-in-answer", "holds a table in an answer")
        self._marks.stimulus.append({"table": self._table(element, rows)})

    def _table(self, element: Any, rows: list[list[Any]]) -> dict[str, Any]:
        if len({len(row) for row in rows}) != 1 or any(
            cell.get(span, "1") != "1"
            for row in rows
            for cell in row
            for span in ("colspan", "rowspan")
        ):
            raise QuestionRefused("table-shape", "holds a table whose rows differ in their cells")
        read = [[self._cell(cell) for cell in row] for row in rows]
        caption = next((self._cell(one) for one in element.iter("caption")), "")
        if not caption:
            caption = "Table"
            self._marks.note("table-caption", "a table has no caption; it was called Table")
        if any(cell.tag != "th" for cell in rows[0]):
            what = "a table names no headings; its first row was taken for them"
            self._marks.note("table-headings", what)
        headed = all(row[0].tag == "th" for row in rows[1:])
        found = {"caption": caption, "columns": read[0], "rows": read[1:]}
        return found if headed else {**found, "row_headers": False}

    def _cell(self, cell: Any) -> str:
        inner = _Reader(self._marks, one_run=True)
        inner.inside(cell, _State(), DEEPEST // 2)
        inner.end_block()
        return " ".join(inner.blocks)


_SPECIAL: Mapping[str, Callable[[_Reader, Any, _State, int], None]] = {
    "br": _Reader.line_break,
    "ul": _Reader.listed,
    "ol": _Reader.listed,
    "menu": _Reader.listed,
    "pre": _Reader.verbatim,
    "img": _Reader.picture,
    "audio": _Reader.recording,
    "a": _Reader.link,
    "table": _Reader.table,
}


def _inner(tag: str, state: _State) -> _State:
    if tag in {"sub", "sup"}:
        return _State(state.kind, tag)
    if tag in _CODE:
        return _State("code")
    if tag in _EMPHASIS and state.kind == "text":
        return _State("em", state.script)
    return state


def _written(run: list[tuple[str, str]], marks: Gathered) -> str:
    """Return a run of words with their marks; a mark that cannot be set is noted."""
    pieces = [piece for piece in _joined(_with_formulas(_joined(run))) if piece[1]]
    while pieces and not pieces[0][1].strip():
        pieces.pop(0)
    while pieces and not pieces[-1][1].strip():
        pieces.pop()
    if not pieces:
        return ""
    written = _set(pieces, marks, plain=False)
    wanted = [(kind, inner.strip()) for kind, inner in pieces if kind != "text"]
    if inline_text.marks_in(written) != wanted:
        written = _set(pieces, marks, plain=True)
    return written.strip()


def _set(pieces: list[tuple[str, str]], marks: Gathered, *, plain: bool) -> str:
    """Set the marks; `plain` also sets other signs for those that would be read as marks."""
    out: list[str] = []
    for place, (kind, text) in enumerate(pieces):
        after = pieces[place + 1][1][:1] if place + 1 < len(pieces) else ""
        if kind == "tex":
            out.append(f"\\({text}\\)")
        elif kind == "code":
            out.append(f"`{text.replace('`', _GRAVE)}`" if text.strip() else text)
            if "`" in text:
                marks.note("grave-in-code", "a ` inside code was set as ˋ")
        elif kind == "em":
            out.append(_emphasised(text, "".join(out)[-1:], after, marks))
        else:
            kept = text.replace("*", _ASTERISK).replace("`", _GRAVE) if plain else text
            out.append(kept)
    return "".join(out)


def _emphasised(text: str, before: str, after: str, marks: Gathered) -> str:
    bare = text.strip()
    if not bare:
        return text
    lead = text[: len(text) - len(text.lstrip())]
    tail = text[len(text.rstrip()) :]
    joined = (before if not lead else "", after if not tail else "")
    if any(sign.isalnum() or sign in {"_", "*"} for sign in joined if sign):
        marks.note("emphasis", f"{bare[:40]!r} was emphasised inside a word")
        return text
    return f"{lead}*{bare.replace('*', _ASTERISK)}*{tail}"


def _joined(run: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return a run with neighbours of one kind joined, and its blanks as single ones."""
    found: list[tuple[str, str]] = []
    for kind, text in run:
        if found and found[-1][0] == kind and kind != "tex":
            found[-1] = (kind, found[-1][1] + text)
        else:
            found.append((kind, text))
    return [(kind, text if kind == "tex" else _BLANKS.sub(" ", text)) for kind, text in found]


def _with_formulas(run: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield a run with the formulas of its words apart; in code nothing is a formula."""
    for kind, text in run:
        if kind == "code":
            yield kind, text
            continue
        place = 0
        for begin, end, tex in _formulas(text):
            yield kind, text[place:begin]
            yield "tex", _tex(tex)
            place = end
        yield kind, text[place:]


def _formulas(text: str) -> Iterator[tuple[int, int, str]]:
    r"""Yield where formulas stand: `\( \)`, `\[ \]`, `$$ $$`; each end is looked for once."""
    place, missing = 0, set[str]()
    while (found := _OPENING.search(text, place)) is not None:
        closing = _CLOSING[found[0]]
        end = -1 if closing in missing else text.find(closing, found.end())
        if end < 0:
            missing.add(closing)
            place = found.end()
            continue
        yield found.start(), end + len(closing), text[found.end() : end]
        place = end + len(closing)


_CLOSING = {"\\(": "\\)", "\\[": "\\]", "$$": "$$"}
_OPENING = re.compile(r"\\\(|\\\[|\$\$")


def _tex(source: str) -> str:
    signs = {"<": r"\lt ", ">": r"\gt ", "\xa0": " "}
    told = "".join(signs.get(sign, sign) for sign in source)
    return told.replace(r"\displaystyle", "").strip()  # how large it is set is the page's matter


def _formula_shown(element: Any) -> str:
    """Return the TeX of a picture that Canvas makes of a formula; "" for any other picture."""
    if "equation_image" not in element.get("class", ""):
        return ""
    said = element.get("data-equation-content") or element.get("alt", "")
    tex = str(said.removeprefix("LaTeX:").strip())
    return "" if not tex or "\\)" in tex else tex


def _file_name(source: str) -> str:
    return unquote(source.removeprefix(_PLUGIN).partition("?")[0]).rpartition("/")[2]


def _data_file(source: str) -> tuple[str, bytes]:
    said, _, data = source.removeprefix(_DATA).partition(",")
    kind, _, coding = said.partition(";")
    ending = {"image/jpeg": ".jpg", "image/svg+xml": ".svg"}.get(
        kind, f".{kind.rpartition('/')[2]}"
    )
    if coding.strip().casefold() != "base64":
        raise QuestionRefused("file-coding", "holds a picture that is not in base64")
    return f"picture{ending[:8]}", decoded_base64(data)


def decoded_base64(text: str) -> bytes:
    """Return what base64 holds.

    Raises:
        QuestionRefused: It is none.
    """
    try:
        return binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except (ValueError, binascii.Error) as error:
        raise QuestionRefused("file-coding", "holds a file that is no whole base64") from error
