"""Information, conditional errors and characteristic curves."""

import numpy as np
import pytest

from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.information import (
    characteristic_curve,
    conditional_sem,
    conditional_sem_of_score,
    expected_item_scores,
    information_of_items,
    information_of_test,
    theta_at_expected_score,
)
from examengine.psychometrics.parameters import ItemParameters

ITEMS = (
    ItemParameters("a", "2pl", {"a": 1.4, "b": 0.2}),
    ItemParameters("b", "3pl", {"a": 1.2, "b": 0.4, "c": 0.2}),
    ItemParameters("c", "grm", {"a": 1.1, "thresholds": (-0.8, 0.9)}),
)
THETA = np.linspace(-3, 3, 7)


def test_information_of_a_two_parameter_item():
    """
    Under the 2PL information is a² P Q.
    """
    found = information_of_items(ITEMS, THETA)[:, 0]

    right = 1 / (1 + np.exp(-1.4 * (THETA - 0.2)))
    np.testing.assert_allclose(found, 1.4**2 * right * (1 - right), rtol=1e-12)


def test_information_under_guessing():
    """
    Under the 3PL information is a² (Q / P) ((P − c) / (1 − c))².
    """
    found = information_of_items(ITEMS, THETA)[:, 1]

    right = 0.2 + 0.8 / (1 + np.exp(-1.2 * (THETA - 0.4)))
    known = 1.2**2 * (1 - right) / right * ((right - 0.2) / 0.8) ** 2
    np.testing.assert_allclose(found, known, rtol=1e-10)


def test_a_test_has_the_information_of_its_items():
    """
    Test information is the sum, and the conditional error its inverse root.
    """
    total = information_of_test(ITEMS, THETA)

    np.testing.assert_allclose(total, information_of_items(ITEMS, THETA).sum(axis=1))
    np.testing.assert_allclose(conditional_sem(ITEMS, THETA), total**-0.5)


def test_the_characteristic_curve_sums_expected_scores():
    """
    The true score is the sum over items of score times probability.
    """
    share = category_probabilities(ITEMS, THETA)

    slow = (share * np.arange(3)).sum(axis=2)

    np.testing.assert_allclose(expected_item_scores(ITEMS, THETA), slow, atol=1e-14)
    np.testing.assert_allclose(characteristic_curve(ITEMS, THETA), slow.sum(axis=1))


def test_the_score_error_is_that_of_simulated_scores():
    """
    The conditional deviation of the sum score is that of independent item scores.
    """
    share = category_probabilities(ITEMS, THETA)

    mean = (share * np.arange(3)).sum(axis=2)
    variance = (share * (np.arange(3) - mean[:, :, np.newaxis]) ** 2).sum(axis=(1, 2))

    np.testing.assert_allclose(conditional_sem_of_score(ITEMS, THETA), np.sqrt(variance))


def test_the_curve_is_inverted_exactly():
    """
    The ability at an expected score has that expected score.
    """
    wanted = np.array([0.9, 2.0, 3.35])

    theta = theta_at_expected_score(ITEMS, wanted)

    np.testing.assert_allclose(characteristic_curve(ITEMS, theta), wanted, atol=1e-10)


@pytest.mark.parametrize(("score", "theta"), [(0.1, -np.inf), (4.0, np.inf)])
def test_scores_that_no_ability_expects_are_infinite(score, theta):
    """
    Below the guessing level and at the perfect score there is no ability to give.
    """
    assert theta_at_expected_score(ITEMS, score)[0] == theta
