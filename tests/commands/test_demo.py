"""The demonstration lies in an organisation of its own, and is removed with all that it holds."""

import pytest
import typer
from sqlalchemy import inspect, table
from sqlalchemy import select as core_select
from sqlmodel import select
from typer.testing import CliRunner

from examengine import accounts, calibration, db, delivery
from examengine.accounts import OrganisationUnknown
from examengine.commands import demo as demonstration
from examengine.commands.console import Console
from examengine.delivery.tables import AdministrationFiguresRow, AdministrationRow


@pytest.fixture
def demo(database_url, tmp_path, clock, hasher):
    """Type the command, without serving."""

    def run(*words):
        console = Console(
            database_url=database_url,
            public_url="http://127.0.0.1:8000",
            host="127.0.0.1",
            port=8000,
            workers=1,
            state=tmp_path,
            signing_keys=tmp_path / "keys",
            clock=clock,
        )
        console.__dict__["hasher"] = hasher
        cli = typer.Typer()
        cli.command("demo")(demonstration.demo)
        done = CliRunner().invoke(cli, ["--no-serve", *words], obj=console)
        console.close()
        return done

    return run


@pytest.fixture
def engine_of_all(database_url):
    """The engine of the whole installation."""
    engine = db.make_engine(database_url)
    yield engine
    engine.dispose()


OWN_OF_SQLITE = {f"item_search_{part}" for part in ("config", "data", "docsize", "idx")}
"""How the full-text index keeps itself; what it finds stands in `item_search`."""


def rows(engine) -> dict[str, int]:
    """Return how many rows each table has that has any."""
    with engine.connect() as connection:
        counted = {
            name: len(connection.execute(core_select(1).select_from(table(name))).all())
            for name in inspect(connection).get_table_names()
            if name not in OWN_OF_SQLITE
        }
    return {name: n for name, n in counted.items() if n}


def test_it_comes_beside_the_first_organisation_and_goes_whole(
    demo, engine_of_all, database_url, tmp_path
):
    """
    Its pilot comes analysed. Nothing of it is left but two lines in the trail of the installation:
    no row, no key, no word.
    """
    before = rows(engine_of_all)

    assert demo().exit_code == 0
    with db.reading(engine_of_all) as session:
        first, made = accounts.list_organisations(session)
    with db.reading(db.within(engine_of_all, first.id)) as session:
        assert accounts.list_people(session, accounts.system_actor()) == []
    assert made.demonstration
    with db.reading(db.within(engine_of_all, made.id)) as session:
        listed = calibration.overview(session, accounts.system_actor(made.id)).lines
    assert sorted(line.alpha is None for line in listed) == [False, True]
    assert delivery.standing_of(listed) == "current"
    assert [path.parent.name for path in tmp_path.rglob("key-*.json")] == ["demo"]

    done = demo("--remove")

    assert done.exit_code == 0, done.exception
    after = rows(engine_of_all)
    assert after.pop("staff_act") == 2
    assert after.pop("ledger_entry") == 2
    assert after == before
    assert not list(tmp_path.rglob("key-*.json"))
    assert not (tmp_path / "demo-sign-ins.json").exists()


def test_what_its_lists_have_computed_goes_with_it(demo, engine_of_all, clock):
    """
    The figures that visiting the lists leaves behind refer to its administrations, and go first.
    """
    before = rows(engine_of_all)
    assert demo().exit_code == 0
    with db.reading(engine_of_all) as session:
        _, made = accounts.list_organisations(session)
    with db.writing(db.within(engine_of_all, made.id)) as session:
        for administration_id in session.exec(select(AdministrationRow.id)).all():
            for kind in ("analysis", "awards"):
                session.add(
                    AdministrationFiguresRow(
                        administration_id=administration_id,
                        kind=kind,
                        state="sha256:" + "a" * 64,
                        body={},
                        computed_at=clock.now(),
                    )
                )
    assert rows(engine_of_all)["administration_figures"]

    done = demo("--remove")

    assert done.exit_code == 0, done.exception
    assert rows(engine_of_all).keys() - before.keys() == {"staff_act", "ledger_entry"}


def test_what_is_not_there_is_not_removed(demo):
    """
    Without a demonstration it is said that there is none.
    """
    assert isinstance(demo("--remove").exception, OrganisationUnknown)
