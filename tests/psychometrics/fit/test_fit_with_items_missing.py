"""M2 and C2 when not everybody was presented every item, against their definition and chance."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from simulated_tests import mixed_test, simulate, standard, two_pl

from examengine.psychometrics.estimation import calibrate
from examengine.psychometrics.fit import CannotTestFit, limited_information_fit
from examengine.psychometrics.fit.available_cases import (
    AvailableCaseInverse,
    n_determined,
    overlap,
)
from examengine.psychometrics.fit.calibrated import jacobian
from examengine.psychometrics.fit.limited_information import quadratic_form
from examengine.psychometrics.fit.moment_covariance import InverseCovariance
from examengine.psychometrics.fit.moments import Moments, layout
from examengine.psychometrics.parameters import GroupParameters, ItemParameters, ParameterSet
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.results import model_agreement

NODES = np.linspace(-4, 4, 21)


def two_forms(scores):
    """The first half does not see the last item, the second half not the one before it."""
    shown = np.array(scores, dtype=np.int8)
    half = len(shown) // 2
    shown[:half, -1] = -1
    shown[half:, -2] = -1
    return shown


def graded(n_items, seed):
    """A graded test of three categories an item."""
    rng = np.random.default_rng(seed)
    return ParameterSet(
        tuple(
            ItemParameters(f"g{j}", "grm", {"a": a, "thresholds": (b, b + 1.1)})
            for j, (a, b) in enumerate(
                zip(rng.uniform(0.8, 1.8, n_items), rng.normal(-0.5, 0.7, n_items), strict=True)
            )
        )
    )


def drawn(test, n_persons, seed):
    """Scores that follow a test, abilities at its nodes."""
    rng = np.random.default_rng(seed)
    at = rng.choice(test.theta.size, size=n_persons, p=test.node_weights)
    draws = rng.uniform(size=(n_persons, test.probabilities.shape[1], 1))
    return (draws > test.probabilities[at].cumsum(axis=2)[:, :, :-1]).sum(axis=2)


def thresholds_of(parameters):
    """Slope and thresholds of each item of a 2PL or graded test, flat."""
    return np.concatenate(
        [
            [item.values["a"], *np.atleast_1d(item.values.get("thresholds", item.values.get("b")))]
            for item in parameters.items
        ]
    )


def pattern_shares(flat, n_categories, patterns, node_weights):
    """P(pattern) from slopes and thresholds; complex numbers pass through, for derivatives."""
    share = np.ones((patterns.shape[0], NODES.size), dtype=flat.dtype)
    for item, (a, *places) in enumerate(flat.reshape(patterns.shape[1], n_categories)):
        above = [1 / (1 + np.exp(-a * (NODES - b))) for b in places]
        ladder = np.array([np.ones(NODES.size), *above, np.zeros(NODES.size)])
        share = share * (ladder[:-1] - ladder[1:])[patterns[:, item]]
    return share @ node_weights


def independent_shares(flat, n_categories, patterns):
    """P(pattern) when items are independent with these shares of the upper categories."""
    share = np.ones(patterns.shape[0], dtype=flat.dtype)
    for item, upper in enumerate(flat.reshape(patterns.shape[1], n_categories - 1)):
        share = share * np.array([1 - upper.sum(), *upper])[patterns[:, item]]
    return share


def form_by_definition(data, patterns, shares_of, flat):
    """M2 and its df: every pattern and every person written out."""
    scores, weight = data.scores, data.weights
    n_categories = int(patterns.max()) + 1
    items, first = range(data.n_items), range(1, n_categories)
    moments = [((j,), lambda x, j=j, k=k: x[:, j] == k) for j in items for k in first]
    moments += [((j, k), lambda x, j=j, k=k: x[:, j] * x[:, k]) for j in items for k in range(j)]
    supplied = np.array([(scores[:, of] >= 0).all(axis=1) for of, _ in moments], dtype=float)
    moments = [one for one, who in zip(moments, supplied, strict=True) if who.any()]
    supplied = supplied[supplied.any(axis=1)]
    of_patterns = np.array([value(patterns) for _, value in moments], dtype=float)
    of_persons = np.array([value(scores) for _, value in moments], dtype=float)
    count = supplied @ weight

    shares = shares_of(flat)
    mean = of_patterns @ shares
    one_person = (of_patterns * shares) @ of_patterns.T - np.outer(mean, mean)
    covariance = np.zeros_like(one_person)
    for person, frequency in enumerate(weight):
        part = supplied[:, person] / count
        covariance += frequency * np.outer(part, part) * one_person
    gap = (supplied * of_persons) @ weight / count - mean
    steps = flat + 1e-30j * np.eye(flat.size)
    slopes = of_patterns @ np.array([shares_of(one).imag / 1e-30 for one in steps]).T
    inverse = np.linalg.inv(covariance)
    middle = inverse @ slopes
    left = inverse - middle @ np.linalg.solve(slopes.T @ middle, middle.T)
    return gap @ left @ gap, len(moments) - flat.size


@pytest.mark.parametrize("weighted", [False, True], ids=["persons", "frequencies"])
@pytest.mark.parametrize(("parameters", "top"), [(two_pl(5, 3), 1), (graded(5, 4), 2)])
def test_fit_of_two_forms_equals_its_definition(parameters, top, weighted):
    """
    M2, C2, CFI and TLI equal the forms with all patterns of five items and all persons written out.
    """
    test = standard(parameters, theta=NODES)
    scores = two_forms(drawn(test, 300, 5))
    weight = np.random.default_rng(6).integers(1, 4, 300) if weighted else None
    data = Responses.from_matrix(scores, max_scores=[top] * 5, weight=weight)
    patterns = np.array(list(product(range(top + 1), repeat=5)))
    observed = [
        data.weights @ (scores[:, j] == k) / (data.weights @ (scores[:, j] >= 0))
        for j in range(5)
        for k in range(1, top + 1)
    ]
    statistic, df = form_by_definition(
        data,
        patterns,
        lambda flat: pattern_shares(flat, top + 1, patterns, test.node_weights),
        thresholds_of(parameters),
    )
    null, null_df = form_by_definition(
        data,
        patterns,
        lambda flat: independent_shares(flat, top + 1, patterns),
        np.array(observed),
    )

    found = limited_information_fit(data, test)

    assert (found.df, null_df) == (df, 9) == (4, 9)
    assert found.statistic == pytest.approx(statistic, rel=1e-8)
    excess = max(statistic - df, 0)
    assert found.cfi == pytest.approx(1 - excess / max(null - null_df, excess), rel=1e-8)
    expected = (null / null_df - statistic / df) / (null / null_df - 1)
    assert found.tli == pytest.approx(expected, rel=1e-8)
    assert found.n == data.weights.sum()


@pytest.mark.parametrize("parameters", [two_pl(9, 3), graded(7, 4), mixed_test()])
def test_written_out_and_low_rank_agree_on_complete_data(parameters):
    """
    With nothing missing the covariance written out gives the same form as the quick way.
    """
    test = standard(parameters)
    n_items = len(parameters.items)
    where = layout(
        np.array([item.n_categories - 1 for item in parameters.items]), np.ones((n_items, n_items))
    )
    shared = overlap(np.ones((50, n_items), dtype=bool), np.full(50, 1.5), where)
    rng = np.random.default_rng(8)
    residual = Moments(rng.normal(0, 0.02, where.item.size), rng.normal(0, 0.02, where.left.size))
    quick = InverseCovariance(test.probabilities, test.node_weights, where)
    dense = AvailableCaseInverse(test.probabilities, test.node_weights, where, shared)
    slopes = jacobian(test, where)
    few = Moments(slopes.first[:, :3], slopes.second[:, :3])

    np.testing.assert_allclose(shared, 1, rtol=1e-12)
    np.testing.assert_allclose(dense.products(few), quick.products(few), rtol=1e-8)
    expected = quadratic_form(residual, few, quick)
    assert quadratic_form(residual, few, dense) == pytest.approx(expected, rel=1e-8)


def test_persons_who_saw_nothing_change_nothing():
    """
    Rows without any answer leave every index, the number of persons included, as it was.
    """
    parameters = two_pl(6, 3)
    scores, _ = simulate(parameters, 200, 1)
    empty = np.vstack([scores, np.full((40, 6), -1)])

    found = [
        limited_information_fit(Responses.from_matrix(one), standard(parameters))
        for one in (scores, empty)
    ]

    assert found[0] == found[1]


def test_the_overlap_counts_persons():
    """
    The overlap is n n_ab / (n_a n_b), 0 for moments that nobody supplies both of.
    """
    seen = np.array([[1, 1, 0], [1, 0, 1], [1, 1, 0]], dtype=bool)
    where = layout(np.ones(3, dtype=int), seen.T.astype(float) @ seen)

    found = overlap(seen, np.array([1.0, 2.0, 3.0]), where)

    assert list(zip(where.left, where.right, strict=True)) == [(1, 0), (2, 0)]
    expected = [
        [1, 1, 1, 1, 1],
        [1, 6 / 4, 0, 6 / 4, 0],
        [1, 0, 6 / 2, 0, 6 / 2],
        [1, 6 / 4, 0, 6 / 4, 0],
        [1, 0, 6 / 2, 0, 6 / 2],
    ]
    np.testing.assert_allclose(found, expected, atol=1e-14)


@pytest.mark.parametrize("model", ["2pl", "grm"])
def test_true_models_of_two_forms_are_seldom_rejected(model):
    """
    Of 60 sets of two forms that follow the model few are rejected at .05 and p is about uniform.
    """
    ps = []
    for seed in range(60):
        parameters = two_pl(8, seed) if model == "2pl" else graded(8, seed)
        scores = drawn(standard(parameters), 500, seed)
        scores[:250, :2] = -1
        scores[250:, -2:] = -1
        data = Responses.from_matrix(scores)
        calibrated = calibrate(data, model, standard_errors="none").parameters
        ps.append(limited_information_fit(data, standard(calibrated)).p)

    assert np.mean(np.array(ps) < 0.05) <= 0.15
    assert 0.35 < np.mean(ps) < 0.65


def test_a_wrong_model_of_two_forms_is_rejected():
    """
    Items of two abilities that correlate .3, fitted as one, are rejected with items missing too.
    """
    rng = np.random.default_rng(9)
    first = rng.normal(size=1000)
    second = 0.3 * first + np.sqrt(1 - 0.3**2) * rng.normal(size=1000)
    ability = np.where(np.arange(8) % 2, second[:, np.newaxis], first[:, np.newaxis])
    scores = rng.uniform(size=(1000, 8)) < 1 / (1 + np.exp(-1.5 * ability))
    data = Responses.from_matrix(two_forms(scores))
    calibrated = calibrate(data, "2pl", standard_errors="none").parameters

    found = limited_information_fit(data, standard(calibrated))

    assert found.p < 1e-6
    assert found.rmsea > 0.05
    assert found.cfi < 0.95


def test_an_item_nobody_saw_costs_nothing():
    """
    Statistic and df with an item that nobody was presented are those of the test without it.
    """
    parameters = two_pl(7, 11)
    scores, _ = simulate(parameters, 300, 2)
    scores[:, 3] = -1
    others = ParameterSet(parameters.items[:3] + parameters.items[4:])

    found = limited_information_fit(Responses.from_matrix(scores), standard(parameters))

    expected = limited_information_fit(
        Responses.from_matrix(np.delete(scores, 3, axis=1)), standard(others)
    )
    assert (found.df, found.n) == (expected.df, expected.n)
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-8)
    assert found.cfi == pytest.approx(expected.cfi, rel=1e-8)


def test_parameters_that_moments_say_nothing_about_cost_no_df():
    """
    An item only ever presented alone has one moment for its two parameters, so its df is 0.
    """
    parameters = two_pl(5, 12)
    scores, _ = simulate(parameters, 300, 2)
    scores[:100, :4] = -1
    scores[100:, 4] = -1
    data = Responses.from_matrix(scores)
    test = standard(parameters)
    where = layout(data.max_scores, (data.presented.T.astype(float) @ data.presented))

    assert n_determined(jacobian(test, where)) == 9
    assert limited_information_fit(data, test).df == 4 + 6 + 1 - 9


@pytest.mark.parametrize("missing", [False, True], ids=["complete", "forms"])
def test_an_item_everybody_gets_right_leaves_m2(missing):
    """
    With an item without variance M2 is there; CFI and TLI, which need independence, are nan.
    """
    parameters = two_pl(6, 3)
    scores, _ = simulate(parameters, 300, 1)
    scores[:, 2] = 1

    found = limited_information_fit(
        Responses.from_matrix(two_forms(scores) if missing else scores), standard(parameters)
    )

    assert np.isfinite(found.statistic)
    assert np.isnan([found.cfi, found.tli]).all()


@pytest.mark.parametrize("missing", [False, True], ids=["complete", "forms"])
def test_a_test_that_everybody_passes_for_certain_is_refused(missing):
    """
    Parameters under which an item is always right are refused in words, not by a broken matrix.
    """
    parameters = two_pl(5, 3)
    certain = ItemParameters("sure", "2pl", {"a": 2.0, "b": -60.0, "c": 0.0, "d": 1.0})
    scores, _ = simulate(parameters, 100, 1)
    data = Responses.from_matrix(two_forms(scores) if missing else scores)

    with pytest.raises(CannotTestFit, match="scores that vary"):
        limited_information_fit(data, standard(ParameterSet((certain, *parameters.items[1:]))))


def test_one_item_alone_has_m2_but_no_independence_to_compare_with():
    """
    A single anchored item has a statistic; CFI and TLI are nan for want of pairs.
    """
    item = ItemParameters("i0", "2pl", {"a": 1.0, "b": 0.0, "c": 0.0, "d": 1.0}, anchored=True)
    data = Responses.from_matrix(np.array([[0], [1], [1], [-1]]))

    found = limited_information_fit(data, standard(ParameterSet((item,))))

    assert (found.df, found.n) == (1, 3)
    assert found.statistic == pytest.approx(3 * (2 / 3 - 0.5) ** 2 / 0.25)
    assert np.isnan([found.cfi, found.tli]).all()


def test_m2_refuses_responses_of_nobody():
    """
    A matrix without any answer is refused in words.
    """
    data = Responses.from_matrix(np.full((4, 3), -1))

    with pytest.raises(CannotTestFit, match="nobody was presented"):
        limited_information_fit(data, standard(two_pl(3, 1)))


def test_many_items_with_some_missing_have_a_note_instead_of_m2():
    """
    A covariance too large to write out gives no model fit and a note that says what would do.
    """
    parameters = two_pl(120, 1)
    scores, _ = simulate(parameters, 60, 1)
    scores[0, 0] = -1

    found = model_agreement(Responses.from_matrix(scores, item_ids=parameters.item_ids), parameters)

    assert found.model is None
    assert "7,260 moments" in found.model_note
    assert "6,000" in found.model_note


def test_parameters_of_several_groups_need_the_groups_of_persons():
    """
    Without groups in the responses there is no M2, and the note names the group that stands in.
    """
    groups = (GroupParameters("day"), GroupParameters("night", -0.5, 1.2, fixed=False))
    parameters = ParameterSet(two_pl(6, 3).items, groups=groups)
    scores, _ = simulate(parameters, 200, 1)

    found = model_agreement(Responses.from_matrix(scores, item_ids=parameters.item_ids), parameters)
    named = model_agreement(
        Responses.from_matrix(scores, item_ids=parameters.item_ids, group=["night"] * 200),
        parameters,
    )

    assert found.model is None
    assert "first group, 'day'" in found.model_note
    assert "--group" in found.model_note
    assert named.model is not None
    assert named.model_note is None


@pytest.mark.parametrize("model", ["2pl", "rasch"])
def test_a_group_beside_the_reference_costs_no_freedom_its_slopes_have(model):
    """
    The deviation of a second group is free only where slopes are not, and counts only there.
    """
    test = standard(two_pl(6, seed=4))
    scores = drawn(test, 600, seed=2)
    responses = Responses.from_matrix(
        scores, item_ids=[f"x{k}" for k in range(6)], group=["r"] * 300 + ["f"] * 300
    )
    parameters = calibrate(responses, model, by_group=True).parameters
    moments = 6 + 15

    for label in ("r", "f"):
        one = replace(parameters, groups=(parameters.group(label),))
        mine = np.array([group == label for group in responses.group])
        found = model_agreement(replace(responses.with_persons(mine), group=None), one).model
        assert found.df == moments - (12 if model == "2pl" else 7)
