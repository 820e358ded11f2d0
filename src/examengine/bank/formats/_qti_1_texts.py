"""The texts of QTI 1.2, its files, and what they show, as one HTML that the reader of HTML takes.

A text is HTML where it says so, or says nothing and looks like it: programs often forget to say.
"""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from lxml import etree

from examengine.bank.formats._html_text import Gathered, marked_aside, marked_html
from examengine.bank.formats._qti_package import beside
from examengine.bank.media import KINDS, ending_of

_LOOKS_LIKE_HTML = re.compile(
    r"</?(?:p|div|span|br|b|i|u|em|strong|sub|sup|img|ul|ol|li|table|a|font|code|pre)\b[^<>]{0,400}>",
    re.IGNORECASE,
)
_ESCAPED_HTML = re.compile(
    r"&lt;/?(?:p|div|span|br|b|i|u|em|strong|sub|sup|img|ul|ol|li|table|a|font)\b", re.IGNORECASE
)
_ESCAPED_SIGN = re.compile(r"&amp;(#[0-9]{1,6}|#x[0-9a-fA-F]{1,6}|nbsp);")
_FILE_BASE = re.compile(r"(?:\$IMS-CC-FILEBASE\$|%24IMS-CC-FILEBASE%24)/{0,3}", re.IGNORECASE)
_EMBEDDED = re.compile(r"@X@[^@]{0,80}@X@/{0,3}")
_XID = re.compile(r"xid-[0-9]{1,15}(?:_[0-9]{1,15})?")
_PLAIN = frozenset({"text/plain", "plain", "plain_text", "text"})
_WEB_RESOURCES = "web_resources"


@dataclass(frozen=True, slots=True)
class PackageFiles:
    """The files beside a document of questions, and how its texts name them.

    Attributes:
        document: Where the document stands.
        files: Every file that was sent, by its path; those of a package as `package.zip/path`.
    """

    document: str
    files: Mapping[str, bytes]

    def found(self, address: str) -> tuple[str, bytes] | None:
        """Return the name and bytes of the file that an address means; None where there is none.

        Canvas names files from the root of the package, Blackboard by the number of the file in
        its collection or from the folder of the document; others beside the document.
        """
        path = next((one for one in self._places(address) if one in self.files), None)
        if path is None:
            path = self._by_name(address)
        return None if path is None else (PurePosixPath(path).name, self.files[path])

    def _places(self, address: str) -> Iterable[str]:
        bare = unquote(html.unescape(address).partition("#")[0].partition("?")[0])
        root = self._root()
        if _FILE_BASE.match(address) or _FILE_BASE.match(bare):
            path = _FILE_BASE.sub("", bare).lstrip("/")
            yield from (f"{root}{path}", f"{root}{_WEB_RESOURCES}/{path}")
            yield f"{root}{path.removeprefix('../')}"
            return
        if _EMBEDDED.match(bare):
            path = _EMBEDDED.sub("", bare)
            xid = _XID.search(path)
            if xid is not None:
                yield from self._of_collection(xid[0])
            bare = path
        folder = str(PurePosixPath(self.document).with_suffix(""))
        yield f"{folder}/{bare}"
        found = beside(self.document, bare)
        if found is not None:
            yield found
        yield f"{root}{bare.lstrip('/')}"

    def _of_collection(self, xid: str) -> Iterable[str]:
        """Yield the files whose name ends with a number of Blackboard's collection."""
        return (path for path in self.files if PurePosixPath(path).stem.endswith(xid))

    def _root(self) -> str:
        """Return the folder of the package that the document is of, with its stroke, or ""."""
        parts = PurePosixPath(self.document).parts
        ends = (n for n, part in enumerate(parts, 1) if part.lower().endswith((".zip", ".imscc")))
        return "".join(f"{part}/" for part in parts[: next(ends, 0)])

    def _by_name(self, address: str) -> str | None:
        """Return the only file of a name: loose files have lost the folders they stood in."""
        bare = unquote(html.unescape(address).partition("#")[0].partition("?")[0])
        name = PurePosixPath(bare.replace("\\", "/")).name
        if not name or "://" in address:
            return None
        same = [path for path in self.files if PurePosixPath(path).name == name]
        return same[0] if len(same) == 1 else None


def html_of_material(holders: Iterable[Any]) -> str:
    """Return what elements with `material` in them say and show, as HTML."""
    said = [_of_material(one) for holder in holders for one in _materials(holder)]
    return "\n".join(text for text in said if text.strip())


def text_of(holders: Iterable[Any], marks: Gathered, *, one_run: bool = False) -> str:
    """Return what elements say as the marked text of an item.

    Raises:
        QuestionRefused: It holds something that an item cannot.
    """
    return marked_html(once_escaped(html_of_material(holders), marks), marks, one_run=one_run)


def aside_of(holders: Iterable[Any], marks: Gathered) -> str:
    """Return a feedback, which no candidate is shown; what it cannot hold is noted."""
    return marked_aside(marked_html, once_escaped(html_of_material(holders), marks), marks)


def once_escaped(source: str, marks: Gathered) -> str:
    """Return HTML that was escaped once too often as what it was; others as they are."""
    if _ESCAPED_HTML.search(source) and not _LOOKS_LIKE_HTML.search(source):
        read = html.unescape(source)
    else:
        read = _ESCAPED_SIGN.sub(r"&\1;", source)
    if read != source:
        what = "its text was escaped twice, and was read as what it was before"
        marks.note("escaped-twice", what)
    return read


def _materials(holder: Any) -> Iterable[Any]:
    return (holder,) if holder.tag == "material" else holder.iter("material")


def _of_material(material: Any) -> str:
    pieces = []
    for element in material.iter():
        write = _WRITTEN.get(element.tag) if isinstance(element.tag, str) else None
        if write is not None:
            pieces.append(write(element))
    return "".join(pieces)


def _of_text(element: Any) -> str:
    kind = (element.get("texttype") or element.get("type") or "").strip().casefold()
    if len(element):
        inner = "".join(etree.tostring(child, encoding="unicode") for child in element)
        return html.escape(element.text or "", quote=False) + inner
    text = element.text or ""
    shown = _of_file(element) if element.get("uri") and not text.strip() else ""
    if kind in _PLAIN or not (kind or _LOOKS_LIKE_HTML.search(text) or "&" in text):
        return html.escape(text, quote=False).replace("\n", "<br>") + shown
    return text + shown


def _of_emphasis(element: Any) -> str:
    return f"<em>{html.escape(element.text or '', quote=False)}</em>"


def _of_break(_element: Any) -> str:
    return "<br>"


def _of_file(element: Any) -> str:
    """Return what shows, plays or names the file of an element."""
    address = (element.get("uri") or "").strip()
    if not address:
        return ""
    quoted = html.escape(address)
    label = html.escape(element.get("label") or element.get("alt") or "")
    kind = KINDS.get(ending_of(unquote(address)))
    if element.tag == "mataudio" or (kind is not None and kind.folder == "recordings"):
        return f'<audio src="{quoted}"></audio>'
    if element.tag in {"matimage", "matapplication", "mattext"} and kind is not None:
        return f'<img src="{quoted}" alt="{label}">'
    if element.tag == "matvideo":
        return f'<video src="{quoted}"></video>'
    return f'<a href="{quoted}">{label or quoted}</a>'


_WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "mattext": _of_text,
    "mat_formattedtext": _of_text,
    "matemtext": _of_emphasis,
    "matbreak": _of_break,
    "matimage": _of_file,
    "mataudio": _of_file,
    "matvideo": _of_file,
    "matapplication": _of_file,
}
