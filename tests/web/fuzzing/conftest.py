"""A programme with something behind every address, and a browser that meets defects.

Every visitor begins with the same programme: it is set up once, and copied for each.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import examengine.app
from examengine.accounts import PasswordHasher, Role
from examengine.credentials import create_key
from examengine.settings import Settings
from examengine.web import job_streams
from tests.clock import SetClock
from tests.credentials.programme import issue_due
from tests.scoring import world as worlds
from tests.web.conftest import with_results
from tests.web.fuzzing.known_addresses import Known, followed
from tests.web.visitors import Visitors
from tests.write_lock import WriteLockWatch

DATABASE, KEYS = "examengine.db", "keys"


@dataclass(frozen=True)
class Template:
    """A programme with credentials, and Dora in the middle of her exam.

    Attributes:
        folder: Where its database and its keys are.
        world: Who is in it.
        known: What somebody with every role finds by following links.
        moment: What time it is there.
    """

    folder: Path
    world: worlds.World
    known: Known
    moment: datetime


@pytest.fixture(scope="session")
def template(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, hasher: PasswordHasher
) -> Template:
    """The programme as every test finds it."""
    made, folder = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("fuzzed")
    shutil.copy(sqlite_template, made / DATABASE)
    clock, watch = SetClock(), WriteLockWatch()
    settings = Settings(
        database_url=f"sqlite:///{made / DATABASE}",
        state=made,
        public_url="http://testserver",
        host="127.0.0.1",
        port=8000,
        workers=1,
    )
    app = examengine.app.create_app(settings, clock, hasher)
    parts = app.state.components
    world = with_results(worlds.build(parts.engine_of_first, clock, hasher))
    create_key(made / KEYS, clock.now(), development=True)
    issue_due(world, parts.awarding_body)
    world.sit("Dora", right=3, submit=False)
    with pytest.MonkeyPatch.context() as patch, _browser(app) as client:
        shorten_streams(patch)
        watch.install(patch, parts.engine)
        visitors = Visitors(client, clock, hasher)
        visitors.enter(visitors.add(*Role, name="Every Role"))
        found = followed(client)
    assert watch.seen == []
    with sqlite3.connect(made / DATABASE) as connection:
        connection.execute("VACUUM INTO ?", [str(folder / DATABASE)])
    shutil.copytree(made / KEYS, folder / KEYS)
    mine = [str(one.attempt_id) for one in world.candidates.values()]
    own = [str(one.actor.person_id) for one in world.candidates.values()]
    known = {**found, "attempt_id": mine, "person_id": own}
    return Template(folder, world, known, clock.now())


@pytest.fixture
def sqlite_url(template: Template, tmp_path: Path) -> str:
    """The URL of a database with the programme in it, beside its keys."""
    shutil.copytree(template.folder, tmp_path, dirs_exist_ok=True)
    return f"sqlite:///{tmp_path / DATABASE}"


@pytest.fixture
def clock(template: Template) -> SetClock:
    """A clock that stands where the programme was left."""
    return SetClock(template.moment)


@pytest.fixture(autouse=True)
def short_streams(monkeypatch):
    """No job is at work here, so what tells of one would last for minutes and say nothing."""
    shorten_streams(monkeypatch)


@pytest.fixture
def client(app) -> Iterator[TestClient]:
    """A browser of sorts, to which a defect is an answer with its status."""
    with _browser(app) as client:
        yield client


@pytest.fixture
def programme(template, app, clock) -> worlds.World:
    """The programme, in the database of the application."""
    return replace(template.world, engine=app.state.components.engine_of_first, clock=clock)


@pytest.fixture
def known(template) -> Known:
    """What somebody with every role finds, Dora's attempt among it."""
    return template.known


def shorten_streams(patch: pytest.MonkeyPatch) -> None:
    """Have what tells of jobs end at once."""
    patch.setattr(job_streams, "LASTS_S", 0.05)
    patch.setattr(job_streams, "LOOK_EVERY_S", 0.05)


def _browser(app) -> TestClient:
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)
