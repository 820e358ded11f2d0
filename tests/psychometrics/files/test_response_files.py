"""Response and key files: what is read, and what is said of faults."""

import pytest

from examengine.psychometrics.csv_tables import UnusableFile, first_faults, read_csv
from examengine.psychometrics.item_keys import read_keys
from examengine.psychometrics.response_files import read_responses


def faults_of(read, *arguments, **options):
    """The sentences with which a reader refuses."""
    with pytest.raises(UnusableFile) as refusal:
        read(*arguments, **options)
    return refusal.value.faults


def test_scores_weights_and_absent_cells_are_read():
    """
    Ids, weights, scores of several points and cells not presented come through as they stand.
    """
    found = read_responses(
        "r.csv", b"person_id,weight,Q1,Q2\nAda,2,1,3\nBo,0.5,NA,0\nCy,1,,2.0\n"
    ).responses

    assert found.person_ids == ("Ada", "Bo", "Cy")
    assert found.scores.tolist() == [[1, 3], [-1, 0], [-1, 2]]
    assert found.max_scores.tolist() == [1, 3]
    assert found.weights.tolist() == [2.0, 0.5, 1.0]
    assert found.group is None


def test_groups_play_a_part_only_when_named():
    """
    The column group is never an item; another column is a group when it is asked for.
    """
    content = b"group,sex,Q1\nA,f,1\nB,m,0\n"

    by_sex = read_responses("r.csv", content, group="sex").responses
    plain = faults_of(read_responses, "r.csv", content)

    assert by_sex.group == ("f", "m")
    assert by_sex.item_ids == ("Q1",)
    assert plain[0].startswith("r.csv: row 2, column 'sex': 'f'")


def test_options_are_scored_with_the_key():
    """
    Accepted options score the item's points, others nothing; a column without a key holds scores.
    """
    keys = read_keys("k.csv", b"item_id,key,max_score\nQ1,B|C,\nQ2,4,2\nQ3,,5\n")

    found = read_responses("r.csv", b"Q1,Q2,Q3\nB,4,5\nC,1,0\nA,,NA\n", keys=keys)

    assert found.responses.scores.tolist() == [[1, 2, 5], [1, 0, 0], [0, -1, -1]]
    assert found.responses.max_scores.tolist() == [1, 2, 5]
    assert found.chosen == {"Q1": ("B", "C", "A"), "Q2": ("4", "1", "")}


def test_a_person_who_was_presented_nothing_keeps_the_row():
    """
    A row of empty cells is a person, not a blank line; a blank line is nobody.
    """
    found = read_responses("r.csv", b"Q1,Q2\n1,0\n,\n\n0,1\n").responses

    assert found.scores.tolist() == [[1, 0], [-1, -1], [0, 1]]


def test_every_fault_names_row_and_column():
    """
    A bad score, a repeated person, a bad weight and a missing group are four sentences.
    """
    content = b"person_id,weight,g,Q1\nAda,1,x,1\nAda,0,x,0\nBo,1,,yes\n"

    faults = faults_of(read_responses, "r.csv", content, group="g")

    assert sorted(fault.split(";")[0] for fault in faults) == [
        "r.csv: row 3, column 'person_id': 'Ada'",
        "r.csv: row 3, column 'weight': '0'",
        "r.csv: row 4, column 'Q1': 'yes'",
        "r.csv: row 4, column 'g': ''",
    ]


def test_a_column_the_key_does_not_know_is_named():
    """
    A column that is no item of the key is refused with what can be done about it.
    """
    keys = read_keys("k.csv", b"item_id,key\nQ1,A\n")

    faults = faults_of(read_responses, "r.csv", b"Q1,age\nA,31\n", keys=keys)

    assert "column 'age' is no item of the key" in faults[0]


def test_a_hundred_faults_are_enough():
    """
    Of 250 faults of different kinds a hundred are listed and the rest counted.
    """
    faults = first_faults(f"fault {number}" for number in range(250))

    assert len(faults) == 101
    assert faults[-1] == "… and 150 more faults"


