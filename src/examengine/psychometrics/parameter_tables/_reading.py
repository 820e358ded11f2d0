"""Tables as R, spreadsheets and reports write them, brought to one shape before a format reads.

R leaves the heading of the row names empty; in half of Europe it parts cells by semicolons, because
the comma is in the numbers.
"""

import csv
import io
import re

from examengine.psychometrics.csv_tables import (
    CsvTable,
    UnusableFile,
    read_csv,
    text_of,
)

LARGEST_TABLE = 8 * 1024 * 1024
MOST_ITEMS = 30_000
MOST_COLUMNS = 400
ROW_NAMES = "item"
"""What the column without a heading is called."""
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]{0,30},[0-9]{1,30}(?:[eE][+-]?[0-9]{1,3})?")
_OTHER_MARKS = (";", "\t")


def read_table(source: str, content: bytes) -> CsvTable:
    """Read a table of items.

    Args:
        source: What to call the file in sentences.
        content: Its bytes: UTF-8, cells parted by commas, semicolons or tabs. Between semicolons
            and tabs numbers may have a decimal comma.

    Returns:
        The table; a first column without a heading is called `item`.

    Raises:
        UnusableFile: It is no such table, or larger than any bank; one sentence per fault.
    """
    if len(content) > LARGEST_TABLE:
        raise UnusableFile([f"{source}: {len(content)} bytes; at most {LARGEST_TABLE} are read"])
    if content[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"} or content[:2] in {
        b"\xff\xfe",
        b"\xfe\xff",
    }:
        return read_csv(source, content)  # which says how to save it
    found = read_csv(source, _plain(source, content))
    if len(found.rows) > MOST_ITEMS:
        raise UnusableFile([f"{source}: {len(found.rows)} rows; at most {MOST_ITEMS} are read"])
    if len(found.header) > MOST_COLUMNS:
        raise UnusableFile([f"{source}: {len(found.header)} columns; at most {MOST_COLUMNS}"])
    folded = [name.casefold() for name in found.header]
    twice = sorted({name for name in folded if folded.count(name) > 1})
    if twice:
        raise UnusableFile(
            [f"{source}: row 1: {twice[0]!r} stands twice, capital letters apart; rename one"]
        )
    return found


def _plain(source: str, content: bytes) -> bytes:
    """The same table with commas between cells and a heading over the names."""
    text = text_of(source, content)
    if "\0" in text:
        return content
    first = text.lstrip("\r\n").split("\n", 1)[0]
    mark = next((mark for mark in _OTHER_MARKS if mark in first and "," not in first), ",")
    unnamed = first.lstrip().startswith(('""', mark))
    if mark == "," and not unnamed:
        return content
    try:
        rows = list(csv.reader(io.StringIO(text, newline=None), delimiter=mark, strict=True))
    except csv.Error:
        return content
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    if rows and rows[0] and not rows[0][0].strip():
        rows[0][0] = ROW_NAMES
    writer.writerows(rows if mark == "," else ([*map(_with_point, cells)] for cells in rows))
    return written.getvalue().encode()


def _with_point(cell: str) -> str:
    return cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell.strip()) else cell
