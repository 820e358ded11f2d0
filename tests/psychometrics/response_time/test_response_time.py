"""Response times: parameters come back, thresholds fall between, effort is a share."""

import numpy as np
import pytest

from examengine.psychometrics.response_time import (
    UnusableTimes,
    effort,
    lognormal_times,
    mixture_threshold,
    normative_thresholds,
    rapid_accuracy,
)


def simulated(n_persons=2000, n_items=20, seed=1):
    """Times that follow the lognormal model, and what is behind them."""
    rng = np.random.default_rng(seed)
    beta, alpha = rng.normal(3.5, 0.4, n_items), rng.uniform(1.5, 3.0, n_items)
    tau = rng.normal(0, 0.3, n_persons)
    noise = rng.normal(size=(n_persons, n_items)) / alpha
    return np.exp(beta - tau[:, np.newaxis] + noise), beta, alpha, tau


def test_the_lognormal_model_recovers_its_parameters():
    """
    Intensities, discriminations and speeds of 2,000 simulated persons come back.
    """
    seconds, beta, alpha, tau = simulated()

    found = lognormal_times(seconds)

    assert found.converged
    np.testing.assert_allclose(found.intensity, beta, atol=0.05)
    np.testing.assert_allclose(found.discrimination, alpha, rtol=0.1)
    assert np.corrcoef(found.speed, tau)[0, 1] > 0.9
    assert found.speed_variance == pytest.approx(0.09, rel=0.15)


def test_the_likelihood_is_the_normal_density_of_the_log_times():
    """
    The log-likelihood equals the multivariate normal density, missing times left out.
    """
    seconds, *_ = simulated(60, 5, 2)
    seconds[:20, 3] = np.nan
    found = lognormal_times(seconds)

    total = 0.0
    for row in seconds:
        known = np.isfinite(row)
        gap = np.log(row[known]) - found.intensity[known]
        covariance = np.diag(found.discrimination[known] ** -2) + found.speed_variance
        _, size = np.linalg.slogdet(2 * np.pi * covariance)
        total += -0.5 * (size + gap @ np.linalg.solve(covariance, gap))
    assert found.log_likelihood == pytest.approx(total)


def test_the_estimates_are_a_maximum():
    """
    Moving any parameter lowers the likelihood: fitting again from the end changes nothing.
    """
    seconds, *_ = simulated(300, 6, 3)

    loose, tight = lognormal_times(seconds, tolerance=1e-6), lognormal_times(seconds)

    assert tight.log_likelihood >= loose.log_likelihood - 1e-9
    np.testing.assert_allclose(loose.intensity, tight.intensity, atol=1e-4)


def test_a_surprisingly_fast_answer_has_a_large_residual():
    """
    An answer given in a twentieth of its time has the lowest residual of its row.
    """
    seconds, *_ = simulated(500, 10, 4)
    seconds[7, 2] /= 20

    residuals = lognormal_times(seconds).residuals(seconds)

    assert np.argmin(residuals[7]) == 2
    assert residuals[7, 2] < -3


def test_times_that_are_none_are_refused():
    """
    A time of zero and an item without times are named.
    """
    seconds = np.array([[1.0, 0.0, np.nan], [2.0, 3.0, np.nan]])

    with pytest.raises(UnusableTimes) as refusal:
        lognormal_times(seconds)

    assert refusal.value.faults[0].startswith("row 1, item 2: 0 seconds")
    assert refusal.value.faults[1].startswith("item 3: 0 times")


def test_a_normative_threshold_is_a_tenth_of_the_mean_up_to_ten_seconds():
    """
    Items of 40 and of 300 seconds get 4 and 10 seconds; an item without times gets none.
    """
    seconds = np.array([[30.0, 200.0, np.nan], [50.0, 400.0, np.nan]])

    found = normative_thresholds(seconds)

    np.testing.assert_allclose(found, [4.0, 10.0, np.nan])
    with pytest.raises(ValueError, match=r"such as 0\.10"):
        normative_thresholds(seconds, share=10)


def test_a_mixture_threshold_lies_between_two_kinds_of_answers():
    """
    Guesses of two seconds among answers of forty are told apart near the true border.
    """
    rng = np.random.default_rng(5)
    times = np.exp(np.concatenate([rng.normal(0.7, 0.3, 150), rng.normal(3.7, 0.4, 850)]))

    found = mixture_threshold(times)

    assert found.rapid_share == pytest.approx(0.15, abs=0.01)
    assert 4 < found.threshold < 12
    assert found.bic_gain > 100


def test_one_kind_of_answers_has_no_threshold():
    """
    Times of one lognormal kind give no threshold rather than a made-up one.
    """
    times = np.exp(np.random.default_rng(6).normal(3.5, 0.4, 800))

    assert np.isnan(mixture_threshold(times).threshold)
    assert mixture_threshold(times[:20]) is None


def test_effort_is_the_share_of_items_tried():
    """
    A person with one rapid answer of four tried three quarters; untimed items do not count.
    """
    seconds = np.array([[1.0, 20, 30, 40], [25.0, 20, np.nan, 40], [1.0, 1, 1, 1]])
    thresholds = np.array([3.0, 3, 3, 3])
    scores = np.array([[0, 1, 1, 1], [1, 1, -1, 0], [1, 0, 0, 0]], dtype=np.int8)

    found = effort(seconds, thresholds)
    accuracy = rapid_accuracy(found, scores, np.ones(4))

    assert found.person.tolist() == [0.75, 1.0, 0.0]
    assert found.little().tolist() == [True, False, True]
    np.testing.assert_allclose(found.item, [1 / 3, 2 / 3, 1 / 2, 2 / 3])
    assert (accuracy[0].n_rapid, accuracy[0].rapid, accuracy[0].tried) == (2, 0.5, 1.0)
