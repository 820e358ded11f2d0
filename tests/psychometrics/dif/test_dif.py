"""Differential item functioning: twins, several points, several groups, refusals."""

import numpy as np
import pytest
from scipy.special import expit

from examengine.psychometrics.dif import METHODS, CannotCompareGroups, compare_groups
from examengine.psychometrics.dif.logistic import regression
from examengine.psychometrics.dif.mantel_haenszel import ets_class
from examengine.psychometrics.multiplicity import ADJUSTMENTS
from examengine.psychometrics.responses import Responses


def two_groups(n_items=12, seed=1, planted=0.0, n_persons=800):
    """Two groups of which the second finds the first item harder by `planted` logits."""
    rng = np.random.default_rng(seed)
    focal = np.arange(n_persons) >= n_persons // 2
    theta = rng.normal(np.where(focal, -0.3, 0.0))
    b = rng.normal(0, 0.7, n_items) + np.outer(focal, np.eye(n_items)[0] * planted)
    scores = rng.uniform(size=(n_persons, n_items)) < expit(1.2 * (theta[:, np.newaxis] - b))
    labels = np.where(focal, "focal", "reference")
    return Responses.from_matrix(scores.astype(np.int8), group=labels)


@pytest.mark.parametrize("code", ["mh", "logistic"])
def test_a_planted_difference_is_found_and_clean_items_are_spared(code):
    """
    An item harder by one logit is class B or C; no more than one of eleven clean items is.
    """
    rows = compare_groups(two_groups(planted=1.0, n_persons=3000), METHODS[code])

    assert rows[0].p < 1e-6
    assert rows[0].p_adjusted < 1e-5
    assert sum(row.ets_class != "A" for row in rows[1:]) <= 1


def test_the_model_based_tests_agree_on_a_planted_difference():
    """
    Likelihood ratio and Wald test reject the planted item, call it harder for the focal group and
    differ by less than a fifth.
    """
    data = two_groups(n_items=5, planted=1.2, n_persons=1200)

    ratio = compare_groups(data, METHODS["lr"])[0]
    wald = compare_groups(data, METHODS["wald"])[0]

    assert ratio.p < 1e-6
    assert ratio.ets_class == "C"
    assert ratio.details["p_gap_signed"] < -0.1
    assert wald.statistic == pytest.approx(ratio.statistic, rel=0.2)


def test_mantel_haenszel_is_its_definition():
    """
    χ², odds ratio and P-DIF equal a loop over the two-by-two table of every sum score.
    """
    data = two_groups(seed=3)
    row = compare_groups(data, METHODS["mh"])[4]

    right, focal = data.scores[:, 4] == 1, np.array(data.group) == "focal"
    totals = data.scores.sum(axis=1)
    a = e = v = top = bottom = gap = n_focal = 0.0
    for total in np.unique(totals):
        here = totals == total
        cells = [(here & (focal == f) & (right == r)).sum() for f in (0, 1) for r in (1, 0)]
        n = sum(cells)
        if n < 2:
            continue
        reference, m = cells[0] + cells[1], cells[0] + cells[2]
        a, e = a + cells[0], e + reference * m / n
        v += reference * (n - reference) * m * (n - m) / (n**2 * (n - 1))
        top, bottom = top + cells[0] * cells[3] / n, bottom + cells[1] * cells[2] / n
        if reference and n > reference:
            gap += cells[2] - (n - reference) * cells[0] / reference
            n_focal += n - reference
    assert row.statistic == pytest.approx((abs(a - e) - 0.5) ** 2 / v)
    assert row.effect_size == pytest.approx(-2.35 * np.log(top / bottom))
    assert row.details["std_p_dif"] == pytest.approx(gap / n_focal, abs=1e-3)


def test_items_of_several_points_have_a_mean_difference():
    """
    An item of three points shifted for the focal group has a negative SMD and a class of its own.
    """
    data = two_groups(seed=4, n_persons=2000)
    scores = data.scores.copy()
    rng = np.random.default_rng(5)
    focal = np.array(data.group) == "focal"
    scores[:, 0] = np.clip(scores[:, 0] + rng.integers(0, 3, 2000) - focal, 0, 3)
    shifted = Responses.from_matrix(scores, group=data.group)

    mh = compare_groups(shifted, METHODS["mh"])[0]
    logistic = compare_groups(shifted, METHODS["logistic"])[0]

    assert (mh.effect, mh.ets_class) == ("smd_sd", "C")
    assert mh.effect_size < -0.25
    assert logistic.details["group"] < 0
    assert logistic.p < 1e-6


