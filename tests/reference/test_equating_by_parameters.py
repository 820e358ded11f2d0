"""IRT equating against equateIRT 2.5.1 (linking.json)."""

import numpy as np
import pytest
from reference_files import linking_form, reference

from examengine.psychometrics.equating import (
    METHODS,
    EquatingOptions,
    IrtForm,
    equate_by_parameters,
    irt_form,
)
from examengine.psychometrics.linking import Constants, transform
from examengine.psychometrics.population import Population

TRUE_SCORES = METHODS["irt-true"]
OBSERVED_SCORES = METHODS["irt-observed"]

STOCKING_LORD = "Stocking-Lord (Gauss-Hermite 30, N(0,1))"


def linked_forms(model):
    """Form X, form Y in its metric by equateIRT's constants, those constants, and its equivalents.

    What its columns call "Y.as.X" are scores of form Y at which a score of form X arrives.
    """
    document = reference("linking")[model]
    x, y = linking_form(model, "X"), linking_form(model, "Y")
    found = document["equateIRT"][STOCKING_LORD]
    constants = Constants(found["A"], found["B"])
    return irt_form(x), irt_form(transform(y, constants)), constants, document["equating_Y_to_X"]


@pytest.mark.parametrize("model", ["2PL", "3PL"])
def test_true_scores_equal_equateirt(model):
    """
    Equivalents and the abilities behind them equal equateIRT's to 1e-8 wherever it has them.
    """
    x, y, _, expected = linked_forms(model)

    found = equate_by_parameters(x, y, TRUE_SCORES)

    for row in expected["TSE"]:
        assert found.conversions[row["X"]].equated == pytest.approx(row["Y.as.X"], abs=1e-8)
        if abs(row["theta"]) < 50:
            assert found.theta[row["X"]] == pytest.approx(row["theta"], abs=1e-6)


@pytest.mark.parametrize("model", ["2PL", "3PL"])
def test_observed_scores_equal_equateirt(model):
    """
    With its 30 Gauss–Hermite nodes in both groups, each counting half, equivalents equal its own.
    """
    x, y, constants, expected = linked_forms(model)
    nodes, weights = np.polynomial.hermite_e.hermegauss(30)
    weights = weights / weights.sum()
    of_x = Population.weighted(nodes, weights)
    of_y = Population.weighted(constants.slope * nodes + constants.intercept, weights)

    found = equate_by_parameters(
        IrtForm(x.items, of_x), IrtForm(y.items, of_y), OBSERVED_SCORES, EquatingOptions(0.5)
    )

    theirs = [row["Y.as.X"] for row in expected["OSE"]]
    np.testing.assert_allclose([row.equated for row in found.conversions], theirs, atol=1e-8)
