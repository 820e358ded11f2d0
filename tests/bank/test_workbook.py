"""Tables as XLSX files: whatever stands in a cell, a program reads it back as text or number."""

import io
import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from hypothesis import given
from hypothesis import strategies as st

from examengine.workbook import workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells_of(pieces):
    """The cells of the one sheet of a file, row by row, as type and content."""
    archive = ZipFile(io.BytesIO(b"".join(pieces)))
    assert archive.testzip() is None
    for name in archive.namelist():
        ET.fromstring(archive.read(name))  # noqa: S314  (our own file)
    sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    return [
        [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row]
        for row in sheet.iter(f"{MAIN}row")
    ]


def test_each_kind_of_value_has_its_cell():
    """
    Numbers count, moments are days since the format's first, and an absent figure is no zero.
    """
    row = ["Ω", 12, 0.25, None, True, datetime(2026, 11, 30, 12, tzinfo=UTC)]

    head, cells = cells_of(workbook("A bank", ["a", "b", "c", "d", "e", "f"], [row]))

    assert head[0] == ("inlineStr", "a")
    assert cells == [
        ("inlineStr", "Ω"),
        ("n", "12"),
        ("n", "0.25"),
        ("n", ""),
        ("b", "1"),
        ("n", "46356.500000"),
    ]


@given(st.text(max_size=60), st.lists(st.lists(st.text(max_size=30), max_size=3), max_size=4))
def test_no_text_breaks_the_file_or_becomes_a_formula(title, rows):
    """
    Markup, control characters and signs that begin formulas are text in a text cell.
    """
    _, *found = cells_of(workbook(title, ["head"], rows))

    kinds = {kind for row in found for kind, text in row if text}
    assert kinds <= {"inlineStr"}
    kept = [[re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "�", t) for t in r] for r in rows]
    read = [[text.replace("\r\n", "\n").replace("\r", "\n") for _, text in row] for row in found]
    assert read == [[t.replace("\r\n", "\n").replace("\r", "\n") for t in r] for r in kept]


def test_a_long_table_comes_in_pieces():
    """
    Rows are read while the file is sent, and equal tables are equal files.
    """
    taken = []

    def rows():
        for number in range(1_000):
            taken.append(number)
            yield [number, f"={number}"]

    pieces = workbook("Long", ["n", "text"], rows())
    first = next(pieces)

    assert len(taken) < 1_000
    assert b"".join([first, *pieces]) == b"".join(workbook("Long", ["n", "text"], rows()))
