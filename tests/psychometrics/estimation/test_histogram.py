"""The histogram of abilities: what it finds, what it keeps and what it refuses."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from simulated import draw_scores, right_wrong, right_wrong_items

from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.estimation import calibrate
from examengine.psychometrics.estimation.latent import Latent, LatentGrid, natural_splines
from examengine.psychometrics.fit import CannotTestFit, limited_information_fit
from examengine.psychometrics.fit.calibrated import at_nodes
from examengine.psychometrics.likelihood import marginal_log_likelihood
from examengine.psychometrics.parameters import ParameterSet, Quadrature
from examengine.psychometrics.refusals import (
    CannotCalibrate,
    CannotScore,
    UnusableParameters,
)
from examengine.psychometrics.responses import Responses

STEP = 1e-6


def two_humps(n_persons: int, seed: int) -> np.ndarray:
    """Abilities of two kinds of persons, mean 0 and deviation 1 over all."""
    rng = np.random.default_rng(seed)
    first = rng.random(n_persons) < 0.6
    theta = np.where(first, rng.normal(-0.8, 0.45, n_persons), rng.normal(1.2, 0.4, n_persons))
    return (theta - theta.mean()) / theta.std()


def answers_of(theta: np.ndarray, n_items: int, seed: int) -> Responses:
    """Right and wrong answers of persons of these abilities."""
    rng = np.random.default_rng(seed)
    return Responses.from_matrix(draw_scores(right_wrong_items(n_items, rng), theta, rng))


def test_a_distribution_with_two_humps_is_recovered():
    """
    The histogram follows the abilities that were drawn where a normal cannot.
    """
    theta = two_humps(4000, 1)
    responses = answers_of(theta, 30, 2)

    normal = calibrate(responses, "2pl").parameters
    found = calibrate(responses, "2pl", latent="histogram").parameters

    points, weights = np.linspace(-6, 6, 61), np.array(found.groups[0].weights)
    reached = np.cumsum(weights) - weights / 2
    drawn = np.array([(theta <= point).mean() for point in points])
    assert found.converged
    assert found.log_likelihood > normal.log_likelihood + 50
    assert np.abs(reached - drawn).max() < 0.03
    assert weights[points.searchsorted(0.2)] < 0.5 * weights.max()


@pytest.mark.parametrize("model", ["rasch", "2pl", "gpcm"])
def test_normal_abilities_lose_nothing(model):
    """
    The normal distribution is one of the histograms, so no likelihood is lost by asking.
    """
    responses = right_wrong(600, 12)

    normal = calibrate(responses, model).parameters
    found = calibrate(responses, model, latent="histogram", knots=5).parameters

    assert found.converged
    assert found.log_likelihood >= normal.log_likelihood - 1e-6
    assert found.n_parameters == normal.n_parameters + 2


def test_mean_and_deviation_stay_the_metric():
    """
    The weights of every histogram have mean 0 and deviation 1 over the points.
    """
    responses = answers_of(two_humps(1500, 3), 20, 4)

    weights = np.array(calibrate(responses, "2pl", latent="histogram").parameters.groups[0].weights)

    points = np.linspace(-6, 6, 61)
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert weights @ points == pytest.approx(0.0, abs=1e-9)
    assert weights @ points**2 == pytest.approx(1.0, abs=1e-9)


def test_every_group_has_its_own_shape():
    """
    Of two groups one has two humps and the other one, at its own mean and deviation.
    """
    rng = np.random.default_rng(5)
    theta = np.concatenate([two_humps(2500, 6), rng.normal(0.5, 0.8, 2500)])
    whole = answers_of(theta, 25, 7)
    responses = Responses.from_matrix(whole.scores, group=["x"] * 2500 + ["y"] * 2500)

    found = calibrate(responses, "2pl", by_group=True, latent="histogram", knots=6).parameters

    humps, hump = (np.array(group.weights) for group in found.groups)
    assert found.converged
    assert found.group("y").mean == pytest.approx(0.5, abs=0.08)
    assert found.group("y").sd == pytest.approx(0.8, abs=0.08)
    assert humps[30] < 0.8 * humps.max()
    assert hump[30] > 0.8 * hump.max()


def test_a_slow_twin_finds_the_same_maximum():
    """
    A general optimiser over the same likelihood, written down in four lines, ends where we do.
    """
    responses = answers_of(two_humps(250, 8), 6, 9)
    found = calibrate(responses, "2pl", latent="histogram", knots=5, standard_errors="none")
    grid = LatentGrid.of(Quadrature(), scaled=True, knots=5)

    patterns, counts = np.unique(responses.scores, axis=0, return_counts=True)

    def minus_log_likelihood(vector: np.ndarray) -> float:
        slope, intercept = vector[:12].reshape(6, 2).T
        right = expit(np.outer(grid.z, slope) + intercept)
        share = np.where(patterns[:, np.newaxis] == 1, right, 1.0 - right).prod(axis=2)
        weights = np.exp(grid.log_masses(Latent(shape=tuple(vector[12:]))))
        return -float(counts @ np.log(share @ weights))

    start = np.concatenate([np.tile([1.0, 0.0], 6), np.zeros(2)])
    slow = minimize(minus_log_likelihood, start, method="BFGS", options={"maxiter": 300})

    assert found.parameters.converged
    assert found.parameters.log_likelihood == pytest.approx(-slow.fun, abs=1e-4)
    for item, (slope, intercept) in zip(
        found.parameters.items, slow.x[:12].reshape(6, 2), strict=True
    ):
        assert item.values["slope"] == pytest.approx(slope, abs=5e-3)
        assert item.values["intercept"] == pytest.approx(intercept, abs=5e-3)


def test_the_weights_move_as_they_say():
    """
    The derivatives of the log weights by each shape are those of finite differences.
    """
    grid = LatentGrid.of(Quadrature(), scaled=True, knots=7)
    shape = np.array([0.8, -0.5, 0.3, 0.2])

    moves = grid.weight_moves(Latent(shape=tuple(shape)))

    for place in range(len(shape)):
        change = STEP * np.eye(len(shape))[place]
        up, down = (grid.log_masses(Latent(shape=tuple(shape + s * change))) for s in (1, -1))
        np.testing.assert_allclose(moves[2 + place], (up - down) / (2 * STEP), atol=1e-6)


def test_splines_are_straight_at_the_ends_and_apart_from_the_normal():
    """
    Beyond the knots the splines have no bend; under normal weights they are uncorrelated.
    """
    z = np.linspace(-6, 6, 61)
    weight = np.exp(-0.5 * z**2) / np.exp(-0.5 * z**2).sum()

    splines = natural_splines(z, 7)

    assert splines.shape == (5, 61)
    assert np.abs(np.diff(splines[:, z > 2.6], 2)).max() < 1e-9
    np.testing.assert_allclose((splines * weight) @ splines.T, np.eye(5), atol=1e-9)
    np.testing.assert_allclose((splines * weight) @ z, 0.0, atol=1e-9)
    np.testing.assert_allclose((splines[1:] * weight) @ z**2, 0.0, atol=1e-9)


def test_scores_and_likelihood_use_the_histogram():
    """
    What is scored with the parameters sees the same distribution as the calibration did.
    """
    responses = answers_of(two_humps(800, 10), 15, 11)
    found = calibrate(responses, "2pl", latent="histogram").parameters
    again = ParameterSet.from_dict(found.to_dict())

    abilities = estimate_abilities(responses, again, "eap")

    assert again.groups == found.groups
    assert marginal_log_likelihood(responses, again) == pytest.approx(found.log_likelihood)
    assert abilities.theta.mean() == pytest.approx(0.0, abs=0.02)
    with pytest.raises(CannotScore, match="histogram"):
        estimate_abilities(responses, again, "map")
    with pytest.raises(CannotTestFit, match="histogram"):
        limited_information_fit(responses, at_nodes(again, again.groups[0]))
    np.testing.assert_allclose(
        at_nodes(again, again.groups[0]).node_weights, found.groups[0].weights
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"latent": "uniform"}, "none of normal, histogram"),
        ({"latent": "histogram", "knots": 3}, "3 knots"),
        ({"latent": "histogram", "scale_nodes": False}, "fixed grid"),
        ({"latent": "histogram", "estimator": "girth"}, "girth has normal abilities"),
        ({"latent": "histogram", "estimator": "cml"}, "leave the histogram out"),
    ],
)
def test_what_a_histogram_cannot_be_is_refused(options, words):
    """
    Each refusal says what does not go together and what would.
    """
    with pytest.raises(CannotCalibrate, match=words):
        calibrate(right_wrong(), "rasch", **options)


def test_weights_that_are_no_shares_are_refused():
    """
    A parameter file whose weights do not sum to 1, or do not fit the points, is not used.
    """
    document = calibrate(right_wrong(), "rasch").parameters.to_dict()
    even = [1 / 61] * 61

    for weights, words in (([*even[:-1], 0.5], "sum to 1"), ([0.5, 0.5], "61 points")):
        document["groups"][0]["weights"] = weights
        with pytest.raises(UnusableParameters, match=words):
            ParameterSet.from_dict(document)
