"""The bivariate normal distribution against scipy's integration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from examengine.psychometrics.dimensionality.bivariate_normal import (
    bivariate_density,
    bivariate_normal,
)

LIMITS = st.floats(-4, 4) | st.just(0.0)


@given(h=LIMITS, k=LIMITS, rho=st.floats(-0.99, 0.99))
def test_the_distribution_is_scipys(h, k, rho):
    """
    The distribution function equals the numerical integral for any limits and correlation.
    """
    expected = multivariate_normal.cdf([h, k], cov=[[1, rho], [rho, 1]])

    found = bivariate_normal(np.array([h]), np.array([k]), np.array([rho]))

    assert found[0] == pytest.approx(expected, abs=1e-8)


def test_limits_at_infinity_give_the_margins():
    """
    With one limit at +∞ the other margin is left, at −∞ nothing, and there is no density.
    """
    h, rho = np.array([-1.0, 0.0, 2.0]), np.array([0.5])

    np.testing.assert_allclose(bivariate_normal(h, np.array([np.inf]), rho), norm.cdf(h))
    np.testing.assert_allclose(bivariate_normal(np.array([-np.inf]), h, rho), 0.0, atol=1e-15)
    np.testing.assert_allclose(bivariate_density(h, np.array([np.inf]), rho), 0.0)


def test_the_density_is_the_slope_by_the_correlation():
    """
    ∂Φ₂ / ∂ρ by central differences is the density.
    """
    h, k = np.meshgrid(np.linspace(-2, 2, 5), np.linspace(-2, 2, 5))
    rho, step = 0.3, 1e-5

    slope = (bivariate_normal(h, k, rho + step) - bivariate_normal(h, k, rho - step)) / (2 * step)

    np.testing.assert_allclose(bivariate_density(h, k, rho), slope, atol=1e-8)
