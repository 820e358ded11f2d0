"""Tables as an XLSX file, written while their rows are read; the first row is kept in sight.

Every text is a text cell and nothing is ever a formula, so no cell can act on whoever opens it. A
library would hold the whole workbook, or write it to disk first; here a few kilobytes are held.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from markupsafe import escape

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | bool | datetime | None

_LONGEST = 32_767
"""Characters of a cell, by the format."""
_AT_ONCE = 200
_WRITTEN = (2026, 1, 1, 0, 0, 0)
"""The moment that every part of the file bears, so that equal tables are equal files."""
_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001  (a day of the format, of no zone)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/>'
    '<xf numFmtId="22" applyNumberFormat="1"/>'
    '<xf applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs></styleSheet>'
)
_RELATIONSHIPS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)
_BOLD, _MOMENT, _WRAPPED = 1, 2, 3
_WIDTH = 18
"""How wide a column is, in digits, where a sheet does not say."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file.

    Attributes:
        title: What the sheet is called.
        head: The titles of the columns.
        rows: The cells of each row: texts, numbers, yes or no, moments in UTC; None leaves one out.
        widths: How wide the first columns are, in digits.
        wrapped: Whether long texts are broken into lines, for a sheet that is read.
    """

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()
    wrapped: bool = False


class _Pieces(io.RawIOBase):
    """What a ZIP file is written to that is handed on piece by piece."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        """Tell that it is written to."""
        return True

    def write(self, data: Any) -> int:
        """Hold what was written until it is taken."""
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        found = bytes(self._held)
        self._held.clear()
        return found


def workbook(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield an XLSX file of one sheet in pieces; see `Sheet`."""
    return workbook_of([Sheet(title, head, rows)])


def workbook_of(sheets: Sequence[Sheet]) -> Iterator[bytes]:
    """Yield an XLSX file in pieces."""
    pieces = _Pieces()
    parts = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _RELATIONSHIPS,
        "xl/_rels/workbook.xml.rels": _parts_of_book(len(sheets)),
        "xl/styles.xml": _STYLES,
        "xl/workbook.xml": _book([one.title for one in sheets]),
    }
    with ZipFile(pieces, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, body in parts.items():
            archive.writestr(_part(name), _XML + body)
        for number, one in enumerate(sheets, start=1):
            with archive.open(_part(f"xl/worksheets/sheet{number}.xml"), "w") as sheet:
                sheet.write((_XML + _before(one) + _row(one.head, _BOLD)).encode())
                style = _WRAPPED if one.wrapped else 0
                some: list[str] = []
                for cells in one.rows:
                    some.append(_row(cells, style))
                    if len(some) == _AT_ONCE:
                        sheet.write("".join(some).encode())
                        some.clear()
                        yield pieces.taken()
                sheet.write(("".join(some) + "</sheetData></worksheet>").encode())
    yield pieces.taken()


def _content_types(n_sheets: int) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in range(1, n_sheets + 1)
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{sheets}</Types>'
    )


def _parts_of_book(n_sheets: int) -> str:
    sheets = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, n_sheets + 1)
    )
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">{sheets}'
        f'<Relationship Id="r{n_sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>"
    )


def _part(name: str) -> ZipInfo:
    part = ZipInfo(name, _WRITTEN)
    part.compress_type = ZIP_DEFLATED
    return part


def _book(titles: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(_sheet_name(title))}" sheetId="{n}" r:id="r{n}"/>'
        for n, title in enumerate(titles, start=1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", _NOT_IN_XML.sub("", title))[:31].strip() or "Items"


def _before(sheet: Sheet) -> str:
    rest = len(sheet.head) - len(sheet.widths)
    wide = "".join(
        f'<col min="{n}" max="{n}" width="{width}"/>' for n, width in enumerate(sheet.widths, 1)
    )
    if rest > 0:
        wide += f'<col min="{len(sheet.widths) + 1}" max="{len(sheet.head)}" width="{_WIDTH}"/>'
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{wide}</cols><sheetData>"
    )


def _row(cells: Iterable[Cell], style: int = 0) -> str:
    return "<row>" + "".join(_cell(cell, style) for cell in cells) + "</row>"


def _cell(cell: Cell, style: int) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, bool):
        return f'<c t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, datetime):
        days = (cell.replace(tzinfo=None) - _FIRST_DAY).total_seconds() / 86_400
        return f'<c s="{_MOMENT}"><v>{days:.6f}</v></c>'
    if isinstance(cell, int | float):
        return f"<c><v>{cell!r}</v></c>"
    text = escape(_NOT_IN_XML.sub("�", cell)[:_LONGEST])
    styled = f' s="{style}"' if style else ""
    return f'<c{styled} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
