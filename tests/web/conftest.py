"""A programme with results, behind the application's own pages."""

import pytest

from examengine import db, scoring
from examengine.accounts import Actor, Role
from tests.scoring import world as worlds
from tests.web.visitors import Visitors
from tests.write_lock import WriteLockWatch


@pytest.fixture(autouse=True)
def nothing_costly_under_the_write_lock(request, monkeypatch):
    """No page of these tests parses, computes or draws while it keeps others from writing."""
    watch = WriteLockWatch()
    if "app" in request.fixturenames:
        watch.install(monkeypatch, request.getfixturevalue("app").state.components.engine)
    yield
    assert watch.seen == []


@pytest.fixture
def visitors(client, clock, hasher) -> Visitors:
    """People of the application."""
    return Visitors(client, clock, hasher)


@pytest.fixture
def world(request, app, clock, hasher, world_templates):
    """An exam programme with nobody in it yet; with results, where a test asks for those too."""
    if "decided" in request.fixturenames:
        return request.getfixturevalue("decided")
    engine = app.state.components.engine_of_first
    return world_templates.copied(
        "nobody_yet", engine, clock, lambda: worlds.build(engine, clock, hasher)
    )


@pytest.fixture
def decided(app, clock, hasher, world_templates):
    """Ada passed, Ben did not, Cleo is held; nobody else has handed in."""
    engine = app.state.components.engine_of_first
    return world_templates.copied(
        "one_is_held",
        engine,
        clock,
        lambda: with_results(worlds.build(engine, clock, hasher)),
    )


@pytest.fixture
def officer(visitors) -> Actor:
    """An awarding officer who is signed in."""
    return visitors.enter(visitors.add(Role.AWARDING_OFFICER, name="Olive"))


def with_results(world: worlds.World) -> worlds.World:
    """Have three sit the exam, score them, adopt a cut and decide."""
    world.sit("Ada", right=11)
    world.sit("Ben", right=2)
    world.sit("Cleo", right=11, away=[45, 45])
    with db.writing(world.engine) as session:
        scoring.score_administration(session, world.clock, world.staff, world.administration.id)
    world.adopt_cut()
    with db.writing(world.engine) as session:
        scoring.decide(session, world.clock, world.staff, world.administration.id)
    return world
