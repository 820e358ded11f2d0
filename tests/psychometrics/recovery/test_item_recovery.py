"""Recovery of item parameters: the study's arithmetic, its seed, and what it says of intervals."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import bdtr

from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.recovery import STUDIES, moment, run_study
from examengine.psychometrics.recovery._estimates import Estimated, holds
from examengine.psychometrics.recovery.item_parameters import (
    ItemParameterRecovery,
    RecoveryCell,
    recovery_row,
)
from examengine.psychometrics.simulation import (
    LAID_OUT,
    draw_scores,
    items_from_priors,
    true_items,
)


class Small(ItemParameterRecovery):
    """The study with two small conditions."""

    cells = (RecoveryCell("rasch", 200, 5), RecoveryCell("grm", 300, 4))


def test_bias_error_and_coverage_are_what_their_formulas_say():
    """
    A twin with loops over replications and items gives the row's figures.
    """
    rng = np.random.default_rng(1)
    truth = rng.normal(size=6)
    found = [
        Estimated(truth, truth + 0.1 + rng.normal(0, 0.3, 6), np.full(6, 0.25)) for _ in range(40)
    ]

    row = recovery_row(RecoveryCell("2pl", 100, 6), "b", found)

    errors = [[one.estimate[item] - truth[item] for item in range(6)] for one in found]
    by_set = [sum(line) / 6 for line in errors]
    mean = sum(by_set) / 40
    squares = [sum(error**2 for error in line) / 6 for line in errors]
    held = [sum(abs(error) <= 1.959963984540054 * 0.25 for error in line) / 6 for line in errors]
    assert row.bias == pytest.approx(mean)
    assert row.bias_error == pytest.approx(
        (sum((one - mean) ** 2 for one in by_set) / (40 * 39)) ** 0.5
    )
    assert row.rmse == pytest.approx((sum(squares) / 40) ** 0.5)
    assert row.coverage == pytest.approx(sum(held) / 40)
    deviations = [np.std([line[item] for line in errors], ddof=1) for item in range(6)]
    assert row.se_ratio == pytest.approx(0.25 / np.sqrt(np.mean(np.square(deviations))))


def test_an_interval_without_a_standard_error_holds_nothing():
    """
    A calibration that gives no standard error counts as one whose interval fails.
    """
    exact = Estimated(np.zeros(2), np.zeros(2), np.array([0.1, np.nan]))

    row = recovery_row(RecoveryCell("2pl", 100, 2), "b", [exact, exact])

    assert row.coverage == 0.5


def test_the_interval_of_a_slope_is_made_on_the_log_scale():
    """
    exp(log 1 ± 1.96 × 0.5) reaches from 0.375 to 2.66: up to 2.6 and down to 0.38, not 0.37.
    """
    truth = np.array([2.6, 2.7, 0.38, 0.37])
    found = Estimated(truth, np.ones(4), np.full(4, 0.5))
    below = Estimated(np.ones(1), np.full(1, -0.1), np.full(1, 0.5))

    assert holds("a", found).tolist() == [True, False, True, False]
    assert holds("b", found).tolist() == [False, False, True, True]
    assert holds("a", below).tolist() == [False]


def test_a_seed_is_a_study():
    """
    The same seed gives the same rows, with or without an executor; another seed gives others.
    """
    study = Small()

    first = run_study(study, replications=3, seed=7)
    with ThreadPoolExecutor(3) as pool:
        again = run_study(study, replications=3, seed=7, executor=pool)
    other = run_study(study, replications=3, seed=8)

    assert repr(first) == repr(again)
    assert first[0].rows[0].bias != other[0].rows[0].bias
    assert [row.parameter for row in first[1].rows] == ["a", "thresholds"]


def test_more_replications_keep_the_data_sets_there_were():
    """
    A replication depends on its number alone, so that a longer study contains the shorter one.
    """
    study = Small()

    one, two, three = (
        run_study(study, replications=n, seed=7)[0].rows[0].bias * n for n in (1, 2, 3)
    )

    second, third = two - one, three - two
    assert len({round(one, 12), round(second, 12), round(third, 12)}) == 3
    assert run_study(study, replications=2, seed=7)[0].rows[0].bias * 2 == one + second


def test_intervals_of_the_rasch_model_hold_the_truth_as_often_as_they_promise():
    """
    Of one item's 150 intervals so many hold the truth that .95 survives an exact binomial test.
    """
    study = Small()
    study.cells = (RecoveryCell("rasch", 300, 5),)
    found = [study.outcome(study.cells[0], np.random.default_rng([3, n])) for n in range(150)]

    b = [outcome.parameters["b"] for outcome in found]
    held = sum(abs(one.estimate[2] - one.truth[2]) <= 1.96 * one.se[2] for one in b)

    # Two-sided at .001: neither so few nor so many as that by chance.
    assert bdtr(held, 150, 0.95) > 0.0005
    assert 1 - bdtr(held - 1, 150, 0.95) > 0.0005


def test_wrong_standard_errors_are_caught_by_the_same_test():
    """
    The exact binomial test above rejects intervals that are a third too short.
    """
    rng = np.random.default_rng(4)
    errors = rng.standard_normal(150)

    held = int((np.abs(errors) <= 1.96 * 0.67).sum())

    assert bdtr(held, 150, 0.95) < 0.0005


def test_moments_leave_out_what_is_not_there():
    """
    The mean is over replications that have a figure, and its error needs two of them.
    """
    some = moment([1.0, np.nan, 3.0])

    assert (some.value, some.error) == (2.0, 1.0)
    assert moment([2.0]).value == 2.0
    assert np.isnan(moment([2.0]).error)
    assert np.isnan(moment([]).value)


@pytest.mark.parametrize("model", LAID_OUT)
def test_scores_are_drawn_from_the_model(model):
    """
    At one ability the share of every score is that of the model, within five standard errors.
    """
    items = true_items(model, 3)
    theta = np.full(20_000, 0.3)

    scores = draw_scores(np.random.default_rng(2), items, theta)

    chances = category_probabilities(items, theta[:1])[0]
    for item, expected in enumerate(chances):
        shares = np.bincount(scores[:, item].astype(int), minlength=expected.size) / theta.size
        error = np.sqrt(expected * (1 - expected) / theta.size)
        assert (np.abs(shares - expected) <= 5 * error + 1e-12).all()


def test_parameters_can_be_drawn_from_the_priors():
    """
    Slopes and guessing vary as their priors say, anew each time, and the row says so.
    """
    rng = np.random.default_rng(3)

    items = items_from_priors(rng, 4000)

    logs = np.log([item.values["a"] for item in items])
    guessing = np.array([item.values["c"] for item in items])
    assert (logs.mean(), logs.std()) == pytest.approx((0, 0.5), abs=0.03)
    assert guessing.mean() == pytest.approx(5 / 22, abs=0.01)
    assert items[:3] != items_from_priors(rng, 4000)[:3]
    row = recovery_row(
        RecoveryCell("3pl", 100, 2, from_priors=True), "c", [Estimated(*np.full((3, 2), 0.2))] * 2
    )
    assert row.model == "3pl, from priors"


def test_true_tests_are_refused_for_other_models():
    """
    A model without a truth laid out for it is named, with those that have one.
    """
    with pytest.raises(ValueError, match="'5pl': tests are laid out for rasch"):
        true_items("5pl", 5)


def test_a_test_of_four_parameters_is_spread_over_what_exams_have():
    """
    The ablest slip now and then, differently from item to item, and never below guessing.
    """
    values = [item.values for item in true_items("4pl", 200)]
    lower, upper = (np.array([one[name] for one in values]) for name in ("c", "d"))

    assert (upper.min(), upper.max()) == pytest.approx((0.90, 0.99), abs=0.001)
    assert (lower.min(), lower.max()) == pytest.approx((0.10, 0.30), abs=0.002)
    assert abs(np.corrcoef(lower, upper)[0, 1]) < 0.1


def test_a_test_of_rating_scales_has_the_same_steps_everywhere():
    """
    Its items differ in location alone, so that a calibration by RSM can be right about it.
    """
    steps = np.array([item.values["steps"] for item in true_items("rsm", 7)])

    assert np.ptp(np.diff(steps), axis=0) == pytest.approx([0.0, 0.0], abs=1e-12)
    assert np.all(np.diff(steps.mean(axis=1)) > 0)


@pytest.mark.parametrize(("replications", "seed"), [(0, 1), (1, -1)])
def test_a_study_needs_replications_and_a_seed(replications, seed):
    """
    No replications and a negative seed are refused.
    """
    with pytest.raises(ValueError, match="at least 1 and 0"):
        run_study(Small(), replications=replications, seed=seed)


def test_refused_data_sets_are_counted():
    """
    With a handful of persons somebody's item is solved by all: such sets are counted, not hidden.
    """
    study = Small()
    study.cells = (RecoveryCell("rasch", 12, 6),)

    rows = run_study(study, replications=12, seed=1)[0].rows

    assert all(row.refused + row.replications == 12 for row in rows)
    assert any(row.refused for row in rows)


def test_every_study_brings_cells_that_differ_by_name():
    """
    Two conditions of one study never share their data because they share a name.
    """
    for study in STUDIES.values():
        names = [str(cell) for cell in study.cells]
        assert len(set(names)) == len(names)
        assert study.replications > 1


def test_lists_of_parameters_are_taken_apart():
    """
    A nominal item's first category is 0 by definition and is no estimate to judge.
    """
    study = Small()
    cell = replace(study.cells[0], model="nrm", n_persons=400, n_items=3)

    found = study.outcome(cell, np.random.default_rng(5)).parameters

    assert set(found) == {"slopes", "intercepts"}
    assert found["slopes"].truth.size == 9
    assert (found["slopes"].truth != 0).all()
