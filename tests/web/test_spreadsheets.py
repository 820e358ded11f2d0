"""What people download as CSV holds no formula, and every such download goes one way."""

import ast
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import examengine
from examengine.psychometrics.csv_tables import read_csv
from examengine.web.spreadsheets import as_text, csv_download, neutral

ROOT = Path(examengine.__file__).parent
FOR_PROGRAMS = {
    "bank/formats/csv_table.py": "formulas get an apostrophe that reading takes away again",
    "commands/administration.py": "names of files, each behind an id; ids and digests",
    "commands/bank_parameters.py": "figures, and ids as the tables of a program name them",
    "commands/equate.py": "a conversion table: numbers alone",
    "commands/score.py": "person ids as the response file of the same user names them",
    "marking/scored_file.py": "ids and points; downloaded through csv_download",
    "psychometrics/parameter_tables/_reading.py": "a user's own file, read by itself again",
    "psychometrics/recovery/_tables.py": "figures of simulations",
    "rehearsal/programme.py": "simulated ratings, read by the program itself",
    "standard_setting/ratings_files.py": "downloaded through csv_download",
    "web/parameters.py": "downloaded through csv_download",
    "web/spreadsheets.py": "the one way itself, which makes each cell neutral",
}
"""Who writes CSV, and why their cells may stay as they are."""
WRITERS = {"csv.writer", "csv.DictWriter"}


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ('=HYPERLINK("http://evil.example","x")', '\'=HYPERLINK("http://evil.example","x")'),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        (" =1", "' =1"),
        ("＝1", "'＝1"),
        ("-", "'-"),
        ("b|=1", "b|'=1"),
        ("-1.5", "-1.5"),
        ("+1.5e-3", "+1.5e-3"),
        ("−3", "−3"),
        ("median", "median"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_cell_that_a_spreadsheet_would_calculate_is_text(cell, written):
    """
    A formula gets an apostrophe; numbers and words stay what they are.
    """
    assert as_text(cell) == written


@given(st.lists(st.lists(st.text("=+-@\t\r\n,\"|ab1 .'", max_size=5), min_size=2), min_size=1))
def test_no_cell_of_a_download_begins_a_formula(rows):
    """
    Whatever cells hold, none that is no number begins with a sign that starts a formula.
    """
    written = io.StringIO()
    csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)

    read = list(csv.reader(io.StringIO(neutral(written.getvalue()), newline="")))

    assert [len(row) for row in read if row] == [len(row) for row in rows if row]
    for cell in (cell for row in read for cell in row):
        assert not cell.lstrip().startswith(("=", "@")), cell
        assert not cell.startswith(("\t", "\r", "\n")), cell


def test_a_table_without_formulas_is_sent_as_it_is():
    """
    The scored matrix keeps its bytes, and so its digest.
    """
    table = "person_id,S-1,S-2\np1,1,0\np2,,1\n"

    assert csv_download(table.encode(), "responses.csv").body == table.encode()


def test_answers_and_keys_still_name_the_same_thing():
    """
    A key that begins with a sign is written like the answers that it is compared with.
    """
    raw = neutral('person_id,S-1\np1,"=1"\np2,b\n')
    key = neutral("item_id,key,max_score\nS-1,b|=1,1\n")

    answers = {row[1] for row in read_csv("raw.csv", raw.encode()).rows}
    accepted = read_csv("key.csv", key.encode()).rows[0][1].split("|")

    assert answers == set(accepted)


def test_every_csv_file_that_people_download_goes_one_way():
    """
    Only one module says text/csv to a browser; every other writer of CSV is known, with a reason.
    """
    speaking, writing = set(), set()
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and "text/csv" in str(node.value):
                speaking.add(name)
            if isinstance(node, ast.Attribute) and ast.unparse(node) in WRITERS:
                writing.add(name)

    assert {name for name in speaking if name.startswith("web/")} == {"web/spreadsheets.py"}
    assert writing == set(FOR_PROGRAMS)
