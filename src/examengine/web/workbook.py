"""A table as an XLSX file, written while its rows are read: one sheet, its first row kept in sight.

Every text is a text cell and nothing is ever a formula, so no cell can act on whoever opens it. A
library would hold the whole workbook, or write it to disk first; here a few kilobytes are held.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
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
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>"
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<fonts count="2"><font/><font><b/></font></fonts>'
        '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/>'
        '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>'
    ),
}
_BOLD, _MOMENT = 1, 2


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
    """Yield an XLSX file in pieces.

    Args:
        title: What the sheet is called.
        head: The titles of the columns.
        rows: The cells of each row: texts, numbers, yes or no, moments in UTC; None leaves one out.
    """
    pieces = _Pieces()
    with ZipFile(pieces, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, body in {**_PARTS, "xl/workbook.xml": _book(title)}.items():
            archive.writestr(_part(name), _XML + body)
        with archive.open(_part("xl/worksheets/sheet1.xml"), "w") as sheet:
            sheet.write((_XML + _before(len(head)) + _row(head, _BOLD)).encode())
            some: list[str] = []
            for cells in rows:
                some.append(_row(cells))
                if len(some) == _AT_ONCE:
                    sheet.write("".join(some).encode())
                    some.clear()
                    yield pieces.taken()
            sheet.write(("".join(some) + "</sheetData></worksheet>").encode())
    yield pieces.taken()


def _part(name: str) -> ZipInfo:
    part = ZipInfo(name, _WRITTEN)
    part.compress_type = ZIP_DEFLATED
    return part


def _book(title: str) -> str:
    name = re.sub(r"[\[\]:*?/\\']", " ", _NOT_IN_XML.sub("", title))[:31].strip() or "Items"
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(name)}" sheetId="1" r:id="r1"/></sheets></workbook>'
    )


def _before(n_columns: int) -> str:
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f'</sheetView></sheetViews><cols><col min="1" max="{n_columns}" width="18"/></cols>'
        "<sheetData>"
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
