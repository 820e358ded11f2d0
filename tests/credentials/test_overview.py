"""The list of credentials due reads what a job has counted, and counts nothing."""

import pytest
from sqlalchemy import event

from examengine import credentials, db, delivery, scoring
from examengine.credentials import AWARD_FIGURES
from examengine.jobs.embedded import EmbeddedQueue
from tests.jobs.alone import do_those_of
from tests.scoring import world as worlds


@pytest.fixture
def world(engine, clock, hasher) -> worlds.World:
    """An exam programme with nobody in it yet."""
    return worlds.build(engine, clock, hasher)


def look(world) -> delivery.FoundAdministrations[credentials.AwardsLine]:
    """The list, as it is found now."""
    with db.reading(world.engine) as session:
        return credentials.awards_overview(session, world.staff)


def compute(world) -> None:
    """Have it counted."""
    with db.writing(world.engine) as session:
        queue = EmbeddedQueue(world.engine, world.clock)
        delivery.ask_figures(session, world.clock, queue, world.staff, AWARD_FIGURES)
    assert do_those_of(world.engine, world.clock, [AWARD_FIGURES.job()]) == 1


def decide(world) -> None:
    """Score and decide all that was handed in."""
    for act in (scoring.score_administration, scoring.decide):
        with db.writing(world.engine) as session:
            act(session, world.clock, world.staff, world.administration.id)


def test_nothing_is_due_before_anything_was_decided(world):
    """
    An administration without scores has nothing to count, and nothing is asked for.
    """
    (line,) = look(world).lines

    assert (line.counts, line.current) == (None, True)


def test_counts_are_those_of_what_is_due(world):
    """
    They change with decisions: the earlier ones stand there, known as such, until counted anew.
    """
    world.sit("Ada", right=11)
    world.sit("Ben", right=2)
    world.adopt_cut("6")
    decide(world)
    (before,) = look(world).lines
    compute(world)
    (counted,) = look(world).lines
    world.sit("Cleo", right=11)
    decide(world)
    (meanwhile,) = look(world).lines
    compute(world)

    (after,) = look(world).lines

    assert (before.counts, before.current) == (None, False)
    assert (counted.counts.passed, counted.counts.due, counted.current) == (1, 1, True)
    assert (meanwhile.counts, meanwhile.current) == (counted.counts, False)
    assert (after.counts.passed, after.counts.due, after.current) == (2, 2, True)


def test_looking_costs_the_same_whatever_the_number(world, clock):
    """
    Five more administrations are no more questions to the database.
    """
    asked: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    look(world)
    for_one = len(asked)
    with db.writing(world.engine) as session:
        for place in range(5):
            delivery.open_administration(
                session,
                clock,
                world.staff,
                exam_id=world.administration.exam_id,
                form_ids=[world.form.id],
                title=f"Session {place}",
                opens_at=world.administration.opens_at,
                closes_at=world.administration.closes_at,
            )
    asked.clear()

    found = look(world)

    assert len(found.lines) == 6
    assert len(asked) == for_one < 15
