"""Answers faster than anybody reads: how little effort an exam lets pass without a look."""

import pytest

from examengine import assembly, credentials, db, integrity, scoring
from examengine.integrity.detectors import ObservedAttempt
from examengine.integrity.detectors.rapid_response import DETECTOR
from tests.scoring import world as worlds

ITEMS = tuple(f"A-{number:02}" for number in range(40))


def sitting(rapid, of=40, **known):
    """Return a sitting in which so many of the answers took a second."""
    items = ITEMS[:of]
    return ObservedAttempt(
        seconds={item: 1.0 if place < rapid else 45.0 for place, item in enumerate(items)},
        expected_seconds=dict.fromkeys(items, 60.0),
        answered=frozenset(items),
        **known,
    )


def decided(world):
    """Score and decide about everybody; return what deciding did."""
    with db.writing(world.engine) as session:
        scoring.score_administration(session, world.clock, world.staff, world.administration.id)
    with db.writing(world.engine) as session:
        return scoring.decide(session, world.clock, world.staff, world.administration.id)


def ruling_on(world, name):
    """Return the ruling that stands about somebody."""
    with db.reading(world.engine) as session:
        attempt = world.candidates[name].attempt_id
        case = integrity.find_case(session, world.clock, world.staff, attempt)
        return case.standing


def due(world):
    """Return how many credentials are due."""
    with db.reading(world.engine) as session:
        return len(credentials.awards_due(session, world.staff, world.administration.id).due)


@pytest.mark.parametrize(
    ("rapid", "mark", "holds"),
    [(40, 0.5, True), (21, 0.5, True), (20, 0.5, False), (4, 0.9, False), (5, 0.9, True)],
)
def test_only_an_effort_below_the_mark_holds(rapid, mark, holds):
    """
    An effort that equals the mark of the exam does not hold, and one answer less does.
    """
    signal = DETECTOR.detect(sitting(rapid, hold_below_effort=mark))

    assert signal.holds is holds
    assert ("has somebody look" in signal.words) is holds


def test_a_mark_of_nought_never_holds():
    """
    A programme that sets 0 is told of quick answers, and nobody is held for them.
    """
    signal = DETECTOR.detect(sitting(40, hold_below_effort=0.0))

    assert (signal.threshold, signal.holds) == (None, False)


def test_a_strict_mark_is_told_of_what_is_else_not_mentioned():
    """
    Two quick answers of forty are no news by custom, but they are below a mark of .96.
    """
    assert DETECTOR.detect(sitting(2)) is None
    assert DETECTOR.detect(sitting(2, hold_below_effort=0.96)).holds


def test_from_four_answers_no_effort_is_told():
    """
    A share of four answers says nothing about effort.
    """
    assert DETECTOR.detect(sitting(4, of=4)) is None


def test_an_exam_that_sets_no_mark_keeps_its_digest():
    """
    The default stands beside the specification and not in it.
    """
    silent = assembly.exam_of(worlds.SPEC)
    telling = assembly.exam_of({**worlds.SPEC, "integrity": {"hold_below_effort": 0.75}})

    assert (silent.hold_below_effort, telling.hold_below_effort) == (0.5, 0.75)
    assert silent.digest == (
        "sha256:169f74cd85c3e33da0dc4db5837f2edd60a7284832e8b49b95042b66182cfcab"
    )
    assert telling.digest != silent.digest


@pytest.mark.parametrize("look", [True, False], ids=["a second each", "never on the screen"])
def test_whoever_rushes_through_is_held_and_not_awarded(world, look):
    """
    All right in a second each, or without opening a question: no decision before somebody looks.
    """
    world.adopt_cut()
    world.sit("Ada", right=12, pace=1, look=look)
    world.sit("Ben", right=12)

    report = decided(world)

    assert (report.added, report.held) == (1, 1)
    assert ruling_on(world, "Ben").state == "cleared"
    held = ruling_on(world, "Ada")
    assert held.state == "held"
    assert "12 of 12 answers took less than a tenth of the expected time" in held.reason
    assert "below the 0.50 under which this exam has somebody look" in held.reason
    assert due(world) == 1


def test_an_officer_who_has_looked_lets_it_pass(world):
    """
    A person clears what the evidence held, and the decision follows.
    """
    world.adopt_cut()
    world.sit("Ada", right=12, pace=1)
    decided(world)
    with db.writing(world.engine) as session:
        attempt, reason = world.candidates["Ada"].attempt_id, "She wrote the items of this exam."
        integrity.clear(session, world.clock, world.staff, attempt, reason, seen=1)

    report = decided(world)

    assert (report.added, report.held, due(world)) == (1, 0, 1)


def test_a_programme_that_sets_another_mark_is_followed(engine, clock, hasher):
    """
    With a mark of 0 the same haste is only shown.
    """
    spec = {**worlds.SPEC, "integrity": {"hold_below_effort": 0}}
    world = worlds.build(engine, clock, hasher, spec=spec)
    world.adopt_cut()
    world.sit("Ada", right=12, pace=1)

    assert decided(world).held == 0
    assert ruling_on(world, "Ada").signals == {"rapid_response": 1.0}


def test_a_program_that_answers_is_not_held_for_its_speed(engine, clock, hasher):
    """
    Simulated answers are quick by nature, and say so elsewhere.
    """
    world = worlds.build(engine, clock, hasher, simulated=True)
    world.adopt_cut()
    world.sit("Ada", right=12, pace=1)

    assert decided(world).held == 0
