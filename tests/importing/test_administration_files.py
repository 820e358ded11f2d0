"""Administrations from files: what is read, and how every fault is told."""

from pathlib import Path

import pytest

from examengine.importing.administration_files import read_administration
from examengine.importing.administration_spec import AdministrationFileUnusable
from tests.importing.licensure import licensure_file
from tests.importing.small_administration import (
    RAW,
    SECONDS,
    small_spec,
    write_small_administration,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small administration: two forms, four persons, nothing wrong."""
    write_small_administration(tmp_path)
    return tmp_path


def _faults(folder: Path) -> tuple[str, ...]:
    with pytest.raises(AdministrationFileUnusable) as refused:
        read_administration(folder / "small.toml")
    return refused.value.faults


def test_a_small_administration_is_read(folder):
    """
    Options become letters, times find their person by name, and a blank in a form is an omission.
    """
    given = read_administration(folder / "small.toml")

    ann, ben, cyd, dan = given.persons
    assert [(form.code, form.item_ids) for form in given.forms] == [
        ("F1", ("Q1", "Q2", "Q3")),
        ("F2", ("Q1", "Q2", "Q4")),
    ]
    assert ann.responses == {"Q1": "a", "Q2": "b", "Q3": "c"}
    assert ben.responses == {"Q1": "b", "Q2": "b", "Q4": "a"}
    assert cyd.responses == {"Q1": "a", "Q2": None, "Q3": "c"}
    assert cyd.seconds == {"Q1": 31.0, "Q2": 7.5, "Q3": 52.0}
    assert (dan.label, dan.form_code) == ("dan", "F2")
    assert [item.scored for item in given.items] == [True, True, False, False]
    assert [item.key for item in given.items] == ["a", "b", "c", "a"]


def test_the_digest_covers_every_file(folder):
    """
    Changing one cell of one file changes the digest; reading twice does not.
    """
    before = read_administration(folder / "small.toml").digest
    again = read_administration(folder / "small.toml").digest
    (folder / "seconds.csv").write_text(SECONDS.replace("52", "53"))
    after = read_administration(folder / "small.toml").digest

    assert before == again
    assert before != after


def test_every_fault_is_told_with_its_place(folder):
    """
    Wrong options in several cells are told together, with file, row, column and what is right.
    """
    (folder / "raw.csv").write_text(RAW.replace("ann,1,2", "ann,7,x"))

    faults = _faults(folder)

    assert faults == (
        "raw.csv: row 2, column 'Q1': '7'; write one of 1, 2, 3, 4, or leave it empty",
        "raw.csv: row 2, column 'Q2': 'x'; write one of 1, 2, 3, 4, or leave it empty",
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("items.csv", "Q2,2,", "Q2,9,", "row 3, column 'key': '9'; write one of the options"),
        ("items.csv", "Q2,2,operational", "Q2,2,field", "'field'; write 'operational' or"),
        ("items.csv", "Q4,1,pretest", "Q1,1,pretest", "stands above already"),
        ("items.csv", "Q4,1,pretest\n", "", "column 'Q4' is no item of items.csv"),
        ("items.csv", "Q4,1", "Q5,1", "'Q5'; is no column of raw.csv"),
        ("seconds.csv", "52", "-1", "column 'Q3': '-1'; give seconds from 0"),
        ("seconds.csv", "52", "nan", "column 'Q3': 'nan'; give seconds from 0"),
        ("seconds.csv", "dan,5", "eve,5", "'eve'; is nobody in raw.csv"),
        ("seconds.csv", "dan,5,5,,5\n", "", "3 rows, but raw.csv has 4"),
        ("raw.csv", "dan,3", "cyd,3", "'cyd'; give each person a name of their own"),
        ("raw.csv", "ann,1,2,3,", "ann,1,2,3", "row 2: 4 cells; the header has 5"),
        ("small.toml", "test = true", "test = 1", "test: write true or false"),
        ("small.toml", 'key = "key"', 'kez = "key"', "items.kez: is no field"),
        ("small.toml", 'key = "key"', 'key = "answer"', "no column 'answer'"),
        ("small.toml", 'file = "raw.csv"', 'file = "../raw.csv"', "lies beside the specification"),
        ("small.toml", 'file = "raw.csv"', 'file = "none.csv"', "there is no such file"),
        ("small.toml", '["1", "2", "3", "4"]', '["1"]', "list how the cells name"),
        ("small.toml", "date = 2016-01-01", 'date = "May"', "write a day without quotes"),
        ("small.toml", "[bank]", "[bank", "not TOML"),
    ],
)
def test_a_fault_says_what_would_be_right(folder, file, old, new, told):
    """
    Whatever is wrong, in whichever file, is named where it stands, with what would be right.
    """
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))

    assert any(told in fault for fault in _faults(folder))


def test_a_missing_specification_is_no_traceback(tmp_path):
    """
    A file that is not there is refused like any other fault.
    """
    with pytest.raises(AdministrationFileUnusable, match="there is no such file"):
        read_administration(tmp_path / "none.toml")


def test_an_empty_row_is_refused(folder):
    """
    Somebody who saw nothing has no form, so the row is named.
    """
    (folder / "raw.csv").write_text(RAW + "eve,,,,\n")
    (folder / "seconds.csv").write_text(SECONDS + "eve,,,,\n")

    assert _faults(folder) == ("raw.csv: eve answered nothing; leave the row out",)


def test_somebody_between_two_forms_is_named(folder):
    """
    Items that fit two forms do not show which one it was, and the remedy is named.
    """
    (folder / "raw.csv").write_text(RAW.replace("dan,3,1,,2", "dan,3,1,,"))
    (folder / "seconds.csv").write_text(SECONDS.replace("dan,5,5,,5", "dan,5,5,,"))

    assert _faults(folder) == (
        "dan: the 2 items answered fit the forms F1, F2; name the form of each person in a "
        "column of the persons file",
    )


def test_a_column_can_name_the_forms(folder):
    """
    With the forms named, nobody is between two of them.
    """
    (folder / "raw.csv").write_text(RAW.replace("dan,3,1,,2", "dan,3,1,,"))
    (folder / "seconds.csv").write_text(SECONDS.replace("dan,5,5,,5", "dan,5,5,,"))
    (folder / "persons.csv").write_text("who,form\ndan,Y\ncyd,X\nben,Y\nann,X\n")
    persons = '[persons]\nfile = "persons.csv"\nperson = "who"\nform = "form"\n'
    (folder / "small.toml").write_text(small_spec() + persons)

    given = read_administration(folder / "small.toml")

    assert [form.code for form in given.forms] == ["X", "Y"]
    assert [person.form_code for person in given.persons] == ["X", "Y", "X", "Y"]
    assert given.persons[3].responses == {"Q1": "c", "Q2": "a", "Q4": None}


def test_a_mark_can_mean_left_out(folder):
    """
    A cell that says "left out" is no answer, and no fault.
    """
    (folder / "small.toml").write_text(small_spec(**{'"4"]': '"4"]\nomitted = ["8"]'}))
    (folder / "raw.csv").write_text(RAW.replace("cyd,1,,3", "cyd,1,8,3"))

    given = read_administration(folder / "small.toml")

    assert given.persons[2].responses["Q2"] is None


@pytest.mark.references
def test_the_licensure_exam_is_read_whole(tmp_path):
    """
    1,636 candidates, 170 operational items and three pretest blocks recognised from the answers.
    """
    given = read_administration(licensure_file(tmp_path))

    sizes = {
        form.code: sum(person.form_code == form.code for person in given.persons)
        for form in given.forms
    }
    assert len(given.persons) == 1636
    assert sorted(sizes.values()) == [302, 611, 723]
    assert {len(form.item_ids) for form in given.forms} == {180}
    assert sum(item.scored for item in given.items) == 170
    assert given.persons[0].label == "e100001"
