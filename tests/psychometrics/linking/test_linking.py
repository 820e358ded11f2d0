"""Linking: known changes of metric come back, drift shows, and curves stay what they were."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.estimation import calibrate
from examengine.psychometrics.linking import (
    METHODS,
    CalibratedResponses,
    CannotLink,
    CommonItems,
    Constants,
    CurveWeights,
    constant_errors,
    link,
    robust_z,
    sensitivity,
    transform,
)
from examengine.psychometrics.parameters import GroupParameters, ItemParameters, ParameterSet
from examengine.psychometrics.responses import Responses

MIXED = ParameterSet(
    (
        ItemParameters(
            "two", "2pl", {"a": 1.1, "b": -0.4, "c": 0.0, "d": 1.0}, {"a": 0.1, "b": 0.2}
        ),
        ItemParameters("three", "3pl", {"a": 0.9, "b": 0.7, "c": 0.2, "d": 1.0}),
        ItemParameters("graded", "grm", {"a": 1.4, "thresholds": (-1.0, 0.1, 0.9)}),
        ItemParameters("partial", "gpcm", {"a": 0.8, "steps": (-0.5, 0.8)}),
        ItemParameters("nominal", "nrm", {"slopes": (0.0, 0.6, 1.4), "intercepts": (0, 0.5, -0.3)}),
    ),
    groups=(GroupParameters("all", 0.0, 1.0),),
)
KNOWN = Constants(1.25, 0.4)


def without_nominal(parameters):
    """The items that have slopes and locations."""
    return ParameterSet(parameters.items[:4], groups=parameters.groups)


def test_a_transformed_test_has_the_same_curves_elsewhere():
    """
    Every category curve at θ equals the transformed one at A θ + B, for every kind of item.
    """
    theta = np.linspace(-3, 3, 13)

    moved = transform(MIXED, KNOWN)

    before = category_probabilities(MIXED.items, theta)
    after = category_probabilities(moved.items, 1.25 * theta + 0.4)
    np.testing.assert_allclose(after, before, atol=1e-12)
    assert (moved.groups[0].mean, moved.groups[0].sd) == (0.4, 1.25)
    assert moved.items[0].se == pytest.approx({"a": 0.1 / 1.25, "b": 0.2 * 1.25})


def test_a_rasch_item_becomes_a_two_parameter_item_when_stretched():
    """
    A model of slope 1 keeps its name under a shift and changes it under a stretch.
    """
    rasch = ParameterSet((ItemParameters("r", "rasch", {"a": 1.0, "b": 0.2, "c": 0.0, "d": 1.0}),))

    assert transform(rasch, Constants(1.0, 0.3)).items[0].model == "rasch"
    assert transform(rasch, KNOWN).items[0].model == "2pl"


@pytest.mark.parametrize("code", sorted(METHODS))
def test_a_known_change_of_metric_is_found(code):
    """
    A set that was moved by known constants gives them back, whatever the method.
    """
    source = without_nominal(MIXED)

    found = link(source, transform(source, KNOWN), METHODS[code], CurveWeights.normal())

    assert found.slope == pytest.approx(1.25, abs=1e-8)
    assert found.intercept == pytest.approx(0.4, abs=1e-8)
    assert found.n_common == 4
    assert all(abs(row.shift) < 1e-6 and row.rmsd < 1e-6 for row in found.displacements)
    assert (found.weights is None) == (code in {"mean-mean", "mean-sigma"})


@pytest.mark.parametrize("code", ["haebara", "stocking-lord"])
def test_nominal_items_link_by_their_curves(code):
    """
    Items without slope and location take part in the curve methods, and moment methods refuse them.
    """
    found = link(MIXED, transform(MIXED, KNOWN), METHODS[code], CurveWeights.uniform())

    assert found.slope == pytest.approx(1.25, abs=1e-6)
    assert np.isnan(found.displacements[-1].shift)
    with pytest.raises(CannotLink, match="'nominal'"):
        link(MIXED, MIXED, METHODS["mean-mean"], CurveWeights.normal())


def test_a_drifted_item_stands_out():
    """
    Of twelve items the one that became harder by a logit has the largest robust z and is flagged.
    """
    rng = np.random.default_rng(1)
    a, b = rng.uniform(0.8, 1.5, 12), rng.normal(0, 1, 12)
    source, target = (
        ParameterSet(
            tuple(
                ItemParameters(
                    f"i{j}", "2pl", {"a": a[j], "b": b[j] + noise[j], "c": 0.0, "d": 1.0}
                )
                for j in range(12)
            )
        )
        for noise in (np.zeros(12), rng.normal(0, 0.05, 12) + np.eye(12)[5])
    )

    found = link(source, target, METHODS["stocking-lord"], CurveWeights.normal())

    zs = [abs(row.robust_z) for row in found.displacements]
    assert int(np.argmax(zs)) == 5
    assert found.displacements[5].drifted
    assert found.displacements[5].shift > 0.7


def drifting(changes, seed=2, n_items=20):
    """Two calibrations 1.2 θ + 0.3 apart, of which some items changed in slope or difficulty."""
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(0.8, 1.5, n_items), rng.normal(0, 1, n_items)
    noise = rng.normal(0, 0.03, (2, n_items))
    for item, (slope, shift) in changes.items():
        noise[:, item] += np.log(slope), shift
    source, target = (
        ParameterSet(
            tuple(
                ItemParameters(f"i{j}", "2pl", {"a": a[j] * k, "b": b[j] + d, "c": 0.0, "d": 1.0})
                for j, (k, d) in enumerate(changed)
            )
        )
        for changed in (
            np.tile([1.0, 0.0], (n_items, 1)),
            np.stack([np.exp(noise[0]), noise[1]], 1),
        )
    )
    return source, transform(target, Constants(1.2, 0.3))


@pytest.mark.parametrize("code", sorted(METHODS))
def test_a_robust_link_does_without_drifted_items(code):
    """
    Three of twenty items that moved by a logit are left out, and the constants are the true ones.
    """
    source, target = drifting({3: (1, 1.0), 8: (1, 0.9), 15: (1, 1.1)})

    plain = link(source, target, METHODS[code], CurveWeights.normal())
    robust = link(source, target, METHODS[code], CurveWeights.normal(), robust=True)

    assert {"i3", "i8", "i15"} <= set(robust.left_out)
    assert len(robust.left_out) <= 4
    assert robust.intercept == pytest.approx(0.3, abs=0.05)
    assert abs(plain.intercept - 0.3) > 0.1
    assert plain.left_out == ()
    assert [row.item_id for row in robust.displacements if row.left_out] == list(robust.left_out)


def test_a_changed_slope_is_drift_too():
    """
    An item whose slope has doubled stands out by its slope, not by its place.
    """
    source, target = drifting({6: (2.0, 0.0)}, seed=3)

    rows = link(source, target, METHODS["stocking-lord"], CurveWeights.normal()).displacements

    assert int(np.argmax([abs(row.slope_z) for row in rows])) == 6
    assert rows[6].drifted
    assert rows[6].slope_ratio == pytest.approx(2.0, abs=0.2)


def test_no_more_than_a_fifth_is_left_out():
    """
    When half the items moved, four of twenty are left out at most, and a handful keeps all.
    """
    many = drifting({item: (1, (-1) ** item * 1.5) for item in range(10)})
    few = drifting({0: (1, 2.0)}, n_items=4)

    robust, small = (
        link(*sets, METHODS["mean-mean"], CurveWeights.normal(), robust=True)
        for sets in (many, few)
    )

    assert len(robust.left_out) <= 4
    assert small.left_out == ()


def test_the_robust_z_is_huynh_and_meyers():
    """
    Distance from the median over 0.74 times the interquartile range, nan where there is none.
    """
    values = np.array([0.1, -0.2, 0.0, 0.3, 5.0, np.nan])

    found = robust_z(values)

    low, middle, high = np.percentile(values[:5], [25, 50, 75])
    np.testing.assert_allclose(found[:5], (values[:5] - middle) / (0.74 * (high - low)))
    assert np.isnan(found[5])
    assert np.isnan(robust_z(np.zeros(4))).all()
    assert np.isnan(robust_z(np.full(3, np.nan))).all()


def test_too_little_in_common_is_refused():
    """
    One common item, or one with other categories, is refused with the number or the name.
    """
    one = ParameterSet(MIXED.items[:1])
    other = ParameterSet(
        (MIXED.items[0], ItemParameters("graded", "grm", {"a": 1.0, "thresholds": (0.0,)}))
    )

    with pytest.raises(CannotLink, match="1 items are in both"):
        link(MIXED, one, METHODS["haebara"], CurveWeights.normal())
    with pytest.raises(CannotLink, match="'graded' has 4 categories"):
        link(MIXED, other, METHODS["haebara"], CurveWeights.normal())


def test_items_in_one_place_give_no_slope():
    """
    Mean/sigma refuses items that all have the same difficulty.
    """
    flat = ParameterSet(
        tuple(
            ItemParameters(f"i{j}", "2pl", {"a": 1.0, "b": 0.5, "c": 0.0, "d": 1.0})
            for j in range(3)
        )
    )

    with pytest.raises(CannotLink, match="all lie in one place"):
        link(flat, flat, METHODS["mean-sigma"], CurveWeights.normal())


def drifted(items):
    """The same items, none quite where it was."""
    rng = np.random.default_rng(8)
    return [
        moved_to(one, one.coordinates + rng.normal(0, 0.08, one.coordinates.size)) for one in items
    ]


def moved_to(one, coordinates):
    """An item with other coordinates."""
    return ItemParameters(one.item_id, one.model, one.item_model.unpack(coordinates))


@pytest.mark.parametrize("code", sorted(METHODS))
def test_constants_follow_the_items_as_their_derivatives_say(code):
    """
    Moving one coordinate of one item, in either metric, and linking again moves A and B as told.
    """
    method, weights = METHODS[code], CurveWeights.normal()
    items = MIXED.items if method.uses_curves else MIXED.items[:4]
    common = CommonItems(items, drifted(transform(ParameterSet(items), KNOWN).items))
    found = sensitivity(common, method, weights, method.constants(common, weights))

    for side, by_item in (("source", found.by_source), ("target", found.by_target)):
        at = list(getattr(common, side))
        for place, one in enumerate(at):
            for coordinate in range(one.coordinates.size):
                step = np.eye(one.coordinates.size)[coordinate] * 1e-3
                ends = []
                for sign in (1, -1):
                    other = [*at]
                    other[place] = moved_to(one, one.coordinates + sign * step)
                    again = method.constants(replace(common, **{side: other}), weights)
                    ends.append([again.slope, again.intercept])
                change = (np.array(ends[0]) - np.array(ends[1])) / 2e-3
                np.testing.assert_allclose(
                    by_item[one.item_id][:, coordinate], change, rtol=1e-4, atol=5e-6
                )


def calibrated_group(rng, mean, sd, n=500):
    """Ten 2PL items and the estimates from a group of that mean and deviation."""
    theta = rng.normal(mean, sd, n)
    b, a = np.linspace(-1.2, 1.2, 10), np.resize([0.9, 1.4, 1.1], 10)
    right = rng.uniform(size=(n, 10)) < expit(a * (theta[:, np.newaxis] - b))
    data = Responses.from_matrix(right.astype(int))
    return CalibratedResponses(calibrate(data, "2pl", points=31).parameters, data)


@pytest.mark.parametrize("code", ["mean-sigma", "stocking-lord"])
def test_constants_vary_as_their_errors_say(code):
    """
    Over 60 pairs of samples A and B spread as the standard errors of the first six tell.
    """
    rng = np.random.default_rng(3)
    method, weights = METHODS[code], CurveWeights.normal()
    found, said = [], []
    for sample in range(60):
        source, target = calibrated_group(rng, 0.4, 1.2), calibrated_group(rng, 0.0, 1.0)
        one = link(source.parameters, target.parameters, method, weights)
        found.append((one.slope, one.intercept))
        if sample < 6:
            errors = constant_errors(one, method, weights, source, target)
            said.append((errors.slope, errors.intercept))

    ratio = np.mean(said, axis=0) / np.std(found, axis=0, ddof=1)
    assert (ratio > 0.78).all()
    assert (ratio < 1.28).all()


def test_errors_of_constants_need_responses_to_the_common_items():
    """
    A common item without responses is named.
    """
    rng = np.random.default_rng(3)
    source, target = calibrated_group(rng, 0.4, 1.2), calibrated_group(rng, 0.0, 1.0)
    method, weights = METHODS["haebara"], CurveWeights.normal()
    found = link(source.parameters, target.parameters, method, weights)
    fewer = replace(source, responses=source.responses.with_items(source.responses.item_ids[1:]))

    with pytest.raises(CannotLink, match="no responses to item1"):
        constant_errors(found, method, weights, fewer, target)


def held_fixed(n_items, drifted, constants=KNOWN):
    """A calibration and another in which all items but some agree exactly, as when held fixed."""
    rng = np.random.default_rng(3)
    places = rng.normal(size=n_items)
    source = [
        ItemParameters(
            f"i{n}", "2pl", {"a": 1.0 + 0.1 * (n % 3), "b": float(b), "c": 0.0, "d": 1.0}
        )
        for n, b in enumerate(places)
    ]
    target = transform(ParameterSet(tuple(source)), constants).items
    moved = [
        replace(item, values={**item.values, "b": item.values["b"] + drifted.get(n, 0.0)})
        for n, item in enumerate(target)
    ]
    return ParameterSet(tuple(source)), ParameterSet(tuple(moved))


@pytest.mark.parametrize("code", METHODS)
@pytest.mark.parametrize("drifted", [{0: 1.5}, {0: 1.5, 7: -0.4}, {}])
def test_a_robust_link_settles_where_all_others_agree(code, drifted):
    """
    Items that drifted among items that agree to the last digit are left out for good, and the
    constants are those of the others.
    """
    found = link(*held_fixed(12, drifted), METHODS[code], CurveWeights.normal(), robust=True)

    assert set(found.left_out) == {f"i{n}" for n in drifted}
    assert found.slope == pytest.approx(KNOWN.slope, abs=1e-9)
    assert found.intercept == pytest.approx(KNOWN.intercept, abs=1e-9)


def test_rounding_is_no_drift():
    """
    Parameters written with four digits leave nothing out.
    """
    source, target = held_fixed(12, {})
    rounded = tuple(
        replace(item, values={name: round(value, 4) for name, value in item.values.items()})
        for item in target.items
    )

    found = link(
        source, ParameterSet(rounded), METHODS["mean-sigma"], CurveWeights.normal(), robust=True
    )

    assert found.left_out == ()


@pytest.mark.parametrize("n_items", [2, 3, 4])
def test_few_common_items_are_all_kept(n_items):
    """
    A fifth of fewer than five items is none.
    """
    sets = held_fixed(n_items, {0: 1.5})

    found = link(*sets, METHODS["haebara"], CurveWeights.normal(), robust=True)

    assert found.left_out == ()


@pytest.mark.parametrize("code", METHODS)
@pytest.mark.parametrize("model", ["rasch", "1pl"])
def test_a_rasch_link_stays_rasch(code, model):
    """
    With one slope in each calibration A is known: 1 for Rasch items, the ratio of the slopes for
    items that share one, whatever the errors of the difficulties; and the model stays.
    """
    rng = np.random.default_rng(4)
    places = rng.normal(size=8)
    ratio = 1.0 if model == "rasch" else 1.25

    def calibration(a, b):
        return ParameterSet(
            tuple(
                ItemParameters(f"i{n}", model, {"a": a, "b": float(one), "c": 0.0, "d": 1.0})
                for n, one in enumerate(b)
            )
        )

    noisy = ratio * places + 0.5 + rng.normal(0, 0.2, 8)
    found = link(
        calibration(1.0, places),
        calibration(1.0 / ratio, noisy),
        METHODS[code],
        CurveWeights.normal(),
    )

    assert found.slope == pytest.approx(ratio)
    assert found.slope_known
    assert {item.model for item in found.transformed.items} == {model}
    assert found.intercept == pytest.approx((noisy - ratio * places).mean(), abs=0.1)


def test_a_known_slope_has_no_error():
    """
    Standard errors of a Rasch link are those of B alone.
    """
    rng = np.random.default_rng(5)
    b = np.linspace(-1, 1, 6)

    def drawn(seed):
        data = np.random.default_rng(seed).uniform(size=(400, 6)) < expit(
            rng.normal(size=(400, 1)) - b
        )
        responses = Responses.from_matrix(data.astype(np.int8))
        return CalibratedResponses(calibrate(responses, "rasch").parameters, responses)

    both = drawn(1), drawn(2)
    method = METHODS["stocking-lord"]
    found = link(both[0].parameters, both[1].parameters, method, CurveWeights.normal())

    errors = constant_errors(found, method, CurveWeights.normal(), *both)

    assert errors.slope == pytest.approx(0, abs=1e-9)
    assert 0.02 < errors.intercept < 0.3
