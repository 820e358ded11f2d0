"""Log-linear smoothing: moments stay, the fit is a maximum, its covariance follows from it."""

import numpy as np
import pytest
from equating_samples import two_groups, without_anchor
from scipy.optimize import minimize

from examengine.psychometrics.equating import (
    CannotEquate,
    Degrees,
    ScoreFrequencies,
    fit_log_linear,
    smooth,
)

TABLE = ScoreFrequencies(np.array([3.0, 9, 22, 40, 61, 55, 38, 20, 8, 2])[:, np.newaxis])


def moment(table, total, anchor):
    """E(x^i v^l) of a table of frequencies or probabilities."""
    x, v = np.indices(table.shape)
    return (table * x**total * v**anchor).sum() / table.sum()


@pytest.mark.parametrize("degree", [1, 2, 3, 4, 6])
def test_moments_up_to_the_degree_stay(degree):
    """
    The fitted distribution has the observed moments, and different ones beyond the degree.
    """
    fitted = fit_log_linear(TABLE, Degrees(degree)).distribution.joint

    for power in range(1, degree + 1):
        assert moment(fitted, power, 0) == pytest.approx(moment(TABLE.counts, power, 0), rel=1e-9)
    beyond = moment(TABLE.counts, degree + 1, 0)
    assert moment(fitted, degree + 1, 0) != pytest.approx(beyond, rel=1e-9)


@pytest.mark.parametrize("kind", ["internal", "external"])
def test_moments_of_both_scores_and_their_products_stay(kind):
    """
    Margins keep their degrees, products theirs, and pairs that cannot be stay impossible.
    """
    table, _ = two_groups(kind)

    fitted = fit_log_linear(table, Degrees(4, 3, 2)).distribution.joint

    pairs = [(i, 0) for i in range(1, 5)] + [(0, i) for i in range(1, 4)]
    for i, l in (*pairs, (1, 1), (1, 2), (2, 1), (2, 2)):  # noqa: E741 - as in the formula
        assert moment(fitted, i, l) == pytest.approx(moment(table.counts, i, l), rel=1e-9)
    assert (fitted[~table.possible] == 0).all()
    assert (fitted[table.possible] > 0).all()


def test_the_fit_is_the_maximum_of_the_likelihood():
    """
    A general optimiser on plain powers finds the same probabilities.
    """
    counts = TABLE.counts.ravel()
    powers = np.stack([(np.arange(10) / 9) ** i for i in (1, 2, 3)], axis=1)

    def loss(beta):
        linear = powers @ beta
        return counts.sum() * np.log(np.exp(linear).sum()) - counts @ linear

    best = minimize(loss, np.zeros(3), tol=1e-14).x

    expected = np.exp(powers @ best) / np.exp(powers @ best).sum()
    found = fit_log_linear(TABLE, Degrees(3)).distribution.totals
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_covariance_is_that_of_the_fitted_moments():
    """
    C Cᵀ = Σ B (Bᵀ Σ B)⁻¹ Bᵀ Σ / n with Σ = diag(p) − p pᵀ, for plain powers B.
    """
    found = fit_log_linear(TABLE, Degrees(3)).distribution

    p, powers = found.totals, np.stack([np.arange(10.0) ** i for i in (1, 2, 3)], axis=1)
    sigma = np.diag(p) - np.outer(p, p)
    expected = sigma @ powers @ np.linalg.inv(powers.T @ sigma @ powers) @ powers.T @ sigma
    np.testing.assert_allclose(found.factor @ found.factor.T, expected / TABLE.n, atol=1e-12)


def test_statistics_of_fit_are_their_formulas():
    """
    G², X², degrees of freedom, AIC and BIC follow from counts and fitted counts.
    """
    fit = fit_log_linear(TABLE, Degrees(2))

    counts, expected = TABLE.counts.ravel(), TABLE.n * fit.distribution.totals
    likelihood_ratio = 2 * (counts * np.log(counts / expected)).sum()
    assert fit.likelihood_ratio == pytest.approx(likelihood_ratio, rel=1e-10)
    assert fit.pearson == pytest.approx((((counts - expected) ** 2) / expected).sum())
    assert fit.df == 10 - 2 - 1
    assert fit.aic == pytest.approx(likelihood_ratio + 2 * 3)
    assert fit.bic == pytest.approx(likelihood_ratio + np.log(TABLE.n) * 3)


@pytest.mark.parametrize("criterion", ["aic", "bic", "chi2"])
def test_a_criterion_finds_the_degree_data_were_made_with(criterion):
    """
    Frequencies that follow a cubic exactly are smoothed with degree 3 by every criterion.
    """
    scale = np.linspace(-1, 1, 21)
    exact = np.exp(0.4 * scale - 2.0 * scale**2 + 0.9 * scale**3)
    table = ScoreFrequencies((5000 * exact / exact.sum())[:, np.newaxis])

    assert smooth(table, criterion).degrees == Degrees(3)


@pytest.mark.parametrize("criterion", ["aic", "bic", "chi2"])
def test_both_scores_choose_their_own_degree(criterion):
    """
    With an anchor the margins choose as they would alone, and products are kept.
    """
    table, _ = two_groups("internal")

    found = smooth(table, criterion).degrees

    assert found.total == smooth(without_anchor(table), criterion).degrees.total
    assert found.cross in {1, 2}


@pytest.mark.parametrize(
    ("degrees", "words"),
    [(Degrees(0), "from 1 to 9"), (Degrees(10), "from 1 to 9")],
)
def test_degrees_that_cannot_be_are_refused(degrees, words):
    """
    As many moments as different scores would be no smoothing; none would be no distribution.
    """
    with pytest.raises(CannotEquate, match=words):
        fit_log_linear(TABLE, degrees)


def test_more_products_than_powers_are_refused():
    """
    A product x³v³ needs x³ and v³ to be kept as well.
    """
    with pytest.raises(CannotEquate, match="at most 2"):
        fit_log_linear(two_groups("external")[0], Degrees(3, 2, 3))


def test_a_group_that_scores_alike_cannot_be_smoothed():
    """
    One score observed leaves nothing to fit.
    """
    with pytest.raises(CannotEquate, match="score alike"):
        smooth(ScoreFrequencies(np.array([[0.0], [9.0], [0.0]])), "bic")


def test_scores_that_nobody_is_expected_at_divide_nothing():
    """
    A high degree on scores that end early expects nobody at the top: every figure is a number, and
    nothing is warned of.
    """
    scores = np.arange(41)
    counts = np.where(scores < 12, np.round(500 / 5.0 * np.exp(-0.5 * ((scores - 6) / 2) ** 2)), 0)

    fit = fit_log_linear(ScoreFrequencies(counts[:, np.newaxis]), Degrees(6))

    assert (fit.distribution.totals == 0).any()
    assert np.isfinite(fit.pearson)
