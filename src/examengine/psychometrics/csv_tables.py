"""CSV files as people send them: UTF-8, comma, header; every fault named by row and column.

Reading never stops at the first fault: a person mends a file once.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite

from examengine.psychometrics.refusals import Refusal, refuse

LARGEST_FILE = 512 * 1024 * 1024
MOST_FAULTS = 100
LONGEST_SHOWN = 60
# Narrower than float(): no "1_000", no digits of other scripts, no "nan" and no "infinity".
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs"}


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
                [f"{self.source}: no column {name!r}; it has {_listed(self.header)}"]
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
        The table. Blank lines are skipped.

    Raises:
        UnusableFile: Too large, no UTF-8, no header, no rows, cells separated by something else
            than commas, a column name empty or twice, or a row of another length; one sentence
            each.
    """
    if len(content) > LARGEST_FILE:
        raise UnusableFile([f"{source}: {len(content)} bytes; at most {LARGEST_FILE} are read"])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise UnusableFile([f"{source}: row {line} is not UTF-8; save the file as UTF-8"]) from None
    lines, records = _records(source, text)
    if not records:
        raise UnusableFile([f"{source}: the file is empty; a header and rows are needed"])
    header, *rows = records
    refuse(UnusableFile, _separator_faults(source, records))
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
    """The first hundred faults and, when there are more, a sentence that counts the rest.

    Args:
        faults: All faults.

    Returns:
        At most 101 sentences.
    """
    every = list(faults)
    rest = len(every) - MOST_FAULTS
    return every if rest <= 0 else [*every[:MOST_FAULTS], f"… and {rest} more faults"]


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


def _separator_faults(source: str, records: list[list[str]]) -> Iterator[str]:
    """A sentence for a table whose cells other characters than commas keep apart."""
    first, second = records[0], records[min(1, len(records) - 1)]
    for sign, name in OTHER_SEPARATORS.items():
        if len(first) == 1 and sign in first[0] and sign in second[0]:
            yield f"{source}: cells are separated by {name}; save the file with commas"


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


def _listed(names: tuple[str, ...], most: int = 12) -> str:
    """The first few names, so that a wide file does not fill the screen."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
