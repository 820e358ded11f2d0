"""The kinds of files that an answer may be, and how each is recognised: by what it holds.

The name of a file is what somebody typed, and the type that a browser sends is made of the name.
So a file is what its first bytes, or the parts it has inside, say that it is; of a text, which says
nothing of itself, the ending decides between a table, a program and plain text. Nothing is unpacked
and nothing is run: what is inside of a document is not looked at.
"""

import codecs
import io
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO

from examengine.bank.file_names import ending_of

_READ_AT_ONCE = 64 * 1024
_HEAD = 1024
_LARGEST_DIRECTORY = 1024 * 1024
"""Bytes of the list of parts that an archive may have: some ten thousand names."""
_END_OF_ARCHIVE = b"PK\x05\x06"
_LONGEST_END = 22 + 0xFFFF
_PART_OF_ARCHIVE = struct.Struct("<4s24x3H12x")
"""Of a part's entry: its signature, and how long its name, its extra field and its comment are."""
_ENTRY = 46
"""Bytes of an entry before its name."""
_SIGNS_OF_TEXT = frozenset("\t\n\r\f")
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of files.

    Attributes:
        name: What item files call it.
        title: What sentences call it.
        media_type: What it is served as.
        endings: The endings that names of such files have, the usual one first.
    """

    name: str
    title: str
    media_type: str
    endings: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_PROGRAMS = (
    *("py", "ipynb", "r", "rmd", "jl", "m", "java", "kt", "c", "h", "cpp", "hpp", "cs", "go", "rs"),
    *("js", "ts", "php", "rb", "swift", "sql", "sh", "html", "css", "xml", "json", "yaml", "tex"),
)

FILE_KINDS: Mapping[str, FileKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            FileKind("pdf", "PDF", "application/pdf", ("pdf",)),
            FileKind("png", "PNG picture", "image/png", ("png",)),
            FileKind("jpeg", "JPEG picture", "image/jpeg", ("jpg", "jpeg")),
            FileKind("webp", "WebP picture", "image/webp", ("webp",)),
            FileKind("docx", "Word document", f"{_OFFICE}.wordprocessingml.document", ("docx",)),
            FileKind("xlsx", "Excel workbook", f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",)),
            FileKind(
                "pptx", "PowerPoint slides", f"{_OFFICE}.presentationml.presentation", ("pptx",)
            ),
            FileKind("odt", "OpenDocument text", f"{_OPEN}.text", ("odt",)),
            FileKind("ods", "OpenDocument spreadsheet", f"{_OPEN}.spreadsheet", ("ods",)),
            FileKind("odp", "OpenDocument slides", f"{_OPEN}.presentation", ("odp",)),
            FileKind("csv", "CSV table", "text/csv", ("csv", "tsv")),
            FileKind("txt", "plain text", "text/plain", ("txt", "md")),
            FileKind("code", "program text", "text/plain", _PROGRAMS),
            FileKind("zip", "ZIP archive", "application/zip", ("zip",)),
        )
    }
)
"""Every kind, by its name. There is none of whatever a browser or an office program would run."""

_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"))
_PARTS = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("ppt/presentation.xml", "pptx"),
)
_MACROS = "vbaproject.bin"


def recognised_kind(file: BinaryIO, name: str) -> FileKind | None:
    """Return what a file is; None where it is of no kind that there is.

    Args:
        file: Read from its beginning to its end, a piece at a time; it stands anywhere afterwards.
        name: Its name, whose ending says which kind of text a text is.
    """
    file.seek(0)
    head = file.read(_HEAD)
    found = next((kind for start, kind in _SIGNATURES if head.startswith(start)), None)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        found = "webp"
    if head.startswith(b"PK\x03\x04"):
        found = _archive(file)
    elif found is None and b"%PDF-" in head:  # readers of PDF take what stands before it, too
        found = "pdf"
    elif found is None and _is_text(file):
        found = _text(name)
    return None if found is None else FILE_KINDS[found]


def endings_of(kinds: Iterable[FileKind]) -> str:
    """Return what a field that takes files of these kinds accepts, as HTML says it."""
    return ",".join(f".{ending}" for kind in kinds for ending in kind.endings)


def _text(name: str) -> str:
    """Return the kind of a text, by the ending of its name."""
    ending = ending_of(name)
    return next((kind for kind in ("csv", "code") if ending in FILE_KINDS[kind].endings), "txt")


def _archive(file: BinaryIO) -> str | None:
    """Return what an archive is, by the names of its parts; None where it cannot be told."""
    parts = _parts_of(file)
    if parts is None or any(part.lower().endswith(_MACROS) for part in parts):
        return None
    for part, kind in _PARTS:
        if "[Content_Types].xml" in parts and part in parts:
            return kind
    if "mimetype" in parts and "content.xml" in parts:
        return _open_document(file)
    return "zip"


def _open_document(file: BinaryIO) -> str | None:
    """Return the kind of an OpenDocument file, whose first part says its media type unpacked."""
    file.seek(0)
    head = file.read(_HEAD)
    kinds = (FILE_KINDS[name] for name in ("odt", "ods", "odp"))
    said = ((kind.name, f"mimetype{kind.media_type}PK".encode()) for kind in kinds)
    return next((name for name, words in said if words in head), None)


def _parts_of(file: BinaryIO) -> frozenset[str] | None:
    """Return the names of an archive's parts, from the list at its end; None where it has none.

    The standard reader of archives would build an object of each entry, however many there are.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    end = tail.rfind(_END_OF_ARCHIVE)
    if end < 0 or len(tail) - end < 22:
        return None
    length, start = struct.unpack_from("<II", tail, end + 12)
    if length > _LARGEST_DIRECTORY or start + length > size:
        return None
    file.seek(start)
    listed, names, at = file.read(length), [], 0
    while at + _ENTRY <= len(listed):
        signature, name, extra, comment = _PART_OF_ARCHIVE.unpack_from(listed, at)
        if signature != b"PK\x01\x02":
            return None
        names.append(listed[at + _ENTRY : at + _ENTRY + name].decode("utf-8", "replace"))
        at += _ENTRY + name + extra + comment
    return frozenset(names) if names and at == len(listed) else None


def _is_text(file: BinaryIO) -> bool:
    """Tell whether a file is text: in UTF-8, or in UTF-16 that says so, without control characters.

    A text of an older encoding is text as well where it has no control characters: programs of
    spreadsheets still write such tables.
    """
    file.seek(0)
    marked = file.read(2) in _MARKS
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-16" if marked else "latin-1")("strict")
    try:
        while piece := file.read(_READ_AT_ONCE):
            if any(
                sign < " " and sign not in _SIGNS_OF_TEXT for sign in set(decoder.decode(piece))
            ):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
