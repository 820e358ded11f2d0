"""Decision accuracy and consistency: simulated twins, identities and refusals."""

from dataclasses import asdict

import numpy as np
import pytest
from scipy.stats import beta as beta_distribution
from scipy.stats import binom

from examengine.psychometrics.classification import (
    effective_length,
    hanson_brennan,
    lee,
    livingston_lewis,
    rudner,
)
from examengine.psychometrics.classification.beta_binomial import (
    BetaTrueScores,
    binomial_failing,
    classify_true_scores,
    fit_beta,
    true_score_moments,
)


def beta_moments(alpha, beta, lower, upper):
    """Raw moments 1 to 4 of a beta distribution on an interval."""
    scores = beta_distribution(alpha, beta, loc=lower, scale=upper - lower)
    return np.array([scores.moment(order) for order in range(1, 5)])


def test_four_moments_give_back_their_beta():
    """
    The moments of a four-parameter beta give back its shapes and bounds.
    """
    found = fit_beta(beta_moments(2.5, 4.0, 0.2, 0.9))

    assert found.n_moments == 4
    assert (found.alpha, found.beta) == pytest.approx((2.5, 4.0), rel=1e-6)
    assert (found.lower, found.upper) == pytest.approx((0.2, 0.9), rel=1e-6)


def test_bounds_outside_the_scale_fall_back_to_two_moments():
    """
    Moments that ask for true scores below zero get the two-parameter beta, which says so.
    """
    found = fit_beta(beta_moments(2.5, 4.0, -0.1, 0.9))

    assert found.n_moments == 2
    assert (found.lower, found.upper) == (0.0, 1.0)


def test_true_score_moments_are_those_behind_binomial_scores():
    """
    From 400,000 binomial scores the moments of their true scores come back within sampling error.
    """
    rng = np.random.default_rng(3)
    truth = rng.beta(6, 3, size=400_000)
    scores = rng.binomial(30, truth).astype(float)

    found = true_score_moments(scores, np.ones(scores.size), 30)

    np.testing.assert_allclose(found, [np.mean(truth**r) for r in range(1, 5)], atol=2e-3)


def test_the_integrals_are_what_simulation_gives():
    """
    Accuracy and consistency of a known beta-binomial equal 400,000 simulated candidates.
    """
    rng = np.random.default_rng(4)
    truth = rng.beta(6, 3, size=400_000)
    first, second = rng.binomial(30, truth) >= 18, rng.binomial(30, truth) >= 18

    found = classify_true_scores(
        fit_beta(beta_moments(6, 3, 0, 1)), 0.6, binomial_failing(30, 18), 18
    )

    assert found.accuracy == pytest.approx(np.mean(first == (truth >= 0.6)), abs=3e-3)
    assert found.consistency == pytest.approx(np.mean(first == second), abs=3e-3)
    assert found.pass_rate == pytest.approx(first.mean(), abs=3e-3)
    assert found.true_pass_rate == pytest.approx((truth >= 0.6).mean(), abs=3e-3)


@pytest.mark.parametrize(
    ("shapes", "bounds", "cut"),
    [
        ((0.48, 0.65), (0.25, 0.76), 0.6),
        ((0.34, 0.45), (0.27, 0.73), 0.9),
        ((0.3, 5.0), (0.0, 1.0), 0.2),
        ((3.0, 0.4), (0.0, 1.0), 0.7),
    ],
)
def test_a_density_without_bound_is_integrated(shapes, bounds, cut, recwarn):
    """
    U- and J-shaped true scores give the mean over 200,000 quantiles a side, and no warning.
    """
    first = int(np.ceil(20 * cut))

    found = classify_true_scores(
        BetaTrueScores(*shapes, *bounds, 4), cut, binomial_failing(20, first), cut
    )

    truth = beta_distribution(*shapes, loc=bounds[0], scale=bounds[1] - bounds[0])
    below, accuracy, consistency = truth.cdf(cut), 0.0, 0.0
    for begin, end, truly in ((0.0, below, False), (below, 1.0, True)):
        places = begin + (np.arange(200_000) + 0.5) / 200_000 * (end - begin)
        fail = binom.cdf(first - 1, 20, truth.ppf(places))
        accuracy += np.mean(1 - fail if truly else fail) * (end - begin)
        consistency += np.mean(fail**2 + (1 - fail) ** 2) * (end - begin)
    assert found.accuracy == pytest.approx(accuracy, abs=1e-9)
    assert found.consistency == pytest.approx(consistency, abs=1e-9)
    assert not recwarn.list


