"""M2 and C2 against their definition with dense matrices."""

import numpy as np
import pytest
from simulated_tests import simulate, standard, two_pl

from examengine.psychometrics.fit import CannotTestFit, at_nodes, limited_information_fit
from examengine.psychometrics.fit.moments import expected_moments, layout, observed_moments
from examengine.psychometrics.parameters import GroupParameters, ItemParameters, ParameterSet
from examengine.psychometrics.responses import Responses


def dense_statistic(data, test):
    """M2 or C2 with the covariance of all moments written out and derivatives by differences."""
    where = layout(data.max_scores, np.ones((data.n_items, data.n_items)))
    share, weights = test.probabilities, test.node_weights
    n_categories = share.shape[2]
    points = np.arange(n_categories, dtype=float)
    factors = [
        {int(j): np.eye(n_categories)[k]} for j, k in zip(where.item, where.category, strict=True)
    ]
    factors += [
        {int(j): points, int(k): points} for j, k in zip(where.left, where.right, strict=True)
    ]

    def mean(product_of):
        return np.prod([share[:, j] @ v for j, v in product_of.items()], axis=0) @ weights

    means = np.array([mean(one) for one in factors])
    covariance = np.empty((where.n, where.n))
    for row, one in enumerate(factors):
        for column, other in enumerate(factors):
            joint = {**one, **{j: v * one.get(j, np.ones(n_categories)) for j, v in other.items()}}
            covariance[row, column] = mean(joint) - means[row] * means[column]
    observed = observed_moments(data.scores, data.weights, where)
    gap = np.concatenate([observed.first, observed.second]) - means
    slopes = np.array(list(_differences(test, where))).T
    inverse = np.linalg.inv(covariance)
    middle = inverse @ slopes
    left = inverse - middle @ np.linalg.solve(slopes.T @ middle, middle.T)
    return data.n_persons * gap @ left @ gap


def _differences(test, where):
    for item, one in enumerate(test.parameters.items):
        for place in range(one.coordinates.size):
            ends = []
            for step in (1e-5, -1e-5):
                moved = one.coordinates.copy()
                moved[place] += step
                share = test.probabilities.copy()
                table = one.item_model.probabilities(test.theta, moved[np.newaxis])[0].T
                share[:, item, : table.shape[1]] = table
                ends.append(expected_moments(share, test.node_weights, where))
            first, second = ((ends[0].first - ends[1].first), (ends[0].second - ends[1].second))
            yield np.concatenate([first, second]) / 2e-5


@pytest.mark.parametrize("model", ["3pl", "gpcm"])
def test_m2_equals_its_definition_with_dense_matrices(model):
    """
    The statistic by low-rank blocks equals the one with the covariance written out.
    """
    rng = np.random.default_rng(10)
    items = [
        {"a": a, "b": b, "c": 0.15, "d": 1.0} if model == "3pl" else {"a": a, "steps": (b, b + 0.7)}
        for a, b in zip(rng.uniform(0.7, 1.6, 8), rng.normal(0, 1, 8), strict=True)
    ]
    parameters = ParameterSet(
        tuple(ItemParameters(f"i{j}", model, values) for j, values in enumerate(items))
    )
    test = standard(parameters, theta=np.linspace(-4, 4, 25))
    theta = rng.choice(test.theta.size, size=400, p=test.node_weights)
    draws = rng.uniform(size=(400, 8))
    scores = (draws[:, :, np.newaxis] > test.probabilities[theta].cumsum(axis=2)).sum(axis=2)
    data = Responses.from_matrix(scores, max_scores=[test.probabilities.shape[2] - 1] * 8)

    found = limited_information_fit(data, test)

    assert found.statistic == pytest.approx(dense_statistic(data, test), rel=1e-6)


def test_m2_of_the_true_model_is_a_chi_square():
    """
    With nothing estimated, M2 of 60 simulated sets has the mean of its degrees of freedom.
    """
    parameters = two_pl(8, 12)
    anchored = ParameterSet(
        tuple(
            ItemParameters(item.item_id, "2pl", item.values, anchored=True)
            for item in parameters.items
        )
    )
    test = standard(anchored)

    found = [
        limited_information_fit(Responses.from_matrix(simulate(parameters, 500, seed)[0]), test)
        for seed in range(60)
    ]

    assert found[0].df == 8 + 28
    mean = np.mean([one.statistic for one in found])
    assert mean == pytest.approx(36, abs=4 * np.sqrt(2 * 36 / 60))


def test_m2_refuses_a_test_too_long_for_it():
    """
    A test of 2,000 items is refused in words before any memory is asked for.
    """
    parameters = two_pl(2000, 1)
    data = Responses.from_matrix(np.tile(np.array([[0], [1]]), (2, 2000)))

    with pytest.raises(CannotTestFit, match="2000 items"):
        limited_information_fit(data, standard(parameters, theta=np.zeros(1)))


def test_nodes_move_with_the_group():
    """
    A wide group gets wide nodes, and weights that sum to one around its mean.
    """
    test = at_nodes(two_pl(3, 22), GroupParameters("wide", 0.5, 2.0, fixed=False))

    assert test.theta[0] == pytest.approx(0.5 - 12)
    assert test.node_weights.sum() == pytest.approx(1)
    assert test.node_weights @ test.theta == pytest.approx(0.5)
