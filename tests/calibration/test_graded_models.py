"""Runs with items worth several points: estimates, what is shown of them, scores and decisions."""

from dataclasses import replace

import numpy as np
import pytest

from examengine import accounts, calibration, db, scoring, standard_setting
from examengine.calibration import AnalysisCache, RunSettings
from examengine.calibration.curves import item_curves
from examengine.calibration.estimation import estimate
from examengine.calibration.run_models import (
    GRADED,
    MODELS,
    RIGHT_WRONG,
    model_named,
    models_of_items,
    models_offered,
)
from examengine.kernel.digest import digest
from examengine.marking import Policy
from tests.calibration.graded_world import GradedWorld, graded_world
from tests.four_eyes import let_one_be_enough
from tests.scoring.world import with_records

CONSOLE = accounts.system_actor()


@pytest.fixture
def world(engine, clock) -> GradedWorld:
    """Twelve items, six of them worth two points, and 1,500 simulated people."""
    return graded_world(engine, clock)


@pytest.fixture
def analysis(engine, world) -> calibration.ResponseAnalysis:
    """The responses and their classical figures."""
    with db.reading(engine) as session:
        return calibration.analysis_of(session, CONSOLE, AnalysisCache(), [world.administration.id])


def _run(engine, clock, world, **settings) -> calibration.CalibrationRun:
    return calibration.run_calibration(
        engine,
        clock,
        CONSOLE,
        AnalysisCache(),
        [world.administration.id],
        Policy(),
        RunSettings(**settings),
    )


def _adopted(engine, clock, world) -> calibration.CalibrationRun:
    run = _run(engine, clock, world, model="gpcm", model_fit=False)
    with db.writing(engine) as session:
        let_one_be_enough(session, clock)
        calibration.adopt_run(session, clock, CONSOLE, run.id, "The first of these items.")
    return run


def test_each_item_gets_its_model():
    """
    Items worth several points get the model that was chosen, right/wrong ones its counterpart.
    """
    worth = {"G": 3, "R": 1}
    found = {
        model.code: models_of_items(model, tuple(worth), tuple(worth.values())) for model in GRADED
    }

    assert found == {
        "gpcm": {"G": "gpcm", "R": "2pl"},
        "grm": {"G": "grm", "R": "2pl"},
        "pcm": {"G": "pcm", "R": "rasch"},
        "rsm": {"G": "rsm", "R": "rasch"},
    }


@pytest.mark.parametrize("model", RIGHT_WRONG, ids=lambda model: model.code)
def test_a_model_of_right_and_wrong_names_the_items_it_cannot_have(model):
    """
    The refusal says which items are worth more, and which models are for them.
    """
    assert models_of_items(model, ("R",), (1,)) == {"R": model.code}
    with pytest.raises(calibration.CalibrationRefused, match=r"G is worth several points; .*gpcm"):
        models_of_items(model, ("G", "R"), (2, 1))


def test_the_models_that_suit_come_first():
    """
    Without an item worth several points no model of steps is offered; with one they come first.
    """
    assert models_offered([1, 1]) == RIGHT_WRONG
    assert models_offered([1, 2]) == (*GRADED, *RIGHT_WRONG)
    assert models_offered([]) == RIGHT_WRONG
    with pytest.raises(calibration.CalibrationRefused, match="none of 2pl, rasch"):
        model_named("4pl")


def test_the_parameters_are_near_the_truth(engine, clock, world):
    """
    Slopes, difficulties and steps lie within the errors that are told of them, and are stored.
    """
    run = _run(engine, clock, world, model="gpcm")

    distances = []
    for item_id, true in world.truth.items():
        found = run.items[item_id]
        assert found["model"] == true.model
        for name, value in true.values.items():
            told, error = np.atleast_1d(found[name]), np.atleast_1d(found["se"][name])
            distances += ((told - np.atleast_1d(value)) / error).tolist()
    assert run.converged
    assert run.body["model"] == "mixed"
    assert len(distances) == 30
    assert np.abs(distances).max() < 4
    assert np.sqrt(np.mean(np.square(distances))) < 1.5
    assert run.statistics["model"]["rmsea"] < 0.03
    with db.reading(engine) as session:
        assert calibration.find_run(session, CONSOLE, run.id) == run
    assert run.result_digest == calibration.result_digest(run.body, run.statistics)


@pytest.mark.parametrize("code", ["grm", "pcm", "rsm"])
def test_every_model_of_steps_runs(analysis, code):
    """
    Each converges, orders the items as they were made, and has a standard error for each step.
    """
    found = estimate(analysis, RunSettings(model=code, model_fit=False)).body

    name = "thresholds" if code == "grm" else "steps"
    graded = [item for item in found["items"] if item["model"] == code]
    places = [np.mean(item[name]) for item in graded]
    assert found["converged"]
    assert len(graded) == 6
    assert places == sorted(places)
    assert all(len(item[name]) == 2 and min(item["se"][name]) > 0 for item in graded)


def test_right_and_wrong_items_alone_can_have_the_other_models(engine, clock, world):
    """
    With the graded items left out, the 1PL has one slope and the 3PL its stated priors.
    """
    graded = frozenset(item_id for item_id in world.truth if item_id.startswith("G"))
    with db.reading(engine) as session:
        alone = calibration.analysis_of(
            session,
            CONSOLE,
            AnalysisCache(),
            [world.administration.id],
            replace(Policy(), dropped=graded),
        )

    one = estimate(alone, RunSettings(model="1pl", model_fit=False)).body
    three = estimate(alone, RunSettings(model="3pl", model_fit=False)).body

    assert len({round(item["a"], 9) for item in one["items"]}) == 1
    assert three["priors"]["c"] == {"distribution": "beta", "alpha": 5, "beta": 17}
    assert all(0 < item["c"] < 0.5 for item in three["items"])


