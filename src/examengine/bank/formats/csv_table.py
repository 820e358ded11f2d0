"""A table of items (CSV), one row each, as spreadsheets write it; for a bank that is there.

Read are commas, semicolons and tabs, UTF-8 and UTF-16, headings in any order and any case. What a
spreadsheet would take for a formula is written with an apostrophe in front, and read without it.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from examengine.bank import media
from examengine.bank.formats._format import Destination, Files
from examengine.bank.formats._item_rows import row_of
from examengine.bank.formats._item_tables import (
    MARKED_FORMULA,
    MOST_FAULTS,
    ItemTable,
    NumberedRow,
    TableFormat,
    columns_used,
    files_shown,
    names_items,
    no_bank_named,
    tables_among,
)
from examengine.bank.formats._media import load_media, stands_as_media
from examengine.bank.rules import Bank, FileFault, ItemVersion, LoadedBank, LoadedItem, MediaFile

ITEMS_FILE = "items.csv"
LARGEST_TABLE = 8 * 1024 * 1024
LARGEST_HEADINGS = 64 * 1024
UTF_16 = "utf-16"
_ENDINGS = (".csv", ".tsv")
_MARKS = ",;\t"
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")

_EXAMPLE = """\
id,type,area,level,seconds,stem,option_a,option_b,option_c,key,rationale_a,tolerance,unit,figure,alt
T-1,single_choice,change,apply,60,"Sales rose from 20 to 30.
By how much?",By a third,By a half,By a fifth,b,Divides by the new sales.,,,sales.svg,"Two bars."
T-2,multiple_response,,,,Which are measures of spread? Choose two.,Range,Median,Variance,a|c,,,,,
T-3,numeric_entry,change,,45,A price rises from 80 to 90 euros. By what per cent?,,,,12.5,,0.05,%,,
T-4,short_text,,,,Which value stands in the middle?,,,,median|the median,,,,,
"""
_EXAMPLE_FIGURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 30">'
    b'<rect x="2" y="10" width="10" height="20"/><rect x="18" width="10" height="30"/></svg>'
)


class CsvFormat(TableFormat):
    """`items.csv` and the files it names; tables, formulas and scoring rules have no column."""

    name = "csv_table"
    title = "CSV table of items"
    endings = (*_ENDINGS, *media.KINDS)
    example: ClassVar[Files] = {
        ITEMS_FILE: _EXAMPLE.encode(),
        "figures/sales.svg": _EXAMPLE_FIGURE,
    }

    def takes(self, name: str) -> bool:
        """Take the tables of the folder itself, and what stands where figures do."""
        return ("/" not in name and name.lower().endswith(_ENDINGS)) or stands_as_media(name)

    def recognises(self, files: Files) -> bool:
        """Tell by a table whose headings name an id, a stem and a key."""
        tables = [data for name, data in files.items() if name.lower().endswith(_ENDINGS)]
        return bool(tables) and any(map(_is_table_of_items, tables))

    def read(self, files: Files, into: Destination) -> LoadedBank:
        """Read items for a bank that is there; a table does not say what bank it is."""
        faults: list[FileFault] = []
        known = {**into.media, **load_media(files, faults)}
        items: list[LoadedItem] = []
        for name in tables_among(files):
            found: list[FileFault] = []
            items.extend(_read_table(name, files[name], known, into, found))
            faults.extend(found[:MOST_FAULTS])
        if into.bank is None:
            faults.insert(0, no_bank_named(files))
        return LoadedBank(into.bank, tuple(items), known, tuple(faults))

    def write(
        self,
        bank: Bank,  # noqa: ARG002 - a table does not say what bank it is
        items: Iterable[ItemVersion],
        media: Mapping[str, MediaFile],
    ) -> dict[str, bytes]:
        """Return `items.csv`, and what the items show or play."""
        versions = list(items)
        rows = [row_of(version.content) for version in versions]
        columns = columns_used(rows)
        cells = ([row.get(name, "") for name in columns] for row in rows)
        return {ITEMS_FILE: written_table(columns, cells), **files_shown(versions, media)}


def written_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as a CSV file, no cell of which is a formula."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(columns)
    table.writerows([*map(_safe, row)] for row in rows)
    return written.getvalue().encode()


def _read_table(
    name: str,
    data: bytes,
    known: Mapping[str, MediaFile],
    into: Destination,
    faults: list[FileFault],
) -> Iterator[LoadedItem]:
    table = ItemTable(name, known, into.latest, faults=faults)
    try:
        yield from table.items(_rows(data))
    except _Unreadable as error:
        faults.append(FileFault(name, error.line, "", error.what))


class _Unreadable(Exception):
    """Nothing after this line can be read."""

    def __init__(self, line: int | None, what: str) -> None:
        self.line = line
        self.what = what
        super().__init__(what)


def _is_table_of_items(data: bytes) -> bool:
    """Tell by the headings alone; that the rest is in another encoding is told when it is read."""
    first = data[:LARGEST_HEADINGS].partition(b"\n")[0] if _encoding(data) != UTF_16 else data
    try:
        text = first.decode(_encoding(data), "replace")
        headings = next(csv.reader(io.StringIO(text, newline=""), delimiter=_mark(text)), [])
    except csv.Error:
        return False
    return names_items(headings)


def _rows(data: bytes) -> Iterator[NumberedRow]:
    """Yield each row with the line it begins on.

    Raises:
        _Unreadable: The file is too large, in another encoding, or its quotes do not close.
    """
    if len(data) > LARGEST_TABLE:
        raise _Unreadable(None, f"is larger than {LARGEST_TABLE // 1024} KB; part it into several")
    text = _decoded(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_mark(text), strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise _Unreadable(line, f"is no CSV: {error}; check its quotation marks") from error


def _encoding(data: bytes) -> str:
    """Return the encoding of a table; spreadsheets mark UTF-16, and sometimes UTF-8."""
    return UTF_16 if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"


def _decoded(data: bytes) -> str:
    try:
        return data.decode(_encoding(data))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _Unreadable(line, 'is not UTF-8; save it as "CSV UTF-8"') from error


def _mark(text: str) -> str:
    """Return what parts the cells: whichever mark stands most often in the first line."""
    counted = Counter(sign for sign in text.partition("\n")[0] if sign in _MARKS)
    return max(_MARKS, key=lambda mark: counted[mark])


def _safe(cell: str) -> str:
    if MARKED_FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


FORMAT = CsvFormat()
