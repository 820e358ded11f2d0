"""Calibration runs: stored with their responses, repeatable, adopted with a reason."""

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session

from examengine import accounts, bank, calibration, db, delivery
from examengine.accounts import Role
from examengine.calibration import AnalysisCache, RunSettings
from examengine.calibration.tables import CalibrationRunRow
from examengine.kernel.digest import digest
from examengine.marking import NotReached, Policy, Scope
from examengine.psychometrics.estimation import calibrate
from examengine.psychometrics.parameters import ParameterSet
from tests.calibration.world import World, committed

CONSOLE = accounts.system_actor()


@pytest.fixture
def world(engine: Engine, clock) -> World:
    """The small exam with its pilot, committed."""
    return committed(engine, clock)


@pytest.fixture
def reading(engine: Engine) -> Iterator[Session]:
    """A transaction that reads what was committed."""
    with db.reading(engine) as session:
        yield session


def _run(engine, clock, world, **settings) -> calibration.CalibrationRun:
    return calibration.run_calibration(
        engine,
        clock,
        CONSOLE,
        AnalysisCache(),
        [world.pilot.id],
        Policy(),
        RunSettings(**settings),
    )


def test_a_run_is_stored_with_its_responses(engine, clock, world, reading):
    """
    Whoever looks later finds the estimates, the statistics and the responses they were made of.
    """
    run = _run(engine, clock, world)

    found = calibration.find_run(reading, CONSOLE, run.id)
    files = calibration.snapshot_files(reading, CONSOLE, run.snapshot_digest)
    assert found == run
    assert found.converged
    assert found.body["schema"] == "examengine/item-parameters/1"
    assert len(found.items) == len(found.item_fit) == 30
    assert len(files.scored.splitlines()) == 301
    assert files.key.startswith(b"item_id,key,max_score\n")


def test_the_parameters_are_the_librarys(engine, clock, world, reading):
    """
    What is stored is what the library estimates from the snapshot, number for number.
    """
    run = _run(engine, clock, world)

    analysis = calibration.analysis_of(reading, CONSOLE, AnalysisCache(), [world.pilot.id])
    expected = calibrate(analysis.matrix.responses, "2pl").parameters
    stored = ParameterSet.from_dict(run.body)
    assert stored.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-9)
    for ours, theirs in zip(stored.items, expected.items, strict=True):
        assert ours.values == pytest.approx(theirs.values, abs=1e-9)


def test_a_second_run_of_the_same_responses_finds_the_same(engine, clock, world, reading):
    """
    Two runs of one snapshot have one result digest, and each has an id and a digest of its own.
    """
    first = _run(engine, clock, world)
    clock.forward(minutes=3)
    second = _run(engine, clock, world)

    assert first.snapshot_digest == second.snapshot_digest
    assert first.result_digest == second.result_digest
    assert first.digest != second.digest
    listed = calibration.list_runs(reading, CONSOLE, world.pilot.id)
    assert [run.id for run in listed] == [second.id, first.id]


def test_the_digests_can_be_computed_again(engine, clock, world):
    """
    A stranger with the run computes both digests from what it shows.
    """
    run = _run(engine, clock, world)

    covered = calibration.run_body(
        run.id, run.snapshot_digest, run.model, run.estimator, run.settings, run.body,
        run.result_digest, run.code_version, run.ran_by, run.ran_at,
    )  # fmt: skip
    body, statistics = json.loads(json.dumps([run.body, run.statistics]))
    assert run.digest == digest(covered)
    assert run.result_digest == calibration.result_digest(body, statistics)


def test_rasch_has_one_slope(engine, clock, world):
    """
    Under the Rasch model every slope is 1 and the spread of ability is estimated.
    """
    run = _run(engine, clock, world, model="rasch", model_fit=False)

    assert {item["a"] for item in run.items.values()} == {1.0}
    assert run.body["groups"][0]["fixed"] is False
    assert run.statistics["model"] is None


def test_girth_stands_beside_and_never_in_the_place(engine, clock, world):
    """
    A second opinion is stored as such, near our estimates, and changes none of them.
    """
    alone = _run(engine, clock, world, model_fit=False)
    beside = _run(engine, clock, world, model_fit=False, second_opinion=True)

    opinion = beside.statistics["second_opinion"]
    assert alone.statistics["second_opinion"] is None
    assert beside.estimator == alone.estimator == "mml-em"
    assert beside.body["items"] == alone.body["items"]
    assert opinion["estimator"] == "girth"
    ours = np.array([item["b"] for item in beside.body["items"]])
    theirs = np.array([item["b"] for item in opinion["items"]])
    assert np.corrcoef(ours, theirs)[0, 1] > 0.98


def test_an_unknown_model_is_refused(engine, clock, world):
    """
    A model that no run offers is named, with those that are.
    """
    with pytest.raises(calibration.CalibrationRefused, match="none of 2pl, rasch"):
        _run(engine, clock, world, model="4pl")


