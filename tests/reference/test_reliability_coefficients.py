"""Reliability against psych and base R (ctt_*.json)."""

import numpy as np
import pytest
from reference_files import column, complete, reference, responses, table

from examengine.psychometrics.classical import pairwise_covariance
from examengine.psychometrics.reliability import (
    guttman_bounds,
    lord_binomial,
    lord_keats,
    omega_hierarchical,
    reliability_summary,
    stratified_alpha,
)

SETS = [
    "lsat6",
    "lsat7",
    "sat12",
    "science",
    "spisa",
    "verbagg_dich",
    "verbagg_poly",
    "ability",
    "numeracy",
]


@pytest.mark.parametrize("name", SETS)
def test_coefficients_agree_with_psych(name):
    """
    Alpha, Feldt's interval, SEM, split halves and alpha if dropped equal R's to 1e-6.
    """
    expected = reference(f"ctt_{name}")

    found = reliability_summary(responses(expected["data"]))

    assert found.total.n == expected["n_complete_used"]
    assert found.alpha == pytest.approx(expected["alpha"]["raw"], abs=1e-6)
    interval = expected["alpha"]["feldt_formula_CI95"]
    assert found.alpha_interval == pytest.approx((interval["lower"], interval["upper"]), abs=1e-6)
    assert found.sem == pytest.approx(expected["SEM"], abs=1e-6)
    halves = expected["split_half"]
    assert found.split_half.r == pytest.approx(halves["odd_even_r"], abs=1e-6)
    assert found.split_half.spearman_brown == pytest.approx(halves["spearman_brown"], abs=1e-6)
    assert found.split_half.rulon == pytest.approx(halves["rulon_flanagan"], abs=1e-6)
    assert found.split_half.angoff_feldt == pytest.approx(halves["angoff_feldt"], abs=1e-6)
    dropped = column(expected["alpha"]["alpha_drop"], "raw_alpha")
    np.testing.assert_allclose(found.alpha_if_dropped, dropped, atol=1e-6)


@pytest.mark.parametrize("name", ["lsat6", "lsat7", "sat12", "spisa", "verbagg_dich", "ability"])
def test_kuder_richardson_agrees_with_r(name):
    """
    KR-20, KR-21 and both conditional errors of right/wrong tests equal R's to 1e-6.
    """
    expected = reference(f"ctt_{name}")

    found = reliability_summary(responses(expected["data"]))

    assert found.kr_20 == pytest.approx(expected["KR20"], abs=1e-6)
    assert found.kr_21 == pytest.approx(expected["KR21"], abs=1e-6)
    n_items = len(found.item_ids)
    np.testing.assert_allclose(lord_binomial(n_items), expected["csem"]["lord_binomial"], atol=1e-6)
    np.testing.assert_allclose(
        lord_keats(n_items, found.kr_20, found.kr_21), expected["csem"]["lord_keats"], atol=1e-6
    )


@pytest.mark.parametrize("name", ["sat12", "spisa", "ability", "verbagg_dich", "verbagg_poly"])
def test_omega_agrees_with_psych_where_psych_reaches_the_minimum(name):
    """
    One-factor omega on covariances equals psych's to 1e-5 on the sets it solves.
    """
    expected = reference(f"ctt_{name}")

    found = reliability_summary(responses(expected["data"]))

    omega = expected["omega_1f_cov"]["omega_total"]
    assert found.omega_total == pytest.approx(omega, abs=1e-5)


@pytest.mark.parametrize("name", SETS)
def test_guttman_bounds_agree_with_psych(name):
    """
    Lambda 1 to 6 on correlations equal psych's; lambda 4 is at least the best psych found.
    """
    expected = reference(f"ctt_{name}")["guttman"]
    data = complete(responses(reference(f"ctt_{name}")["data"]))
    covariance = pairwise_covariance(data.scores).covariance
    scale = np.sqrt(np.diag(covariance))

    found = guttman_bounds(covariance / np.outer(scale, scale))

    for bound in ("lambda1", "lambda2", "lambda3", "lambda5", "lambda6"):
        theirs = expected[bound.replace("lambda", "lambda.")]
        assert getattr(found, bound) == pytest.approx(theirs, abs=1e-6), bound
    assert found.lambda4 >= expected["lambda.4"] - 1e-6


def test_the_licensure_exam_agrees_with_r():
    """
    Mean, deviation, alpha and SEM of the 170 operational items equal R's to 1e-6.
    """
    expected = reference("ctt_credential")

    found = reliability_summary(responses("data/credential_scored.csv"))

    assert len(found.item_ids) == 170
    assert found.alpha == pytest.approx(expected["alpha"], abs=1e-6)
    assert found.sem == pytest.approx(expected["SEM"], abs=1e-6)
    assert found.total.mean == pytest.approx(expected["mean"], abs=1e-6)
    assert found.total.sd == pytest.approx(expected["sd"], abs=1e-6)


def test_stratified_alpha_agrees_with_r():
    """
    Stratified alpha of VerbAgg by behaviour equals R's to 1e-6.
    """
    expected = reference("ctt_stratified_alpha_verbagg")
    header, rows = table("data/verbagg_items.csv")
    strata = [row[header.index("btype")] for row in rows]
    data = responses("data/verbagg_poly.csv")

    found = stratified_alpha(pairwise_covariance(data.scores).covariance, strata)

    assert found == pytest.approx(expected["stratified_alpha"], abs=1e-6)


@pytest.mark.parametrize(
    "name", ["sat12", "spisa", "verbagg_dich", "verbagg_poly", "ability", "numeracy"]
)
@pytest.mark.parametrize(
    ("kind", "correlation"), [("pearson_3f", "pearson"), ("polychoric_3f", "polychoric_correct0")]
)
def test_omega_hierarchical_agrees_with_psych(name, kind, correlation):
    """
    Omega hierarchical and total from psych's own correlations equal psych's to 1e-4.

    psych turns round items with a negative general loading, and so does the test.
    """
    document = reference(f"ctt_{name}")
    expected = document["omega"][kind]
    matrix = np.array(document[correlation], dtype=float)
    keyed = np.where(omega_hierarchical(matrix).general < 0, -1.0, 1.0)

    found = omega_hierarchical(matrix * np.outer(keyed, keyed))

    assert found.omega_hierarchical == pytest.approx(expected["omega_h"], abs=1e-4)
    assert found.omega_total == pytest.approx(expected["omega_t"], abs=1e-4)
