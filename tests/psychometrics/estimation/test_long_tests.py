"""Tests of hundreds of items: posteriors narrower than the usual spacing of the points."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logsumexp
from tests.shared_folder import shared

from examengine.psychometrics.ability import estimate_abilities, plausible_values
from examengine.psychometrics.ability.sum_score import sum_score_table
from examengine.psychometrics.equating import irt_form
from examengine.psychometrics.estimation import calibrate
from examengine.psychometrics.fit.calibrated import at_nodes
from examengine.psychometrics.likelihood import person_log_likelihoods
from examengine.psychometrics.parameters import (
    GroupParameters,
    ItemParameters,
    ParameterSet,
    Quadrature,
    read_parameters,
)
from examengine.psychometrics.quadrature_spacing import fine_enough
from examengine.psychometrics.response_files import read_responses
from examengine.psychometrics.responses import Responses


def long_test(n_items, seed=1):
    """Slopes around 1, difficulties around 0."""
    rng = np.random.default_rng(seed)
    return ParameterSet(
        tuple(
            ItemParameters(f"i{n}", "2pl", {"a": float(a), "b": float(b), "c": 0.0, "d": 1.0})
            for n, (a, b) in enumerate(
                zip(rng.lognormal(0, 0.3, n_items), rng.normal(size=n_items), strict=True)
            )
        ),
        groups=(GroupParameters("all", 0.0, 1.0),),
    )


def answers(test, n_persons, seed=2):
    """Responses of persons from a standard normal."""
    rng = np.random.default_rng(seed)
    a, b = (np.array([item.values[name] for item in test.items]) for name in "ab")
    theta = rng.normal(size=(n_persons, 1))
    scores = (rng.uniform(size=(n_persons, a.size)) < expit(a * (theta - b))).astype(np.int8)
    return Responses.from_matrix(scores, item_ids=test.item_ids)


def on_a_fine_grid(test, responses, points=4001):
    """Posterior means and deviations, and log-likelihoods, by plain sums over 4,001 points."""
    a, b = (np.array([item.values[name] for item in test.items]) for name in "ab")
    theta = np.linspace(-6, 6, points)
    logits = a * (theta[:, np.newaxis] - b)
    logs = responses.scores @ logits.T - np.logaddexp(0, logits).sum(axis=1)
    prior = -0.5 * theta**2 - logsumexp(-0.5 * theta**2)
    total = logsumexp(logs + prior, axis=1)
    share = np.exp(logs + prior - total[:, np.newaxis])
    mean = share @ theta
    deviation = np.sqrt((share * (theta - mean[:, np.newaxis]) ** 2).sum(axis=1))
    return mean, deviation, total


@pytest.mark.parametrize("n_items", [100, 300, 500, 1400])
def test_long_tests_are_scored_as_on_a_fine_grid(n_items):
    """
    Expected a posteriori scores, their errors and the log-likelihoods of persons are right to
    four digits.
    """
    test = long_test(n_items)
    responses = answers(test, 60)

    found = estimate_abilities(responses, test, "eap")
    logs = person_log_likelihoods(responses, test)

    mean, deviation, total = on_a_fine_grid(test, responses)
    np.testing.assert_allclose(found.theta, mean, atol=5e-5)
    np.testing.assert_allclose(found.se, deviation, rtol=5e-4)
    np.testing.assert_allclose(logs, total, atol=1e-4)


@pytest.mark.parametrize("n_items", [300, 500])
def test_the_sum_score_table_of_a_long_test_does_not_depend_on_the_points(n_items):
    """
    Abilities and errors of sum scores between ±3.5 logits equal those from twenty times the points.
    """
    items = long_test(n_items).items

    found = sum_score_table(items)

    fine = sum_score_table(items, quadrature=Quadrature(1201))
    # Farther out the range of the points ends before the posterior does.
    likely = np.abs(fine.theta) < 3.5
    np.testing.assert_allclose(found.theta[likely], fine.theta[likely], atol=1e-5)
    np.testing.assert_allclose(found.se[likely], fine.se[likely], rtol=1e-4)


def test_plausible_values_of_a_long_test_have_the_spread_of_the_posterior():
    """
    Draws of one person of 500 items spread as the posterior does.
    """
    test = long_test(500)
    responses = answers(test, 5)

    found = plausible_values(responses, test, 1000, np.random.default_rng(1))

    _, deviation, _ = on_a_fine_grid(test, responses)
    np.testing.assert_allclose(found.std(axis=1), deviation, rtol=0.12)


def test_a_long_test_is_calibrated_as_with_many_points():
    """
    Log-likelihood and difficulties of 300 items equal those with six times the points, and the file
    says how many points there were.
    """
    responses = answers(long_test(300), 300)
    kept = (responses.scores.mean(axis=0) > 0.02) & (responses.scores.mean(axis=0) < 0.98)
    responses = responses.with_items(
        name for name, one in zip(responses.item_ids, kept, strict=True) if one
    )

    found = calibrate(responses, "2pl", standard_errors="none").parameters

    fine = calibrate(responses, "2pl", standard_errors="none", points=361).parameters
    assert found.quadrature.points > 61
    assert found.log_likelihood == pytest.approx(fine.log_likelihood, abs=1e-3)
    np.testing.assert_allclose(
        [item.values["b"] for item in found.items],
        [item.values["b"] for item in fine.items],
        atol=1e-3,
    )


def test_a_short_test_keeps_its_points():
    """
    Forty items are integrated over the points of their file, to the last digit.
    """
    test = long_test(40)

    quadrature, groups = fine_enough(test.items, test.groups, test.quadrature)

    assert quadrature == test.quadrature
    assert groups == test.groups


def test_what_a_person_was_presented_counts_not_what_there_is():
    """
    A bank of 1,000 items of which everybody took 30 keeps its points.
    """
    test = long_test(1000)
    presented = np.zeros((50, 1000), dtype=bool)
    presented[np.arange(50)[:, np.newaxis], (np.arange(50)[:, np.newaxis] * 7 + np.arange(30))] = 1

    quadrature, _ = fine_enough(test.items, test.groups, test.quadrature, presented)

    assert quadrature.points == 61


def test_a_histogram_is_followed_between_its_points():
    """
    Weights at points filled in have the moments of the histogram, and abilities judged by them
    equal those by the normal they were made from.
    """
    test = long_test(400)
    z = np.linspace(-6, 6, 61)
    weights = np.exp(-0.5 * z**2)
    bent = GroupParameters("all", 0.0, 1.0, weights=tuple((weights / weights.sum()).tolist()))
    responses = answers(test, 30)

    found = estimate_abilities(responses, replace(test, groups=(bent,)), "eap")

    normal = estimate_abilities(responses, test, "eap")
    np.testing.assert_allclose(found.theta, normal.theta, atol=1e-6)
    np.testing.assert_allclose(found.se, normal.se, rtol=1e-5)


def test_expected_distributions_of_long_tests_have_no_lumps():
    """
    The distribution of the sum score of 500 items, for equating and for fit, rises and falls once.
    """
    test = long_test(500)

    totals = irt_form(test).totals(irt_form(test).population)
    nodes = at_nodes(test, test.groups[0])

    turns = np.count_nonzero(np.diff(np.sign(np.diff(totals[totals > 1e-6]))))
    assert turns <= 1
    assert nodes.theta.size > 61


@pytest.mark.references
def test_the_long_test_of_the_cases():
    """
    The figures of 4,001 points, for a test of 500 items that somebody brought.
    """
    folder = shared("cases", "psychometrics", "eap-long-test")
    responses = read_responses("long.csv", (folder / "long.csv").read_bytes()).responses
    parameters = read_parameters("p.json", (folder / "p.json").read_bytes())
    with (folder / "right.csv").open(encoding="utf-8") as file:
        right = list(csv.DictReader(file))

    found = estimate_abilities(responses, parameters, "eap")

    np.testing.assert_allclose(found.theta, [float(row["theta"]) for row in right], atol=2e-6)
    np.testing.assert_allclose(found.se, [float(row["se"]) for row in right], rtol=2e-5)


def test_steps_that_no_points_integrate_are_said():
    """
    Where items are so steep that filling points in is given up, whoever reads the scores is told.
    """
    steep = ParameterSet(
        tuple(
            ItemParameters(f"i{n}", "2pl", {"a": 2000.0, "b": n / 10, "c": 0.0, "d": 1.0})
            for n in range(4)
        ),
        groups=(GroupParameters("all", 0.0, 1.0),),
    )
    answers = Responses.from_matrix(
        np.array([[1, 1, 0, 0]]), item_ids=[item.item_id for item in steep.items]
    )

    by_posterior = estimate_abilities(answers, steep, "eap")
    by_likelihood = estimate_abilities(answers, steep, "ml")
    usual = estimate_abilities(
        Responses.from_matrix(np.ones((1, 5), dtype=int), item_ids=[f"i{n}" for n in range(5)]),
        long_test(5),
        "eap",
    )

    (note,) = by_posterior.notes
    assert "deviations of the narrowest posterior apart" in note
    assert (by_likelihood.notes, usual.notes) == ((), ())
