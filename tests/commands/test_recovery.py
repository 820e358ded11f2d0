"""The simulation studies as they are typed: documents, files, faults."""

import csv
import json
from functools import partial

import pytest
from typed import typed

from examengine.psychometrics.recovery import STUDIES
from examengine.psychometrics.recovery.item_parameters import RecoveryCell

run = partial(typed, "recovery")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Two small conditions in place of the published ones."""
    cells = (RecoveryCell("rasch", 200, 5), RecoveryCell("2pl", 300, 6))
    monkeypatch.setattr(type(STUDIES["items"]), "cells", cells)


def test_the_document_has_seed_study_and_rows():
    """
    JSON says what was run with which seed, and tells progress on stderr alone.
    """
    result = run("items", "--replications", 2, "--seed", 5)

    found = json.loads(result.stdout)
    assert (found["schema"], found["seed"]) == ("examengine/recovery/1", 5)
    assert [study["study"] for study in found["studies"]] == ["items"]
    rows = found["studies"][0]["rows"]
    assert [(row["model"], row["parameter"]) for row in rows] == [
        ("rasch", "b"), ("2pl", "a"), ("2pl", "b"),
    ]  # fmt: skip
    assert all(0 <= row["coverage"] <= 1 for row in rows)
    assert "rasch, 200 persons, 5 items" in result.stderr


def test_figures_do_not_depend_on_the_number_of_processes(tmp_path):
    """
    Two processes write the very bytes that one writes; another seed does not.
    """
    files = [tmp_path / name for name in ("one.csv", "two.csv", "other.csv")]

    run("items", "--replications", 3, "--out", files[0])
    run("items", "--replications", 3, "--out", files[1], "--workers", 2)
    run("items", "--replications", 3, "--out", files[2], "--seed", 2)

    texts = [path.read_text(encoding="utf-8") for path in files]
    assert texts[0] == texts[1] != texts[2]
    assert len(list(csv.DictReader(texts[0].splitlines()))) == 3


def test_one_condition_can_be_run_alone():
    """
    Its figures are those it has among all; what is called otherwise is refused with the names.
    """
    whole = json.loads(run("items", "--replications", 2).stdout)
    alone = json.loads(run("items", "--replications", 2, "--only", "2pl, 300").stdout)
    none = run("items", "--only", "3pl")
    page = run("items", "--only", "2pl", "--out", "page.md")

    assert alone["studies"][0]["rows"] == whole["studies"][0]["rows"][1:]
    assert (none.exit_code, page.exit_code) == (2, 2)
    assert "there are rasch, 200 persons, 5 items; 2pl, 300 persons, 6 items" in none.stderr
    assert "not into a page" in page.stderr


def test_a_page_is_brought_up_to_date(tmp_path):
    """
    A Markdown file keeps its words and gets the command and the new table.
    """
    page = tmp_path / "page.md"
    page.write_text("# Ours\n\n```sh\nexamengine recovery items\n```\n\nEnd.\n", encoding="utf-8")

    run("items", "--replications", 2, "--seed", 9, "--out", page)

    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Ours\n\n```sh\nexamengine recovery items --replications 2 --seed 9\n")
    assert "| rasch | 200 |" in text
    assert text.endswith("End.\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["unknown"], "study 'unknown' is none of dif, fit, items, similarity, all"),
        (["all", "--out", "all.csv"], "different columns"),
        (
            ["items", "--replications", "1", "--out", "no/such/page.md"],
            "there is no folder no/such",
        ),
    ],
)
def test_faults_are_said_in_words(arguments, words, tmp_path, monkeypatch):
    """
    What cannot be run or written ends with status 2 and a sentence.
    """
    monkeypatch.chdir(tmp_path)

    result = run(*arguments)

    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_only_refused_data_sets_are_no_study(monkeypatch):
    """
    Where every data set is refused there is no table, and the command says so.
    """
    monkeypatch.setattr(type(STUDIES["items"]), "cells", (RecoveryCell("rasch", 5, 3),))

    result = run("items", "--replications", 1)

    assert result.exit_code == 2
    assert "every data set was refused" in result.stderr
