"""A table of items (CSV), one row each, as spreadsheets write it; for a bank that is there.

Read are commas, semicolons and tabs, UTF-8 and UTF-16, headings in any order and any case. What a
spreadsheet would take for a formula is written with an apostrophe in front, and read without it.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from typing import Any, ClassVar

from examengine.bank import media
from examengine.bank.formats._format import Destination, Files, Format
from examengine.bank.formats._item_rows import (
    ITEM_COLUMNS,
    column_named,
    column_of,
    content_of,
    gaps_in,
    is_column,
    row_of,
)
from examengine.bank.formats._media import (
    load_media,
    media_faults,
    stands_as_media,
    with_digests,
)
from examengine.bank.formats._next_version import with_version
from examengine.bank.item_file import item_faults
from examengine.bank.item_types._stimulus import media_of
from examengine.bank.rules import Bank, FileFault, ItemVersion, LoadedBank, LoadedItem, MediaFile
from examengine.kernel.digest import digest

ITEMS_FILE = "items.csv"
LARGEST_TABLE = 8 * 1024 * 1024
LARGEST_HEADINGS = 64 * 1024
MOST_ROWS = 10_000
UTF_16 = "utf-16"
MOST_FAULTS = 50
"""How many faults of a table are told; whoever has mended those will hear of the rest."""
_ENDINGS = (".csv", ".tsv")
_MARKS = ",;\t"
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_FORMULA = re.compile(r"[=+\-@\t\r'＝＋－＠]")

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


class CsvFormat(Format):
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
        return ("/" not in name and name.endswith(_ENDINGS)) or stands_as_media(name)

    def recognises(self, files: Files) -> bool:
        """Tell by a table whose headings name an id, a stem and a key."""
        tables = [data for name, data in files.items() if name.lower().endswith(_ENDINGS)]
        return bool(tables) and any(map(_is_table_of_items, tables))

    def placed(self, name: str) -> str:
        """Return the bare name of a table, and where a figure or recording stands."""
        bare = super().placed(name)
        kind = media.KINDS.get(media.ending_of(bare))
        return bare if kind is None else f"{kind.folder}/{bare}"

    def read(self, files: Files, into: Destination) -> LoadedBank:
        """Read items for a bank that is there; a table does not say what bank it is."""
        faults: list[FileFault] = []
        known = {**into.media, **load_media(files, faults)}
        items: list[LoadedItem] = []
        for name in sorted(name for name in files if media.ending_of(name) not in media.KINDS):
            found: list[FileFault] = []
            read = _read_table(name, files[name], known, found)
            items.extend(_numbered(item, into) for item in read)
            faults.extend(found[:MOST_FAULTS])
        if into.bank is None:
            what = "names no bank; say which bank the items are for, as with --bank"
            faults.insert(0, FileFault(min(files), None, "", what))
        return LoadedBank(into.bank, tuple(items), known, tuple(faults))

    def left_out(self, version: ItemVersion) -> str | None:
        """Say that something of an item has no column; found by reading its row again."""
        again = with_digests(content_of(_said(row_of(version.content))), _named(version.content))
        if digest(again) == version.digest:
            return None
        lost = sorted(name for name in version.content if again.get(name) != version.content[name])
        return f"its {', '.join(lost)} cannot be written in a table; export it as examengine_yaml"

    def write(
        self,
        bank: Bank,  # noqa: ARG002 - a table does not say what bank it is
        items: Iterable[ItemVersion],
        media: Mapping[str, MediaFile],
    ) -> dict[str, bytes]:
        """Return `items.csv`, and what the items show or play."""
        versions = list(items)
        rows = [row_of(version.content) for version in versions]
        used = {name for row in rows for name in row}
        columns = sorted(used, key=_place)
        written = io.StringIO()
        table = csv.writer(written, lineterminator="\n")
        table.writerow(columns or ("id", "stem", "key"))
        table.writerows([_safe(row.get(name, "")) for name in columns] for row in rows)
        files = {ITEMS_FILE: written.getvalue().encode()}
        for version in versions:
            for _, file in media_of(version.content):
                files[file["file"]] = media[file["digest"]].data
        return files


def _numbered(item: LoadedItem, into: Destination) -> LoadedItem:
    """Return an item with its version: of a row that says none, that in the bank, or the next."""
    latest = into.latest.get(item.content["id"])
    said = item.content["version"] if "version" in item.lines else None
    return replace(item, content=with_version(item.content, said, latest))


def _read_table(
    name: str, data: bytes, known: Mapping[str, MediaFile], faults: list[FileFault]
) -> Iterator[LoadedItem]:
    try:
        rows = _rows(data)
        columns = _columns(name, next(rows, (1, []))[1], faults)
        if columns is None:
            return
        n_items = 0
        for number, (line, cells) in enumerate(rows):
            if number >= MOST_ROWS:
                what = f"has more than {MOST_ROWS} rows; part it into several files"
                faults.append(FileFault(name, line, "", what))
                return
            if any(cell.strip() for cell in cells):
                n_items += 1
                if len(faults) <= MOST_FAULTS:
                    yield from _read_row(name, line, columns, cells, known, faults)
        if not n_items:
            faults.append(FileFault(name, None, "", "holds no items; write one in each row"))
    except _Unreadable as error:
        faults.append(FileFault(name, error.line, "", error.what))


def _read_row(
    name: str,
    line: int,
    columns: list[str],
    cells: list[str],
    known: Mapping[str, MediaFile],
    faults: list[FileFault],
) -> Iterator[LoadedItem]:
    row = _said(dict(zip(columns, map(_plain, cells), strict=False)))
    item_id = row.get("id")
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        what = f"has {len(cells)} cells and {len(columns)} headings; quote cells that hold the mark"
        faults.append(FileFault(name, line, "", what, item_id))
        return
    content = content_of(row)
    told = chain(gaps_in(row), item_faults(content), media_faults(content, known))
    found = list(islice(told, MOST_FAULTS))
    faults.extend(
        FileFault(name, line, column_of(fault.where), fault.what, item_id) for fault in found
    )
    if not found:
        places = ("", *(name for name in content if name != "version" or "version" in row))
        yield LoadedItem(name, with_digests(content, known), dict.fromkeys(places, line))


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
    return {"id", "stem", "key"} <= {column_named(heading) for heading in headings}


def _rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
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


def _columns(name: str, headings: list[str], faults: list[FileFault]) -> list[str] | None:
    columns = [column_named(_plain(heading)) for heading in headings]
    missing = [column for column in ("id", "stem", "key") if column not in columns]
    if missing:
        what = f"has no column {', '.join(missing)}; the first row must name the columns"
        faults.append(FileFault(name, 1, "", what))
        return None
    twice = [column for column, count in Counter(columns).items() if count > 1 and column]
    strange = [column for column in columns if column and not is_column(column)]
    for column in (*twice, *strange)[:MOST_FAULTS]:
        why = "stands twice; keep one" if column in twice else "is no column that is read here"
        faults.append(FileFault(name, 1, column[:60], f"{why}; see the guide to item tables"))
    return None if twice or strange else columns


def _said(row: Mapping[str, str]) -> dict[str, str]:
    """Return the cells that say something, as they are read."""
    texts = {name: cell.replace("\r\n", "\n").strip() for name, cell in row.items()}
    return {name: text for name, text in texts.items() if name and text}


def _plain(cell: str) -> str:
    """Return a cell without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell[1:]) else cell


def _safe(cell: str) -> str:
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _named(content: Mapping[str, Any]) -> dict[str, MediaFile]:
    """Return the files of an item by name, as far as its digest needs them."""
    return {body["file"]: MediaFile(body["digest"], "", b"") for _, body in media_of(content)}


def _place(column: str) -> tuple[int, int, str]:
    if column in ITEM_COLUMNS:
        at = ITEM_COLUMNS.index(column)
        return (0 if at <= ITEM_COLUMNS.index("stem") else 2, at, "")
    return (1, 0, f"{column.rpartition('_')[2]:>2}{column}")


FORMAT = CsvFormat()
