"""The sheets of an XLSX file as texts, cell by cell, as people see them.

openpyxl would make floats of numbers, and so lose what was typed; the file is a package of XML,
and both are read here within limits anyway. Nothing is worked out: of a formula its saved result
counts. What a cell says otherwise than by its own text has a `kind`, for whoever reads the table.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from posixpath import join, normpath
from typing import Any

from lxml import etree

from examengine.bank.formats._html_text import LOWERED, RAISED
from examengine.bank.formats._qti_package import PackageRefused, entries_of
from examengine.bank.formats._xlsx_numbers import FIRST_DAY, FIRST_DAY_1904, is_date, shown_number
from examengine.bank.formats._xml import XmlUnreadable, read_xml

MOST_SHEETS = 50
MOST_COLUMNS = 400
MOST_CELLS = 1_000_000
_WORKBOOK = "xl/workbook.xml"
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_OLD = b"\xd0\xcf\x11\xe0"
_ERROR, DATE, FORMULA, SHOWN, SET = "error", "date", "formula", "shown", "set"


class WorkbookUnreadable(ValueError):
    """A file is no workbook that is read; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class SheetCell:
    """What a cell says, and its kind: "" for a text or number as it is, else one of these.

    `date`: the program takes it for a date. `error`: it shows an error. `formula`: a formula whose
    result was not saved. `shown`: a number that is shown otherwise than it is. `set`: part of it is
    set in bold, italic or higher up.
    """

    text: str
    kind: str = ""


@dataclass(slots=True)
class SheetRead:
    """One sheet.

    Attributes:
        title: What its tab says.
        hidden: Whether its tab is hidden.
        rows: The cells of each row that has some, by its number and by column, from 0.
        merged: The first and last row, and first and last column, of cells that are one.
        hidden_rows: Rows that are not shown.
        hidden_columns: Columns that are not shown, from 0.
        extras: What else it shows, such as pictures.
    """

    title: str
    hidden: bool
    rows: dict[int, dict[int, SheetCell]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)


def letters_of(index: int) -> str:
    """Return the letters of a column, from 0: A, B … Z, AA."""
    found, rest = "", index + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        found = chr(ord("A") + digit) + found
    return found


def is_workbook(data: bytes) -> bool:
    """Tell whether a file is meant as a workbook; an old or locked one is, and is told so."""
    return data[:4] in {b"PK\x03\x04", _OLD}


def sheets_of(data: bytes) -> list[SheetRead]:
    """Return the sheets of a workbook, in the order of their tabs.

    Raises:
        WorkbookUnreadable: It is none, is locked, or goes past a limit.
    """
    if data[:4] == _OLD:
        what = "is an old workbook (.xls), or locked by a password; save it as .xlsx without one"
        raise WorkbookUnreadable(what)
    try:
        parts = dict(entries_of(data, (".xml", ".rels")))
        return list(_Workbook(parts).sheets())
    except PackageRefused as refused:
        raise WorkbookUnreadable(str(refused)) from refused
    except XmlUnreadable as error:
        raise WorkbookUnreadable(f"is a damaged workbook: {error.what}") from error


