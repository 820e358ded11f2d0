"""Reliability: its identities, its twins and its refusals."""

from itertools import product

import numpy as np
import pytest

from examengine.psychometrics.classical import pairwise_covariance
from examengine.psychometrics.reliability import (
    alpha,
    alpha_if_dropped,
    empirical_reliability,
    feldt_interval,
    guttman_bounds,
    marginal_reliability,
    odd_even,
    omega_total,
    reliability_by_form,
    reliability_summary,
    split_half,
    stratified_alpha,
)
from examengine.psychometrics.responses import Responses


def one_factor_scores(n_persons, n_items, seed):
    """Right/wrong answers that hang together."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=(n_persons, 1))
    return (theta + rng.normal(size=(n_persons, n_items)) > 0).astype(np.int8)


@pytest.fixture
def covariance():
    """Covariances of eight related items."""
    return np.cov(one_factor_scores(400, 8, 3), rowvar=False)


def test_alpha_is_the_mean_of_all_split_halves(covariance):
    """
    Alpha equals the mean of Rulon's coefficient over every split into equal halves.
    """
    splits = [
        np.array(halves, dtype=bool) for halves in product([0, 1], repeat=8) if sum(halves) == 4
    ]

    mean = np.mean([split_half(covariance, half).rulon for half in splits])

    assert alpha(covariance) == pytest.approx(mean, abs=1e-12)


def test_lambda_4_is_the_best_of_all_splits(covariance):
    """
    The search for the best split finds what trying all of them finds.
    """
    best = max(
        4 * half @ covariance @ (1 - half) / covariance.sum()
        for half in (np.array(halves) for halves in product([0, 1], repeat=8))
    )

    assert guttman_bounds(covariance).lambda4 == pytest.approx(best, abs=1e-12)


def test_alpha_if_dropped_is_alpha_without_the_item(covariance):
    """
    Each figure equals alpha of the matrix with the item's row and column taken out.
    """
    found = alpha_if_dropped(covariance)

    for item in range(8):
        rest = np.delete(np.delete(covariance, item, 0), item, 1)
        assert found[item] == pytest.approx(alpha(rest), abs=1e-12)


def test_one_factor_residuals_are_least(covariance):
    """
    No small change of a loading makes the residual covariances smaller.
    """
    found = omega_total(covariance)

    def loss(loadings):
        left = covariance - np.outer(loadings, loadings)
        return (np.tril(left, -1) ** 2).sum()

    for item in range(8):
        for step in (-1e-4, 1e-4):
            moved = found.loadings.copy()
            moved[item] += step
            assert loss(moved) > loss(found.loadings)


def test_parallel_strata_of_one_item_give_the_plain_bound(covariance):
    """
    When every item is a stratum of its own, stratified alpha is lambda 1.
    """
    strata = [str(item) for item in range(8)]

    assert stratified_alpha(covariance, strata) == pytest.approx(
        guttman_bounds(covariance).lambda1, abs=1e-12
    )


def test_stratified_alpha_worked_out_by_hand():
    """
    Two strata of two items: variances 1, covariances 0.5 within a stratum and 0.2 between.

    A stratum has the variance 1 + 1 + 2 · 0.5 = 3 and the alpha 2 · (1 − 2/3) = 2/3, so that its
    error is 3 · (1 − 2/3) = 1. The total has the variance 4 + 4 · 0.5 + 8 · 0.2 = 7.6. Stratified
    alpha is 1 − 2/7.6 = 14/19; plain alpha is 4/3 · (1 − 4/7.6) = 12/19.
    """
    covariance = np.full((4, 4), 0.2)
    covariance[:2, :2] = covariance[2:, 2:] = 0.5
    np.fill_diagonal(covariance, 1.0)

    assert stratified_alpha(covariance, ["a", "a", "b", "b"]) == pytest.approx(14 / 19)
    assert alpha(covariance) == pytest.approx(12 / 19)


def test_feldt_covers_alpha_at_its_nominal_rate():
    """
    In 400 samples of parallel normal parts the 95 per cent interval covers alpha 92 to 98 per cent.
    """
    rng = np.random.default_rng(8)
    true_alpha = 6 / 5 * (1 - 6 * 2.0 / (6 * 2.0 + 30 * 1.0))
    hits = 0
    for _ in range(400):
        sample = rng.normal(size=(80, 1)) + rng.normal(size=(80, 6))
        lower, upper = feldt_interval(alpha(np.cov(sample, rowvar=False)), 80, 6)
        hits += lower <= true_alpha <= upper

    assert 0.92 <= hits / 400 <= 0.98


def test_two_forms_have_a_summary_each():
    """
    With two forms the summary rests on the shared items and each form has its own.
    """
    scores = one_factor_scores(200, 9, 11)
    scores[:120, 6:] = -1
    scores[120:, 3:6] = -1
    data = Responses.from_matrix(scores)

    shared, forms = reliability_summary(data), reliability_by_form(data)

    assert shared.item_ids == ("item1", "item2", "item3")
    assert [form.total.n for form in forms] == [120, 80]
    assert forms[0].item_ids == tuple(f"item{n}" for n in range(1, 7))
    first = pairwise_covariance(scores[:120, :6]).covariance
    assert forms[0].alpha == pytest.approx(alpha(first), abs=1e-12)


def test_nothing_in_common_has_no_summary():
    """
    Forms without a shared item have no joint total, and the answer says so with None.
    """
    data = Responses.from_matrix([[1, 0, -1, -1], [0, 1, -1, -1], [-1, -1, 1, 0]])

    assert reliability_summary(data) is None


def test_items_never_seen_together_are_named():
    """
    Alpha refuses a pair of items that no two persons were presented, and names the pair.
    """
    broken = np.array([[1.0, 0.2, np.nan], [0.2, 1.0, 0.3], [np.nan, 0.3, 1.0]])

    with pytest.raises(ValueError, match="items 1 and 3"):
        alpha(broken)


def test_half_a_test_needs_two_halves(covariance):
    """
    A split with everything on one side is refused.
    """
    with pytest.raises(ValueError, match="each half"):
        split_half(covariance, np.ones(8, dtype=bool))
    assert odd_even(5).tolist() == [True, False, True, False, True]


def test_ability_reliability_does_not_depend_on_the_metric():
    """
    Stretching the ability scale leaves empirical and marginal reliability where they were.
    """
    rng = np.random.default_rng(2)
    theta, se = rng.normal(size=300), rng.uniform(0.3, 0.5, size=300)
    information, weights = rng.uniform(1, 5, size=41), np.full(41, 1 / 41)

    assert empirical_reliability(3 * theta, 3 * se) == pytest.approx(
        empirical_reliability(theta, se)
    )
    assert marginal_reliability(information / 9, weights, 9.0) == pytest.approx(
        marginal_reliability(information, weights, 1.0)
    )


def test_an_infinite_estimate_is_left_out():
    """
    A perfect score without a finite estimate does not turn the reliability into nan.
    """
    found = empirical_reliability(np.array([0.0, 1.0, -1.0, np.inf]), np.array([0.5] * 3 + [9]))

    assert found == pytest.approx(1 / 1.25)
