"""The variation of estimates read from a file: the calibration's, and how it follows anchors."""

from dataclasses import replace

import numpy as np
import pytest
from simulated import draw_scores, mixed, right_wrong, right_wrong_items

from examengine.psychometrics.estimation import Priors, calibrate, variation_of
from examengine.psychometrics.linking import Constants, transform
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.refusals import CannotCalibrate
from examengine.psychometrics.responses import Responses

PRIORS = {
    "3pl": {"c": {"distribution": "beta", "alpha": 5, "beta": 17}},
    "4pl": {
        "c": {"distribution": "beta", "alpha": 5, "beta": 17},
        "d": {"distribution": "beta", "alpha": 17, "beta": 5},
    },
}


def from_file(parameters):
    """The parameters as they come back from a file."""
    return ParameterSet.from_dict(parameters.to_dict())


def of_one_model(code, n_persons=500, n_items=5):
    """Responses under one model."""
    rng = np.random.default_rng(17)
    model = MODELS[code]
    if not model.polytomous:
        items = right_wrong_items(n_items, rng)
    else:
        items = [
            ItemParameters(f"i{k}", "pcm", {"a": 1.0, "steps": (-0.8 + shift, 0.5 + shift)})
            for k, shift in enumerate(np.linspace(-0.6, 0.6, n_items))
        ]
    scores = draw_scores(items, rng.normal(size=n_persons), rng)
    return Responses.from_matrix(scores, item_ids=[item.item_id for item in items])


@pytest.mark.parametrize("code", sorted(MODELS))
def test_it_is_the_covariance_of_the_calibration(code):
    """
    What a calibration said of its covariance is found again from the file and the responses.
    """
    responses = of_one_model(code)
    priors = Priors.from_mapping(PRIORS[code]) if code in PRIORS else None
    calibration = calibrate(responses, code, priors=priors, points=31, tolerance=1e-6)

    found = variation_of(from_file(calibration.parameters), responses)

    np.testing.assert_allclose(found.covariance, calibration.covariance, rtol=1e-5, atol=1e-9)
    assert found.remoteness < 1e-6
    assert not found.by_anchor
    for name, slots in calibration.slots.items.items():
        assert found.slots.items[name].tolist() == slots.tolist()


def test_groups_and_mixed_models_are_found_again():
    """
    Several models, items missing by design and a second group with mean and deviation.
    """
    responses, models = mixed()
    grouped = replace(responses, group=tuple("rf"[k % 2] for k in range(responses.n_persons)))
    calibration = calibrate(grouped, models, by_group=True, reference="f", tolerance=1e-6)

    found = variation_of(from_file(calibration.parameters), grouped)

    np.testing.assert_allclose(found.covariance, calibration.covariance, rtol=1e-5, atol=1e-9)
    assert found.slots.groups["r"].tolist() == calibration.slots.groups["r"].tolist()
    slot = found.slots.groups["r"][0]
    se = calibration.parameters.group("r").se["mean"]
    assert np.sqrt(found.covariance[slot, slot]) == pytest.approx(se, rel=1e-5)


@pytest.mark.parametrize("code", ["rasch", "2pl", "gpcm"])
def test_estimates_follow_their_anchors(code):
    """
    Moving an anchor a little and calibrating again moves the estimates as the derivative says.
    """
    responses = of_one_model(code, n_items=6)
    anchors = list(calibrate(responses, code, tolerance=1e-7).parameters.items[:2])
    calibration = calibrate(responses, code, anchors=anchors, tolerance=1e-9)
    found = variation_of(from_file(calibration.parameters), responses)

    for place, coordinate in ((0, 0), (0, -1), (1, 0)):
        ends = []
        for sign in (1, -1):
            params = anchors[place].coordinates.copy()
            params[coordinate] += sign * 1e-3
            values = anchors[place].item_model.unpack(params)
            moved = [*anchors]
            moved[place] = replace(anchors[place], values=values)
            again = calibrate(responses, code, anchors=moved, tolerance=1e-9).parameters
            ends.append(estimates_of(again, found))
        derivative = found.by_anchor[anchors[place].item_id][:, coordinate]
        np.testing.assert_allclose(derivative, (ends[0] - ends[1]) / 2e-3, atol=2e-4)


def estimates_of(parameters, variation):
    """The free coordinates of items and groups in the order of the covariance."""
    vector = np.zeros(len(variation.covariance))
    for item in parameters.items:
        slots = variation.slots.items[item.item_id]
        vector[slots[slots >= 0]] = item.coordinates[slots >= 0]
    group = parameters.groups[0]
    vector[variation.slots.groups[group.group]] = group.mean, np.log(group.sd)
    return vector


def test_other_persons_are_noticed():
    """
    Estimates from other persons lie about √2 standard errors from the mode of these.
    """
    ours, others = right_wrong(800, 8, seed=1), right_wrong(800, 8, seed=1)
    rng = np.random.default_rng(5)
    items = right_wrong_items(8, np.random.default_rng(1))
    others = Responses.from_matrix(
        draw_scores(items, rng.normal(size=800), rng), item_ids=ours.item_ids
    )

    found = variation_of(calibrate(others, "2pl").parameters, ours)

    assert 1.0 < found.remoteness < 4.0


def refused(parameters, responses):
    """The sentences with which a variation is refused."""
    with pytest.raises(CannotCalibrate) as refusal:
        variation_of(parameters, responses)
    return str(refusal.value)


def test_what_cannot_be_known_is_refused():
    """
    Another estimator, another metric, a histogram, missing groups or items, and no maximum.
    """
    responses = right_wrong(300, 6)
    good = calibrate(responses, "2pl").parameters
    grouped = replace(responses, group=("a",) * 150 + ("b",) * 150)
    groups = calibrate(grouped, "2pl", by_group=True).parameters
    bent = calibrate(responses, "2pl", latent="histogram").parameters
    wide = right_wrong(300, 7)
    fixed = calibrate(responses, "1pl").parameters.items[:2]
    anchored = calibrate(responses, "1pl", anchors=fixed).parameters
    reverse = tuple(replace(item, values={"a": -item.values["a"], "b": 3.0}) for item in good.items)

    assert "by cml; mml-em is needed" in refused(replace(good, estimator="cml"), responses)
    assert "another metric" in refused(transform(good, Constants(1.2, 0.3)), responses)
    assert "histogram" in refused(bent, responses)
    assert "no parameters for i6" in refused(good, wide)
    assert "groups a, b" in refused(groups, responses)
    assert "what 1pl items share" in refused(anchored, responses)
    assert "no maximum" in refused(replace(good, items=reverse), responses)
