"""The simulated pilot: from a seed, on every item, and marked as what it is."""

import pytest
from sqlmodel import Session

from examengine import accounts, assembly, bank, calibration, delivery
from examengine.accounts import Role
from examengine.calibration import PilotRefused
from tests.calibration.world import (
    PER_FORM,
    SAMPLE,
    SEED,
    form_of_every_rule,
    loaded,
    piloted,
    published_forms,
)
from tests.sample_banks import sample_bank


def test_a_pilot_says_that_it_is_simulated(session: Session, clock):
    """
    The administration and every candidate in it are named as simulated.
    """
    world = piloted(session, clock)

    records = delivery.response_records(session, world.pilot.id)
    assert (world.pilot.simulated, world.pilot.source) == (True, "imported")
    assert all(record.candidate.startswith("Simulated candidate") for record in records)


def test_every_item_gets_responses_of_every_sort(session: Session, clock):
    """
    Each item of each form is answered right, wrong and with times; a few answers are left out.
    """
    world = piloted(session, clock)

    actor, cache = accounts.system_actor(), calibration.AnalysisCache()
    analysis = calibration.analysis_of(session, actor, cache, [world.pilot.id])
    records = delivery.response_records(session, world.pilot.id)
    assert len(records) == 2 * PER_FORM
    assert len(analysis.items) == len(loaded().items) == 30
    assert all(0.05 < item.figures.p < 0.98 for item in analysis.items)
    assert all(len(item.options) >= 3 for item in analysis.items)
    assert 0 < sum(item.omitted for item in analysis.items) / 30 < 0.05
    assert all(min(record.seconds.values()) >= 1 for record in records)


def test_items_tell_strong_from_weak_candidates(session: Session, clock):
    """
    The responses follow a model: items correlate with the rest, and the forms are reliable.
    """
    world = piloted(session, clock)

    actor, cache = accounts.system_actor(), calibration.AnalysisCache()
    analysis = calibration.analysis_of(session, actor, cache, [world.pilot.id])
    assert sum(item.figures.item_rest_r > 0.1 for item in analysis.items) > 25
    assert [round(form.total.n) for form in analysis.reliability] == [PER_FORM, PER_FORM]
    assert all(form.alpha > 0.5 for form in analysis.reliability)


def test_a_seed_is_a_pilot(session: Session, clock):
    """
    The same seed gives the same answers, so a second pilot with it is refused; another is another.
    """
    world = piloted(session, clock)
    console = accounts.system_actor()

    with pytest.raises(PilotRefused, match="simulated before"):
        calibration.simulate_pilot(
            session, clock, console, world.exam.id, persons_per_form=PER_FORM, seed=SEED
        )
    other = calibration.simulate_pilot(
        session, clock, console, world.exam.id, persons_per_form=PER_FORM, seed=SEED + 1
    )

    first = delivery.response_records(session, world.pilot.id)
    second = delivery.response_records(session, other.id)
    assert [record.responses for record in first] != [record.responses for record in second]


@pytest.mark.parametrize(("persons", "seed"), [(0, 1), (20_001, 1), (10, -1)])
def test_numbers_that_cannot_be_meant_are_refused(session: Session, clock, persons, seed):
    """
    A pilot without candidates, with too many, or without a usable seed is not simulated.
    """
    forms = published_forms(session, clock)

    with pytest.raises(PilotRefused):
        calibration.simulate_pilot(
            session,
            clock,
            accounts.system_actor(),
            forms[0].exam_id,
            persons_per_form=persons,
            seed=seed,
        )


def test_an_exam_without_forms_has_no_pilot(session: Session, clock):
    """
    What nobody can be given, nobody can answer.
    """
    console = accounts.system_actor()
    bank.import_bank(session, clock, console, sample_bank("data-literacy"))
    exam = assembly.save_exam(session, clock, console, assembly.read_exam(SAMPLE / "exam.toml"))

    with pytest.raises(PilotRefused, match="no published form"):
        calibration.simulate_pilot(session, clock, console, exam.id, persons_per_form=5, seed=1)


def test_only_a_psychometrician_simulates(session: Session, clock, person):
    """
    Nobody else brings responses in.
    """
    with pytest.raises(accounts.NotAllowed):
        calibration.simulate_pilot(
            session, clock, person(Role.AUTHOR), "data-literacy", persons_per_form=5, seed=1
        )


def test_answers_worth_a_part_of_the_points_are_simulated_too(session: Session, clock):
    """
    Of items with partial credit somebody gets each number of points, and the able get more.
    """
    form = form_of_every_rule(session, clock)
    console, cache = accounts.system_actor(), calibration.AnalysisCache()

    pilot = calibration.simulate_pilot(
        session, clock, console, form.exam_id, persons_per_form=400, seed=SEED
    )

    analysis = calibration.analysis_of(session, console, cache, [pilot.id])
    matrix = analysis.matrix
    for column, version in enumerate(matrix.items):
        kind = bank.ITEM_TYPES[version.item_type]
        given = set(matrix.scores[:, column].tolist())
        assert given == set(kind.expected_responses(version.content)), version.item_id
    assert any(most > 2 for most in matrix.most_points)
    assert all(item.figures.item_rest_r > 0.05 for item in analysis.items)
