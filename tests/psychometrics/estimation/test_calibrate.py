"""Calibration: what it maximises, what it refuses and what it must not depend on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import log_softmax, logsumexp
from scipy.stats import lognorm
from simulated import draw_scores, mixed, right_wrong, right_wrong_items, two_forms

from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.estimation import Priors, calibrate
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.refusals import CannotCalibrate
from examengine.psychometrics.responses import Responses


def slow_log_likelihood(responses: Responses, found: ParameterSet, *, scaled: bool = True) -> float:
    """The marginal log-likelihood, person by person and item by item."""
    nodes = np.linspace(found.quadrature.low, found.quadrature.high, found.quadrature.points)
    total = 0.0
    for person in range(responses.n_persons):
        label = responses.group[person] if len(found.groups) > 1 else found.groups[0].group
        group = found.group(label)
        theta = group.mean + group.sd * nodes if scaled else nodes
        distance = nodes if scaled else (nodes - group.mean) / group.sd
        share = category_probabilities(found.items, theta)
        logs = log_softmax(-0.5 * distance**2)
        for column, score in enumerate(responses.scores[person]):
            if score >= 0:
                logs = logs + np.log(share[:, column, score])
        total += responses.weights[person] * logsumexp(logs)
    return float(total)


@pytest.mark.parametrize("model", ["rasch", "1pl", "2pl"])
def test_the_log_likelihood_is_the_slow_one(model):
    """
    The blocked log-likelihood equals a loop over persons and items.
    """
    responses = two_forms(120)

    found = calibrate(responses, model).parameters

    assert found.log_likelihood == pytest.approx(slow_log_likelihood(responses, found), abs=1e-9)


def test_a_mixed_test_with_missing_cells_is_calibrated():
    """
    Items of several models and sizes, with cells missing at random, share one scale.
    """
    responses, models = mixed()

    found = calibrate(responses, models).parameters

    assert found.converged
    assert found.model == "mixed"
    assert found.log_likelihood == pytest.approx(slow_log_likelihood(responses, found), abs=1e-9)


def test_no_neighbour_is_higher():
    """
    Moving any parameter of a converged run either way lowers the log-likelihood.
    """
    responses = right_wrong(200, 5)
    found = calibrate(responses, "2pl").parameters

    for place, item in enumerate(found.items):
        for name in ("a", "b"):
            for step in (-0.02, 0.02):
                values = {"a": item.values["a"], "b": item.values["b"]}
                values[name] += step
                moved = list(found.items)
                moved[place] = ItemParameters(item.item_id, "2pl", values)
                lower = slow_log_likelihood(responses, ParameterSet(items=tuple(moved)))
                assert lower < found.log_likelihood


def test_the_log_likelihood_never_falls():
    """
    Every accepted step of a run is at least as high as the one before.
    """
    history = calibrate(right_wrong(), "2pl").history

    assert len(history) > 3
    assert (np.diff(history) > -1e-9).all()


def test_threads_and_row_order_do_not_matter():
    """
    The estimates agree to 1e-8 whatever the threads and however the rows are sorted.
    """
    responses = right_wrong(5000, 20)
    order = np.random.default_rng(1).permutation(responses.n_persons)
    plain = calibrate(responses, "2pl").parameters

    with ThreadPoolExecutor(2) as pool:
        threaded = calibrate(responses, "2pl", executor=pool).parameters
    shuffled = calibrate(responses.with_persons(order), "2pl").parameters

    for other in (threaded, shuffled):
        for one, two in zip(plain.items, other.items, strict=True):
            assert one.values["a"] == pytest.approx(two.values["a"], abs=1e-8)
            assert one.values["b"] == pytest.approx(two.values["b"], abs=1e-8)


def test_item_order_does_not_matter():
    """
    Columns in another order give the same parameters under the same names.
    """
    responses, models = mixed()

    forwards = calibrate(responses, models).parameters
    backwards = calibrate(responses.with_items(responses.item_ids[::-1]), models).parameters

    for item in forwards.items:
        for name, value in item.values.items():
            np.testing.assert_allclose(backwards.item(item.item_id).values[name], value, atol=1e-6)


def test_weights_count_rows():
    """
    A row of weight three is the same as the row three times.
    """
    responses = right_wrong(100, 20)
    weight = np.tile([1.0, 3.0], 50)
    rows = np.repeat(np.arange(100), weight.astype(int))
    ids = [str(n) for n in range(len(rows))]

    weighted = Responses.from_matrix(responses.scores, weight=weight)
    repeated = Responses.from_matrix(responses.scores[rows], person_ids=ids)
    one, two = (calibrate(each, "1pl").parameters for each in (weighted, repeated))

    assert one.n_persons == two.n_persons == 200
    assert one.log_likelihood == pytest.approx(two.log_likelihood, abs=1e-7)
    assert one.items[4].se["b"] == pytest.approx(two.items[4].se["b"], rel=1e-5)


def test_rasch_and_one_parameter_model_are_one():
    """
    The common slope of the 1PL is the latent deviation of the Rasch model.
    """
    responses = right_wrong()

    rasch = calibrate(responses, "rasch").parameters
    one_pl = calibrate(responses, "1pl").parameters

    assert rasch.log_likelihood == pytest.approx(one_pl.log_likelihood, abs=1e-6)
    assert rasch.groups[0].sd == pytest.approx(one_pl.items[0].values["a"], abs=1e-5)
    assert rasch.n_parameters == one_pl.n_parameters == responses.n_items + 1


@pytest.mark.parametrize(
    ("two", "many"), [("rasch", "pcm"), ("2pl", "gpcm"), ("2pl", "grm"), ("2pl", "nrm")]
)
def test_models_agree_on_right_and_wrong(two, many):
    """
    With two categories a model for several is the model for right and wrong.
    """
    responses = right_wrong()

    plain = calibrate(responses, two).parameters
    general = calibrate(responses, many).parameters

    assert general.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-6)


def test_anchors_keep_their_parameters_and_free_the_group():
    """
    Anchored items stay as given; the group's mean and deviation are found on their scale.
    """
    rng = np.random.default_rng(5)
    items = right_wrong_items(20, rng)
    scores = draw_scores(items, rng.normal(0.6, 1.3, 4000), rng)
    responses = Responses.from_matrix(scores, item_ids=[item.item_id for item in items])

    found = calibrate(responses, "2pl", anchors=items[:10]).parameters

    assert found.item("i3").anchored
    assert found.item("i3").values["b"] == items[3].values["b"]
    assert not found.item("i15").anchored
    assert found.item("i15").values["b"] == pytest.approx(items[15].values["b"], abs=0.15)
    assert found.groups[0].mean == pytest.approx(0.6, abs=0.08)
    assert found.groups[0].sd == pytest.approx(1.3, abs=0.08)
    assert not found.groups[0].fixed


def test_two_groups_share_their_items():
    """
    The second group's mean and deviation are found relative to the first.
    """
    rng = np.random.default_rng(6)
    items = right_wrong_items(20, rng)
    theta = np.concatenate([rng.normal(0, 1, 2000), rng.normal(-0.5, 1.4, 2000)])
    scores = draw_scores(items, theta, rng)
    responses = Responses.from_matrix(
        scores, item_ids=[item.item_id for item in items], group=["x"] * 2000 + ["y"] * 2000
    )

    found = calibrate(responses, "2pl", by_group=True).parameters
    turned = calibrate(responses, "2pl", by_group=True, reference="y").parameters

    assert [group.fixed for group in found.groups] == [True, False]
    assert found.group("y").mean == pytest.approx(-0.5, abs=0.1)
    assert found.group("y").sd == pytest.approx(1.4, abs=0.1)
    assert set(found.group("y").se) == {"mean", "sd"}
    assert turned.groups[0].group == "y"
    assert turned.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-3)


def test_group_labels_play_no_part_unless_asked():
    """
    Without `by_group` a group column changes nothing.
    """
    plain = right_wrong()
    labelled = Responses.from_matrix(
        plain.scores, item_ids=plain.item_ids, group=["x", "y"] * (plain.n_persons // 2)
    )

    found = calibrate(labelled, "2pl").parameters

    assert found.groups[0].group == "all"
    assert found.log_likelihood == calibrate(plain, "2pl").parameters.log_likelihood


def test_a_prior_pulls_and_is_recorded():
    """
    A tight prior on guessing holds it near its mean; the output repeats the prior.
    """
    priors = Priors.from_mapping({"c": {"distribution": "beta", "alpha": 200, "beta": 800}})

    found = calibrate(right_wrong(), "3pl", priors=priors).parameters

    assert all(abs(item.values["c"] - 0.2) < 0.02 for item in found.items)
    assert found.priors == {"c": {"distribution": "beta", "alpha": 200, "beta": 800}}
    assert found.log_posterior > found.log_likelihood


def test_an_item_can_have_its_own_prior():
    """
    A prior under an item's name replaces the general one for that item only.
    """
    general = {"distribution": "normal", "mean": 0.0, "sd": 5.0}
    strict = {"distribution": "normal", "mean": 2.0, "sd": 0.01}
    priors = Priors.from_mapping({"b": general, "items": {"i2": {"b": strict}}})

    found = calibrate(right_wrong(), "2pl", priors=priors).parameters

    assert found.item("i2").values["b"] == pytest.approx(2.0, abs=0.05)
    assert abs(found.item("i3").values["b"] - 2.0) > 0.3


def test_too_few_cycles_are_admitted():
    """
    A run that is stopped early returns what it has and says that it did not converge.
    """
    calibration = calibrate(right_wrong(), "2pl", max_cycles=2)

    assert not calibration.parameters.converged
    assert "not converged" in " ".join(calibration.parameters.warnings)
    assert np.isfinite(calibration.parameters.log_likelihood)


def test_a_reversed_item_is_pointed_out():
    """
    An item keyed the wrong way round gets its negative slope and a warning.
    """
    scores = right_wrong(1000).scores.copy()
    scores[:, 2] = 1 - scores[:, 2]

    found = calibrate(Responses.from_matrix(scores), "2pl").parameters

    assert found.items[2].values["a"] < 0
    assert "negative slope for item3: check the key" in found.warnings


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.__setitem__((slice(None), 1), 1), "everyone was right"),
        (lambda s: s.__setitem__((slice(None), 1), 0), "everyone was wrong"),
        (lambda s: s.__setitem__((slice(None), 1), -1), "presented to nobody"),
    ],
)
def test_items_without_an_estimate_are_refused(change, words):
    """
    An item all right, all wrong or never presented is named, with what to do.
    """
    scores = right_wrong().scores.copy()
    change(scores)

    with pytest.raises(CannotCalibrate, match=words) as refusal:
        calibrate(Responses.from_matrix(scores), "2pl")

    assert "item2" in refusal.value.faults[0]


def test_a_category_never_used_is_refused():
    """
    A score that nobody has cannot be estimated and is named.
    """
    scores = right_wrong().scores.copy()
    scores[:, 0] *= 2

    with pytest.raises(CannotCalibrate, match="nobody scored 1"):
        calibrate(Responses.from_matrix(scores), "gpcm")


def test_scores_above_one_need_another_model():
    """
    Partial credit under a model for right and wrong is refused with the models that fit.
    """
    responses, _ = mixed()

    with pytest.raises(CannotCalibrate, match="use pcm, gpcm or grm"):
        calibrate(responses, "2pl")


def test_disconnected_forms_are_refused():
    """
    Two sets of items that no person links cannot be on one scale, unless each has an anchor.
    """
    whole = right_wrong(400, 8)
    scores = whole.scores.astype(float)
    scores[:200, :4], scores[200:, 4:] = np.nan, np.nan
    apart = Responses.from_matrix(scores, item_ids=whole.item_ids)
    anchors = [
        ItemParameters("i0", "2pl", {"a": 1.0, "b": 0.0}),
        ItemParameters("i7", "2pl", {"a": 1.0, "b": 0.0}),
    ]

    with pytest.raises(CannotCalibrate, match="share no person"):
        calibrate(apart, "2pl")

    assert calibrate(apart, "2pl", anchors=anchors).parameters.n_parameters == 6 * 2 + 2


def test_a_handful_of_persons_is_refused():
    """
    Nine persons are too few whatever the model.
    """
    with pytest.raises(CannotCalibrate, match="9 persons"):
        calibrate(right_wrong(9), "rasch")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"estimator": "guess"}, "estimator 'guess'"),
        ({"standard_errors": "none at all"}, "standard errors"),
        ({"points": 3}, "at least 5"),
        ({"limits": (2.0, -2.0)}, "must be below"),
        ({"anchors": [ItemParameters("x", "2pl", {"a": 1.0, "b": 0.0})]}, "none of the anchors"),
    ],
)
def test_arguments_are_checked(options, words):
    """
    An argument that cannot be used is refused in words.
    """
    with pytest.raises(CannotCalibrate, match=words):
        calibrate(right_wrong(50), "2pl", **options)


def test_an_unknown_model_is_refused_once_per_item():
    """
    A model nobody knows is named together with those that are known.
    """
    with pytest.raises(CannotCalibrate, match="'5pl' is none of") as refusal:
        calibrate(right_wrong(50, 5), "5pl")

    assert len(refusal.value.faults) == 5


def test_priors_say_what_is_wrong_with_them():
    """
    Every fault of a prior table is reported at once.
    """
    with pytest.raises(CannotCalibrate) as refusal:
        Priors.from_mapping(
            {
                "x": {"distribution": "normal", "mean": 0, "sd": 1},
                "a": {"distribution": "cauchy"},
                "c": {"distribution": "beta", "alpha": -1},
            }
        )

    assert len(refusal.value.faults) == 4


def test_a_prior_on_what_items_share_counts_once():
    """
    The common slope of the 1PL is one parameter: its prior has one density, whatever the length.
    """
    responses = right_wrong(400, 8)
    entry = {"distribution": "lognormal", "mean": -0.5, "sd": 0.2}

    found = calibrate(responses, "1pl", priors=Priors.from_mapping({"a": entry})).parameters

    a = found.items[0].values["a"]
    density = lognorm.logpdf(a, 0.2, scale=np.exp(-0.5))
    assert found.log_posterior - found.log_likelihood == pytest.approx(density, abs=1e-9)
    different = {"items": {"i0": {"a": entry}, "i1": {"a": {**entry, "mean": 0.0}}}}
    with pytest.raises(CannotCalibrate, match="all of them share"):
        calibrate(responses, "1pl", priors=Priors.from_mapping(different))


def test_an_anchored_slope_needs_no_prior():
    """
    Where anchors know the common slope a prior on it adds nothing to the posterior.
    """
    responses = right_wrong(400, 8)
    anchors = calibrate(responses, "1pl").parameters.items[:2]
    entry = {"distribution": "lognormal", "mean": -0.5, "sd": 0.2}

    found = calibrate(
        responses, "1pl", anchors=anchors, priors=Priors.from_mapping({"a": entry})
    ).parameters

    assert found.log_posterior == pytest.approx(found.log_likelihood, abs=1e-12)


@pytest.mark.parametrize(
    ("model", "n_items", "words"),
    [
        ("2pl", 1, "2 parameters cannot be told from the 2 answers"),
        ("2pl", 2, "4 parameters cannot be told from the 4 answers"),
        ("1pl", 1, "2 parameters cannot be told from the 2 answers"),
        ("3pl", 3, "9 parameters cannot be told from the 8 answers"),
    ],
)
def test_more_parameters_than_answers_are_refused(model, n_items, words):
    """
    Nothing but the frequencies of the answers is seen, so they bound the parameters.
    """
    responses = right_wrong(400, n_items)

    with pytest.raises(CannotCalibrate, match=words):
        calibrate(responses, model)


def test_as_many_parameters_as_answers_are_tried():
    """
    Three items of the 2PL have six parameters and seven frequencies.
    """
    assert calibrate(right_wrong(2000, 3), "2pl").parameters.n_parameters == 6


def test_a_group_beyond_a_fixed_grid_is_pointed_out():
    """
    Points that stand still at ±6 cut a wide group off; the file says that they stand still.
    """
    rng = np.random.default_rng(5)
    items = right_wrong_items(12, rng)
    theta = np.concatenate([rng.normal(0, 1, 500), rng.normal(2, 2.3, 500)])
    responses = Responses.from_matrix(
        draw_scores(items, theta, rng),
        item_ids=[item.item_id for item in items],
        group=["a"] * 500 + ["b"] * 500,
    )

    still = calibrate(responses, "2pl", by_group=True, scale_nodes=False).parameters
    moving = calibrate(responses, "2pl", by_group=True).parameters

    assert any("group 'b' lies beyond the fixed points" in one for one in still.warnings)
    assert not any("fixed points" in one for one in moving.warnings)
    assert still.to_dict()["quadrature"] == {"points": 61, "range": [-6, 6], "fixed": True}
    assert ParameterSet.from_dict(still.to_dict()).quadrature.fixed
    assert "fixed" not in moving.to_dict()["quadrature"]


def test_no_more_cycles_than_asked_for():
    """
    Halved steps are passes over the data too.
    """
    twice = right_wrong(300, 6)
    doubled = Responses.from_matrix(
        np.column_stack([twice.scores, twice.scores[:, 0]]),
        item_ids=[*twice.item_ids, "again"],
    )

    for cycles in (5, 20, 40):
        found = calibrate(doubled, "2pl", max_cycles=cycles, tolerance=1e-9).parameters
        assert found.iterations <= cycles


def test_groups_that_are_too_small_are_named():
    """
    A group of five is called by its label.
    """
    responses = replace(right_wrong(200, 6), group=("big",) * 195 + ("zz",) * 5)

    with pytest.raises(CannotCalibrate, match="group 'zz' has 5 persons"):
        calibrate(responses, "2pl", by_group=True)


def test_anchored_items_are_not_called_rough():
    """
    The warning about few persons names items that are estimated.
    """
    responses = right_wrong(150, 6)
    anchors = calibrate(responses, "2pl").parameters.items[:2]

    found = calibrate(responses, "2pl", anchors=anchors).parameters

    (rough,) = [one for one in found.warnings if "expect rough estimates" in one]
    assert "i0" not in rough
    assert "i2" in rough
