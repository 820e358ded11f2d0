"""Assembly from files as it is typed: forms, a clash in words, and files that cannot be used."""

import csv
import json

import pytest

from examengine.cli import main

BLUEPRINT = """
schema = "examengine/exam/1"
id = "tiny"
title = "Tiny"
bank = "tiny"
minutes = 10
description = "Two small forms."
instructions = "Answer."
consent = "I agree."

[achievement]
name = "Tiny"
description = "Answers."
criteria = "Passed."

[scale]
slope = "100"
intercept = "500"
minimum = 200
maximum = 800

[blueprint]
forms = 2
length = 4
common = 0

[blueprint.areas]
charts = 2
chance = 2
"""


@pytest.fixture
def files(tmp_path):
    """A blueprint, and a pool of twelve items."""
    spec, pool = tmp_path / "exam.toml", tmp_path / "items.csv"
    spec.write_text(BLUEPRINT, encoding="utf-8")
    with pool.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item_id", "area", "type", "seconds"])
        for number in range(12):
            area = ("charts", "chance")[number % 2]
            writer.writerow([f"I-{number}", area, "single_choice", 60 + number])
    return spec, pool


@pytest.fixture
def assemble(files, monkeypatch, capsys):
    """Type the command as the shell would: its status, and what it said on stderr."""

    def run(*options):
        words = ["assemble", str(files[0]), "--bank", str(files[1]), *map(str, options)]
        monkeypatch.setattr("sys.argv", ["examengine", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, capsys.readouterr().err.splitlines()

    return run


def changed(path, old: str, new: str):
    """Replace a text in a file, once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_forms_are_written_where_they_were_asked_for(assemble, tmp_path):
    """
    Two forms of four, no item in both, and status 0.
    """
    out = tmp_path / "forms.json"

    status, _ = assemble("--out", out)

    forms = [form["items"] for form in json.loads(out.read_text())["forms"]]
    assert status == 0
    assert [len(items) for items in forms] == [4, 4]
    assert not set(forms[0]) & set(forms[1])


def test_a_clash_is_named_alone_with_status_1(files, assemble):
    """
    More items of an area than there are: one line, and nothing that is not to blame.
    """
    changed(files[0], "charts = 2", "charts = 7")

    status, said = assemble()

    assert status == 1
    assert said[1:] == ["  7 items of area “charts” (the pool has 6)"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("I-3,chance,single_choice,63", "I-3,chance,single_choice,soon", "seconds is 'soon'"),
        ("I-3,chance", "I-2,chance", "I-2 stands in the file twice"),
        ("I-3,chance", ",chance", "item_id is missing"),
    ],
)
def test_a_pool_that_cannot_be_used_names_the_item_and_the_column(files, assemble, old, new, words):
    """
    One line a fault, with what would be right where it is not plain, and status 2.
    """
    changed(files[1], old, new)

    status, (said,) = assemble()

    assert status == 2
    assert words in said


def test_a_place_that_cannot_be_written_is_named(assemble, tmp_path):
    """
    A folder that is not there: its name and the reason, status 2.
    """
    out = tmp_path / "nowhere" / "forms.json"

    status, said = assemble("--out", out)

    assert status == 2
    assert said == [f"{out}: cannot be written (No such file or directory)"]