def test_adopting_hands_the_parameters_to_the_bank(engine, clock, world):
    """
    The bank's parameters are the run's from then on, and name it by id and digest.
    """
    run = _run(engine, clock, world, model_fit=False)

    with db.writing(engine) as session:
        adopted = calibration.adopt_run(session, clock, CONSOLE, run.id, "First calibration.")

    with db.reading(engine) as session:
        current = bank.current_parameters(session, world.exam.bank_id)
    assert current == adopted
    assert (current.run_id, current.run_digest) == (run.id, run.digest)
    assert current.body == run.body
    assert current.reason == "First calibration."


def test_a_run_that_did_not_converge_is_not_adopted(engine, clock, world):
    """
    Numbers that are not at the maximum never become anybody's scores.
    """
    run = _run(engine, clock, world, model_fit=False)
    statement = update(CalibrationRunRow).values(body={**run.body, "converged": False})
    with db.writing(engine) as session:
        session.execute(statement)

    with (
        db.writing(engine) as session,
        pytest.raises(calibration.RunNotAdoptable, match="did not converge"),
    ):
        calibration.adopt_run(session, clock, CONSOLE, run.id, "Hope.")


def test_the_adopted_run_is_shown(engine, clock, world, reading):
    """
    Pages show the run by which scores are computed, whatever its model, even after a later run.
    """
    rasch = _run(engine, clock, world, model="rasch", model_fit=False)
    with db.writing(engine) as session:
        calibration.adopt_run(session, clock, CONSOLE, rasch.id, "One slope is enough here.")
    clock.forward(minutes=1)
    _run(engine, clock, world, model_fit=False)
    matrix = calibration.analysis_of(reading, CONSOLE, AnalysisCache(), [world.pilot.id]).matrix

    assert calibration.run_to_show(reading, CONSOLE, matrix) == rasch


def test_before_adoption_the_newest_run_of_these_responses_is_shown(engine, clock, world, reading):
    """
    Without an adopted run the newest of exactly these responses stands beside them; or one asked.
    """
    first = _run(engine, clock, world, model_fit=False)
    clock.forward(minutes=1)
    second = _run(engine, clock, world, model="rasch", model_fit=False)
    analyses = [
        calibration.analysis_of(reading, CONSOLE, AnalysisCache(), [world.pilot.id], policy).matrix
        for policy in (Policy(), Policy(not_reached=NotReached.MISSING))
    ]

    assert calibration.run_to_show(reading, CONSOLE, analyses[0]) == second
    assert calibration.run_to_show(reading, CONSOLE, analyses[0], first.id) == first
    assert calibration.run_to_show(reading, CONSOLE, analyses[1]) is None


def test_the_list_tells_size_and_computes_nothing(engine, clock, world, reading):
    """
    Each administration stands there with its candidates, simulated ones marked; what takes long
    is not computed by whoever looks, and is known to be missing.
    """
    (line,) = calibration.overview(reading, CONSOLE).lines

    assert (line.administration.id, line.n_persons) == (world.pilot.id, 300)
    assert line.administration.simulated
    assert (line.alpha, line.current) == (None, False)


def test_an_analysis_is_made_once(reading, world, monkeypatch):
    """
    Looking again at the same responses costs no second analysis.
    """
    cache = AnalysisCache()
    first = calibration.analysis_of(reading, CONSOLE, cache, [world.pilot.id])
    monkeypatch.setattr(delivery, "response_records", None)

    assert calibration.analysis_of(reading, CONSOLE, cache, [world.pilot.id]) is first


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.CANDIDATE, Role.INVIGILATOR])
def test_responses_are_for_psychometricians(engine, clock, reading, role):
    """
    Nobody else looks at responses, runs a calibration, or adopts one.
    """
    actor = replace(CONSOLE, name="Somebody", roles=frozenset({role}))
    run_id = CONSOLE.person_id

    with pytest.raises(accounts.NotAllowed):
        calibration.overview(reading, actor)
    with pytest.raises(accounts.NotAllowed):
        calibration.analysis_of(reading, actor, AnalysisCache(), [])
    with pytest.raises(accounts.NotAllowed):
        calibration.run_calibration(
            engine, clock, actor, AnalysisCache(), [], Policy(Scope.ALL), RunSettings()
        )
    with pytest.raises(accounts.NotAllowed):
        calibration.adopt_run(reading, clock, actor, run_id, "Because.")


def test_the_cache_makes_room():
    """
    What was not looked at for longest goes first.
    """
    cache, made = AnalysisCache(room=2), []

    def make(name):
        return lambda: made.append(name) or name

    for name in ("a", "b", "a", "c", "a", "b"):
        assert cache.get(name, make(name)) == name

    assert made == ["a", "b", "c", "b"]
