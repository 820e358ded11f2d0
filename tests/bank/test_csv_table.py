"""Tables of items as spreadsheets write them: read, written, refused in words with their line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import FORMATS, check_bank, item_version
from examengine.bank.formats import Destination, load_files
from examengine.bank.rules import Bank, LoadedBank
from examengine.kernel.digest import digest
from tests.bank.media_files import wav
from tests.bank.small_bank import FIGURE, figure, item

BANK = Bank("quiz", "Quiz", "Own items.", "en", "CC-BY-4.0", "Ours.", (), ())
HEAD = "id,stem,option_a,option_b,option_c,key"
ROW = "Q1,What is 2 + 2?,3,4,5,b"


def read(text: str | bytes, **others: bytes) -> LoadedBank:
    """What a table says, for a bank that is there."""
    data = text.encode() if isinstance(text, str) else text
    return load_files({"items.csv": data, **others}, Destination(BANK))


def content(text: str | bytes) -> dict:
    """The only item of a table."""
    loaded = read(text)
    assert loaded.faults == ()
    return dict(loaded.items[0].content)


def table(*rows: dict[str, str]) -> str:
    """A table of these rows."""
    written = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = csv.DictWriter(written, names)
    out.writeheader()
    out.writerows(rows)
    return written.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        f"{HEAD}\n{ROW}\n",
        f"\ufeff{HEAD}\r\n{ROW}\r\n",
        f"{HEAD}\n{ROW}\n".replace(",", ";"),
        f"{HEAD}\n{ROW}\n".replace(",", "\t"),
        f"{HEAD}\n{ROW}\n".encode("utf-16"),
        f"ID,Question,A,B,C,Correct answer\n{ROW}\n",
        f"key,{HEAD.removesuffix(',key')}\nB,{ROW.removesuffix(',b')}\n,,,,,\n",
        f"{HEAD}\n{ROW.removesuffix('b')}4\n",
    ],
)
def test_every_spreadsheet_writes_the_same_item(data):
    """
    Marks, encodings, headings in any order and case, the key as a letter or as the option's words.
    """
    found = content(data)

    assert found["type"] == "single_choice"
    assert [option["text"] for option in found["options"]] == ["3", "4", "5"]
    assert found["key"] == "b"


@pytest.mark.parametrize(
    ("cells", "item_type", "key"),
    [
        ({"option_a": "x", "option_b": "y", "key": "a|b"}, "multiple_response", ["a", "b"]),
        ({"option_a": "x", "option_b": "y", "key": "B > A"}, "ordering", ["b", "a"]),
        (
            {"prompt_1": "x", "prompt_2": "y", "option_a": "v", "option_b": "w", "key": "1=b|2=A"},
            "matching",
            {"p1": "b", "p2": "a"},
        ),
        (
            {"key": "12,5", "tolerance": "0.1"},
            "numeric_entry",
            {"value": "12.5", "tolerance": "0.1"},
        ),
        (
            {"type": "Numeric entry", "key": "-3"},
            "numeric_entry",
            {"value": "-3", "tolerance": "0"},
        ),
        ({"key": "median| the median"}, "short_text", {"accept": ["median", "the median"]}),
    ],
)
def test_the_type_of_an_item_follows_from_what_it_has(cells, item_type, key):
    """
    A column `type` is needed only where the cells could mean two things.
    """
    found = content(table({"id": "Q1", "stem": "What?", **cells}))

    assert (found["type"], found["key"]) == (item_type, key)


def test_a_limit_and_a_description_have_columns():
    """
    A recording that may be played twice, and a figure described in full, travel in a table.
    """
    row = {
        "id": "Q1",
        "stem": "?",
        "option_a": "x",
        "option_b": "y",
        "key": "a",
        "figure": "line.svg",
        "alt": "A line.",
        "figure_description": "It rises.",
        "audio": "a.wav",
        "transcript": "Hello.",
        "plays": "2",
    }

    loaded = read(table(row), **{"figures/line.svg": FIGURE.encode(), "recordings/a.wav": wav()})

    shown, heard = loaded.items[0].content["stimulus"]
    assert shown["figure"]["description"] == "It rises."
    assert heard["audio"]["plays"] == 2
    version = item_version("quiz", loaded.items[0].content)
    written = FORMATS["csv_table"].write(
        BANK, [version], {one.digest: one for one in loaded.media.values()}
    )
    assert load_files(written, Destination(BANK)).items[0].content == version.content


def test_a_table_may_come_with_the_figures_it_names():
    """
    A bare file name is looked for where figures stand.
    """
    rows = table({"id": "Q1", "stem": "?", "figure": "line.svg", "alt": "A line.", "key": "up"})

    loaded = read(rows, **{"figures/line.svg": FIGURE.encode()})

    shown = loaded.items[0].content["stimulus"][0]["figure"]
    assert loaded.faults == ()
    assert shown["file"] == "figures/line.svg"
    assert shown["digest"].startswith("sha256:")
    assert check_bank(loaded).errors == ()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (f"{HEAD}\n{ROW.replace(',b', ',d')}\n", "items.csv:2: key: is d, which is no option"),
        (f'{HEAD}\n"Q1\n",x,1,2,3,a\nQ2,,1,2,3,a\n', "items.csv:4: stem: is missing"),
        (f"{HEAD}\n{ROW.replace(',3,', ',,')}\n", "items.csv:2: option_a: is empty"),
        (f"{HEAD}\nQ 1{ROW[2:]}\n", "items.csv:2: id: must be 1 to 128 letters"),
        (f"{HEAD},colour\n{ROW},red\n", "items.csv:1: colour: is no column that is read here"),
        (f"{HEAD},B\n{ROW},red\n", "items.csv:1: option_b: stands twice"),
        (f"{HEAD}\n{ROW},red\n", "has 7 cells and 6 headings"),
        (f'{HEAD}\nQ1,"open,3,4,5,b\n', "check its quotation marks"),
        (f"{HEAD}\nQ1,é,3,4,5,b\n".encode("latin-1"), 'is not UTF-8; save it as "CSV UTF-8"'),
        (f"{HEAD},seconds\n{ROW},soon\n", "items.csv:2: seconds: must be a whole number"),
        (f"{HEAD},figure\n{ROW},no.svg\n", "names figures/no.svg, and there is no such"),
        (f"{HEAD}\nQ1,\x07,3,4,5,b\n", "holds a control character"),
        (f"{HEAD}\n", "items.csv: holds no items"),
    ],
)
def test_a_fault_names_line_column_and_what_would_be_right(data, says):
    """
    Whoever made the table finds the cell.
    """
    loaded = read(data)

    assert says in "\n".join(map(str, loaded.faults))


def test_what_a_row_leaves_unsaid_is_found_in_that_row():
    """
    A field that is missing has no cell; the line of its row is told.
    """
    [found] = [
        each
        for each in check_bank(read(f"{HEAD}\n{ROW}\n")).findings
        if each.rule == "missing_seconds"
    ]

    assert str(found).startswith("items.csv:2: seconds: is missing")


def test_a_table_without_a_bank_says_where_items_could_go():
    """
    Rows alone do not say whose they are.
    """
    loaded = load_files({"items.csv": f"{HEAD}\n{ROW}\n".encode()})

    assert loaded.bank is None
    assert "say which bank the items are for" in str(loaded.faults[0])


@pytest.mark.parametrize(
    "text", ["=1+1", "+SUM(A1)", "-5", "-5 apples", "@x", "'=quoted", "'s Gravenhage", "a|b", "x,y"]
)
def test_no_cell_is_a_formula_and_every_text_comes_back(text):
    """
    A spreadsheet computes nothing of an exported table, and what is read again is the same.
    """
    options = [{"id": "a", "text": text}, {"id": "b", "text": "other"}]
    version = item_version("quiz", item("Q1", "single_choice", options=options, key="a"))

    data = FORMATS["csv_table"].write(BANK, [version], {})["items.csv"]

    cells = [cell for row in csv.reader(io.StringIO(data.decode())) for cell in row]
    assert not any(cell[:1] in "=+@" for cell in cells if cell)
    assert FORMATS["csv_table"].left_out(version) is None
    assert digest(content(data)) == version.digest


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scoring": {"rule": "graded_options", "points": {"c": 2, "b": 1}}}, "scoring"),
        ({"stimulus": [{"formula": {"tex": "x", "spoken": "x"}}]}, "stimulus"),
        (
            {"options": [{"id": "X1", "text": "x"}, {"id": "X2", "text": "y"}], "key": "X1"},
            "options",
        ),
        (
            {
                "stimulus": [
                    {"figure": {**figure()["figure"], "digest": "sha256:1"}},
                    {"figure": {**figure()["figure"], "digest": "sha256:1"}},
                ]
            },
            "stimulus",
        ),
        ({"stem": "ends in a line\n"}, "stem"),
        ({"type": "of_another_table", "key": True}, "key"),
    ],
)
def test_what_has_no_column_is_named_and_not_written(changes, field):
    """
    An item is exported whole or not at all.
    """
    version = item_version("quiz", item("Q1", "single_choice", **changes))

    assert field in (FORMATS["csv_table"].left_out(version) or "")


@pytest.mark.parametrize(
    "data",
    [
        f"{HEAD}\n" + "Q,,,,,\n" * 20_000,
        f"{HEAD}\n" + '"' + "x" * 300_000 + '"',
        f"{HEAD}," + ",".join(f"c{place}" for place in range(20_000)) + "\n",
        f"{HEAD}\n" + "," * 100_000,
        f"{HEAD}\nQ1," + "x" * 100_000 + ",1,2,3,a\n",
        "id,stem,key\n" + '"\n' * 50_000,
        "id,stem,key\x00\n1,2,3\n",
    ],
)
def test_a_hostile_table_is_refused_in_few_words(data):
    """
    Endless rows, columns and cells, quotes that never close: some faults, soon, nothing thrown.
    """
    loaded = read(data)

    assert loaded.items == ()
    assert 1 <= len(loaded.faults) <= 51
    assert all(len(str(fault)) < 2_000 for fault in loaded.faults)


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.lists(cells, min_size=6, max_size=6), max_size=4))
def test_no_cells_make_the_reader_throw(rows):
    """
    Whatever stands in a table is read or refused in words.
    """
    written = io.StringIO()
    csv.writer(written).writerows([HEAD.split(","), *rows])

    loaded = read(written.getvalue())

    assert loaded.faults or len(loaded.items) <= len(rows)
