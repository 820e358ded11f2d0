"""A run that says "converged" has a small gradient and the curvature of a maximum."""

import numpy as np
import pytest
from simulated import draw_scores, mixed, right_wrong

from examengine.psychometrics.estimation import Priors, calibrate, marginal, observed_information
from examengine.psychometrics.estimation.calibrate import ESTIMATORS
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.simulation import as_responses, items_from_priors, priors_for
from examengine.psychometrics.simulation import draw_scores as draw_true_scores

STEP = 1e-4
C_AND_D = {
    "c": {"distribution": "beta", "alpha": 20, "beta": 80},
    "d": {"distribution": "beta", "alpha": 80, "beta": 5},
    "a": {"distribution": "lognormal", "mean": 0.2, "sd": 0.4},
}


def graded(n_persons: int = 400, seed: int = 21) -> Responses:
    """Answers to four items of three categories."""
    rng = np.random.default_rng(seed)
    items = [
        ItemParameters(f"g{n}", "gpcm", {"a": a, "steps": (b - 0.6, b + 0.5)})
        for n, (a, b) in enumerate([(0.9, -0.5), (1.2, 0.0), (1.4, 0.3), (0.8, 0.6)])
    ]
    return Responses.from_matrix(draw_scores(items, rng.normal(size=n_persons), rng))


def slow_derivatives(surface, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and second derivatives from values and gradients a little to each side."""
    gradient, hessian = np.empty(len(point)), np.empty((len(point), len(point)))
    for place, move in enumerate(STEP * np.eye(len(point))):
        up, down = surface.evaluate(point + move), surface.evaluate(point - move)
        gradient[place] = (up.value - down.value) / (2 * STEP)
        hessian[place] = (up.gradient - down.gradient) / (2 * STEP)
    return gradient, hessian


@pytest.mark.parametrize("latent", ["normal", "histogram"])
@pytest.mark.parametrize("model", sorted(MODELS))
def test_converged_means_a_maximum(model, latent, monkeypatch):
    """
    Differences of the log-posterior itself confirm what every converged run claims.
    """
    responses = graded() if MODELS[model].polytomous else right_wrong(500, 6)
    priors = Priors.from_mapping(C_AND_D if model in ("3pl", "4pl") else {})
    judged = []
    judge = marginal.curvature_at

    def noting(surface, vector, wanted):
        judged.append((surface, vector))
        return judge(surface, vector, wanted)

    monkeypatch.setattr(marginal, "curvature_at", noting)

    found = calibrate(
        responses, model, priors=priors, latent=latent, knots=4, standard_errors="none"
    )

    ((surface, best),) = judged
    gradient, hessian = slow_derivatives(surface, best)
    assert found.parameters.converged
    assert np.abs(gradient).max() < 1e-3
    assert found.hessian_condition > 1
    assert np.linalg.eigvalsh(hessian + hessian.T)[-1] < 0


@pytest.mark.parametrize("latent", ["normal", "histogram"])
@pytest.mark.parametrize("kind", ["observed", "cross-products", "sandwich", "none"])
def test_without_the_curvature_of_a_maximum_nothing_converges(kind, latent, monkeypatch):
    """
    Where the information counts as flat a run says so, whatever errors were asked for.
    """
    monkeypatch.setattr(observed_information, "FLATTEST", 1.0)

    found = calibrate(right_wrong(), "2pl", standard_errors=kind, latent=latent, knots=4)

    assert not found.parameters.converged
    assert found.covariance is None
    assert "not positive definite" in " ".join(found.parameters.warnings)


@pytest.mark.parametrize("estimator", sorted(ESTIMATORS))
def test_every_estimator_asks_for_the_curvature(estimator, monkeypatch):
    """
    No estimator says "converged" where the information counts as flat.
    """
    found = calibrate(right_wrong(2000, 8), "rasch", estimator=estimator)
    monkeypatch.setattr(observed_information, "FLATTEST", 1.0)

    flat = calibrate(right_wrong(2000, 8), "rasch", estimator=estimator)

    assert found.hessian_condition > 1
    assert not flat.parameters.converged


def test_every_estimator_asks_for_the_gradient():
    """
    A tolerance that no estimate can meet leaves every estimator without convergence.
    """
    for estimator in ESTIMATORS:
        found = calibrate(
            right_wrong(), "rasch", estimator=estimator, gradient_tolerance=1e-300, max_cycles=20
        )

        assert not found.parameters.converged


def test_a_run_takes_few_passes_and_never_falls():
    """
    With mean and deviation let free in every step, a dozen passes over the data suffice.
    """
    responses, models = mixed(800)

    found = calibrate(responses, models)

    assert found.parameters.converged
    assert found.parameters.iterations < 15
    assert (np.diff(found.history) > -1e-9).all()


def test_a_hardly_determined_item_does_not_keep_the_climb_from_its_top():
    """
    Where one of twenty 3PL items has a long flat ridge, on which EM alone creeps for 500 cycles,
    the climb ends on a maximum in fewer than 150.
    """
    rng = np.random.default_rng([1, 3259906364, 37])
    truth = items_from_priors(rng, 20)
    scores = draw_true_scores(rng, truth, rng.standard_normal(5000))

    found = calibrate(as_responses(scores, truth), "3pl", priors=priors_for("3pl"))

    assert found.parameters.converged
    assert found.parameters.iterations < 150
    assert np.abs(found.gradient).max() < 1e-3
