"""Every file in `models/` keeps the promises of the contract."""

from collections.abc import Iterator

import numpy as np
import pytest

from examengine.psychometrics.models import MODELS, ItemModel
from examengine.psychometrics.models._contract import in_file_order

THETA = np.linspace(-4.5, 4.5, 13)
STEP = 1e-6


@pytest.fixture(params=sorted(MODELS))
def model(request: pytest.FixtureRequest) -> ItemModel:
    """Each model in turn."""
    return MODELS[request.param]


@pytest.fixture
def params(model: ItemModel) -> np.ndarray:
    """The model's example beside three neighbours of it."""
    example = model.pack(model.example)
    nudges = np.linspace(-0.15, 0.15, 4)[:, np.newaxis] * np.linspace(1.0, 0.4, len(example))
    return example + nudges


def each_coordinate(params: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """The parameters a little higher and a little lower in one coordinate at a time."""
    for column in range(params.shape[1]):
        step = np.zeros_like(params)
        step[:, column] = STEP
        yield column, params + step, params - step


def test_probabilities_sum_to_one(model, params):
    """
    At every ability the category probabilities of an item are positive and sum to one.
    """
    share = model.probabilities(THETA, params)

    assert (share > 0).all()
    np.testing.assert_allclose(share.sum(axis=1), 1.0, atol=1e-13)


def test_probabilities_stay_finite_far_out(model, params):
    """
    Abilities beyond anything a person has give finite log probabilities and derivatives.
    """
    far = np.array([-80.0, -30.0, 30.0, 80.0])

    logs = model.log_probabilities(far, params)
    first, second = model.theta_derivatives(far, params)

    assert np.isfinite(logs).all()
    assert np.isfinite(first).all()
    assert np.isfinite(second).all()
    assert np.isfinite(model.score(far, params)).all()


def test_scores_agree_with_finite_differences(model, params):
    """
    The derivatives by the coordinates are those of the log probabilities.
    """
    score = model.score(THETA, params)

    for column, up, down in each_coordinate(params):
        slow = (model.log_probabilities(THETA, up) - model.log_probabilities(THETA, down)) / (
            2 * STEP
        )
        np.testing.assert_allclose(score[:, :, column], slow, atol=2e-8)


def test_theta_derivatives_agree_with_finite_differences(model, params):
    """
    The first and second derivative by ability are those of the log probabilities.
    """
    first, second = model.theta_derivatives(THETA, params)

    up, down = THETA + STEP, THETA - STEP
    slow_first = (model.log_probabilities(up, params) - model.log_probabilities(down, params)) / (
        2 * STEP
    )
    slow_second = (
        model.theta_derivatives(up, params)[0] - model.theta_derivatives(down, params)[0]
    ) / (2 * STEP)
    np.testing.assert_allclose(first, slow_first, atol=2e-8)
    np.testing.assert_allclose(second, slow_second, atol=2e-8)


def test_information_is_the_expected_curvature(model, params):
    """
    Information is nowhere negative and equals −E(∂² log P / ∂θ²).
    """
    information = model.information(THETA, params)

    _, second = model.theta_derivatives(THETA, params)
    expected = -(model.probabilities(THETA, params) * second).sum(axis=1)
    assert (information >= 0).all()
    np.testing.assert_allclose(information, expected, rtol=1e-9, atol=1e-12)


def test_the_report_jacobian_agrees_with_finite_differences(model, params):
    """
    The delta method uses the true derivatives of the reported parameters.
    """
    jacobian = model.report_jacobian(params)

    for column, up, down in each_coordinate(params):
        slow = (model.report(up) - model.report(down)) / (2 * STEP)
        np.testing.assert_allclose(jacobian[:, :, column], slow, atol=1e-7)


def test_the_example_round_trips(model):
    """
    An item that is read from a file and written again says the same, in the files' order.
    """
    packed = model.pack(model.example)

    again = model.unpack(packed)

    assert list(again) == list(in_file_order(model.example))
    for name, value in model.example.items():
        np.testing.assert_allclose(again[name], value, rtol=1e-9, atol=1e-9)


def test_names_and_numbers_agree(model):
    """
    The example has as many coordinates as the model says an item of its size has.
    """
    n_categories = model.n_categories(model.example)

    packed = model.pack(model.example)

    assert packed.shape == (model.n_parameters(n_categories),)
    assert len(model.reported_names(n_categories)) == model.report(packed[np.newaxis]).shape[1]
    assert model.probabilities(THETA, packed[np.newaxis]).shape[1] == n_categories


def test_start_values_are_feasible(model):
    """
    The first guess for easy, hard and reversed items has proper probabilities.
    """
    n_categories = model.n_categories(model.example)
    ramp = np.linspace(1.0, 4.0, n_categories)
    shares = np.stack([ramp, ramp[::-1], np.ones(n_categories)])
    shares /= shares.sum(axis=1, keepdims=True)
    lean = np.linspace(-0.7, 0.7, n_categories)
    means = np.stack([lean, lean, -lean])

    first = model.start(shares, means)

    assert first.shape == (3, model.n_parameters(n_categories))
    assert model.feasible(first)


def test_a_missing_value_is_named(model):
    """
    An item without its parameters is refused with the name of what is missing.
    """
    with pytest.raises(ValueError, match="missing"):
        model.pack({})
