"""Standardisation against loops over strata, and its error against group labels dealt out anew."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from examengine.psychometrics.dif import METHODS, compare_groups
from examengine.psychometrics.dif._comparing import comparison_of
from examengine.psychometrics.dif._matching import matched
from examengine.psychometrics.dif._standardized import standardized_difference
from examengine.psychometrics.dif.standardization import class_of
from examengine.psychometrics.responses import Responses


def groups(seed=1, n_persons=500, shift=0.0):
    """Eight items of which the first has up to two points, for two groups."""
    rng = np.random.default_rng(seed)
    focal = rng.uniform(size=n_persons) < 0.4
    theta = rng.normal(-0.2 * focal)
    chance = expit(theta[:, np.newaxis] - np.linspace(-1, 1, 8))
    chance[:, 0] = expit(theta - shift * focal)
    scores = (rng.uniform(size=(n_persons, 8)) < chance).astype(int)
    scores[:, 0] += rng.uniform(size=n_persons) < chance[:, 0]
    return Responses.from_matrix(scores, group=np.where(focal, "focal", "reference"))


@pytest.mark.parametrize("item", [0, 3])
def test_the_difference_is_a_loop_over_sum_scores(item):
    """
    The weighted mean of the differences at every sum score both groups reach, as a share of points.
    """
    data = groups()
    focal = np.array(data.group) == "focal"

    row = compare_groups(data, METHODS["std"], reference="reference")[item]

    gap = total = 0.0
    for score in set(data.raw_scores.tolist()):
        at = data.raw_scores == score
        ours, theirs = data.scores[at & focal, item], data.scores[at & ~focal, item]
        if len(ours) and len(theirs):
            gap += len(ours) * (ours.mean() - theirs.mean())
            total += len(ours)
    assert row.effect_size == pytest.approx(gap / total / data.max_scores[item])
    assert row.details["points"] == pytest.approx(gap / total)
    assert row.effect == "std_p_dif"


def test_the_error_is_that_of_labels_dealt_out_anew():
    """
    With labels shuffled within each sum score, differences spread as the standard error says.
    """
    whole = comparison_of(groups(seed=2), "reference", "focal")
    data = matched(whole, 0)
    rng = np.random.default_rng(3)
    differences = []
    for _ in range(2000):
        label = data.focal.copy()
        for stratum in np.unique(data.stratum):
            mine = data.stratum == stratum
            label[mine] = rng.permutation(label[mine])
        differences.append(standardized_difference(replace(data, focal=label)).points)

    found = standardized_difference(data).error

    assert np.std(differences) == pytest.approx(found, rel=0.06)
    assert np.mean(differences) == pytest.approx(0.0, abs=4 * found / np.sqrt(2000))


def test_a_harder_item_has_a_negative_difference():
    """
    An item harder for the focal group is negative, significant and of class C.
    """
    rows = compare_groups(groups(n_persons=3000, shift=1.0), METHODS["std"], reference="reference")

    assert rows[0].effect_size < -0.1
    assert rows[0].ets_class == "C"
    assert rows[0].p_adjusted < 1e-6


def test_groups_that_never_meet_have_no_difference():
    """
    Without a sum score that both groups reach there is no figure and no class.
    """
    scores = np.array([[0, 0], [0, 0], [1, 1], [1, 1]])
    data = Responses.from_matrix(scores, group=["a", "a", "b", "b"])

    row = compare_groups(data, METHODS["std"])[0]

    assert np.isnan(row.effect_size)
    assert np.isnan(row.p)
    assert row.ets_class is None


def test_the_classes_are_dorans_and_kulicks():
    """
    Within .05 negligible, to .10 to be inspected, beyond that unusual, on both sides.
    """
    classes = [class_of(size) for size in (0.05, -0.051, 0.1, -0.101, float("nan"))]

    assert classes == ["A", "B", "B", "C", None]