def test_the_figures_are_those_of_the_rounded_length():
    """
    A length of 13.25 is shown as such beside the 13 trials that the figures come from.
    """
    totals = np.repeat(np.arange(13.0), [2, 5, 11, 20, 30, 38, 42, 38, 30, 20, 11, 5, 2])

    found = livingston_lewis(totals, 12, 7, 0.6)

    assert found.n_trials == pytest.approx(
        effective_length(totals.mean(), totals.var(ddof=1), 0.6, 12)
    )
    assert found.n_trials_rounded == round(found.n_trials) != found.n_trials
    again = classify_true_scores(
        found.true_scores,
        7 / 12,
        binomial_failing(found.n_trials_rounded, round(7 / 12 * found.n_trials_rounded)),
        7,
    )
    assert asdict(again) == pytest.approx(asdict(found.result))


def test_tests_too_short_for_a_method_are_refused():
    """
    One item has no compound binomial errors, and a length below one item is no length.
    """
    with pytest.raises(ValueError, match="at least two"):
        hanson_brennan(np.array([0.0, 1.0, 1.0]), 1, 1, 0.5)
    with pytest.raises(ValueError, match=r"effective length of 0\.\d+ items"):
        livingston_lewis(np.array([0.0, 1.0, 1.0]), 1, 1, 0.5)


def test_the_effective_length_of_equal_binomial_items_is_their_number():
    """
    For binomial errors with KR-21 as reliability the effective length is the number of items.
    """
    mean, spread = 18.2, 25.5
    kr21 = 32 / 31 * (1 - mean * (32 - mean) / (32 * spread))

    assert effective_length(mean, spread, kr21, 32) == pytest.approx(32)


def test_hanson_brennan_without_k_is_livingston_lewis():
    """
    With KR-21 as reliability Lord's k is zero and both methods agree.
    """
    rng = np.random.default_rng(5)
    totals = rng.binomial(32, rng.beta(5, 4, size=3000)).astype(float)
    mean, spread = totals.mean(), totals.var(ddof=1)
    kr21 = 32 / 31 * (1 - mean * (32 - mean) / (32 * spread))

    one = hanson_brennan(totals, 32, 20, kr21)
    other = livingston_lewis(totals, 32, 20, kr21)

    assert one.lord_k == pytest.approx(0, abs=1e-9)
    assert one.result.accuracy == pytest.approx(other.result.accuracy, abs=1e-9)
    assert one.result.kappa == pytest.approx(other.result.kappa, abs=1e-9)


def test_weights_count_like_repeated_persons():
    """
    A weight of two is the same as the person twice.
    """
    totals = np.random.default_rng(6).binomial(20, 0.6, size=200).astype(float)
    totals[:40] = np.arange(40) % 21

    weighted = livingston_lewis(totals, 20, 12, 0.5, np.full(200, 2.0))
    written_out = livingston_lewis(np.repeat(totals, 2), 20, 12, 0.5)

    assert asdict(weighted.result) == pytest.approx(asdict(written_out.result), abs=1e-9)


def test_an_impossible_reliability_is_refused():
    """
    A reliability of 1 or more has no effective length, and the refusal says what is right.
    """
    totals = np.arange(20.0)

    with pytest.raises(ValueError, match="between 0 and 1"):
        livingston_lewis(totals, 20, 10, 1.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        hanson_brennan(totals, 20, 10, 0.0)


def test_certain_estimates_are_decided_right():
    """
    With errors near zero every decision is right and would be repeated.
    """
    found = rudner(np.array([-1.0, 0.5, 2.0]), np.full(3, 1e-6), 0.0)

    assert found.accuracy == pytest.approx(1)
    assert found.consistency == pytest.approx(1)
    assert found.kappa == pytest.approx(1)
    assert found.pass_rate == pytest.approx(2 / 3)


def test_an_infinite_estimate_does_not_count():
    """
    A perfect score without a finite estimate is left out, and nobody left is an error.
    """
    found = rudner(np.array([np.inf, 0.0, 1.0]), np.array([np.inf, 0.3, 0.3]), 0.5)

    assert found.pass_rate == 0.5
    with pytest.raises(ValueError, match="nobody"):
        rudner(np.array([np.inf]), np.array([np.inf]), 0.0)


def test_lee_equals_simulated_candidates():
    """
    Lee's figures for a known test equal 200,000 simulated candidates who sat it twice.
    """
    rng = np.random.default_rng(7)
    theta = np.linspace(-4, 4, 41)
    weights = np.exp(-(theta**2) / 2) / np.exp(-(theta**2) / 2).sum()
    right = 1 / (1 + np.exp(-(theta[:, np.newaxis] - rng.normal(size=20))))
    share = np.stack([1 - right, right], axis=-1)
    node = rng.choice(41, size=200_000, p=weights)
    first, second = (
        (rng.uniform(size=(200_000, 20)) < right[node]).sum(axis=1) >= 12 for _ in range(2)
    )

    found = lee(share, weights, 12)

    assert found.consistency == pytest.approx(np.mean(first == second), abs=4e-3)
    assert found.accuracy == pytest.approx(
        np.mean(first == (right.sum(axis=1)[node] >= 12)), abs=4e-3
    )
    shares = found.accuracy + found.false_positive + found.false_negative
    assert shares == pytest.approx(1)