class _Workbook:
    """The parts of one file, and what its sheets share."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._parts = parts
        self._place = next(
            (place for kind, place in self._related("") if kind == "officeDocument"), _WORKBOOK
        )
        if self._place not in parts:
            what = "is a package, and no workbook (.xlsx); save the table as one, or as CSV"
            raise WorkbookUnreadable(what)
        self._book = _root(parts[self._place])
        related = dict(self._related(self._place))
        self._texts = [*self._shared_texts(related.get("sharedStrings", ""))]
        self._formats = self._number_formats(related.get("styles", ""))
        settings = self._book.find("workbookPr")
        later = settings is not None and settings.get("date1904") in {"1", "true"}
        self._first_day = FIRST_DAY_1904 if later else FIRST_DAY
        self._room = MOST_CELLS

    def sheets(self) -> Iterator[SheetRead]:
        """Yield the sheets."""
        places = self._by_id(self._place)
        listed = self._book.findall("sheets/sheet")
        if len(listed) > MOST_SHEETS:
            raise WorkbookUnreadable(f"has {len(listed)} sheets; {MOST_SHEETS} are the most")
        for one in listed:
            place = places.get(one.get("id", ""), "")
            if place in self._parts:
                hidden = one.get("state", "visible") != "visible"
                yield self._sheet(SheetRead((one.get("name") or "")[:60], hidden), place)

    def _related(self, part: str) -> Iterator[tuple[str, str]]:
        """Yield what another part is to a part, and where it stands."""
        for element in self._relations(part):
            kind = (element.get("Type") or "").rpartition("/")[2]
            yield kind, _beside(part, element.get("Target") or "")

    def _by_id(self, part: str) -> dict[str, str]:
        return {
            one.get("Id") or "": _beside(part, one.get("Target") or "")
            for one in self._relations(part)
        }

    def _relations(self, part: str) -> list[Any]:
        folder, _, name = part.rpartition("/")
        place = f"{folder}/_rels/{name}.rels".lstrip("/")
        data = self._parts.get(place)
        return [] if data is None else list(_root(data).iter("Relationship"))

    def _shared_texts(self, place: str) -> Iterator[SheetCell]:
        if place in self._parts:
            yield from map(_text_in, _root(self._parts[place]).iterchildren("si"))

    def _number_formats(self, place: str) -> list[str | int]:
        """Return how cells of each style show a number: a format, or the number of a usual one."""
        if place not in self._parts:
            return []
        root = _root(self._parts[place])
        own = {one.get("numFmtId"): one.get("formatCode") or "" for one in root.iter("numFmt")}
        found: list[str | int] = []
        for style in root.iterfind("cellXfs/xf"):
            number = style.get("numFmtId") or "0"
            found.append(own.get(number, int(number) if number.isdecimal() else 0))
        return found

    def _sheet(self, sheet: SheetRead, place: str) -> SheetRead:
        root = _root(self._parts[place])
        number = 0
        for row in root.iterfind("sheetData/row"):
            said = row.get("r") or ""
            number = int(said) if said.isdecimal() and len(said) < 8 else number + 1
            cells = dict(self._cells(row, number, sheet.title))
            if cells:
                sheet.rows[number] = cells
                if row.get("hidden") in {"1", "true"}:
                    sheet.hidden_rows.append(number)
        for one in root.iterfind("mergeCells/mergeCell"):
            sheet.merged += _area(one.get("ref") or "")
        for one in root.iterfind("cols/col"):
            first, last = one.get("min") or "", one.get("max") or ""
            if one.get("hidden") in {"1", "true"} and first.isdecimal() and last.isdecimal():
                sheet.hidden_columns += range(int(first) - 1, min(int(last), MOST_COLUMNS))
        kinds = {kind for kind, _ in self._related(place)}
        sheet.extras += sorted(kinds & {"drawing", "comments", "threadedComment"})
        return sheet

    def _cells(self, row: Any, number: int, title: str) -> Iterator[tuple[int, SheetCell]]:
        index = -1
        for element in row.iterchildren("c"):
            named = _CELL.fullmatch(element.get("r") or "")
            index = index + 1 if named is None else _index_of(named[1])
            cell = self._cell(element)
            if not cell.text and not cell.kind:
                continue
            self._room -= 1
            if index >= MOST_COLUMNS or self._room < 0:
                what = f"has more than {MOST_COLUMNS} columns, or {MOST_CELLS} cells"
                where = f'in the sheet "{title}", row {number}'
                raise WorkbookUnreadable(f"{what}, {where}; part it into several files")
            yield index, cell

    def _cell(self, element: Any) -> SheetCell:
        kind, value = element.get("t") or "n", element.findtext("v")
        if kind == "inlineStr":
            inner = element.find("is")
            return SheetCell("") if inner is None else _text_in(inner)
        if value is None or not value.strip():
            pending = element.find("f") is not None and kind != "str"
            return SheetCell("", FORMULA if pending else "")
        if kind == "s":
            at = int(value) if value.strip().isdecimal() and len(value) < 9 else -1
            return self._texts[at] if 0 <= at < len(self._texts) else SheetCell("", _ERROR)
        if kind == "b":
            return SheetCell("TRUE" if value.strip() == "1" else "FALSE")
        if kind in {"str", "d", "e"}:
            return SheetCell(_unescaped(value), {"d": DATE, "e": _ERROR}.get(kind, ""))
        return self._number(value.strip(), element.get("s") or "0")

    def _number(self, value: str, style: str) -> SheetCell:
        known = style.isdecimal() and len(style) < 6 and int(style) < len(self._formats)
        code = self._formats[int(style)] if known else 0
        if is_date(code):
            return SheetCell(self._date(value), DATE)
        shown = shown_number(value, code)
        return SheetCell(value, _ERROR) if shown is None else SheetCell(shown[0], SHOWN * shown[1])

    def _date(self, value: str) -> str:
        try:
            moment: datetime = self._first_day + timedelta(days=float(Decimal(value)))
        except (ArithmeticError, ValueError, OverflowError):
            return value[:40]
        return moment.date().isoformat()


def _root(data: bytes) -> Any:
    """Return the root of a part, its names and those of its attributes without namespace."""
    root, _ = read_xml(data)
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = etree.QName(element).localname
            for name in [one for one in element.attrib if one.startswith("{")]:
                local = etree.QName(name).localname
                if local not in element.attrib:
                    element.set(local, element.get(name))
    return root


def _beside(part: str, target: str) -> str:
    if target.startswith("/"):
        return normpath(target).lstrip("/")
    return normpath(join(part.rpartition("/")[0], target))


def _text_in(holder: Any) -> SheetCell:
    """Return the text of an element, of its runs where it has some; how they are set is told."""
    pieces, is_set = [], False
    for child in holder:
        if child.tag == "t":
            pieces.append(child.text or "")
        elif child.tag == "r":
            text, marked = _run(child)
            pieces.append(text)
            is_set = is_set or (marked and bool(text.strip()))
    text = _unescaped("".join(pieces))
    several = sum(1 for child in holder if child.tag == "r") > 1
    return SheetCell(text, SET if is_set and several else "")


def _run(run: Any) -> tuple[str, bool]:
    """Return a run, raised and lowered signs as signs of their own, and whether more is lost."""
    text = run.findtext("t") or ""
    place = run.find("rPr/vertAlign")
    kind = "" if place is None else place.get("val") or ""
    if kind in {"superscript", "subscript"}:
        signs = RAISED if kind == "superscript" else LOWERED
        if all(sign in signs or sign.isspace() for sign in text):
            return "".join(signs.get(sign, sign) for sign in text), False
        return f"{'^' if kind == 'superscript' else '_'}({text})", True
    marked = any(run.find(f"rPr/{name}") is not None for name in ("b", "i", "u", "strike"))
    return text, marked


def _unescaped(text: str) -> str:
    """Return a text without the escapes that the format has for signs that XML cannot hold."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return "".join(sign for sign in plain.replace("\r\n", "\n") if sign >= " " or sign in "\n\t")


def _index_of(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _area(reference: str) -> Iterator[tuple[int, int, int, int]]:
    first, _, last = reference.partition(":")
    begin, end = _CELL.fullmatch(first), _CELL.fullmatch(last)
    if begin is not None and end is not None:
        yield int(begin[2]), int(end[2]), _index_of(begin[1]), _index_of(end[1])
