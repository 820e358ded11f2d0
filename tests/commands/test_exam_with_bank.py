"""`examengine exam save --with-bank`: an exam and the bank beside it with one command."""

import shutil
from pathlib import Path

from typer.testing import CliRunner

from examengine.cli import app

FOLDER = Path(__file__).parents[2] / "item_banks" / "measuring-at-work"


def _run(tmp_path, *words):
    settings = {
        "EXAMENGINE_STATE": str(tmp_path / "state"),
        "EXAMENGINE_DATABASE_URL": f"sqlite:///{tmp_path}/exams.db",
    }
    return CliRunner().invoke(app, list(words), env=settings)


def test_a_newcomer_sets_up_the_raw_score_exam_with_one_command(tmp_path):
    """
    Bank, exam and its form in two parts are there after it; a second time changes nothing.
    """
    assert _run(tmp_path, "db", "upgrade").exit_code == 0
    asked = ("exam", "save", str(FOLDER / "exam.toml"), "--with-bank", "--publish")

    first, again = _run(tmp_path, *asked), _run(tmp_path, *asked)

    assert first.exit_code == 0, first.output
    assert "16 added" in first.output
    assert "form A: 12 items" in first.output
    assert again.exit_code == 0, again.output
    assert "16 unchanged" in again.output


def test_a_bank_that_cannot_be_used_stores_nothing(tmp_path):
    """
    Then there is no exam either; the fault is named with its place.
    """
    assert _run(tmp_path, "db", "upgrade").exit_code == 0
    shutil.copytree(FOLDER, tmp_path / "bank")
    item = next((tmp_path / "bank" / "items" / "units").glob("*.yaml"))
    item.write_text(item.read_text("utf-8").replace("type: ", "type: no_such_"), "utf-8")

    refused = _run(tmp_path, "exam", "save", str(tmp_path / "bank" / "exam.toml"), "--with-bank")

    assert refused.exit_code == 2
    assert item.name in refused.output
    assert "measuring-at-work: sha256" not in refused.output
