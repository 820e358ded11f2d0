"""Differential item functioning against R (dif_*.json)."""

from dataclasses import replace

import numpy as np
import pytest
from reference_files import column, reference, table

from examengine.psychometrics.dif import METHODS, compare_groups, likelihood_ratio, wald
from examengine.psychometrics.dif._comparing import comparison_of
from examengine.psychometrics.dif._groups_apart import calibrated
from examengine.psychometrics.responses import Responses


def grouped(name):
    """Responses with the groups of a reference."""
    document = reference(f"dif_{name}")
    header, rows = table(document["data"])
    file = document["group"].split()[0]
    people, groups = table(file)
    place = people.index({"2pl": "group", "fims_sex": "SEX", "verbagg_gender": "Gender"}[name])
    keep = [True] * len(rows)
    if name == "fims_sex":
        keep = [row[people.index("country")] == "1" for row in groups]
    data = Responses.from_matrix(
        np.array(rows, dtype=float)[keep],
        item_ids=header,
        group=[row[place] for row, kept in zip(groups, keep, strict=True) if kept],
    )
    return document, data, {"2pl": "ref", "fims_sex": "1", "verbagg_gender": "F"}[name]


@pytest.mark.parametrize("name", ["2pl", "fims_sex", "verbagg_gender"])
def test_mantel_haenszel_equals_r(name):
    """
    χ², odds ratio, delta with its error, P-DIF and class equal R's to 1e-6.
    """
    document, data, first = grouped(name)
    expected = document["MH"]

    found = compare_groups(data, METHODS["mh"], reference=first)

    for ours, theirs in (
        ("statistic", "chi2_corrected"),
        ("p", "p_corrected"),
        ("effect_size", "MH_D_DIF"),
    ):
        mine = [getattr(row, ours) for row in found]
        np.testing.assert_allclose(mine, column(expected, theirs), atol=1e-6)
    for ours, theirs in (
        ("chi2_uncorrected", "chi2_uncorrected"),
        ("alpha_mh", "alpha_MH"),
        ("se_ln_alpha", "se_lnalpha"),
        ("se_d_dif", "se_MH_D_DIF"),
        ("std_p_dif", "STD_P_DIF"),
    ):
        mine = [row.details[ours] for row in found]
        np.testing.assert_allclose(mine, column(expected, theirs), atol=1e-6)
    assert [row.ets_class for row in found] == [row["ETS"] for row in expected]


@pytest.mark.parametrize("name", ["2pl", "fims_sex", "verbagg_gender"])
def test_logistic_regression_equals_r(name):
    """
    Likelihood ratios, the gain in R² and the coefficients equal R's to 1e-6.
    """
    document, data, first = grouped(name)
    expected = document["logistic"]

    found = compare_groups(data, METHODS["logistic"], reference=first)

    statistics = [row.statistic for row in found]
    np.testing.assert_allclose(statistics, column(expected, "LR_total_2df"), atol=1e-6)
    gains = [row.effect_size for row in found]
    np.testing.assert_allclose(gains, column(expected, "delta_R2_total"), atol=1e-6)
    for name_here, theirs in (("lr_uniform", "LR_uniform"), ("lr_nonuniform", "LR_nonuniform")):
        mine = [row.details[name_here] for row in found]
        np.testing.assert_allclose(mine, column(expected, theirs), atol=1e-6)
    for place, name_here in ((2, "group"), (3, "group_by_total")):
        mine = [row.details[name_here] for row in found]
        theirs = [row["coef"][place] for row in expected]
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-4)


def test_likelihood_ratio_and_wald_equal_mirt():
    """
    With ten named anchors both tests of two items equal mirt's to 1e-3.
    """
    document, data, first = grouped("2pl")
    expected = document["IRT"]["free_baseline_anchors"]
    whole = comparison_of(data, first, "focal")
    anchored = replace(whole, anchors=np.arange(data.n_items) < 10)
    common = calibrated(anchored, ~anchored.anchors)

    for item in (11, 14):
        ratio = likelihood_ratio.finding(anchored, item, common)
        wald_test = wald.finding(anchored, item)

        assert ratio.statistic == pytest.approx(expected["LR_a1_d"][item - 10]["X2"], abs=1e-3)
        assert wald_test.statistic == pytest.approx(expected["Wald_a1_d"][item - 10]["W"], abs=1e-3)
        assert ratio.df == wald_test.df == 2


def test_the_likelihood_ratio_with_all_other_items_equals_mirt():
    """
    With all other items as anchors the ratio of a clean and of a planted item equals mirt's.
    """
    document, data, first = grouped("2pl")
    expected = document["IRT"]["constrained_baseline"]["LR_a1_d"]
    comparison = comparison_of(data, first, "focal")
    common = calibrated(comparison, ~comparison.anchors)

    for item in (0, 10):
        found = likelihood_ratio.finding(comparison, item, common)

        assert found.statistic == pytest.approx(expected[item]["X2"], abs=1e-3)


def test_purified_matching_spares_the_clean_items():
    """
    Of the fifteen items without planted difference none is B or C once the matching is purified.
    """
    _, data, first = grouped("2pl")

    found = compare_groups(data, METHODS["mh"], reference=first, purify=True)

    flagged = {row.item_id for row in found if row.ets_class != "A"}
    assert flagged <= {"I11", "I12", "I13", "I14", "I15"}
    assert {"I11", "I15"} <= flagged


@pytest.mark.parametrize("name", ["2pl", "fims_sex", "verbagg_gender"])
def test_standardisation_equals_r(name):
    """
    The standardised difference as a method of its own equals R's STD P-DIF to 1e-6.
    """
    document, data, first = grouped(name)

    found = compare_groups(data, METHODS["std"], reference=first)

    sizes = [row.effect_size for row in found]
    np.testing.assert_allclose(sizes, column(document["MH"], "STD_P_DIF"), atol=1e-6)
