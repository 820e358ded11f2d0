"""Factor solutions, omega hierarchical and composites against truths that are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examengine.psychometrics.reliability import (
    alpha,
    composite_reliability,
    omega_hierarchical,
    stratified_alpha,
)
from examengine.psychometrics.reliability.factor_solution import (
    _criterion,
    minimum_residuals,
    quartimin,
)

GAMMA = np.array([0.8, 0.7, 0.6])
FIRST_ORDER = np.array([0.8, 0.7, 0.6, 0.75, 0.65, 0.7, 0.6, 0.8, 0.7, 0.55, 0.75, 0.6])


def higher_order():
    """Correlations of twelve items with three factors below a general one."""
    loadings = np.zeros((12, 3))
    for item, loading in enumerate(FIRST_ORDER):
        loadings[item, item // 4] = loading
    between = np.outer(GAMMA, GAMMA)
    np.fill_diagonal(between, 1.0)
    correlation = loadings @ between @ loadings.T
    np.fill_diagonal(correlation, 1.0)
    return correlation, loadings, between


def test_a_known_structure_comes_back():
    """
    From exact correlations the loadings, the factors' correlations and both omegas are the truth.
    """
    correlation, loadings, between = higher_order()

    factors = quartimin(minimum_residuals(correlation, 3))
    found = omega_hierarchical(correlation)

    order = np.argsort(np.abs(factors.loadings).argmax(axis=0))
    signs = np.sign(factors.loadings.sum(axis=0))
    np.testing.assert_allclose((factors.loadings * signs)[:, order], loadings, atol=1e-5)
    phi = factors.correlations * np.outer(signs, signs)
    np.testing.assert_allclose(phi[np.ix_(order, order)], between, atol=1e-4)
    general = loadings @ GAMMA
    assert found.omega_hierarchical == pytest.approx(
        general.sum() ** 2 / correlation.sum(), abs=1e-5
    )
    unique = (1 - FIRST_ORDER**2).sum()
    assert found.omega_total == pytest.approx(1 - unique / correlation.sum(), abs=1e-5)
    np.testing.assert_allclose(found.general, general, atol=1e-4)
    assert found.improper == ()
    assert found.explained == pytest.approx((general**2).sum() / (FIRST_ORDER**2).sum(), abs=1e-4)


def test_two_group_factors_share_their_correlation():
    """
    With two group factors each loads √φ on the general one.
    """
    loadings = np.zeros((8, 2))
    loadings[:4, 0] = loadings[4:, 1] = 0.7
    correlation = loadings @ [[1, 0.49], [0.49, 1]] @ loadings.T
    np.fill_diagonal(correlation, 1.0)

    found = omega_hierarchical(correlation, 2)

    np.testing.assert_allclose(found.general, 0.7 * 0.7, atol=1e-5)


def test_one_factor_of_residuals_is_the_least_squares_one():
    """
    No small change of the loadings leaves smaller residuals off the diagonal.
    """
    rng = np.random.default_rng(1)
    values = rng.normal(size=(200, 7)) + rng.normal(size=(200, 1))
    correlation = np.corrcoef(values.T)

    found = minimum_residuals(correlation, 2)

    def left(loadings):
        residual = correlation - loadings @ loadings.T
        np.fill_diagonal(residual, 0.0)
        return (residual**2).sum()

    best = left(found)
    for _ in range(200):
        assert left(found + rng.normal(scale=1e-3, size=found.shape)) > best


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_the_gradient_of_the_rotation_is_its_slope(seed):
    """
    Central differences of the quartimin criterion equal its gradient.
    """
    rng = np.random.default_rng(seed)
    loadings, turn = rng.normal(size=(6, 3)), np.eye(3) + 0.2 * rng.normal(size=(3, 3))

    _, slope = _criterion(loadings, turn)

    for row, column in ((0, 0), (1, 2), (2, 1)):
        step = np.zeros((3, 3))
        step[row, column] = 1e-6
        rise = _criterion(loadings, turn + step)[0] - _criterion(loadings, turn - step)[0]
        assert slope[row, column] == pytest.approx(rise / 2e-6, rel=1e-4, abs=1e-4)


def with_factors(between, loadings=FIRST_ORDER):
    """Correlations of twelve items, four on each of three factors that correlate so."""
    pattern = np.zeros((12, 3))
    pattern[np.arange(12), np.arange(12) // 4] = loadings
    correlation = pattern @ between @ pattern.T
    np.fill_diagonal(correlation, 1.0)
    return correlation


def correlated(first, second, third):
    """Correlations of three factors: of 1 with 2, of 1 with 3, of 2 with 3."""
    return np.array([[1.0, first, second], [first, 1.0, third], [second, third, 1.0]])


def test_an_item_without_variance_of_its_own_is_improper():
    """
    A Heywood case is said with the item's name; the coefficient stands for comparison only.
    """
    loadings = FIRST_ORDER.copy()
    loadings[5] = 1.0
    names = [f"Q{n}" for n in range(12)]

    found = omega_hierarchical(with_factors(correlated(0.4, 0.4, 0.4), loadings), item_ids=names)

    assert found.improper == (
        "item 'Q5' has no variance of its own: its uniqueness is at the bound of 0.005",
    )


def test_a_group_factor_that_is_all_general_is_improper():
    """
    Correlations .72, .72 and .5 want a loading of .72 / √.5 > 1 on the general factor.
    """
    found = omega_hierarchical(with_factors(correlated(0.72, 0.72, 0.5)))

    (fault,) = found.improper
    assert "all general factor" in fault


def test_factors_that_no_general_factor_relates_are_improper():
    """
    One negative correlation among three cannot be turned away, two can.
    """
    wrong = omega_hierarchical(with_factors(correlated(0.3, 0.3, -0.3)))
    right = omega_hierarchical(with_factors(correlated(-0.3, -0.3, 0.3)))

    assert any("no general factor gives" in fault for fault in wrong.improper)
    assert right.improper == ()


def test_too_few_items_or_factors_are_refused():
    """
    Five items do not determine three factors, and one group factor is no hierarchy.
    """
    correlation, _, _ = higher_order()

    with pytest.raises(ValueError, match="5 items do not determine 3 factors"):
        omega_hierarchical(correlation[:5, :5])
    with pytest.raises(ValueError, match="at least two"):
        omega_hierarchical(correlation, 1)


def test_a_composite_of_equal_weights_is_stratified_alpha():
    """
    Mosier's formula with alpha for each subtest and weights of 1 is stratified alpha.
    """
    correlation, _, _ = higher_order()
    inside = np.repeat(np.eye(3), 4, axis=1)
    alphas = np.array([alpha(correlation[np.ix_(mine > 0, mine > 0)]) for mine in inside])
    subtests = inside @ correlation @ inside.T

    found = composite_reliability(subtests, alphas, np.ones(3))

    strata = [str(item // 4) for item in range(12)]
    assert found == pytest.approx(stratified_alpha(correlation, strata))


def test_the_reliability_of_a_composite_is_that_of_true_scores():
    """
    True and error scores drawn: the composite's true variance over its variance is found.
    """
    true = np.array([[1.0, 0.5], [0.5, 2.0]])
    error = np.diag([0.5, 1.0])
    weights = np.array([3.0, 1.0])
    rho = np.diag(true) / np.diag(true + error)

    found = composite_reliability(true + error, rho, weights)

    expected = (weights @ true @ weights) / (weights @ (true + error) @ weights)
    assert found == pytest.approx(expected)
    with pytest.raises(ValueError, match="one of each per subtest"):
        composite_reliability(true, rho, np.ones(3))
    with pytest.raises(ValueError, match="finite"):
        composite_reliability(true, np.array([np.nan, 0.5]), weights)
