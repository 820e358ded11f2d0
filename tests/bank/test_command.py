"""`examengine bank`: status, one line a fault, and a report on every item."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from examengine.commands import bank as command
from examengine.commands.console import Console
from tests.bank.small_bank import files, item, three_items


@pytest.fixture
def console(sqlite_url: str, tmp_path: Path, clock) -> Console:
    """The console of an operator whose database is empty."""
    return Console(
        database_url=sqlite_url,
        public_url="http://testserver",
        host="127.0.0.1",
        port=8000,
        workers=1,
        state=tmp_path,
        signing_keys=tmp_path / "keys",
        clock=clock,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small bank as a folder."""
    return write(tmp_path / "small", files(*three_items()))


def write(folder: Path, found: dict[str, bytes]) -> Path:
    """Write the files of a bank."""
    for name, data in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def run(*words: object, console: Console | None = None) -> Result:
    """Run a command as an operator would."""
    return CliRunner().invoke(command.app, [str(word) for word in words], obj=console)


def test_a_good_bank_passes_the_check(folder):
    """
    The check of a bank without errors ends with status 0 and says what it counted.
    """
    result = run("check", folder)

    assert result.exit_code == 0
    assert "3 items read, 0 errors, 0 warnings." in result.stderr
    assert "chance would give 0.2" in result.stderr


def test_a_broken_bank_fails_the_check_with_one_line_a_fault(folder):
    """
    Status 2; every fault is one line with its file and line; nothing is a traceback.
    """
    write(folder, {"items/S-4.yaml": b"id: [\n", "items/S-5.yaml": b"id: S-5\n"})

    result = run("check", folder)

    faults = [line for line in result.stderr.splitlines() if line.startswith("items/")]
    assert result.exit_code == 2
    assert any(line.startswith("items/S-4.yaml:2: is no YAML") for line in faults)
    assert any(line.startswith("items/S-5.yaml:1: stem: is missing") for line in faults)
    assert "Traceback" not in result.output


def test_the_check_speaks_json(folder):
    """
    A program gets the same findings on stdout, and nothing else there.
    """
    two = [item("S-1", "single_choice"), item("S-2", "single_choice")]
    write(folder, files(*two))

    result = run("check", folder, "--json")

    report = json.loads(result.stdout)
    assert result.exit_code == 2
    assert report["bank_id"] == "small"
    assert "repeated_items" in {found["rule"] for found in report["errors"]}
    assert report["longest_option_is_key"]["n_items"] == 2


def test_a_folder_that_is_none_is_one_line(tmp_path):
    """
    A wrong path is told in a line.
    """
    result = run("check", tmp_path / "nowhere")

    assert result.exit_code == 2
    assert "is not there" in result.stderr


def test_an_import_reports_on_every_item(folder, console):
    """
    A dry run says what would happen, the import does it, a second one finds nothing new.
    """
    rehearsed = run("import", folder, "--dry-run", "--json", console=console)
    done = run("import", folder, console=console)
    again = run("import", folder, "--json", console=console)

    before, after = json.loads(rehearsed.stdout), json.loads(again.stdout)
    assert [rehearsed.exit_code, done.exit_code, again.exit_code] == [0, 0, 0]
    assert (before["accepted"], before["written"]) == (True, False)
    assert [one["outcome"] for one in before["items"]] == ["added"] * 3
    assert "S-1 version 1: added" in done.stderr
    assert "The bank is up to date." in done.stderr
    assert [one["outcome"] for one in after["items"]] == ["unchanged"] * 3


def test_a_refused_import_writes_nothing(folder, console):
    """
    Status 2, the item named with what to do, and the bank as it was.
    """
    run("import", folder, console=console)
    write(folder, files(item("S-1", "single_choice", seconds=5)))

    refused = run("import", folder, console=console)

    assert refused.exit_code == 2
    assert "set version: 2" in refused.stderr
    assert "Nothing was written." in refused.stderr


def test_an_exported_bank_can_be_imported_again(folder, console, tmp_path):
    """
    What is exported is what was imported: a second import finds every item unchanged.
    """
    run("import", folder, console=console)

    rehearsed = run("export", tmp_path / "copy", "--dry-run", console=console)
    existed = (tmp_path / "copy").exists()
    done = run("export", tmp_path / "copy", console=console)
    again = run("import", tmp_path / "copy", "--json", console=console)

    assert [rehearsed.exit_code, done.exit_code, again.exit_code] == [0, 0, 0]
    assert not existed
    assert {one["outcome"] for one in json.loads(again.stdout)["items"]} == {"unchanged"}


def test_an_export_overwrites_nothing(folder, console):
    """
    A folder that holds files is left alone; without a bank there is nothing to export.
    """
    occupied = run("export", folder, console=console)
    empty = run("export", folder / "new", console=console)

    assert (occupied.exit_code, empty.exit_code) == (2, 2)
    assert "new or empty" in occupied.stderr
    assert "there is none yet" in empty.stderr


def test_an_index_is_made_anew(folder, console):
    """
    The command says how many items of which bank are found again.
    """
    write(folder, files(*three_items()))
    run("import", folder, console=console)

    made = run("index", console=console)

    assert made.exit_code == 0
    assert "3 items of small are in the index." in made.stderr


@pytest.mark.parametrize("name", ["items.xlsx", "items.CSV"])
def test_a_template_is_written_once_and_can_be_imported(folder, console, tmp_path, name):
    """
    It holds an example of each type that tables hold; a file that is there is left alone.
    """
    run("import", folder, console=console)
    table = tmp_path / name

    written = run("template", table)
    again = run("template", table)
    done = run("import", table, "--bank", "small", "--dry-run", console=console)

    assert written.exit_code == 0
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)
    assert (done.exit_code, "EXAMPLE-single-choice" in done.stderr) == (0, True)
    assert run("template", tmp_path / "items.docx").exit_code == 2


def test_a_model_is_looked_at_saved_and_made(console):
    """
    Its instances are shown first; nothing is stored without `--save`, and `--make` makes items.
    """
    banks = Path(__file__).parents[2] / "item_banks"
    path = banks / "measuring-at-work" / "models" / "MW-RATE.yaml"
    run("import", banks / "measuring-at-work", console=console)

    looked = run("model", path, console=console)
    as_json = json.loads(run("model", path, "--json", console=console).stdout)
    made = run("model", path, "--make", "For the spring forms.", console=console)
    again = json.loads(run("model", path, "--json", console=console).stdout)

    assert looked.exit_code == made.exit_code == 0, looked.output
    assert looked.stdout.count(": new item (litres = ") == 6
    assert {one["outcome"] for one in as_json["instances"]} == {"new item"}
    assert all(one["errors"] == one["warnings"] == [] for one in as_json["instances"])
    assert "6 items got a version: MW-RATE-01" in made.stderr
    assert {one["outcome"] for one in again["instances"]} == {"unchanged"}


def test_a_model_with_faults_makes_nothing(console, folder, tmp_path):
    """
    Each fault is a line with its place; a file that is not there is told, too.
    """
    run("import", folder, console=console)
    path = tmp_path / "M.yaml"
    path.write_text("id: M\n")

    refused = run("model", path, "--make", "Why not.", console=console)
    missing = run("model", tmp_path / "none.yaml", console=console)

    assert refused.exit_code == missing.exit_code == 2
    assert "line:1: schema: must be examengine/item-model/1" in refused.stderr
    assert "cannot be read" in missing.stderr
