"""What every test may ask for: a database of each kind, a clock, people, a client."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import settings
from sqlalchemy import Engine
from sqlmodel import Session

import examengine.app
from examengine import accounts, db
from examengine.accounts import Actor, PasswordHasher, Role
from examengine.db import FIRST_ORGANISATION
from examengine.settings import Settings
from tests import postgresql, statements
from tests.clock import SetClock
from tests.world_templates import WorldTemplates

PASSWORD = "correct horse battery"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer what the two commands of the Makefile ask for."""
    parser.addoption(
        "--nothing-skipped",
        action="store_true",
        help="fail when a test is skipped: what it needs should have been installed",
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Name what was skipped where nothing may be."""
    if config.getoption("nothing_skipped"):
        for report in terminalreporter.stats.get("skipped", []):
            terminalreporter.write_line(f"SKIPPED, and nothing may be: {report.nodeid}")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in which something was skipped, where nothing may be."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and session.config.getoption("nothing_skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# How long an example takes is no property: it depends on the machine and on what runs beside it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

statements.share_what_is_compiled()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the test session."""
    with postgresql.server(postgresql.FAST, folders=postgresql.MEMORY) as url:
        yield url


@pytest.fixture(scope="session")
def on_postgresql_server(postgresql_server: str) -> Iterator[Callable[[str], object]]:
    """Run a statement beside the databases of the server: one that makes or drops one of them."""
    url = postgresql_server.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection.execute


@pytest.fixture(scope="session")
def postgresql_template(
    postgresql_server: str, on_postgresql_server: Callable[[str], object]
) -> str:
    """The name of a migrated database that each test copies."""
    on_postgresql_server("CREATE DATABASE migrated")
    engine = db.make_engine(_named(postgresql_server, "migrated"))
    make_schema(engine)
    engine.dispose()
    return "migrated"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that each test copies."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    engine = db.make_engine(f"sqlite:///{path}")
    make_schema(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of an empty SQLite database."""
    copy = tmp_path / "examengine.db"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"


@pytest.fixture
def postgresql_url(
    postgresql_server: str,
    on_postgresql_server: Callable[[str], object],
    postgresql_template: str,
) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    name = f"test_{secrets.token_hex(6)}"
    copied = f"TEMPLATE {postgresql_template} STRATEGY FILE_COPY"  # half of what the default takes
    on_postgresql_server(f"CREATE DATABASE {name} {copied}")
    yield _named(postgresql_server, name)
    on_postgresql_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, once of each kind."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on an empty database, once of each kind."""
    engine = db.within(db.make_engine(database_url), db.FIRST_ORGANISATION)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A transaction that is rolled back after the test."""
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.rollback()


@pytest.fixture(scope="session")
def world_templates(tmp_path_factory: pytest.TempPathFactory) -> WorldTemplates:
    """Worlds that were made once."""
    return WorldTemplates(tmp_path_factory.mktemp("worlds"))


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands at nine in the morning until the test moves it."""
    return SetClock()


@pytest.fixture(scope="session")
def hasher() -> PasswordHasher:
    """A password hasher that is quick, because no test here is about its strength."""
    return PasswordHasher(memory_kib=64, passes=1)


@pytest.fixture
def person(session: Session, clock: SetClock, hasher: PasswordHasher) -> Callable[..., Actor]:
    """Make a person with the given roles and return them as an actor."""

    def make(*roles: Role, name: str = "Ada Example") -> Actor:
        return add_actor(session, clock, hasher, *roles, name=name)

    return make


def add_actor(
    session: Session, clock: SetClock, hasher: PasswordHasher, *roles: Role, name: str
) -> Actor:
    """Add a person whose password is PASSWORD and return them as an actor."""
    found = accounts.add_person(
        session,
        clock,
        hasher,
        accounts.system_actor(),
        email=f"{secrets.token_hex(4)}@example.org",
        name=name,
        password=PASSWORD,
        roles=roles,
    )
    return Actor(found.id, found.name, found.roles, FIRST_ORGANISATION)


@pytest.fixture
def app_settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """Settings of an application on an empty SQLite database."""
    return Settings(
        database_url=sqlite_url,
        state=tmp_path,
        public_url="http://testserver",
        host="127.0.0.1",
        port=8000,
        workers=1,
    )


@pytest.fixture
def app(app_settings: Settings, clock: SetClock, hasher: PasswordHasher) -> Iterator[FastAPI]:
    """The whole application on an empty SQLite database."""
    made = examengine.app.create_app(app_settings, clock, hasher)
    yield made
    made.close()


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A browser of sorts, signed in as nobody."""
    with TestClient(app, follow_redirects=False, headers={"accept": "text/html"}) as client:
        yield client


def make_schema(engine: Engine) -> None:
    """Make every table, in the way in which an operator does."""
    db.upgrade(engine)


def _named(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")