def test_every_group_is_compared_with_the_reference():
    """
    With three groups there are rows for two of them, and the reference can be chosen.
    """
    data = two_groups(seed=6)
    labels = ["third" if n % 4 == 0 else label for n, label in enumerate(data.group)]
    three = Responses.from_matrix(data.scores, group=labels)

    rows = compare_groups(three, METHODS["mh"], reference="reference")

    assert {row.focal for row in rows} == {"third", "focal"}
    assert {row.reference for row in rows} == {"reference"}
    assert len(rows) == 24


def test_forms_are_matched_within_themselves():
    """
    Candidates of two forms are never in one stratum, and an item is compared where it was shown.
    """
    data = two_groups(seed=7, n_persons=1600)
    scores = data.scores.copy()
    scores[::2, 6:9] = -1
    scores[1::2, 9:] = -1
    forms = Responses.from_matrix(scores, group=data.group)
    one_form = data.with_persons(np.arange(1600) % 2 == 1).with_items(data.item_ids[:9])

    both = compare_groups(forms, METHODS["mh"])
    alone = compare_groups(one_form, METHODS["mh"])

    assert both[7].statistic == pytest.approx(alone[7].statistic)


def test_weights_count_like_repeated_persons():
    """
    A weight of two gives the statistic of the file written twice.
    """
    data = two_groups(seed=8)
    twice = Responses.from_matrix(np.tile(data.scores, (2, 1)), group=data.group * 2)
    weighted = Responses.from_matrix(data.scores, group=data.group, weight=np.full(800, 2.0))

    for code in ("mh", "logistic"):
        one = compare_groups(weighted, METHODS[code])
        other = compare_groups(twice, METHODS[code])
        assert one[2].statistic == pytest.approx(other[2].statistic, rel=1e-6)


def test_a_right_wrong_regression_is_the_logistic_one():
    """
    Maximum and slopes equal those of Newton's method on the plain logistic likelihood.
    """
    rng = np.random.default_rng(9)
    x = rng.normal(size=(500, 2))
    y = (rng.uniform(size=500) < expit(0.4 + x @ [1.0, -0.5])).astype(int)
    design, beta = np.column_stack([np.ones(500), x]), np.zeros(3)
    for _ in range(30):
        p = expit(design @ beta)
        hessian = (design * (p * (1 - p))[:, np.newaxis]).T @ design
        beta += np.linalg.solve(hessian, design.T @ (y - p))

    found = regression(y, x, np.ones(500))

    p = expit(design @ beta)
    best = (y * np.log(p) + (1 - y) * np.log(1 - p)).sum()
    assert found.log_likelihood == pytest.approx(best, abs=1e-9)
    np.testing.assert_allclose(found.coefficients, beta[1:], atol=1e-5)


def test_an_item_all_right_cannot_be_compared():
    """
    An item that both groups got right has no statistic and no class, and that is said.
    """
    data = two_groups(seed=10)
    scores = data.scores.copy()
    scores[:, 3] = 1
    constant = Responses.from_matrix(scores, group=data.group)

    for code in ("mh", "logistic"):
        row = compare_groups(constant, METHODS[code])[3]
        assert np.isnan(row.statistic)
        assert row.ets_class is None
        assert "do not vary" in row.notes[0]


def test_the_ets_classes_have_their_borders():
    """
    Significance, size and certainty decide between A, B and C.
    """
    assert ets_class(2.0, 0.2, 0.20) == "A"
    assert ets_class(0.9, 0.1, 0.001) == "A"
    assert ets_class(-1.2, 0.2, 0.001) == "B"
    assert ets_class(-1.6, 0.5, 0.001) == "B"
    assert ets_class(-1.6, 0.2, 0.001) == "C"


def test_tail_probabilities_are_adjusted_as_asked():
    """
    The adjusted values are the procedure's over the items of one comparison, and an unknown one is
    refused.
    """
    data = two_groups(seed=11)

    for code, adjust in ADJUSTMENTS.items():
        rows = compare_groups(data, METHODS["mh"], adjustment=code)
        expected = adjust([row.p for row in rows])
        np.testing.assert_allclose([row.p_adjusted for row in rows], expected)

    with pytest.raises(CannotCompareGroups, match="'tukey' is none of"):
        compare_groups(data, METHODS["mh"], adjustment="tukey")


def test_one_group_is_nothing_to_compare():
    """
    Responses without groups, or an unknown reference, are refused in words.
    """
    data = two_groups()

    with pytest.raises(CannotCompareGroups, match="fewer than two groups"):
        compare_groups(Responses.from_matrix(data.scores), METHODS["mh"])
    with pytest.raises(CannotCompareGroups, match="'x' is none of"):
        compare_groups(data, METHODS["mh"], reference="x")