def test_curves_and_shares_are_those_of_the_points(engine, clock, world):
    """
    The curve is a share of the points, categories add up to one, and so do the observed shares.
    """
    run = _run(engine, clock, world, model="gpcm", model_fit=False)

    graded, plain = item_curves(run, "G-3"), item_curves(run, "R-3")

    assert len(graded.categories) == 3
    assert np.allclose(np.sum(graded.categories, axis=0), 1)
    expected = (np.arange(3) @ np.array(graded.categories)) / 2
    assert np.allclose(expected, graded.expected)
    assert min(group.low for group in graded.observed) >= 0
    assert max(group.high for group in graded.observed) <= 1
    assert len(graded.observed) == len(graded.observed_categories) == 10
    for group, reached in zip(graded.observed, graded.observed_categories, strict=True):
        assert sum(reached.shares) == pytest.approx(1)
        assert (reached.shares[1] + 2 * reached.shares[2]) / 2 == pytest.approx(group.p)
        assert group.low <= group.p <= group.high
        model = np.interp(group.theta, graded.theta, graded.expected)
        assert abs(group.p - model) < 0.12
    assert plain.categories == plain.observed_categories == ()


def test_a_table_row_has_the_steps_in_the_place_of_b(analysis, engine, clock, world):
    """
    Steps with their errors, no b, sorted by their mean; an answer worth a point is no distractor.
    """
    run = _run(engine, clock, world, model="gpcm", model_fit=False)

    rows = {row.item_id: row for row in calibration.item_rows(analysis, run)}

    assert rows["G-1"].b is None
    assert len(rows["G-1"].steps) == 2
    assert rows["G-1"].location == pytest.approx(np.mean(run.items["G-1"]["steps"]))
    assert rows["R-1"].steps == ()
    assert rows["R-1"].location == rows["R-1"].b
    ordered = calibration.sorted_rows(tuple(rows.values()), "b")
    assert [row.item_id for row in ordered if row.steps] == [f"G-{place}" for place in range(1, 7)]
    flagged = {rule.code for row in rows.values() if row.steps for rule in row.flags}
    assert "distractor_draws_strong" not in flagged


def test_a_second_opinion_on_mixed_models_says_why_there_is_none(engine, clock, world, analysis):
    """
    Girth has one model for all items: with two kinds it is not asked; with one it compares steps.
    """
    mixed = _run(engine, clock, world, model="grm", model_fit=False, second_opinion=True)
    right_wrong = frozenset(item_id for item_id in world.truth if item_id.startswith("R"))
    with db.reading(engine) as session:
        alone = calibration.analysis_of(
            session, CONSOLE, AnalysisCache(), [world.administration.id],
            replace(Policy(), dropped=right_wrong),
        )  # fmt: skip
    settings = RunSettings(model="grm", model_fit=False, second_opinion=True)

    opinion = estimate(alone, settings).statistics["second_opinion"]

    assert "one model for all items" in mixed.statistics["second_opinion"]["refused"]
    assert all(len(item["steps"]) == 2 for item in opinion["items"])
    assert 0 < opinion["largest_difference"]["b"] < 0.3


def test_a_score_that_nobody_reached_is_named(engine, clock):
    """
    With few people a step may not have been taken: the run says of which item, and what to do.
    """
    world = graded_world(engine, clock, n_persons=200)
    with db.reading(engine) as session:
        found = calibration.analysis_of(
            session, CONSOLE, AnalysisCache(), [world.administration.id]
        )
    place = found.matrix.place("G-2")
    scores = found.matrix.scores.copy()
    scores[scores[:, place] == 1, place] = 0
    lacking = replace(found, matrix=replace(found.matrix, scores=scores))

    with pytest.raises(calibration.CalibrationRefused, match="G-2: nobody got 1 of its 2 points"):
        estimate(lacking, RunSettings(model="gpcm"))


def test_adopted_steps_score_and_decide(engine, clock, world):
    """
    From the run to decisions: θ goes with the points, the cut lies on the curve, all of it sealed.
    """
    run = _adopted(engine, clock, world)
    with db.writing(engine) as session:
        cut = standard_setting.adopt_cut_set_elsewhere(
            session, clock, CONSOLE, world.form.exam_id, world.form.id,
            points="9", standard_error="", reason="Set in a test.", seen_cut=None,
        )  # fmt: skip
    with db.writing(engine) as session:
        scoring.score_administration(session, clock, CONSOLE, world.administration.id)
    with db.writing(engine) as session:
        scoring.decide(session, clock, CONSOLE, world.administration.id)

    with db.reading(engine) as session:
        listed = scoring.results_of(session, CONSOLE, world.administration.id).results
        found = with_records(session, listed)
        decided = found[0].decision
        explained = scoring.explain(session, CONSOLE, decided.id)
    scores = [result.score for result in found]
    points = np.array([score.raw_score for score in scores])
    theta = np.array([score.scored.theta for score in scores])
    assert {score.max_raw_score for score in scores} == {18}
    assert np.corrcoef(points, theta)[0, 1] > 0.97
    assert -0.5 < cut.theta_cut < 0.5
    assert all(
        result.decision.passed == (result.score.scale_score >= cut.scale_cut) for result in found
    )
    assert digest(scoring.score_body(scores[0])) == scores[0].digest
    assert explained.agrees, explained.broken
    assert run.run_model is MODELS["gpcm"]
