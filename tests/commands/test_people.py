"""Commands about people, as they are typed."""

import json

import pytest
import typer
from typer.testing import CliRunner

from examengine import accounts, db
from examengine.accounts import Role
from examengine.commands import people
from examengine.commands.console import Console


@pytest.fixture
def console(sqlite_url, tmp_path, clock, hasher) -> Console:
    """A console on an empty database."""
    fields = dict.fromkeys(Console.__dataclass_fields__)
    console = Console(**{**fields, "database_url": sqlite_url, "state": tmp_path, "clock": clock})
    console.__dict__["engine"] = db.within(db.make_engine(sqlite_url), db.FIRST_ORGANISATION)
    console.__dict__["hasher"] = hasher
    return console


@pytest.fixture
def typed(console):
    """Type a command."""

    def run(*words):
        app = typer.Typer()
        app.add_typer(people.app, name="person")
        return CliRunner().invoke(app, ["person", *words], obj=console)

    return run


def test_an_administrator_is_added_on_an_empty_machine(typed, console, clock, hasher):
    """
    The first password is printed alone on stdout, opens the account, and has to be changed.
    """
    ran = typed("add", "ada@example.org", "--name", "Ada", "--role", "administrator")

    assert ran.exit_code == 0, ran.output
    asked = accounts.SignIn(email="ada@example.org")
    entered = accounts.sign_in(console.engine, clock, hasher, asked, ran.stdout.strip())
    assert entered.password_due
    with db.reading(console.engine) as session:
        assert accounts.is_administered(session)


def test_a_program_gets_json(typed, tmp_path):
    """
    With a password from a file nothing secret is printed; roles can be several.
    """
    (tmp_path / "password").write_text("four cold lamps sing\n")
    roles = ("--role", "author", "--role", "psychometrician")
    from_file = ("--password-file", str(tmp_path / "password"), "--json")

    added = json.loads(typed("add", "b@example.org", "--name", "B", *roles, *from_file).stdout)
    listed = json.loads(typed("list", "--json").stdout)

    assert "first_password" not in added
    assert listed == [added]
    assert added["roles"] == ["author", "psychometrician"]


def test_the_list_can_be_of_one_role(typed):
    """
    Everybody is one line: address, name, roles, state.
    """
    typed("add", "ada@example.org", "--name", "Ada", "--role", "administrator")
    typed("add", "bob@example.org", "--name", "Bob", "--role", "candidate")

    ran = typed("list", "--role", Role.CANDIDATE.value)

    assert ran.stdout == "bob@example.org\tBob\tcandidate\topen\n"
