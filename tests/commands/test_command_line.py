"""The command line as a whole: every name of the table is a command, imported when it is typed."""

import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from examengine.cli import COMMANDS, app
from examengine.commands.lazy import LazyCommand

HEAVY = ("alembic", "fastapi", "girth", "highspy", "numpy", "pyld", "scipy", "sqlalchemy")


def loaded(name: str):
    """The command behind a name."""
    place, line = COMMANDS[name]
    return LazyCommand(name, f"examengine.commands.{place}", line).loaded()


def leaves() -> list[list[str]]:
    """The words of every command that does something."""
    found = []
    for name in COMMANDS:
        found += [[name, inner] for inner in getattr(loaded(name), "commands", {})] or [[name]]
    return found


def help_of(*words: str) -> str:
    """A help page as one line, its frame and line breaks taken out."""
    shown = CliRunner().invoke(app, [*words, "--help"])
    assert shown.exit_code == 0
    return " ".join(shown.stdout.replace("│", " ").split())


def modules_after(*words: str) -> set[str]:
    """The packages that are in memory when a command has run in a process of its own."""
    program = (
        "import sys\nfrom examengine.cli import app\n"
        "try:\n    app(sys.argv[1:])\n"
        "except SystemExit:\n"
        "    print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def test_the_help_page_lists_every_command_with_its_line():
    """
    Somebody who types --help sees each name of the table, and what it does.
    """
    shown = help_of()

    for name, (_, line) in COMMANDS.items():
        assert f"{name} {line}" in shown


@pytest.mark.parametrize("words", leaves(), ids=" ".join)
def test_every_command_shows_an_example(words):
    """
    Each command's help says how it is typed, beginning with its own name.
    """
    shown = help_of(*words)

    assert f"examengine {' '.join(words)}" in shown.partition("Example:")[2]


@pytest.mark.parametrize("words", [["--help"], ["nothing-of-ours"]], ids=" ".join)
def test_what_runs_no_command_imports_none(words):
    """
    The list of commands and a wrong name need no database, no numbers and no web.
    """
    assert modules_after(*words).isdisjoint(HEAVY)


def test_a_command_on_files_imports_no_database():
    """
    A command without a database does not pay for one.
    """
    found = modules_after("cut", "--help")

    assert "numpy" in found
    assert found.isdisjoint({"alembic", "fastapi", "sqlalchemy"})


def test_a_name_nearly_right_is_suggested():
    """
    A slip of the fingers is answered with the command that was meant.
    """
    shown = CliRunner().invoke(app, ["credntial"])

    assert shown.exit_code == 2
    assert "'credential'" in shown.stderr


def test_it_says_its_version_and_asks_nothing_of_the_installation():
    """
    Whoever reports a fault can say which version it was, where nothing is set up.
    """
    shown = CliRunner().invoke(app, ["--version"])

    assert shown.exit_code == 0
    assert shown.stdout == f"examengine {version('examengine')}\n"
