"""The analysis of many answers is made by a job, kept, and read by pages as it was made."""

import pytest
from sqlalchemy import Engine

from examengine import accounts, bank, calibration, db, delivery
from examengine.accounts import Actor, Role
from examengine.calibration import ITEM_FIGURES, AnalysisCache, FiguresToCome, item_figures
from examengine.calibration.kept_analysis import items_named, kept, read_again
from examengine.jobs.embedded import EmbeddedQueue
from examengine.kernel.digest import canonical_json
from examengine.marking import Policy, Scope
from examengine.psychometrics.documents import plain
from tests.calibration.world import World, committed
from tests.conftest import add_actor
from tests.jobs.alone import do_those_of

CONSOLE = accounts.system_actor()


@pytest.fixture
def world(engine: Engine, clock) -> World:
    """The small exam with its pilot, committed."""
    return committed(engine, clock)


@pytest.fixture
def analyst(engine: Engine, clock, hasher) -> Actor:
    """Somebody who may look at responses."""
    with db.writing(engine) as session:
        return add_actor(session, clock, hasher, Role.PSYCHOMETRICIAN, name="Ada")


@pytest.fixture
def many(monkeypatch) -> None:
    """Let a page take any number of answers for many."""
    monkeypatch.setattr(item_figures, "MOST_ANSWERS_AT_ONCE", 0)


def look(engine: Engine, world: World, scope: Scope = Scope.OPERATIONAL) -> calibration.Review:
    """What the pages of the pilot show now."""
    with db.reading(engine) as session:
        return calibration.review(session, CONSOLE, AnalysisCache(), world.pilot.id, scope)


def ask(engine: Engine, clock, analyst: Actor, world: World) -> None:
    """Ask for the figures of the pilot."""
    with db.writing(engine) as session:
        queue = EmbeddedQueue(engine, clock)
        delivery.ask_figures(session, clock, queue, analyst, ITEM_FIGURES, world.pilot.id)


def test_what_is_kept_is_what_was_found(engine, world):
    """
    An analysis that was kept as JSON and read again has every figure of the one it was made from.
    """
    with db.reading(engine) as session:
        found = calibration.analysis_of(
            session, CONSOLE, AnalysisCache(), [world.pilot.id], Policy(Scope.ALL)
        )
        body = kept(found)
        again = read_again(body, bank.item_versions(session, items_named(body)))

    assert again.matrix.digest == found.matrix.digest
    assert again.matrix.item_ids == found.matrix.item_ids
    assert again.n_persons == found.n_persons == len(found.matrix.records)
    assert canonical_json(body)
    for name in ("items", "reliability", "distribution"):
        assert plain(getattr(again, name)) == plain(getattr(found, name))
    assert calibration.item_rows(again, None) == calibration.item_rows(found, None)


def test_of_many_answers_nothing_is_computed_until_somebody_asks(
    engine, clock, world, analyst, many
):
    """
    The page has no figures and says so; a job computes them, of both scopes; then they are shown
    with their time.
    """
    before = look(engine, world)

    ask(engine, clock, analyst, world)
    meanwhile = look(engine, world)
    assert do_those_of(engine, clock, [ITEM_FIGURES.job()]) == 1

    after = look(engine, world)
    assert (before.analysis, before.shown.current, before.shown.job) == (None, False, None)
    assert not meanwhile.shown.job.state.over
    assert after.shown.current
    assert after.shown.computed_at == clock.now()
    assert after.analysis.n_persons > 0
    assert look(engine, world, Scope.ALL).analysis.matrix.scope is Scope.ALL


def test_an_item_without_figures_leads_to_where_they_are_computed(engine, world, many):
    """
    The page of one item is refused in words until a job has computed the figures.
    """
    item_id = world.forms[0].items[0].ref.item_id

    with pytest.raises(FiguresToCome):
        calibration.item_review(look(engine, world), item_id)


def test_figures_of_one_administration_are_computed_for_those_who_may_see_them(
    engine, clock, hasher, world
):
    """
    An awarding officer can have nothing computed of responses.
    """
    with db.writing(engine) as session:
        officer = add_actor(session, clock, hasher, Role.AWARDING_OFFICER, name="Ben")

    with pytest.raises(accounts.NotAllowed):
        ask(engine, clock, officer, world)
