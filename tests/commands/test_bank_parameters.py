"""`examengine bank import-parameters` and its like: a report on every item, and tables out."""

import csv
import io
import json

import pytest
from tests.bank.small_bank import files, three_items
from tests.bank.test_command import write
from typer.testing import CliRunner

from examengine.commands import bank as command
from examengine.commands.console import Console

SAID = (
    *("--bank", "small", "--title", "Spring", "--program", "mirt", "--persons", "900"),
    *("--population", "Spring 2025"),
)
OWN = ("--scale", "own", "--scale-name", "Small 2025", "--mean", "0", "--sd", "1")
TABLE = '"","a","b","g","u"\n"S-1",1.25,-0.5,0,1\n"X-9",1,0,0,1\n'


@pytest.fixture
def run(sqlite_url, tmp_path, clock):
    """Run commands of an operator whose database has the small bank in it."""
    console = Console(
        database_url=sqlite_url,
        public_url="http://testserver",
        host="127.0.0.1",
        port=8000,
        workers=1,
        state=tmp_path,
        signing_keys=tmp_path / "keys",
        clock=clock,
    )

    def typed(*words):
        clock.forward(seconds=1)
        return CliRunner().invoke(command.app, [str(word) for word in words], obj=console)

    assert typed("import", write(tmp_path / "small", files(*three_items()))).exit_code == 0
    return typed


def test_a_dry_run_reports_on_each_item_and_stores_nothing(run, tmp_path):
    """
    What would come in, what is left out and why; a status tells whether anything was.
    """
    (tmp_path / "items.csv").write_text(TABLE)

    done = run("import-parameters", tmp_path / "items.csv", *SAID, *OWN, "--dry-run")

    assert done.exit_code == 1
    assert "S-1: new" in done.stderr
    assert "X-9: left out\n  the bank has no such item" in done.stderr
    assert "Nothing was stored" in done.stderr
    assert run("export-parameters", "--bank", "small").exit_code != 0


def test_brought_in_adopted_and_taken_out(run, tmp_path):
    """
    With a reason they are adopted at once; what leaves has the same figures.
    """
    (tmp_path / "items.csv").write_text(TABLE)
    path = tmp_path / "items.csv"

    done = run("import-parameters", path, *SAID, *OWN, "--adopt", "Larger.", "--json")
    out = run("export-parameters", "--bank", "small", "--table", "mirt")
    file = run("export-parameters", "--bank", "small", "--table", "parameter_file")
    odd = run("export-parameters", "--bank", "small", "--table", "spss")

    assert [item["outcome"] for item in json.loads(done.stdout)["items"]] == ["new", "left out"]
    assert list(csv.reader(io.StringIO(out.stdout))) == [
        ["", "a", "b", "g", "u"],
        ["S-1", "1.25", "-0.5", "0.0", "1.0"],
    ]
    assert json.loads(file.stdout)["items"][0]["a"] == 1.25
    assert (odd.exit_code, "are known" in odd.stderr) == (2, True)


def test_what_is_not_said_is_asked_for(run, tmp_path):
    """
    Each fault is a line, and the status is that of a file that cannot be used.
    """
    (tmp_path / "items.csv").write_text("id,a,b\nS-1,1,0\n")

    done = run("import-parameters", tmp_path / "items.csv", *SAID, *OWN)
    missing = run("import-parameters", tmp_path / "none.csv", *SAID, *OWN)

    assert done.exit_code == missing.exit_code == 2
    assert "say D = 1" in done.stderr
    assert "there is no such file" in missing.stderr


def test_statistics_come_and_go(run, tmp_path):
    """
    What others computed is kept as theirs; ours leave as a table with its headings.
    """
    (tmp_path / "old.csv").write_text("item_id,n,p,r\nS-1,412,0.63,0.31\n")
    said = ("--bank", "small", "--program", "Old bank", "--population", "2019 to 2023")

    kept = run("import-statistics", tmp_path / "old.csv", *said)
    (tmp_path / "old.csv").write_text("item_id,p\nS-1,63\n")
    refused = run("import-statistics", tmp_path / "old.csv", *said)
    out = run("export-statistics", "--bank", "small")

    assert (kept.exit_code, "Statistics of 1 item are" in kept.stderr) == (0, True)
    assert (refused.exit_code, "0.62, not 62" in refused.stderr) == (2, True)
    assert out.stdout.splitlines()[0].startswith("item_id,version,exam,administration")
