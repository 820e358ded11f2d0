"""Commands about organisations, as operators type them, on each database."""

import json

import pytest
import typer
from sqlalchemy import inspect, select, table
from sqlmodel import SQLModel
from tests.bank.media_files import picture
from tests.conftest import PASSWORD
from typer.testing import CliRunner

from examengine import accounts, db
from examengine.accounts import (
    FirstOrganisationStays,
    LanguageMalformed,
    LogoUnusable,
    NotAllowed,
    OrganisationCodeTaken,
    OrganisationCodeUnfit,
    OrganisationHasRecords,
    OrganisationNameUnfit,
    OrganisationUnknown,
    Role,
    TimeZoneUnknown,
)
from examengine.bank.tables import BankRow
from examengine.commands import credential, organisations, people
from examengine.commands.console import Console
from examengine.credentials import create_key


@pytest.fixture
def operator(database_url, tmp_path, clock, hasher):
    """Type a command, for an organisation or for the first one."""
    engine = db.make_engine(database_url)

    def run(*words, organisation=None):
        console = Console(
            database_url=database_url,
            public_url="https://exams.example",
            host="127.0.0.1",
            port=8000,
            workers=1,
            state=tmp_path,
            signing_keys=tmp_path / "keys",
            clock=clock,
            organisation=organisation,
        )
        console.__dict__["hasher"] = hasher
        cli = typer.Typer()
        cli.add_typer(organisations.app, name="organisation")
        cli.add_typer(people.app, name="person")
        cli.add_typer(credential.app, name="credential")
        done = CliRunner().invoke(cli, words, obj=console)
        console.close()
        return done

    run.engine = engine
    yield run
    engine.dispose()


def add(operator, code="second"):
    """Add an organisation and return what was printed about it."""
    done = operator("organisation", "add", code, "--name", "Second Board")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def everything(engine) -> dict[str, int]:
    """Return how many rows each table has."""
    with engine.connect() as connection:
        return {
            name: len(connection.execute(select(1).select_from(table(name))).all())
            for name in inspect(connection).get_table_names()
        }


def test_an_organisation_is_added_and_listed(operator):
    """
    It has a DID of its own and stands after the first one.
    """
    made = add(operator)
    listed = [json.loads(line) for line in operator("organisation", "list").stdout.splitlines()]

    assert made["did"] == "did:web:exams.example:o:second"
    assert made["did_document"] == "https://exams.example/o/second/did.json"
    assert [one["code"] for one in listed] == ["main", "second"]
    assert listed[0]["did"] == "did:web:exams.example"


def test_what_it_says_of_itself_is_set(operator, tmp_path):
    """
    Name, zone, language and logo of the one that is named; of the first one where none is.
    """
    add(operator)
    logo = tmp_path / "logo.png"
    logo.write_bytes(picture("PNG"))
    words = ("organisation", "set", "--time-zone", "Europe/Vienna")

    second = operator(*words, "--language", "de", "--logo", str(logo), organisation="second")
    first = operator(*words, "--name", "First Board")
    gone = operator("organisation", "set", "--without-logo", organisation="second")

    asked = ("name", "language", "time_zone", "logo")
    assert [json.loads(second.stdout)[one] for one in asked] == [
        *("Second Board", "de", "Europe/Vienna", "https://exams.example/o/second/logo")
    ]
    assert [json.loads(first.stdout)[one] for one in asked] == [
        *("First Board", "en", "Europe/Vienna", None)
    ]
    assert [json.loads(gone.stdout)[one] for one in asked] == [
        *("Second Board", "de", "Europe/Vienna", None)
    ]


def test_a_name_that_looks_like_another_one_is_warned_of(operator):
    """
    Setting it needs a word that it is meant; whoever adds one is told.
    """
    add(operator)

    refused = operator("organisation", "set", "--name", "SECOND BOARD")
    meant = operator("organisation", "set", "--name", "SECOND BOARD", "--sure")
    third = operator("organisation", "add", "third", "--name", "Second  Board")

    assert (refused.exit_code, meant.exit_code, third.exit_code) == (2, 0, 0)
    assert "--sure" in refused.stderr
    assert "looks like" in third.stderr


