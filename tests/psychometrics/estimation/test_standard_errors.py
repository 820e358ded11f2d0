"""Standard errors against slow twins."""

import numpy as np
import pytest
from simulated import draw_scores, mixed, right_wrong

from examengine.psychometrics.estimation import Priors, calibrate, observed_information
from examengine.psychometrics.estimation.calibrate import ESTIMATORS
from examengine.psychometrics.estimation.design import Shards, build_design
from examengine.psychometrics.estimation.free_parameters import item_starts, lay_out
from examengine.psychometrics.estimation.latent import LatentGrid
from examengine.psychometrics.estimation.observed_information import (
    cross_products,
    information_at,
    thinned,
)
from examengine.psychometrics.estimation.posterior_surface import PosteriorSurface
from examengine.psychometrics.estimation.priors import prior_terms
from examengine.psychometrics.parameters import ItemParameters, Quadrature
from examengine.psychometrics.refusals import CannotCalibrate
from examengine.psychometrics.responses import Responses

STEP = 1e-5


def surface_of(
    responses: Responses, models: list[str], *, n_groups: int, scaled: bool, priors: Priors
) -> PosteriorSurface:
    """A log-posterior of a small test."""
    layout = lay_out(item_starts(responses, responses.category_counts(), models, {}), n_groups)
    group = np.arange(responses.n_persons) % n_groups
    design = build_design(responses, layout.batches, group, n_groups)
    terms = prior_terms(priors, layout.batches, responses.item_ids, [False] * len(models))
    return PosteriorSurface(design, layout, LatentGrid.of(Quadrature(), scaled=scaled), terms)


SURFACES = {
    "2pl": (right_wrong(150, 5), ["2pl"] * 5, 1, True, {}),
    "1pl": (right_wrong(150, 5), ["1pl"] * 5, 1, True, {}),
    "rasch on a fixed grid": (right_wrong(150, 5), ["rasch"] * 5, 1, False, {}),
    "3pl with priors": (
        right_wrong(150, 5),
        ["3pl"] * 5,
        1,
        True,
        {
            "a": {"distribution": "lognormal", "mean": 0.0, "sd": 0.5},
            "b": {"distribution": "normal", "mean": 0.0, "sd": 2.0},
            "c": {"distribution": "beta", "alpha": 5, "beta": 17},
        },
    ),
    "mixed, two groups": (mixed(200)[0], list(mixed(200)[1].values()), 2, True, {}),
    "two groups on a fixed grid": (right_wrong(150, 5), ["2pl"] * 5, 2, False, {}),
    "rating scale": (
        mixed(200)[0].with_items(["g2", "g3"]),
        ["rsm"] * 2,
        1,
        True,
        {},
    ),
}


@pytest.fixture(params=sorted(SURFACES))
def surface(request):
    """Each surface in turn."""
    responses, models, n_groups, scaled, priors = SURFACES[request.param]
    return surface_of(
        responses,
        models,
        n_groups=n_groups,
        scaled=scaled,
        priors=Priors.from_mapping(priors),
    )


@pytest.fixture
def point(surface):
    """A point near, but not at, the start values."""
    start = surface.layout.start()
    return start + 0.1 * np.cos(np.arange(len(start)))


def each_way(surface, point, slot):
    """The evaluations a little above and below in one parameter."""
    step = np.zeros_like(point)
    step[slot] = STEP
    return surface.evaluate(point + step), surface.evaluate(point - step)


def test_the_gradient_is_that_of_the_log_posterior(surface, point):
    """
    Fisher's identity gives the derivatives that finite differences give.
    """
    gradient = surface.evaluate(point).gradient

    for slot in range(len(point)):
        up, down = each_way(surface, point, slot)
        slow = (up.value - down.value) / (2 * STEP)
        assert gradient[slot] == pytest.approx(slow, rel=1e-6, abs=1e-5)


def test_the_observed_information_is_the_curvature(surface, point):
    """
    Louis' identity gives the second derivatives that differences of gradients give.
    """
    observed = information_at(surface, point).observed

    slow = np.zeros_like(observed)
    for slot in range(len(point)):
        up, down = each_way(surface, point, slot)
        slow[:, slot] = -(up.gradient - down.gradient) / (2 * STEP)
    np.testing.assert_allclose(observed, slow, atol=1e-6 * np.abs(slow).max())


