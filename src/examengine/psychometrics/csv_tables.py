"""CSV files as people send them: UTF-8, comma, header; every fault named by row and column.

Reading never stops at the first fault: a person mends a file once. What many cells or rows have
in common is one sentence.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from examengine.psychometrics.enumeration import some_of
from examengine.psychometrics.refusals import Refusal, refuse

LARGEST_FILE = 512 * 1024 * 1024
MOST_FAULTS = 100
# More faults than this of one kind are one sentence.
MOST_ALIKE = 5
LONGEST_SHOWN = 60
MOST_NAMED = 12
# Narrower than float(): no "1_000", no digits of other scripts, no "nan" and no "infinity".
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs"}
# What tells two faults of one kind apart: where, what was found, how many cells.
# What Excel writes, and reads, before the header.
SEPARATOR_LINE = re.compile(r"sep=,\s*$", re.IGNORECASE | re.MULTILINE)
ROW = re.compile(r"row ([0-9]+)")
PLACE = re.compile(r"row [0-9]+|'[^']*'|(?<![0-9])[0-9]+ cells")
# What files are that are no text, by how they begin, and the way out.
SAVE_AS = "save it as “CSV UTF-8 (comma delimited)”"
OTHER_FILES = (
    (b"PK\x03\x04", f"a spreadsheet workbook (xlsx, ods) or another zip file; {SAVE_AS}"),
    (b"\xd0\xcf\x11\xe0", f"an Excel workbook (xls); {SAVE_AS}"),
    (b"\xff\xfe", f"UTF-16 (Excel's “Unicode text”); {SAVE_AS}"),
    (b"\xfe\xff", f"UTF-16 (Excel's “Unicode text”); {SAVE_AS}"),
    (b"%PDF", "a PDF document; the table it shows is needed as CSV"),
    (b"\x1f\x8b", "compressed (gzip); unpack it first"),
    (b"{", "JSON, not a table; a CSV file is needed here"),
    (b"<!", "HTML, not a table; a CSV file is needed here"),
    (b"<?", "XML, not a table; a CSV file is needed here"),
    (b"<html", "HTML, not a table; a CSV file is needed here"),
)


class UnusableFile(Refusal):
    """A file cannot be read as what it is meant to be; one sentence per fault."""

    placed = True


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file with one header.

    Attributes:
        source: What the file is called in sentences.
        header: Column names, unique and not empty.
        rows: Cells of each row, as many as there are columns, outer spaces removed.
        lines: Line of the file on which each row begins, the header being on line 1.
    """

    source: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of one column.

        Raises:
            UnusableFile: There is no such column.
        """
        if name not in self.header:
            raise UnusableFile(
                [f"{self.source}: no column {name!r}; it has {some_of(self.header, MOST_NAMED)}"]
            )
        place = self.header.index(name)
        return tuple(row[place] for row in self.rows)

    def fault(self, row: int, column: str, found: str, needed: str) -> str:
        """A sentence for one cell that cannot be used.

        Args:
            row: Index into `rows`.
            column: Name of the column.
            found: What stands there.
            needed: What would be right.

        Returns:
            "FILE: row 3, column 'x': 'y'; needed", a long cell cut short.
        """
        shown = found if len(found) <= LONGEST_SHOWN else f"{found[:LONGEST_SHOWN]}…"
        return f"{self.source}: row {self.lines[row]}, column {column!r}: {shown!r}; {needed}"


def read_csv(source: str, content: bytes) -> CsvTable:
    """Read a CSV file.

    Args:
        source: What to call the file in sentences.
        content: Its bytes, UTF-8 with or without a byte order mark; lines end as they do on any
            system.

    Returns:
        The table. Blank lines are skipped, and so are the line `sep=,` that spreadsheets write and
        empty columns without a name at the right.

    Raises:
        UnusableFile: Too large, no text, no UTF-8, no header, no rows, cells separated by something
            else than commas, a column name empty or twice, or a row of another length; one sentence
            each.
    """
    if len(content) > LARGEST_FILE:
        raise UnusableFile([f"{source}: {len(content)} bytes; at most {LARGEST_FILE} are read"])
    refuse(UnusableFile, _kind_faults(source, content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise UnusableFile([f"{source}: row {line} is not UTF-8; save the file as UTF-8"]) from None
    lines, records = _records(source, text)
    if not records:
        raise UnusableFile([f"{source}: the file is empty; a header and rows are needed"])
    refuse(UnusableFile, _separator_faults(source, records))
    header, *rows = _trimmed(records)
    refuse(UnusableFile, first_faults(_table_faults(source, header, rows, lines[1:])))
    return CsvTable(source, tuple(header), tuple(map(tuple, rows)), tuple(lines[1:]))


def number_in(cell: str) -> float | None:
    """The number a cell says.

    Args:
        cell: Text of the cell.

    Returns:
        The number; None when the cell says none, or one too large to work with.
    """
    if not NUMBER.fullmatch(cell):
        return None
    number = float(cell)
    return number if isfinite(number) else None


def first_faults(faults: Iterable[str]) -> list[str]:
    """Faults as they are read: many of one kind in one sentence, and the rest counted.

    Args:
        faults: All faults.

    Returns:
        At most 101 sentences. More than five that differ in nothing but place and cell are the
        first of them, with the rows of the others.
    """
    kinds: dict[str, list[str]] = {}
    for fault in faults:
        kinds.setdefault(PLACE.sub("", fault), []).append(fault)
    every: list[str] = []
    for alike in kinds.values():
        every += alike if len(alike) <= MOST_ALIKE else [_in_one(alike)]
    rest = len(every) - MOST_FAULTS
    return every if rest <= 0 else [*every[:MOST_FAULTS], f"… and {rest} more faults"]


def _in_one(faults: Sequence[str]) -> str:
    """The first of many faults of one kind, and where the others are."""
    first, *others = faults
    rows = dict.fromkeys(row[1] for one in others if (row := ROW.search(one)))
    if len(rows) < len(others):
        return f"{first} (and {len(others)} more like it)"
    return f"{first} (likewise {len(others)} more rows: {some_of(list(rows))})"


def _records(source: str, text: str) -> tuple[list[int], list[list[str]]]:
    """Line and cells of every record but blank lines."""
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise UnusableFile([f"{source}: row {line} holds a NUL character; this is no text file"])
    # newline=None reads \r\n and \r as line ends too.
    reader = csv.reader(io.StringIO(text, newline=None), strict=True)
    lines: list[int] = []
    records: list[list[str]] = []
    begins = 1
    if SEPARATOR_LINE.match(text):
        next(reader)
        begins = 2
    try:
        for cells in reader:
            # A blank line is nobody; a row of empty cells is a person presented nothing.
            if len(cells) > 1 or any(cell.strip() for cell in cells):
                lines.append(begins)
                records.append([cell.strip() for cell in cells])
            begins = reader.line_num + 1
    except csv.Error as fault:
        raise UnusableFile([f"{source}: row {reader.line_num}: {fault}"]) from None
    return lines, records


def _kind_faults(source: str, content: bytes) -> Iterator[str]:
    """A sentence for a file that is no text, or a text that is no table."""
    beginning = content[:LONGEST_SHOWN].removeprefix(codecs.BOM_UTF8).lstrip(b" \r\n")
    for begins, what in OTHER_FILES:
        if beginning.startswith(begins):
            yield f"{source}: the file is {what}"
            return


def _separator_faults(source: str, records: list[list[str]]) -> Iterator[str]:
    """A sentence for a table whose cells other characters than commas keep apart."""
    first, second = records[0], records[min(1, len(records) - 1)]
    for sign, name in OTHER_SEPARATORS.items():
        # A decimal comma parts the cells of a row, but hardly a header.
        if len(first) == 1 and sign in first[0] and any(sign in cell for cell in second):
            yield (
                f"{source}: cells are separated by {name}; save the file with commas between cells "
                "and points in decimal numbers"
            )


def _trimmed(records: list[list[str]]) -> list[list[str]]:
    """The records without the empty cells at the right that no column is named for."""
    width = max((place for place, name in enumerate(records[0], start=1) if name), default=0)
    if any(any(cells[width:]) for cells in records):
        return records
    return [cells[:width] for cells in records]


def _table_faults(
    source: str, header: list[str], rows: list[list[str]], lines: list[int]
) -> Iterator[str]:
    seen: set[str] = set()
    for place, name in enumerate(header, start=1):
        if not name:
            yield f"{source}: row 1, column {place}: the column has no name; give it one"
        elif name in seen:
            yield f"{source}: row 1, column {name!r} stands twice; column names are unique"
        seen.add(name)
    if not rows:
        yield f"{source}: there are no rows below the header"
    for line, cells in zip(lines, rows, strict=True):
        if len(cells) != len(header):
            yield f"{source}: row {line}: {len(cells)} cells; the header has {len(header)}"


def text_of(source: str, content: bytes) -> str:
    """The text of a file that is no table, in UTF-8 with or without a byte order mark.

    Raises:
        UnusableFile: It is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableFile([f"{source}: not UTF-8; save the file as UTF-8"]) from None


def named_faults(source: str, faults: Iterable[str]) -> Iterator[str]:
    """Faults with the name of their file in front."""
    return (f"{source}: {fault}" for fault in faults)
