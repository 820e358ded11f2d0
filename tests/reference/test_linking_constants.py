"""Linking constants against equateIRT and R (linking.json)."""

import numpy as np
import pytest
from reference_files import linking_form, reference

from examengine.psychometrics.linking import METHODS, CurveWeights, common_items


def forms(model):
    """Form Y (to be transformed) and form X as mirt calibrated them."""
    sets = (linking_form(model, form) for form in "YX")
    return reference("linking")[model], common_items(*sets)


def gauss_hermite(points):
    """Nodes and weights of the standard normal distribution."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(points)
    return CurveWeights("Gauss-Hermite", nodes, weights / weights.sum())


@pytest.mark.parametrize("model", ["2PL", "3PL"])
@pytest.mark.parametrize("method", ["mean-mean", "mean-sigma"])
def test_moment_methods_equal_equateirt(model, method):
    """
    A and B of the moment methods equal equateIRT's to 1e-6.
    """
    document, common = forms(model)

    found = METHODS[method].constants(common, CurveWeights.normal())

    expected = document["equateIRT"][method]
    assert found.slope == pytest.approx(expected["A"], abs=1e-6)
    assert found.intercept == pytest.approx(expected["B"], abs=1e-6)


@pytest.mark.parametrize("model", ["2PL", "3PL"])
@pytest.mark.parametrize(
    ("method", "theirs"),
    [
        ("haebara", "Haebara (Gauss-Hermite 30, N(0,1))"),
        ("stocking-lord", "Stocking-Lord (Gauss-Hermite 30, N(0,1))"),
    ],
)
def test_curve_methods_equal_equateirt(model, method, theirs):
    """
    With equateIRT's nodes A and B equal its own, which stop within 1e-6 of the minimum.
    """
    document, common = forms(model)

    found = METHODS[method].constants(common, gauss_hermite(30))

    expected = document["equateIRT"][theirs]
    assert found.slope == pytest.approx(expected["A"], abs=1e-6)
    assert found.intercept == pytest.approx(expected["B"], abs=1e-6)
