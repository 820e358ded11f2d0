"""Responses that mean something else than they say: one sentence each, with the way out."""

import numpy as np
import pytest

from examengine.psychometrics.csv_tables import UnusableFile, read_csv
from examengine.psychometrics.item_keys import read_keys
from examengine.psychometrics.response_files import read_responses


def scored(n_persons=40, n_items=4, seed=1):
    """Right and wrong answers of persons who differ."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=(n_persons, 1))
    return (rng.normal(size=(n_persons, n_items)) < theta).astype(int)


def as_csv(header, rows):
    """A CSV file."""
    lines = [",".join(header), *(",".join(map(str, row)) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def doubts_of(header, rows, **options):
    """What is doubtful about a file."""
    return read_responses("r.csv", as_csv(header, rows), **options).doubts


def faults_of(content, keys=None):
    """Why a file is refused."""
    with pytest.raises(UnusableFile) as refused:
        read_responses("r.csv", content, keys=keys)
    return refused.value.faults


ITEMS = ("i1", "i2", "i3", "i4")


def test_ordinary_responses_raise_no_doubt():
    """
    Right and wrong answers with a key of just these items are nobody's concern.
    """
    assert doubts_of(ITEMS, scored()) == ()


def test_a_total_is_not_an_item():
    """
    A column that is the sum of the others is named, whatever it is called.
    """
    scores = scored()

    found = doubts_of((*ITEMS, "t"), np.column_stack([scores, scores.sum(axis=1)]))

    assert len(found) == 1
    assert "t is the sum of the other columns" in found[0]


def test_a_share_of_the_total_is_not_an_item():
    """
    A column in step with all others together, though not their sum, is named.
    """
    scores = scored()

    found = doubts_of((*ITEMS, "percent"), np.column_stack([scores, 25 * scores.sum(axis=1)]))

    assert any("percent correlates 1.00 with the rest" in one for one in found)


@pytest.mark.parametrize("name", ["id", "Person_ID", "whatever"])
def test_numbers_of_rows_are_refused(name):
    """
    Numbers in the order of the rows are ids, not scores, whatever their column is called.
    """
    scores = scored()

    (fault,) = faults_of(as_csv((name, *ITEMS), np.column_stack([np.arange(1, 41), scores])))

    assert fault.startswith(f"r.csv: column {name!r} has another number for every person")
    assert "person_id" in fault


def test_scores_that_are_all_different_are_doubted_or_refused_by_name():
    """
    Points of an essay may all differ, which is doubtful; under the name of ids they are refused.
    """
    rows = np.column_stack([np.random.default_rng(1).permutation(40), scored()])

    found = doubts_of(("essay", *ITEMS), rows)
    (fault,) = faults_of(as_csv(("Student ID", *ITEMS), rows))

    assert "another score on essay" in found[0]
    assert "Student ID" in fault


def test_codes_one_and_two_are_doubted():
    """
    Items on which nobody has 0 points are named, five of them and the number of the others.
    """
    found = doubts_of([f"q{n}" for n in range(1, 9)], scored(n_items=8) + 1)

    assert len(found) == 1
    assert "nobody scored 0 on q1, q2, q3, q4, q5 and 3 more" in found[0]


@pytest.mark.parametrize("code", [9, 99])
def test_a_code_for_missing_is_doubted(code):
    """
    Scores that leap from 1 to a usual code for missing are named with the way out.
    """
    scores = scored()
    scores[::7, 1] = code

    found = doubts_of(ITEMS, scores)

    assert f"i2 leap from 1 to {code}" in found[0]
    assert "leave the cell empty" in found[0]


@pytest.mark.parametrize(("written", "chosen"), [("1.0", "1"), ("a", "A"), ("B.", "B")])
def test_a_key_written_otherwise_than_the_answers_is_refused(written, chosen):
    """
    A key that nobody chose but for case, decimals or a full stop would make everybody wrong.
    """
    keys = read_keys("k.csv", f"item_id,key\nq1,{written}\nq2,C\n".encode())
    rows = [[chosen, "C"], ["D", "C"], ["2", "D"]]

    (fault,) = faults_of(as_csv(("q1", "q2"), rows), keys)

    assert f"nobody chose the key {written} of q1; options seen: " in fault


def test_a_key_nobody_chose_is_said_with_what_they_chose():
    """
    A key that does not occur is named with the options seen, and so are keys of other items.
    """
    keys = read_keys("k.csv", b"item_id,key\nq1,E\nq2,C\nq9,A\n")

    found = doubts_of(("q1", "q2"), [["A", "C"], ["B", "C"], ["D", "D"]], keys=keys)

    assert found == (
        "r.csv: q9: in the key, but not in the responses",
        "r.csv: nobody chose the key E of q1; options seen: A, B, D",
    )


def test_answers_that_are_scored_already_need_no_key():
    """
    A key of letters beside 0 and 1 is refused; a key of 0 and 1 is not.
    """
    letters = read_keys("k.csv", b"item_id,key\nq1,A\nq2,B\n")
    numbers = read_keys("k.csv", b"item_id,key\nq1,1\nq2,0\n")
    content = as_csv(("q1", "q2"), [[1, 0], [0, 1]])

    (fault,) = faults_of(content, letters)

    assert "scored already; leave the key out" in fault
    assert read_responses("r.csv", content, keys=numbers).doubts == ()


def test_words_for_missing_are_no_wrong_options():
    """
    "N/A" among the options counts as wrong, and that is said.
    """
    keys = read_keys("k.csv", b"item_id,key\nq1,A\n")

    found = doubts_of(("q1",), [["A"], ["N/A"], ["B"]], keys=keys)

    assert "'N/A' counts as a wrong answer to q1" in found[0]


def test_empty_rows_are_counted():
    """
    Rows of a spreadsheet below the last person are persons presented nothing.
    """
    found = doubts_of(ITEMS, [*scored().tolist(), ["", "", "", ""], ["", "", "", ""]])

    assert found == ("r.csv: 2 persons were presented nothing: their rows are empty",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"weight;i1;i2\n1,5;1;0\n1,5;0;1\n", "separated by semicolons"),
        (b"sep=;\ni1;i2\n1;0\n", "separated by semicolons"),
        ("i1\ti2\n1\t0\n".encode("utf-16"), "UTF-16"),
        ("i1,i2\n1,0\n".encode("utf-16-be"), "this is no text file"),
        (b"PK\x03\x04\x14\x00\x06\x00", "spreadsheet workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel workbook"),
        (b"%PDF-1.7\n", "PDF"),
        (b'{"items": []}', "JSON"),
        (b"<!DOCTYPE html><table>", "HTML"),
        ("i1,i2\n1,é\n".encode("latin-1"), "row 2 is not UTF-8"),
        (b"i1,i2\n" + b"TRUE,FALSE\n" * 99, "write 1 for right and 0 for wrong"),
        (b"i1,i2\n" + b"1,NaN\n" * 99, "a missing answer is an empty cell or NA"),
        (b"i1,i2\n" + b"1,85%\n" * 99, "points are counted whole"),
        (b"i1,i2\n" + b"1,0.5\n" * 99, "points are counted whole"),
        (b"i1,i2\n" + b"1,0,1\n" * 99, "3 cells; the header has 2"),
        (b"person_id,i1\n" + b"Ada,1\n" * 99, "the same person is in row 2"),
        (b"weight,i1\n" + b"0,1\n" * 99, "a weight is a number above 0"),
    ],
)
def test_a_file_of_another_kind_is_one_sentence(content, words):
    """
    Whatever a file is instead is said once, with the way out, however many rows it has.
    """
    found = faults_of(content)

    assert len(found) == 1
    assert words in found[0]


def test_what_spreadsheets_add_does_no_harm():
    """
    The line `sep=,`, a byte order mark, trailing commas and columns without name or cells are left
    out, and rows keep their numbers.
    """
    content = "\ufeffsep=,\r\ni1,i2,,\r\n1,0,,\r\n0,1,,,\r\n".encode()

    table = read_csv("r.csv", content)

    assert table.header == ("i1", "i2")
    assert table.rows == (("1", "0"), ("0", "1"))
    assert table.lines == (3, 4)


def test_an_unnamed_column_that_holds_something_is_refused():
    """
    What stands under no name is not thrown away.
    """
    assert "has no name" in faults_of(b"i1,\n1,0\n")[0]