def test_its_people_and_keys_are_its_own(operator, tmp_path):
    """
    What is typed with --organisation is done there, and is not seen from the first one.
    """
    add(operator)
    person = ("person", "add", "zoe@example.org", "--name", "Zoe", "--role", "administrator")

    assert operator(*person, organisation="second").exit_code == 0
    assert operator("credential", "key", organisation="second").exit_code == 0

    assert "zoe@example.org" in operator("person", "list", organisation="second").stdout
    assert "zoe@example.org" not in operator("person", "list").stdout
    assert [path.parent.name for path in tmp_path.rglob("key-*.json")] == ["second"]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("add", "Second", "--name", "S"), OrganisationCodeUnfit),
        (("add", "../keys", "--name", "S"), OrganisationCodeUnfit),
        (("add", "main", "--name", "S"), OrganisationCodeTaken),
        (("add", "third", "--name", "S", "--time-zone", "Mars/Olympus"), TimeZoneUnknown),
        (("add", "third", "--name", "S", "--language", "??"), LanguageMalformed),
        (("add", "third", "--name", "S\u202e"), OrganisationNameUnfit),
        (("set", "--time-zone", "Mars/Olympus"), TimeZoneUnknown),
        (("set", "--logo", __file__), LogoUnusable),
        (("remove", "nobody"), OrganisationUnknown),
        (("remove", "main"), FirstOrganisationStays),
    ],
)
def test_what_cannot_be_is_refused_in_words(operator, words, refusal):
    """
    A code that could not stand in an address, one that is taken, the first organisation.
    """
    done = operator("organisation", *words)

    assert isinstance(done.exception, refusal)
    assert str(done.exception)


def test_an_organisation_without_records_leaves_nothing(operator, tmp_path, clock):
    """
    Its people, their sessions, its trail and its keys go; whoever belongs elsewhere stays there.
    """
    both = ("person", "add", "both@example.org", "--name", "Both", "--role", "author")
    operator(*both)
    before = everything(operator.engine)
    add(operator)
    operator(*both, organisation="second")
    only = ("person", "add", "only@example.org", "--name", "Only", "--role", "administrator")
    operator(*only, organisation="second")
    create_key(tmp_path / "keys" / "second", clock.now(), development=True)

    done = operator("organisation", "remove", "second")

    assert done.exit_code == 0, done.exception
    assert not (tmp_path / "keys" / "second").exists()
    assert "both@example.org" in operator("person", "list").stdout
    after = everything(operator.engine)
    for trail in ("staff_act", "ledger_entry"):  # the trail of the first says what was done
        assert after.pop(trail) == before.pop(trail) + 2
    assert after == before


def test_an_organisation_with_records_stays(operator, clock):
    """
    It is said what it holds, and nothing of it is touched.
    """
    add(operator)
    with db.reading(operator.engine) as session:
        second = accounts.organisation_coded(session, "second")
    with db.writing(db.within(operator.engine, second.id)) as session:
        words = dict.fromkeys(("title", "description", "language", "licence", "provenance"), "x")
        row = BankRow(id="maths", areas=[], levels=[], imported_at=clock.now(), **words)
        session.add(row)
    before = everything(operator.engine)

    done = operator("organisation", "remove", "second")

    assert isinstance(done.exception, OrganisationHasRecords)
    assert "bank: 1" in str(done.exception)
    assert everything(operator.engine) == before


def test_no_administrator_adds_or_removes_an_organisation(operator, clock, hasher):
    """
    Organisations are the operator's: whoever administers one has no say over others.
    """
    with db.writing(db.within(operator.engine, db.FIRST_ORGANISATION)) as session:
        person = accounts.add_person(
            *(session, clock, hasher, accounts.system_actor()),
            email="ada@example.org",
            name="Ada",
            password=PASSWORD,
            roles=[Role.ADMINISTRATOR],
        )
    actor = accounts.Actor(person.id, person.name, person.roles, db.FIRST_ORGANISATION)

    with pytest.raises(NotAllowed):
        accounts.add_organisation(operator.engine, clock, actor, code="second", name="S")
    with pytest.raises(NotAllowed):
        accounts.remove_organisation(operator.engine, clock, actor, "main")


def test_every_table_of_an_organisation_is_known_to_the_removal(operator):
    """
    What the command imports brings every table of the database that has an organisation.
    """
    found = inspect(operator.engine)
    ours = {
        name
        for name in found.get_table_names()
        if any(one["name"] == "organisation_id" for one in found.get_columns(name))
    }

    assert ours <= SQLModel.metadata.tables.keys()
