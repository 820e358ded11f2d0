"""A ruling that was deleted is missed at its attempt: nobody is cleared for want of a hold."""

import pytest

from examengine import db, integrity, scoring
from examengine.kernel.ids import new_id
from tests.credentials.programme import rule
from tests.integrity.conftest import hand_over_late
from tests.integrity.tampering import change, remove, rows, table, unchecked
from tests.scoring import world as worlds
from tests.scoring.test_service import decide, results, score

REASON = "Read the log and the report once more."


@pytest.fixture
def scored(engine, clock, hasher, world_templates):
    """A world in which Ada has a score that passes, and nobody has decided."""

    def make():
        world = worlds.build(engine, clock, hasher)
        world.sit("Ada", right=11)
        score(world)
        world.adopt_cut()
        return world

    return world_templates.copied("one_scored", engine, clock, make)


def case(world):
    """What the case page shows of Ada."""
    with db.reading(world.engine) as session:
        ada = world.candidates["Ada"].attempt_id
        return integrity.find_case(session, world.clock, world.staff, ada)


def result(world):
    """What came of Ada's attempt."""
    (found,) = results(world).values()
    return found


def broken(world):
    """The titles of what is not as it was sealed on the case page."""
    return [seal.title for seal in case(world).subject.evidence.broken_seals]


@pytest.mark.parametrize("verb", [integrity.hold, integrity.void])
def test_a_ruling_that_was_deleted_is_missed_and_holds_the_attempt(scored, verb):
    """
    Held or void, and no trace of it: the case page misses it, and deciding clears nobody.
    """
    rule(scored, "Ada", verb)
    remove(scored.engine, "clearance")

    assert broken(scored) == ["Clearance"]
    assert not case(scored).subject.is_genuine(case(scored).standing)
    decide(scored)

    assert result(scored).decision is None
    assert result(scored).clearance.state == "held"
    assert "is missing" in result(scored).clearance.reason


def test_an_earlier_clearance_does_not_stand_in_for_a_deleted_void(scored):
    """
    Cleared by rule, held, cleared by a person who knew, void; without the void nobody passes.
    """
    decide(scored)
    remove(scored.engine, "clearance")
    decide(scored)
    rule(scored, "Ada", integrity.clear)
    rule(scored, "Ada", integrity.void)
    newest = max(rows(scored.engine, "clearance"), key=lambda one: one["version"])
    remove(scored.engine, "clearance", id=newest["id"])

    decide(scored)

    assert result(scored).clearance.state == "held"


@pytest.mark.parametrize(
    "values", [{"state": "cleared"}, {"state": "cleared", "log_intact": False}]
)
def test_a_void_that_was_changed_into_a_clearance_holds_the_attempt(scored, values):
    """
    Whatever else the row was made to say, it is not the ruling that was sealed.
    """
    rule(scored, "Ada", integrity.void)
    change(scored.engine, "clearance", {}, **values)

    decide(scored)

    assert result(scored).decision is None
    assert result(scored).clearance.state == "held"


def test_a_clearance_that_was_put_in_past_the_program_holds_the_attempt(scored):
    """
    A row after the hold that says cleared is nobody's ruling.
    """
    rule(scored, "Ada", integrity.hold)
    (hold,) = rows(scored.engine, "clearance")
    forged = {**hold, "id": new_id(scored.clock.now()), "version": 2, "state": "cleared"}
    with unchecked(scored.engine) as connection:
        connection.execute(table("clearance").insert(), [forged])

    decide(scored)

    assert result(scored).clearance.state == "held"
    assert result(scored).clearance.version == 3


def test_a_person_who_has_looked_clears_what_was_held_for_a_missing_ruling(scored):
    """
    The broken step stays on the page; the ruling of the person who saw it stands.
    """
    rule(scored, "Ada", integrity.hold)
    remove(scored.engine, "clearance")
    decide(scored)
    rule(scored, "Ada", integrity.clear)

    decide(scored)

    assert result(scored).decision.passed
    assert broken(scored) == ["Clearance"]
    assert case(scored).subject.is_genuine(case(scored).standing)


def test_a_ruling_in_the_middle_that_is_missing_keeps_nobody_from_ruling(scored):
    """
    The next ruling follows the newest that is here, whatever is missing before it.
    """
    rule(scored, "Ada", integrity.hold)
    rule(scored, "Ada", integrity.hold)
    remove(scored.engine, "clearance", version=1)

    rule(scored, "Ada", integrity.clear)

    assert [one.version for one in case(scored).rulings] == [2, 3]


def test_rulings_of_the_same_transaction_are_not_missed(scored):
    """
    What is about to be sealed agrees: deciding twice in one transaction holds nobody.
    """
    with db.writing(scored.engine) as session:
        for _ in range(2):
            scoring.decide(session, scored.clock, scored.staff, scored.administration.id)

    assert result(scored).decision.passed
    assert broken(scored) == []


def test_a_late_answer_that_was_deleted_is_missed_on_the_case_page(scored):
    """
    An answer that came late is no part of the result, and is missed where staff would read it.
    """
    hand_over_late(scored, "Ada")
    assert broken(scored) == []

    remove(scored.engine, "late_answer")

    assert broken(scored) == ["Late answer"]


@pytest.mark.parametrize("kind", ["decision", "clearance", "score_record"])
def test_a_deleted_record_is_a_broken_step_of_the_explanation(scored, kind):
    """
    Opened by the id of the older score, the explanation misses what came after it.
    """
    decide(scored)
    first = result(scored).score.id
    if kind == "clearance":
        rule(scored, "Ada", integrity.void)
    if kind == "score_record":
        scored.adopt_parameters(a=1.2)
        score(scored)
    newest = max(rows(scored.engine, kind), key=lambda one: one["version"])
    remove(scored.engine, kind, id=newest["id"])

    with db.reading(scored.engine) as session:
        explanation = scoring.explain(session, scored.staff, first)

    assert [(one.kind, one.id) for one in explanation.broken] == [(kind, str(newest["id"]))]
    assert "is missing" in explanation.broken[0].checks[0].words
