"""What was simulated is said by one function, for all who show a result; on both databases."""

from sqlalchemy import update

from examengine import db, delivery, scoring, standard_setting
from examengine.calibration.tables import CalibrationRunRow
from examengine.credentials.issuing.due import awards_of
from examengine.scoring.simulated import ANSWERS, PARAMETERS, RATINGS
from examengine.standard_setting.tables import CutScoreRow
from tests.scoring import world as worlds


def decided(world):
    """Let somebody sit, score and decide; return the decision."""
    world.adopt_cut()
    world.sit("Ada", right=12)
    with db.writing(world.engine) as session:
        scoring.score_administration(session, world.clock, world.staff, world.administration.id)
    with db.writing(world.engine) as session:
        scoring.decide(session, world.clock, world.staff, world.administration.id)
    with db.reading(world.engine) as session:
        (decision,) = scoring.decisions_in_force(session, world.administration.id)
    return decision


def told(world, decision):
    """Return what was simulated, as the result, the lists and the explanation say it."""
    with db.reading(world.engine) as session:
        result = scoring.result_for_staff(session, world.staff, decision.response_record_id)
        (row,) = (
            one
            for one in scoring.scoring_progress(session, world.staff).lines
            if one.administration == world.administration
        )
        listed = scoring.results_of(session, world.staff, world.administration.id)
        explained = scoring.explain(session, world.staff, decision.id)
        return {result.simulated, row.simulated, listed.simulated, explained.simulated}


def reasons(world, decision):
    """Return why the credential of a decision is a TEST."""
    with db.reading(world.engine) as session:
        (award,) = awards_of(session, [decision])
    return award.test_reasons


def test_a_result_of_people_says_nothing(world):
    """
    Where nothing was simulated nothing is said, and the credential is no TEST for it.
    """
    decision = decided(world)

    assert told(world, decision) == {()}
    assert reasons(world, decision) == ()


def test_simulated_answers_and_parameters_are_said_everywhere(engine, clock, hasher):
    """
    Result, lists, explanation and credential say the same of answers and parameters.
    """
    world = worlds.build(engine, clock, hasher, simulated=True)

    decision = decided(world)

    assert told(world, decision) == {(ANSWERS, PARAMETERS)}
    assert reasons(world, decision) == (ANSWERS.reason, PARAMETERS.reason)


def test_parameters_from_a_simulated_pilot_mark_a_result_of_people(world):
    """
    Somebody sat and passed, and what the answers are worth was learnt from a program.
    """
    decision = decided(world)
    _say_that_a_program_answered_the_pilot(world)

    assert told(world, decision) == {(PARAMETERS,)}
    assert reasons(world, decision) == (PARAMETERS.reason,)


def test_simulated_ratings_are_said(world):
    """
    A cut whose panel is simulated marks what is decided at it, its explanation in words.
    """
    decision = decided(world)
    with db.writing(world.engine) as session:
        panel = standard_setting.set_up_panel(
            session,
            world.clock,
            world.staff,
            world.form.exam_id,
            world.form.id,
            definition="Whoever reads a chart without help and says what it cannot show.",
            rounds=1,
            names=["Simulated 1", "Simulated 2"],
            simulated=True,
        )
        session.execute(update(CutScoreRow).values(panel_id=panel.id))

    assert told(world, decision) == {(RATINGS,)}
    assert reasons(world, decision) == (RATINGS.reason,)
    with db.reading(world.engine) as session:
        steps = scoring.explain(session, world.staff, decision.id).steps
    (words,) = (step.words[0] for step in steps if step.kind == "cut_score")
    assert "Its ratings were simulated by a program" in words


def _say_that_a_program_answered_the_pilot(world):
    """Let the run of the adopted parameters rest on another administration, a simulated one."""
    now = world.clock.now()
    with db.writing(world.engine) as session:
        pilot = delivery.open_administration(
            session,
            world.clock,
            world.staff,
            exam_id=world.form.exam_id,
            form_ids=[world.form.id],
            title="Pilot",
            opens_at=now,
            closes_at=now.replace(year=now.year + 1),
            simulated=True,
        )
        session.execute(update(CalibrationRunRow).values(administration_ids=[str(pilot.id)]))
