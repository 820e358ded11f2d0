"""Tables of items, whatever file they stand in: headings, rows and what is wrong in them.

A fault says where it stands as people see it in their file, which each kind of file knows itself.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from examengine.bank import media
from examengine.bank.formats._format import Files, Format
from examengine.bank.formats._item_rows import (
    ITEM_COLUMNS,
    column_named,
    column_of,
    content_of,
    gaps_in,
    is_column,
    row_of,
)
from examengine.bank.formats._media import media_faults, with_digests
from examengine.bank.formats._next_version import with_version
from examengine.bank.item_file import item_faults
from examengine.bank.item_types._stimulus import media_of
from examengine.bank.rules import FileFault, ItemVersion, LoadedItem, MediaFile
from examengine.kernel.digest import digest

MUST_BE_THERE = ("id", "stem", "key")
EXPLANATIONS_HEAD = ("column", "what it holds")
"""Above the explanations of our own template, which stand on a sheet of their own."""
MOST_ROWS = 10_000
MOST_FAULTS = 50
"""How many faults of a table are told; whoever has mended those will hear of the rest."""
MARKED_FORMULA = re.compile(r"[=+\-@\t\r'＝＋－＠]")

Place = Callable[[int, int | None, str], tuple[int | None, str]]
"""Where a row, the column of an index, and a field stand: the line of a fault, and its words."""
NumberedRow = tuple[int, Sequence[str]]
"""The number of a row, as its file counts, and its cells."""


def by_line(line: int, _index: int | None, column: str) -> tuple[int | None, str]:
    """Say where something stands in a file of lines."""
    return line, column


@dataclass(slots=True)
class ItemTable:
    """One table that is being read.

    Attributes:
        file: The file it stands in.
        known: The pictures and recordings that its items may name.
        latest: The latest version of each item of the bank, for rows that number none.
        place: How it says where something stands.
        faults: What is wrong with it; faults of other files are not in it.
    """

    file: str
    known: Mapping[str, MediaFile]
    latest: Mapping[str, ItemVersion]
    place: Place = by_line
    faults: list[FileFault] = field(default_factory=list)
    _columns: list[str] = field(default_factory=list)

    def items(self, rows: Iterator[NumberedRow]) -> Iterator[LoadedItem]:
        """Yield the items of a table whose first row names its columns."""
        line, headings = next(rows, (1, []))
        if not self._takes(line, headings):
            return
        n_items = 0
        for number, (row, cells) in enumerate(rows):
            if number >= MOST_ROWS:
                what = f"has more than {MOST_ROWS} rows; part it into several files"
                self.tell(row, None, "", what)
                return
            if any(cell.strip() for cell in cells):
                n_items += 1
                if len(self.faults) <= MOST_FAULTS:
                    yield from self._read(row, cells)
        if not n_items:
            self.faults.append(
                FileFault(self.file, None, "", "holds no items; write one in each row")
            )

    def tell(
        self, row: int, index: int | None, column: str, what: str, item_id: str | None = None
    ) -> None:
        """Note what is wrong in a row."""
        line, where = self.place(row, index, column)
        self.faults.append(FileFault(self.file, line, where, what, item_id))

    def _takes(self, line: int, headings: Sequence[str]) -> bool:
        """Tell whether the headings name columns that are read; what is wrong is noted."""
        columns = columns_of(headings)
        missing = [column for column in MUST_BE_THERE if column not in columns]
        if missing:
            what = f"has no column {', '.join(missing)}; the first row must name the columns"
            self.tell(line, None, "", what)
            return False
        twice = [column for column, count in Counter(columns).items() if count > 1 and column]
        strange = [column for column in columns if column and not is_column(column)]
        for column in (*twice, *strange)[:MOST_FAULTS]:
            why = "stands twice; keep one" if column in twice else "is no column that is read here"
            what = f"{why}; see the guide to item tables"
            self.tell(line, columns.index(column), column[:60], what)
        self._columns = columns
        return not (twice or strange)

    def _read(self, row: int, cells: Sequence[str]) -> Iterator[LoadedItem]:
        columns = self._columns
        said = said_in_row(dict(zip(columns, map(plain_cell, cells), strict=False)))
        item_id = said.get("id")
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            what = f"has {len(cells)} cells and {len(columns)} headings"
            self.tell(row, None, "", f"{what}; quote cells that hold the mark", item_id)
            return
        content = content_of(said)
        told = chain(gaps_in(said), item_faults(content), media_faults(content, self.known))
        found = list(islice(told, MOST_FAULTS))
        for fault in found:
            column = column_of(fault.where)
            index = columns.index(column) if column in columns else None
            self.tell(row, index, column, fault.what, item_id)
        if not found:
            whole = with_digests(content, self.known)
            latest = self.latest.get(whole["id"])
            numbered = with_version(
                whole, content["version"] if "version" in said else None, latest
            )
            places = ("", *(name for name in content if name != "version" or "version" in said))
            yield LoadedItem(self.file, numbered, dict.fromkeys(places, row))


class TableFormat(Format):
    """A format of tables, which do not say what bank their items are for."""

    def placed(self, name: str) -> str:
        """Return the bare name of a table, and where a figure or recording stands."""
        bare = super().placed(name)
        kind = media.KINDS.get(media.ending_of(bare))
        return bare if kind is None else f"{kind.folder}/{bare}"

    def left_out(self, version: ItemVersion) -> str | None:
        """Say that something of an item has no column; found by reading its row again."""
        return left_out_of_tables(version)


def tables_among(files: Files) -> list[str]:
    """Return the names of the tables among files, in their order; the rest is shown or played."""
    return sorted(name for name in files if media.ending_of(name) not in media.KINDS)


def no_bank_named(files: Files) -> FileFault:
    """Return what is said of tables that come for no bank."""
    what = "names no bank; say which bank the items are for, as with --bank"
    return FileFault(min(files), None, "", what)


def names_items(headings: Iterable[str]) -> bool:
    """Tell whether headings are meant as those of a table of items."""
    return set(MUST_BE_THERE) <= set(columns_of(headings))


def columns_of(headings: Iterable[str]) -> list[str]:
    """Return the columns that headings mean; blank ones have none."""
    return [column_named(plain_cell(heading)) for heading in headings]


def said_in_row(row: Mapping[str, str]) -> dict[str, str]:
    """Return the cells that say something, as they are read."""
    texts = {name: cell.replace("\r\n", "\n").strip() for name, cell in row.items()}
    return {name: text for name, text in texts.items() if name and text}


def plain_cell(cell: str) -> str:
    """Return a cell without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell[:1] == "'" and MARKED_FORMULA.match(cell[1:]) else cell