def test_faults_of_one_kind_are_one_sentence():
    """
    Of 250 bad cells the first is shown and the others are counted, with some of their rows.
    """
    content = b"Q1\n" + b"x\n" * 250

    faults = faults_of(read_responses, "r.csv", content)

    assert len(faults) == 1
    assert faults[0].startswith("r.csv: row 2, column 'Q1': 'x'; a score is a whole number")
    assert faults[0].endswith("(likewise 249 more rows: 3, 4, 5, 6, 7 and 244 more)")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"Q1,Q2\n", "no rows below the header"),
        (b"Q1,Q1\n1,0\n", "stands twice"),
        (b"Q1,\n1,0\n", "has no name"),
        (b"Q1,Q2\n1\n", "row 2: 1 cells; the header has 2"),
        (b"Q1\n\xff\n", "row 2 is not UTF-8"),
        (b'Q1\n"1\n', "unexpected end of data"),
        (b"Q1,Q2\n1,\x000\n", "row 2 holds a NUL"),
        (b"Q1;Q2\n1;0\n", "separated by semicolons"),
        (b"Q1\tQ2\n1\t0\n", "separated by tabs"),
        (b"person_id\nAda\n", "no item column"),
    ],
)
def test_broken_tables_are_refused_in_words(content, words):
    """
    An empty, cut-off or misencoded table says what is wrong with it and where.
    """
    assert words in faults_of(read_responses, "r.csv", content)[0]


def test_a_table_from_a_spreadsheet_is_read():
    """
    A byte order mark, Windows line ends, quotes, padding and blank lines do no harm.
    """
    table = read_csv("t.csv", '\ufeffa, b\r\n"1,5",2 \r\n\r\n3,4\r\n'.encode())

    assert table.header == ("a", "b")
    assert table.rows == (("1,5", "2"), ("3", "4"))
    assert table.lines == (2, 4)


def test_lines_end_as_they_do_on_any_system():
    """
    A file with old Macintosh line ends gives the same table as one with a line feed.
    """
    content = b"Q1,Q2\n1,0\n0,1\n"

    assert read_csv("t.csv", content.replace(b"\n", b"\r")) == read_csv("t.csv", content)


@pytest.mark.parametrize("cell", ["1_0", "1e0", "٣", "-1", "1.5", "inf", "1,", "121", "9" * 5000])
def test_only_plain_whole_numbers_are_scores(cell):
    """
    What Python reads as a number but nobody means as a score is refused by row and column.
    """
    faults = faults_of(read_responses, "r.csv", f'Q1,Q2\n1,"{cell}"\n0,1\n'.encode())

    assert len(faults) == 1
    assert faults[0].startswith("r.csv: row 2, column 'Q2'")
    assert len(faults[0]) < 250


def test_scores_with_a_decimal_point_sign_or_zero_in_front_are_read():
    """
    Spreadsheets and other programs write 2 as 2.0, 02 or +2.
    """
    found = read_responses("r.csv", b"Q1\n2.0\n02\n+2\n2.\n").responses

    assert found.scores.tolist() == [[2], [2], [2], [2]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"item,key\nQ1,A\n", "no column 'item_id'"),
        (b"item_id,key\nQ1,A\nQ1,B\n", "appears twice"),
        (b"item_id,key\nQ1,A||B\n", "separated by one |"),
        (b"item_id,key,max_score\nQ1,A,0\n", "from 1 to"),
        (b"item_id,key,max_score\nQ1,A," + b"9" * 5000 + b"\n", "from 1 to"),
        (b"item_id,key\nQ1,A|NA\n", "NA means not presented"),
        (b"item_id,key,model\nQ1,A,5pl\n", "row 2, column 'model': '5pl'; a model is one of"),
    ],
)
def test_broken_keys_are_refused_in_words(content, words):
    """
    A key file says which column, row and cell cannot be used.
    """
    assert words in faults_of(read_keys, "k.csv", content)[0]