def test_cross_products_are_of_single_persons(surface, point):
    """
    Summed cross-products equal those of gradients taken one person at a time.
    """
    crossed = cross_products(surface, point)

    slow = np.zeros_like(crossed)
    without_priors = PosteriorSurface(surface.design, surface.layout, surface.grid)
    for block in surface.design.shards.blocks():
        for person in range(len(block.weight)):
            alone = type(block)(block.group, block.columns[:, [person]], block.weight[[person]])
            single = PosteriorSurface(
                type(surface.design)(
                    Shards(((alone,),)),
                    surface.design.n_scores,
                    surface.design.mask_of,
                    surface.design.n_masks,
                    surface.design.n_groups,
                ),
                without_priors.layout,
                without_priors.grid,
            )
            score = single.evaluate(point).gradient / block.weight[person]
            slow += block.weight[person] * np.outer(score, score)
    np.testing.assert_allclose(crossed, slow, atol=1e-8 * np.abs(slow).max())


def test_thinning_keeps_persons_of_every_block(surface):
    """
    A thinned surface has about as many persons as asked for, who stand for everyone.
    """
    small = thinned(surface, 30)

    kept = sum(len(block.weight) for block in small.design.shards.blocks())
    everyone = sum(block.weight.sum() for block in surface.design.shards.blocks())
    assert 15 <= kept <= 80
    assert sum(b.weight.sum() for b in small.design.shards.blocks()) == pytest.approx(everyone)
    assert small.layout is surface.layout


def test_the_delta_method_agrees_with_another_parameterisation():
    """
    The standard error of b is the same whether b or the intercept was the parameter.
    """
    responses = right_wrong(600, 6)

    calibration = calibrate(responses, "2pl")

    item = calibration.parameters.items[2]
    covariance = calibration.item_covariances[item.item_id]
    a, b = item.values["a"], item.values["b"]
    variance = (covariance[1, 1] + 2 * b * covariance[0, 1] + b**2 * covariance[0, 0]) / a**2
    assert item.se["b"] == pytest.approx(np.sqrt(variance), rel=1e-12)
    assert item.se["intercept"] == pytest.approx(np.sqrt(covariance[1, 1]), rel=1e-12)


@pytest.mark.parametrize("kind", ["cross-products", "sandwich"])
def test_other_standard_errors_are_near_the_observed(kind):
    """
    In a sample of a thousand the three kinds of standard errors tell the same story.
    """
    responses = right_wrong(1000, 6)

    usual = calibrate(responses, "2pl").parameters
    other = calibrate(responses, "2pl", standard_errors=kind).parameters

    for one, two in zip(usual.items, other.items, strict=True):
        assert one.se["a"] != two.se["a"]
        assert two.se["a"] == pytest.approx(one.se["a"], rel=0.25)


def test_standard_errors_can_be_left_out():
    """
    Without standard errors a run still judges its curvature.
    """
    calibration = calibrate(right_wrong(), "2pl", standard_errors="none")

    assert calibration.parameters.items[0].se == {}
    assert calibration.hessian_condition is not None
    assert calibration.parameters.converged


def test_convergence_does_not_depend_on_the_errors_asked_for(monkeypatch):
    """
    Where what some persons lose says nothing yet, all of them are looked at.
    """
    monkeypatch.setattr(observed_information, "ENOUGH_PERSONS", 30)
    rng = np.random.default_rng(9)
    items = [
        ItemParameters(f"i{n}", "3pl", {"a": 1.3, "b": b, "c": 0.2})
        for n, b in enumerate(np.linspace(-2.0, 1.5, 12).tolist())
    ]
    scores = draw_scores(items, rng.normal(size=2000), rng)
    responses = Responses.from_matrix(scores)
    priors = Priors.from_mapping({"c": {"distribution": "beta", "alpha": 5, "beta": 17}})

    with_errors, without = (
        calibrate(responses, "3pl", priors=priors, standard_errors=kind).parameters
        for kind in ("observed", "none")
    )

    assert with_errors.converged
    assert without.converged
    assert without.log_likelihood == with_errors.log_likelihood


def test_the_part_of_girth_that_numpy_broke_is_not_called():
    """
    Girth's 3PL fails under numpy 2.4, so it is refused under every numpy alike.
    """
    with pytest.raises(CannotCalibrate, match="girth has no 3pl"):
        calibrate(right_wrong(200, 6), "3pl", estimator="girth")


@pytest.mark.parametrize("model", ["rasch", "1pl", "2pl"])
def test_girth_tells_nearly_the_same(model):
    """
    The second estimator agrees to the digits it has, and says what it lacks.
    """
    responses = right_wrong(800, 10)

    ours = calibrate(responses, model).parameters
    theirs = calibrate(responses, model, estimator="girth").parameters

    assert set(ESTIMATORS) == {"mml-em", "cml", "girth"}
    assert theirs.estimator == "girth"
    assert theirs.items[0].se == {}
    assert "girth" in theirs.warnings[0]
    assert theirs.log_likelihood <= ours.log_likelihood + 1e-9
    for one, two in zip(ours.items, theirs.items, strict=True):
        assert two.values["b"] == pytest.approx(one.values["b"], abs=0.02)
