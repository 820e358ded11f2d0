"""A table of items as a workbook (XLSX), with the columns of the CSV table.

Every sheet whose first row names an id, a stem and a key is read, and other sheets are told. What
a program has made of what was typed is not taken for it: dates, errors, and formulas without a
result are refused with the row and the column that people see.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from examengine.bank import media
from examengine.bank.formats._format import Destination, Files
from examengine.bank.formats._item_rows import row_of
from examengine.bank.formats._item_tables import (
    EXPLANATIONS_HEAD,
    MOST_FAULTS,
    ItemTable,
    NumberedRow,
    TableFormat,
    columns_of,
    columns_used,
    files_shown,
    names_items,
    no_bank_named,
    tables_among,
)
from examengine.bank.formats._media import load_media, stands_as_media
from examengine.bank.formats._xlsx_sheets import (
    DATE,
    FORMULA,
    SET,
    SHOWN,
    SheetCell,
    SheetRead,
    WorkbookUnreadable,
    is_workbook,
    letters_of,
    sheets_of,
)
from examengine.bank.rules import Bank, FileFault, ItemVersion, LoadedBank, LoadedItem, MediaFile
from examengine.workbook import Cell, workbook

ITEMS_FILE = "items.xlsx"
SHEET = "Items"
_ENDINGS = (".xlsx", ".xlsm")
_DAYS = frozenset({"written"})
"""Columns in which a date is a date."""
_UNTAKEN = {
    DATE: "is the date {text} to the program, which may have made it of 1/2; type it as text",
    FORMULA: "holds a formula without a saved result; save the file in the program, or type it",
    "error": "shows an error ({text}); type what it should say",
}
_EXTRAS = {
    "drawing": "shows pictures or charts, which are not read; send each as a file, and name it in "
    "the column figure",
    "comments": "has comments in its cells, which are not read",
    "threadedComment": "has comments in its cells, which are not read",
}
_EXAMPLE_COLUMNS = ("id", "type", "area", "stem", "option_a", "option_b", "option_c", "key", "unit")
_EXAMPLE_ROWS: Sequence[Sequence[Cell]] = (
    ("X-1", None, "change", "By how much did it rise?", "By a third", "By a half", None, "b", None),
    ("X-2", None, None, "Which measure spread? Choose two.", "Range", "Mode", "SD", "a|c", None),
    ("X-3", "numeric_entry", None, "From 80 to 90 is how much?", None, None, None, 12.5, "%"),
)


class XlsxFormat(TableFormat):
    """`items.xlsx` and the files it names; what has no column in a table has none here."""

    name = "xlsx_table"
    title = "XLSX table of items"
    endings = (*_ENDINGS, *media.KINDS)
    example: ClassVar[Files] = {
        ITEMS_FILE: b"".join(workbook(SHEET, _EXAMPLE_COLUMNS, _EXAMPLE_ROWS))
    }

    def takes(self, name: str) -> bool:
        """Take the workbooks of the folder itself, and what stands where figures do."""
        return ("/" not in name and name.lower().endswith(_ENDINGS)) or stands_as_media(name)

    def recognises(self, files: Files) -> bool:
        """Tell by a workbook; what stands in it is told when it is read."""
        return any(
            name.lower().endswith(_ENDINGS) and is_workbook(data) for name, data in files.items()
        )

    def read(self, files: Files, into: Destination) -> LoadedBank:
        """Read items for a bank that is there; a table does not say what bank it is."""
        faults: list[FileFault] = []
        notes: list[FileFault] = []
        known = {**into.media, **load_media(files, faults)}
        items: list[LoadedItem] = []
        for name in tables_among(files):
            items += _read_workbook(name, files[name], known, into, faults, notes)
        if into.bank is None:
            faults.insert(0, no_bank_named(files))
        return LoadedBank(into.bank, tuple(items), known, tuple(faults), tuple(notes))

    def write(
        self,
        bank: Bank,  # noqa: ARG002 - a table does not say what bank it is
        items: Iterable[ItemVersion],
        media: Mapping[str, MediaFile],
    ) -> dict[str, bytes]:
        """Return `items.xlsx`, every cell of it a text, and what the items show or play."""
        versions = list(items)
        rows = [row_of(version.content) for version in versions]
        columns = columns_used(rows)
        cells = ([row.get(name) for name in columns] for row in rows)
        written = b"".join(workbook(SHEET, columns, cells))
        return {ITEMS_FILE: written, **files_shown(versions, media)}


@dataclass(slots=True)
class _SheetTable:
    """A sheet that is read as a table of items.

    Attributes:
        file: The file.
        sheet: The sheet.
        alone: Whether it is the only table of its file, so that nobody asks which sheet is meant.
        notes: What a reader should look at.
    """

    file: str
    sheet: SheetRead
    alone: bool
    notes: list[FileFault]
    _headings: list[str] = field(default_factory=list)

    def items(
        self,
        known: Mapping[str, MediaFile],
        latest: Mapping[str, ItemVersion],
        faults: list[FileFault],
    ) -> list[LoadedItem]:
        """Return the items of the sheet; what is wrong joins `faults`."""
        first = min(self.sheet.rows)
        self._headings = [cell.text for cell in _filled(self.sheet.rows[first])]
        table = ItemTable(self.file, known, latest, self.place)
        untaken = self._merged(first, table) | self._refused(first, table)
        found = list(table.items(self._rows(first, untaken)))
        faults += table.faults[:MOST_FAULTS]
        self._note_extras()
        return found

    def place(self, row: int, index: int | None, column: str) -> tuple[None, str]:
        """Say where something stands as people see it: row 7, column D "key"."""
        sheet = "" if self.alone else f'sheet "{self.sheet.title}", '
        if index is None:
            return None, f"{sheet}row {row}" + (f", {column}" if column else "")
        heading = self._headings[index] if index < len(self._headings) else column
        named = f' "{heading[:40]}"' if heading else ""
        return None, f"{sheet}row {row}, column {letters_of(index)}{named}"

    def _rows(self, first: int, untaken: set[int]) -> Iterator[NumberedRow]:
        for number in sorted(self.sheet.rows):
            if number not in untaken:
                cells = _filled(self.sheet.rows[number])
                if number == first:
                    yield number, self._headings
                else:
                    yield number, [cell.text for cell in cells]

    def _refused(self, first: int, table: ItemTable) -> set[int]:
        """Refuse rows with a cell that does not say what was typed; note what to look at."""
        found: set[int] = set()
        columns = columns_of(self._headings)
        at_id = columns.index("id") if "id" in columns else -1
        for number, cells in self.sheet.rows.items():
            for index, cell in cells.items():
                column = columns[index] if index < len(columns) else ""
                if not cell.kind or (cell.kind == DATE and column in _DAYS):
                    continue
                if cell.kind in _UNTAKEN:
                    found.add(number)
                    item_id = cells.get(at_id, SheetCell("")).text if number != first else ""
                    what = _UNTAKEN[cell.kind].format(text=cell.text[:40])
                    table.tell(number, index, column, what, item_id or None)
                else:
                    self._note_cell(number, index, column, cell)
        return found

    def _note_cell(self, row: int, index: int, column: str, cell: SheetCell) -> None:
        what = {
            SHOWN: f"shows a number in a way of its own; it was read as {cell.text[:40]}",
            SET: "is partly set in bold, italic or raised letters, which a table cannot hold; "
            "write *…* for emphasis",
        }[cell.kind]
        if len(self.notes) < MOST_FAULTS:
            self.notes.append(FileFault(self.file, None, self.place(row, index, column)[1], what))

    def _merged(self, first: int, table: ItemTable) -> set[int]:
        """Refuse rows whose cells are merged: what of it each row means is not said."""
        found: set[int] = set()
        for top, bottom, left, right in self.sheet.merged:
            rows = [row for row in range(max(top, first), bottom + 1) if row in self.sheet.rows]
            if not rows or left >= len(self._headings):
                continue
            area = f"{letters_of(left)}{top} to {letters_of(right)}{bottom}"
            what = f"the cells {area} are merged; part them, and write in each row what it says"
            table.tell(rows[0], left, "", what)
            found |= set(rows) - {first}
            if len(found) > len(self.sheet.rows) or len(table.faults) > MOST_FAULTS:
                break
        return found

    def _note_extras(self) -> None:
        title = self.sheet.title
        told = [_EXTRAS[one] for one in self.sheet.extras]
        if self.sheet.hidden_rows:
            listed = ", ".join(map(str, self.sheet.hidden_rows[:10]))
            told.append(f"hides rows ({listed}), which were read like the others")
        if self.sheet.hidden_columns:
            listed = ", ".join(map(letters_of, self.sheet.hidden_columns[:10]))
            told.append(f"hides columns ({listed}), which were read like the others")
        for what in dict.fromkeys(told):
            self.notes.append(FileFault(self.file, None, f'sheet "{title}"', what))


def _read_workbook(
    name: str,
    data: bytes,
    known: Mapping[str, MediaFile],
    into: Destination,
    faults: list[FileFault],
    notes: list[FileFault],
) -> list[LoadedItem]:
    try:
        sheets = sheets_of(data)
    except WorkbookUnreadable as error:
        faults.append(FileFault(name, None, "", str(error)))
        return []
    filled = [one for one in sheets if one.rows]
    tables = [one for one in filled if _is_table(one) and not one.hidden]
    for one in filled:
        if one not in tables and not _is_ours(one):
            why = "is hidden" if one.hidden and _is_table(one) else "is no table of items"
            what = f"{why}, and was not read"
            notes.append(FileFault(name, None, f'sheet "{one.title}"', what))
    if not tables:
        what = "has no sheet whose first row names the columns id, stem and key"
        faults.append(FileFault(name, None, "", f"{what}; begin from the template"))
    found: list[LoadedItem] = []
    for one in tables:
        table = _SheetTable(name, one, alone=len(tables) == 1, notes=notes)
        found += table.items(known, into.latest, faults)
    return found


def _is_table(sheet: SheetRead) -> bool:
    return names_items(cell.text for cell in sheet.rows[min(sheet.rows)].values())


def _is_ours(sheet: SheetRead) -> bool:
    """Tell whether a sheet holds the explanations of our own template."""
    first = sheet.rows[min(sheet.rows)]
    return tuple(cell.text for cell in first.values()) == EXPLANATIONS_HEAD


def _filled(cells: Mapping[int, SheetCell]) -> list[SheetCell]:
    """Return the cells of a row without gaps, from the first to the last that says something."""
    return [cells.get(index, SheetCell("")) for index in range(max(cells) + 1)]


FORMAT = XlsxFormat()
