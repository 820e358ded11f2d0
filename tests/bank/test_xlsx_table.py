"""Tables of items as workbooks: read as people typed them, and faults told as people see them."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import FORMATS, item_version
from examengine.bank.formats import Destination, load_files, load_sent
from examengine.bank.formats._xlsx_numbers import shown_number
from examengine.bank.formats._xlsx_sheets import letters_of, sheets_of
from examengine.bank.rules import LoadedBank
from examengine.workbook import Sheet, workbook, workbook_of
from tests.bank.qti_1_items import BANK
from tests.bank.small_bank import FIGURE

HEAD = ["ID", "Question", "Option A", "Option B", "Answer", "Written"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def row(*cells: object, item_id: str = "T-1") -> list:
    """A row of a choice: its options, and its key."""
    return [item_id, "By how much?", *cells]


def made(*rows: list, head: list = HEAD) -> bytes:
    """A workbook of one sheet."""
    return b"".join(workbook("Items", head, rows))


def changed(data: bytes, part: str, before: str, after: str) -> bytes:
    """A workbook of which a part says something else."""
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(found, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == part:
                assert before in text
                text = text.replace(before, after, 1)
            new.writestr(name, text)
    return found.getvalue()


def in_sheet(data: bytes, before: str, after: str) -> bytes:
    """A workbook of whose sheet a piece is another."""
    return changed(data, "xl/worksheets/sheet1.xml", before, after)


def read(data: bytes, **more: bytes) -> LoadedBank:
    """What a workbook says, for a bank that is there."""
    return load_files({"items.xlsx": data, **more}, Destination(BANK))


def content(data: bytes) -> dict:
    """The only item of a workbook."""
    loaded = read(data)
    assert loaded.faults == ()
    return dict(loaded.items[0].content)


def test_a_workbook_holds_the_items_of_the_same_csv_table():
    """
    Both have one idea of columns: the same cells are the same items.
    """
    rows = [row("A third", "A half", "b"), row("Two", "Three", "A", item_id="T-2")]
    table = "\n".join(",".join(map(str, one)) for one in (HEAD, *rows))

    found = read(made(*rows))
    again = load_files({"items.csv": table.encode()}, Destination(BANK))

    assert found.faults == ()
    assert [one.content for one in found.items] == [one.content for one in again.items]


@pytest.mark.parametrize(
    ("value", "code", "text", "doubtful"),
    [
        ("12.5", 0, "12.5", False),
        ("0.30000000000000004", 0, "0.3", False),
        ("5.0000000000000003E-2", 0, "0.05", False),
        ("1E+21", 0, "1000000000000000000000", False),
        ("0.5", 9, "50%", False),
        ("0.125", 9, "12.5%", True),
        ("12.5", 2, "12.50", False),
        ("12.345", 2, "12.345", True),
        ("7", "000", "007", False),
        ("-7.5", "#,##0.00", "-7.50", False),
        ("1200", 3, "1200", False),
        ("12.5", '0.00 "€"', "12.5", True),
        ("0.5", "# ?/?", "0.5", True),
    ],
)
def test_a_number_is_read_as_people_typed_it(value, code, text, doubtful):
    """
    A half is shown as 50 %, 12.5 as 12.50, and sums have noise behind their last digit.
    """
    assert shown_number(value, code) == (text, doubtful)


@pytest.mark.parametrize("value", ["", "one", "NaN", "1e9999999", "Infinity"])
def test_what_is_no_number_is_none(value):
    """
    A damaged cell is an error, and no number near it.
    """
    assert shown_number(value, 0) is None


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-9999, max_value=9999)
)
def test_a_plain_number_loses_nothing(number):
    """
    What fits into the digits of a sheet comes out as the number it was.
    """
    found = shown_number(repr(float(number)), 0)

    assert found is not None
    assert float(found[0]) == float(number)


def test_a_date_is_no_answer_but_the_day_something_was_written():
    """
    A program makes 2 January of 1/2: the row says where, and is not taken.
    """
    day = datetime(2026, 2, 1, tzinfo=UTC)
    good = row("A third", "A half", "b", day)
    bad = row("A third", day, "b", item_id="T-2")

    loaded = read(made(good, bad))

    assert [one.content["provenance"]["written"] for one in loaded.items] == ["2026-02-01"]
    told = str(loaded.faults[0])
    assert told.startswith('items.xlsx: row 3, column D "Option B": is the date 2026-02-01')
    assert loaded.faults[0].item_id == "T-2"
    assert "type it as text" in told


def test_a_fault_says_row_and_column_as_people_see_them():
    """
    Row 2, column E, by the words that stand above it.
    """
    loaded = read(made(row("A third", "A half", "x")))

    assert str(loaded.faults[0]).startswith('items.xlsx: row 2, column E "Answer": ')


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('t="inlineStr"><is><t xml:space="preserve">b</t></is>', 't="e"><v>#N/A</v>', "#N/A"),
        ('t="inlineStr"><is><t xml:space="preserve">b</t></is>', "><f>1/2</f>", "formula without"),
        ('t="inlineStr"><is><t xml:space="preserve">b</t></is>', 't="s"><v>99</v>', "error"),
        (
            "</sheetData>",
            '</sheetData><mergeCells count="1"><mergeCell ref="C2:D2"/></mergeCells>',
            "C2 to D2 are merged",
        ),
    ],
)
def test_what_does_not_say_what_was_typed_is_refused(before, after, says):
    """
    Errors, formulas that were never worked out, and merged cells are told with their place.
    """
    cell = '<c t="inlineStr"><is><t xml:space="preserve">b</t></is>'
    if before.startswith("t="):
        before, after = cell, f"<c {after}"
    loaded = read(in_sheet(made(row("A third", "A half", "b")), before, after))

    assert loaded.items == ()
    assert "row 2" in str(loaded.faults[0])
    assert says in str(loaded.faults[0])


def test_a_formula_counts_by_its_saved_result():
    """
    Nothing is worked out here: what the program saved is what people saw.
    """
    cell = '<c t="inlineStr"><is><t xml:space="preserve">A half</t></is>'
    data = in_sheet(
        made(row("A third", "A half", "b")), cell, '<c t="str"><f>A1&amp;"x"</f><v>A tenth</v>'
    )

    assert content(data)["options"][1]["text"] == "A tenth"


def test_signs_that_stand_higher_are_signs_of_their_own():
    """
    A square stays a square; bold letters are told, for a table cannot hold them.
    """
    runs = (
        "<is><r><t>x</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>2</t></r>"
        "<r><rPr><b/></rPr><t> bold</t></r></is>"
    )
    plain = '<is><t xml:space="preserve">A half</t></is>'
    loaded = read(in_sheet(made(row("A third", "A half", "b")), plain, runs))

    assert loaded.items[0].content["options"][1]["text"] == "x² bold"
    assert 'row 2, column D "Option B"' in str(loaded.notes[0])


def test_every_sheet_of_items_is_read_and_others_are_told():
    """
    Notes and hidden sheets are named; with several tables a fault names its sheet.
    """
    data = b"".join(
        workbook_of(
            [
                Sheet("Week 1", HEAD, [row("A third", "A half", "b")]),
                Sheet("Notes", ["What", "Who"], [["Ask", "Ana"]]),
                Sheet("Week 2", HEAD, [row("A third", "A half", "x", item_id="T-2")]),
                Sheet("Old", HEAD, [row("A third", "A half", "b", item_id="T-3")]),
            ]
        )
    )
    hidden = changed(data, "xl/workbook.xml", 'name="Old"', 'name="Old" state="hidden"')
    loaded = read(hidden)

    assert [one.id for one in loaded.items] == ["T-1"]
    assert 'sheet "Week 2", row 2, column E' in str(loaded.faults[0])
    notes = [str(note) for note in loaded.notes]
    assert any('"Notes": is no table of items' in note for note in notes)
    assert any('"Old": is hidden' in note for note in notes)


def test_cells_that_say_where_they_stand_may_leave_gaps():
    """
    Programs write only cells that hold something, each with its place.
    """
    sheet = (
        f'<worksheet xmlns="{MAIN}"><cols><col min="7" max="7" hidden="1"/></cols><sheetData>'
        '<row r="3"><c r="A3" t="inlineStr"><is><t>id</t></is></c><c r="C3" t="inlineStr"><is>'
        '<t>stem</t></is></c><c r="D3" t="inlineStr"><is><t>key</t></is></c></row>'
        '<row r="9" hidden="1"><c r="A9" t="inlineStr"><is><t>T-9</t></is></c>'
        '<c r="C9" t="inlineStr"><is><t>What?_x000D_</t></is></c><c r="D9"><v>4</v></c></row>'
        "</sheetData></worksheet>"
    )
    data = made(row("A third", "A half", "b"))
    whole = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    loaded = read(in_sheet(data, whole, sheet))

    assert loaded.faults == ()
    found = loaded.items[0]
    assert (found.content["stem"], found.content["key"]["accept"]) == ("What?", ["4"])
    assert found.lines["stem"] == 9
    assert [note.what.partition(",")[0] for note in loaded.notes] == [
        "hides rows (9)",
        "hides columns (G)",
    ]


def test_figures_come_beside_a_workbook():
    """
    A browser sends bare names; the column figure says which file is meant.
    """
    data = made(
        ["T-1", "What?", "yes", "line.svg", "A line."], head=["id", "stem", "key", "figure", "alt"]
    )
    loaded = load_sent({"items.xlsx": data, "line.svg": FIGURE.encode()}, Destination(BANK))

    assert loaded.faults == ()
    assert loaded.items[0].content["stimulus"][0]["figure"]["file"] == "figures/line.svg"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "in no format"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "old workbook"),
        (b"PK\x03\x04nonsense", "no usable zip"),
        (made(), "holds no items"),
        (made(["x"], head=["a"]), "no sheet whose first row"),
    ],
)
def test_a_file_that_is_no_table_is_told_what_would_be_right(data, says):
    """
    Old workbooks, broken ones, and those without a table of items.
    """
    loaded = read(data)

    assert loaded.items == ()
    assert says in str(loaded.faults[0])


def test_a_workbook_that_means_harm_is_refused():
    """
    Bombs, ways out of the file, entities and endless columns are told, and nothing comes in.
    """
    data = made(row("A third", "A half", "b"))
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        sheet = whole.read("xl/worksheets/sheet1.xml").decode()
    declared = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + sheet.partition("?>")[2]
    far = sheet.replace("<row>", '<row><c r="XFD1" t="inlineStr"><is><t>x</t></is></c>', 1)
    for other, says in (
        (declared, "declares a type"),
        (sheet.replace("</sheetData>", " " * 9_000_000 + "</sheetData>"), "times its size"),
        (far, "more than 400 columns"),
        (sheet[:-30], "damaged"),
    ):
        packed = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(data)) as whole,
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for name in whole.namelist():
                text = other if name.endswith("sheet1.xml") else whole.read(name).decode()
                new.writestr(name, text)
        loaded = read(packed.getvalue())
        assert loaded.items == ()
        assert says in str(loaded.faults[0])


@given(st.lists(st.text(max_size=30), min_size=1, max_size=6))
def test_texts_come_back_as_they_were(texts):
    """
    What a workbook of ours holds is read sign for sign, but signs that XML cannot hold.
    """
    [sheet] = sheets_of(b"".join(workbook("S", texts, [])))
    found = [sheet.rows[1][n].text if n in sheet.rows.get(1, {}) else "" for n in range(len(texts))]

    wanted = [text for text in texts if all(sign >= " " and sign < "\ud800" for sign in text)]
    if len(wanted) == len(texts) and not any("_x" in text for text in texts):
        assert found == texts


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_are_named_as_programs_name_them(index, letters):
    """
    After Z comes AA.
    """
    assert letters_of(index) == letters


def test_an_exported_workbook_is_read_again():
    """
    Every cell is a text, so that no number, date or formula is made of any.
    """
    loaded = read(made(["T-1", "=1+1?", "A third", "1/2", "b"]))
    again = FORMATS["xlsx_table"].write(
        BANK, [version_of(loaded)], {file.digest: file for file in loaded.media.values()}
    )

    assert load_files(again, Destination(BANK)).items[0].content == loaded.items[0].content


def version_of(loaded: LoadedBank):
    """The only item as a version of the bank."""
    return item_version("quiz", loaded.items[0].content)


def test_texts_that_cells_share_and_formats_are_found_in_their_parts():
    """
    Most programs keep texts in a part of their own, and name how a number is shown by a style.
    """
    data = made(row("A third", "A half", "b"))
    texts = f'<sst xmlns="{MAIN}"><si><t>A tenth</t></si></sst>'
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf/><xf numFmtId="9"/></cellXfs></styleSheet>'
    related = '<Relationship Id="r9" Type="x/relationships/sharedStrings" Target="texts.xml"/>'
    plain = '<c t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>'
    data = in_sheet(data, plain.format("A third"), '<c t="s"><v>0</v></c>')
    data = in_sheet(data, plain.format("A half"), '<c s="1"><v>0.5</v></c>')
    rels = "xl/_rels/workbook.xml.rels"
    data = changed(data, rels, "</Relationships>", f"{related}</Relationships>")
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, body in {**parts, "xl/styles.xml": styles, "xl/texts.xml": texts}.items():
            archive.writestr(name, body)

    found = content(packed.getvalue())

    assert [option["text"] for option in found["options"]] == ["A tenth", "50%"]
