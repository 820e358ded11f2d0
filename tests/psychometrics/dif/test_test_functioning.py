"""Differential test functioning: planted differences add up, and cancel out."""

import numpy as np
import pytest
from scipy.special import expit

from examengine.psychometrics.dif import (
    METHODS,
    CannotCompareGroups,
    DifRow,
    compare_groups,
    differential_test_functioning,
)
from examengine.psychometrics.responses import Responses


def planted(shifts, seed=1, n_persons=6000, n_items=10):
    """Two groups that find some items harder or easier by so many logits."""
    rng = np.random.default_rng(seed)
    focal = np.arange(n_persons) >= n_persons // 2
    theta = rng.normal(np.where(focal, -0.3, 0.0))
    b = np.linspace(-0.9, 0.9, n_items) + np.outer(
        focal, np.pad(shifts, (0, n_items - len(shifts)))
    )
    scores = rng.uniform(size=(n_persons, n_items)) < expit(1.3 * (theta[:, np.newaxis] - b))
    return Responses.from_matrix(
        scores.astype(np.int8), group=np.where(focal, "focal", "reference")
    )


def flags(data, *items):
    """Rows in which just these items are of class C."""
    return [
        DifRow(
            name, "reference", "focal", 9.0, 1, 0.001, 0.01, "d_dif", 2.0,
            "C" if place in items else "A", False, {},
        )
        for place, name in enumerate(data.item_ids)
    ]  # fmt: skip


def test_a_shifted_item_takes_its_share_of_the_test():
    """
    An item harder by one logit takes 1/12 of a point over the twelve logits, in one direction.
    """
    data = planted([1.0])

    (found,) = differential_test_functioning(data, flags(data, 0))

    assert found.sdtf == pytest.approx(-1 / 12, abs=0.015)
    assert found.udtf == pytest.approx(-found.sdtf, abs=0.01)
    assert found.signed_focal < -0.15
    assert found.largest == pytest.approx(1 - 2 * expit(1.3 / 2), abs=0.06)
    assert (found.max_score, found.n_anchors) == (10, 9)


def test_opposite_items_cancel_in_the_total():
    """
    One item harder and one as much easier: their items differ, the test hardly does.
    """
    data = planted([1.0, -1.0])

    (found,) = differential_test_functioning(data, flags(data, 0, 1))

    assert abs(found.sdtf) < 0.02
    assert min(share.ncdif for share in found.items) > 0.01
    assert found.dtf < 0.2 * min(share.ncdif for share in found.items)


def test_rajus_parts_add_up():
    """
    The items' CDIF sum to DTF, and the absolute difference is at least the signed one.
    """
    data = planted([0.8, 0.5, -0.4], seed=2, n_persons=2000)

    (found,) = differential_test_functioning(data, flags(data, 0, 1, 2))

    assert sum(share.cdif for share in found.items) == pytest.approx(found.dtf)
    assert found.unsigned_focal >= abs(found.signed_focal) - 1e-12
    assert found.dtf >= found.signed_focal**2
    assert [share.item_id for share in found.items] == ["item1", "item2", "item3"]


def test_signed_differences_vary_as_their_errors_say():
    """
    Over 60 data sets both signed differences spread as the mean of their standard errors tells.
    """
    found = []
    for seed in range(60):
        data = planted([0.8, -0.3], seed=seed, n_persons=1200, n_items=8)
        found += differential_test_functioning(data, flags(data, 0, 1))

    for value, error in (("sdtf", "sdtf_se"), ("signed_focal", "signed_focal_se")):
        spread = np.std([getattr(one, value) for one in found], ddof=1)
        said = np.mean([getattr(one, error) for one in found])
        assert 0.75 < said / spread < 1.3
    assert np.mean([one.sdtf_p < 0.05 for one in found]) > 0.3


def test_the_signed_difference_rejects_as_often_as_it_should():
    """
    Where flagged items do not differ, about one p in twenty is below .05.
    """
    found = []
    for seed in range(100, 160):
        data = planted([], seed=seed, n_persons=1000, n_items=8)
        found += differential_test_functioning(data, flags(data, 0, 1, 2))

    assert np.mean([one.sdtf_p < 0.05 for one in found]) < 0.15
    assert 0.3 < np.mean([one.sdtf_p for one in found]) < 0.7


def test_flags_of_any_method_will_do():
    """
    The planted item is flagged by standardisation and accounted for in the test.
    """
    data = planted([1.2], n_persons=3000)
    rows = compare_groups(data, METHODS["std"], reference="reference", purify=True)

    (found,) = differential_test_functioning(data, rows)

    assert "item1" in {share.item_id for share in found.items}
    assert found.sdtf < -0.05


def test_without_flagged_items_the_test_is_the_same():
    """
    Nothing flagged is no difference; everything flagged leaves nothing to compare by.
    """
    data = planted([], n_persons=400)

    (found,) = differential_test_functioning(data, flags(data))

    assert (found.sdtf, found.udtf, found.dtf, found.items) == (0.0, 0.0, 0.0, ())
    assert (found.sdtf_se, found.sdtf_p, found.signed_focal_se) == (0.0, 1.0, 0.0)
    with pytest.raises(CannotCompareGroups, match="every item is flagged"):
        differential_test_functioning(data, flags(data, *range(10)))
