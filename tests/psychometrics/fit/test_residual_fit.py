"""Residual and person fit against their definitions, and under simulation."""

import numpy as np
import pytest
from scipy.special import expit
from simulated_tests import simulate, two_pl

from examengine.psychometrics.fit import likelihoods, lz_star, q3, residual_fit, score_moments, zh
from examengine.psychometrics.parameters import ItemParameters


def test_residual_fit_is_its_definition():
    """
    Infit and outfit equal a loop over the persons who were presented the item.
    """
    parameters = two_pl(6, 13)
    scores, theta = simulate(parameters, 50, 14)
    scores[:20, 2] = -1
    found = residual_fit(scores, score_moments(parameters.items, theta), np.ones(50), of="items")

    a, b = (parameters.items[2].values[name] for name in ("a", "b"))
    p = expit(a * (theta[20:] - b))
    residual, w = scores[20:, 2] - p, p * (1 - p)
    assert found.outfit[2] == pytest.approx((residual**2 / w).mean())
    assert found.infit[2] == pytest.approx((residual**2).sum() / w.sum())


def test_zh_is_its_definition():
    """
    Zh equals the log-likelihood less its mean over its deviation, worked out for one person.
    """
    parameters = two_pl(6, 15)
    scores, theta = simulate(parameters, 3, 16)
    found = zh(likelihoods(parameters.items, scores, theta))

    p = expit([item.values["a"] * (theta[1] - item.values["b"]) for item in parameters.items])
    observed = np.where(scores[1] == 1, np.log(p), np.log(1 - p)).sum()
    mean = (p * np.log(p) + (1 - p) * np.log(1 - p)).sum()
    spread = (p * (1 - p) * np.log(p / (1 - p)) ** 2).sum()
    assert found[1] == pytest.approx((observed - mean) / np.sqrt(spread))


def maximum_likelihood(parameters, scores):
    """Maximum likelihood abilities by Newton steps, within ±4."""
    a = np.array([item.values["a"] for item in parameters.items])
    b = np.array([item.values["b"] for item in parameters.items])
    theta = np.zeros(scores.shape[0])
    for _ in range(60):
        p = expit(a * (theta[:, np.newaxis] - b))
        step = (a * (scores - p)).sum(axis=1) / (a**2 * p * (1 - p)).sum(axis=1)
        theta = np.clip(theta + np.clip(step, -0.5, 0.5), -4, 4)
    return theta


def test_lz_star_is_standard_normal_where_zh_is_too_narrow():
    """
    At estimated abilities lz* has deviation 1 within three per cent and Zh has not.
    """
    parameters = two_pl(120, 17)
    scores, _ = simulate(parameters, 4000, 18)
    theta = maximum_likelihood(parameters, scores)
    inner = np.abs(theta) < 3
    found = likelihoods(parameters.items, scores, theta)

    assert lz_star(found)[inner].std() == pytest.approx(1.0, abs=0.03)
    assert zh(found)[inner].std() < 0.97


def test_lz_star_of_equal_items_is_not_defined():
    """
    With items all alike every pattern of a score is as likely, and lz* says nan.
    """
    same = {"a": 1.0, "b": 0.0, "c": 0.0, "d": 1.0}
    items = tuple(ItemParameters(f"i{j}", "2pl", same) for j in range(5))
    scores = np.array([[1, 0, 1, 0, 0]], dtype=np.int8)

    assert np.isnan(lz_star(likelihoods(items, scores, np.array([-0.4])))).all()


def test_q3_finds_the_pair_that_shares_more_than_ability():
    """
    Of 45 pairs the one whose second item copies the first most often stands out.
    """
    parameters = two_pl(10, 19)
    scores, theta = simulate(parameters, 1500, 20)
    copied = np.random.default_rng(21).uniform(size=1500) < 0.5
    scores[copied, 7] = scores[copied, 2]

    found = q3(scores, score_moments(parameters.items, theta), np.ones(1500))

    adjusted = found.adjusted()
    assert np.unravel_index(np.nanargmax(adjusted), adjusted.shape) in {(2, 7), (7, 2)}
    assert np.nanmax(adjusted) > 0.2
