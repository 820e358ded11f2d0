"""The list of administrations reads figures that a job has computed, and computes none."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from examengine import accounts, calibration, db, delivery, four_eyes, integrity, jobs
from examengine.accounts import Actor, Role
from examengine.calibration import CLASSICAL_FIGURES, AnalysisCache
from examengine.jobs import JobState
from examengine.jobs.embedded import EmbeddedQueue
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


def look(
    engine: Engine, words: str = "", **page
) -> delivery.FoundAdministrations[calibration.OverviewLine]:
    """The list, as anybody who may see it finds it now."""
    with db.reading(engine) as session:
        return calibration.overview(session, CONSOLE, words, **page)


def ask(engine: Engine, clock, analyst: Actor) -> jobs.Job:
    """Ask for what is missing or out of date."""
    with db.writing(engine) as session:
        queue = EmbeddedQueue(engine, clock)
        return delivery.ask_figures(session, clock, queue, analyst, CLASSICAL_FIGURES)


def compute(engine: Engine, clock, analyst: Actor) -> None:
    """Have it computed."""
    ask(engine, clock, analyst)
    assert do_those_of(engine, clock, [CLASSICAL_FIGURES.job()]) == 1


def open_more(engine: Engine, clock, world: World, number: int) -> None:
    """Open administrations that nobody has sat."""
    with db.writing(engine) as session:
        for place in range(number):
            delivery.open_administration(
                session,
                clock,
                CONSOLE,
                exam_id=world.exam.id,
                form_ids=[world.forms[0].id],
                title=f"Session {place}",
                opens_at=clock.now(),
                closes_at=clock.now() + timedelta(days=1),
            )


def void_one(engine: Engine, clock, world: World) -> None:
    """Declare the answers of one candidate void."""
    reason = "One person is all of the staff."
    with db.writing(engine) as session:
        four_eyes.switch(session, clock, CONSOLE, on=False, reason=reason)
        record = delivery.response_records(session, world.pilot.id)[0]
        case = integrity.find_case(session, clock, CONSOLE, record.id)
        integrity.void(session, clock, CONSOLE, record.id, "Found to be copied.", seen=case.version)


def test_figures_are_those_of_the_analysis(engine, clock, world, analyst):
    """
    What the list shows once the job is done is what an analysis of the responses gives.
    """
    before = look(engine)

    compute(engine, clock, analyst)

    (line,) = look(engine).lines
    with db.reading(engine) as session:
        analysis = calibration.analysis_of(session, CONSOLE, AnalysisCache(), [world.pilot.id])
    assert delivery.standing_of(before.lines) == "missing"
    assert line.current
    assert line.alpha == analysis.reliability[0].alpha
    assert 0.5 < line.alpha < 0.95


def test_figures_change_when_responses_do(engine, clock, world, analyst):
    """
    Once other responses count, the list shows the earlier figures and knows them as such, until
    they are computed anew.
    """
    compute(engine, clock, analyst)
    (before,) = look(engine).lines

    void_one(engine, clock, world)

    (meanwhile,) = look(engine).lines
    compute(engine, clock, analyst)
    (after,) = look(engine).lines
    assert (meanwhile.alpha, meanwhile.current) == (before.alpha, False)
    assert delivery.standing_of([meanwhile]) == "out of date"
    assert after.current
    assert after.alpha != before.alpha


def test_what_is_current_is_not_computed_again(engine, clock, world, analyst):
    """
    A second job finds nothing to do.
    """
    compute(engine, clock, analyst)
    second = ask(engine, clock, analyst)
    do_those_of(engine, clock, [CLASSICAL_FIGURES.job()])

    with db.reading(engine) as session:
        assert jobs.result_of(session, analyst, second.id) == {"computed": 0}


def test_looking_costs_the_same_whatever_the_number(engine, clock, world, analyst):
    """
    Twelve more administrations are no more questions to the database, and no response is read.
    """
    asked: list[str] = []
    compute(engine, clock, analyst)
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    look(engine)
    for_one = len(asked)
    open_more(engine, clock, world, 12)
    asked.clear()

    found = look(engine)

    assert len(found.lines) == 13
    assert delivery.standing_of(found.lines) == "current"
    assert len(asked) == for_one < 12
    assert not any("coded_responses" in statement for statement in asked)


def test_the_list_is_searched_and_cut_by_the_database(engine, clock, world):
    """
    A page holds what it is to hold, the newest first, and tells how many there are.
    """
    open_more(engine, clock, world, 5)

    page = look(engine, "session", start=1, most=2)

    assert len(page.lines) == 2
    assert (page.n_found, page.n_all) == (5, 6)
    assert all("Session" in line.administration.title for line in page.lines)
    assert look(engine, "no such thing").lines == ()


def test_one_job_is_asked_for_however_many_ask(engine, clock, world, analyst):
    """
    While it waits nobody else asks; once it has ended, whoever asks gets another one.
    """
    first = ask(engine, clock, analyst)
    again = ask(engine, clock, analyst)
    with db.writing(engine) as session:
        jobs.cancel(session, clock, analyst, first.id)
    later = ask(engine, clock, analyst)

    assert again.id == first.id
    assert later.id != first.id
    assert later.state is JobState.WAITING


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.AWARDING_OFFICER])
def test_figures_are_for_those_who_may_see_them(engine, clock, hasher, world, role):
    """
    Whoever may not look at responses cannot have anything computed of them.
    """
    with db.writing(engine) as session:
        other = add_actor(session, clock, hasher, role, name="Ben")

    with pytest.raises(accounts.NotAllowed):
        ask(engine, clock, other)