def left_out_of_tables(version: ItemVersion) -> str | None:
    """Say that something of an item has no column; found by reading its row again."""
    again = content_of(said_in_row(row_of(version.content)))
    if digest(with_digests(again, _named(version.content))) == version.digest:
        return None
    lost = sorted(name for name in version.content if again.get(name) != version.content[name])
    return f"its {', '.join(lost)} cannot be written in a table; export it as examengine_yaml"


def columns_used(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the columns that rows have something in, in the order in which people read them."""
    return sorted({name for row in rows for name in row}, key=_order) or list(MUST_BE_THERE)


def files_shown(
    versions: Iterable[ItemVersion], media: Mapping[str, MediaFile]
) -> dict[str, bytes]:
    """Return the files that items show or play, by the name that they use."""
    return {
        file["file"]: media[file["digest"]].data
        for version in versions
        for _, file in media_of(version.content)
    }


def _named(content: Mapping[str, Any]) -> dict[str, MediaFile]:
    """Return the files of an item by name, as far as its digest needs them."""
    return {body["file"]: MediaFile(body["digest"], "", b"") for _, body in media_of(content)}


def _order(column: str) -> tuple[int, int, str]:
    if column in ITEM_COLUMNS:
        at = ITEM_COLUMNS.index(column)
        return (0 if at <= ITEM_COLUMNS.index("stem") else 2, at, "")
    return (1, 0, f"{column.rpartition('_')[2]:>2}{column}")
