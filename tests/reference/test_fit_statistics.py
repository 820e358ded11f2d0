"""Fit statistics against mirt 1.47, given mirt's own parameters and nodes (mirt_*.json)."""

import numpy as np
import pytest
from reference_files import column, complete, mirt_nodes, mirt_parameters, reference, responses

from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.fit import (
    at_nodes,
    estimated_counts,
    item_zh,
    likelihoods,
    limited_information_fit,
    q3,
    residual_fit,
    s_x2,
    score_moments,
    zh,
)

LOGISTIC = [
    f"{data}_{model}"
    for data in ("lsat6", "lsat7", "sat12", "spisa", "ability", "verbagg_dich", "fims", "deayala")
    for model in ("rasch", "2pl")
]
GUESSING = ["lsat7_3pl_prior_norm", "sat12_3pl_prior_norm", "ability_3pl_prior_norm"]
ORDERED = [
    f"{data}_{model}"
    for data in ("science", "pcmdat2", "verbagg_poly")
    for model in ("grm", "gpcm", "pcm", "rsm")
] + ["science_nrm", "verbagg_poly_nrm"]


def calibrated(name):
    """Parameters at mirt's nodes and the responses they belong to."""
    parameters = mirt_parameters(name)
    file = reference(f"mirt_{name}")["data"]["file"]
    data = responses(file, n_items=len(parameters.items))
    nodes, _ = mirt_nodes(parameters)
    return at_nodes(parameters, parameters.groups[0], theta=nodes), data


def expected_a_posteriori(test, data):
    """EAP on the nodes, by the definition."""
    log_share = np.log(category_probabilities(test.parameters.items, test.theta))
    likelihood = np.zeros((data.n_persons, test.theta.size))
    for item in range(data.n_items):
        seen = data.scores[:, item] >= 0
        likelihood[seen] += log_share[:, item, data.scores[seen, item]].T
    posterior = np.exp(likelihood) * test.node_weights
    return posterior @ test.theta / posterior.sum(axis=1)


@pytest.mark.parametrize("name", [*LOGISTIC, *GUESSING, *ORDERED, "credential_2pl170"])
def test_s_x2_equals_mirt(name):
    """
    S-X², its degrees of freedom and p equal mirt's to 1e-4, collapsing of sparse cells included.
    """
    expected = reference(f"mirt_{name}")["itemfit_S_X2"]
    test, data = calibrated(name)
    data = complete(data)

    found = s_x2(
        data.scores,
        test.probabilities,
        test.node_weights,
        estimated_counts(test.parameters),
        data.weights,
    )

    assert [row.df for row in found] == column(expected, "df.S_X2").astype(int).tolist()
    statistics = [row.statistic for row in found]
    np.testing.assert_allclose(statistics, column(expected, "S_X2"), atol=1e-4)
    ps, theirs = np.array([row.p for row in found]), column(expected, "p.S_X2")
    np.testing.assert_allclose(ps[np.isfinite(ps)], theirs[np.isfinite(ps)], atol=1e-6)


@pytest.mark.parametrize("name", [*LOGISTIC, *GUESSING, *ORDERED, "credential_2pl170"])
def test_infit_and_outfit_equal_mirt(name):
    """
    Mean squares at EAP and their z-values equal mirt's to 1e-6 (z of outfit on complete data).
    """
    document = reference(f"mirt_{name}")
    expected = document["itemfit_infit_EAP"]
    test, data = calibrated(name)
    moments = score_moments(test.parameters.items, expected_a_posteriori(test, data))

    found = residual_fit(data.scores, moments, data.weights, of="items")

    np.testing.assert_allclose(found.outfit, column(expected, "outfit"), atol=1e-6)
    np.testing.assert_allclose(found.infit, column(expected, "infit"), atol=1e-6)
    np.testing.assert_allclose(found.infit_z, column(expected, "z.infit"), atol=1e-6)
    if data.presented.all():
        np.testing.assert_allclose(found.outfit_z, column(expected, "z.outfit"), atol=1e-6)


@pytest.mark.parametrize("name", ["lsat7_2pl", "sat12_2pl", "science_grm", "credential_2pl170"])
def test_person_fit_equals_mirt(name):
    """
    Zh, infit and outfit of persons at EAP equal mirt's to 1e-6.
    """
    document = reference(f"mirt_{name}")
    expected = document.get("personfit_all_rows") or document["personfit_EAP_first50_rows"]
    test, data = calibrated(name)
    theta = expected_a_posteriori(test, data)
    rows = slice(0, len(expected))

    surprise = zh(likelihoods(test.parameters.items, data.scores, theta))
    squares = residual_fit(
        data.scores, score_moments(test.parameters.items, theta), data.weights, of="persons"
    )

    np.testing.assert_allclose(surprise[rows], column(expected, "Zh"), atol=1e-6)
    np.testing.assert_allclose(squares.infit[rows], column(expected, "infit"), atol=1e-6)
    np.testing.assert_allclose(squares.outfit_z[rows], column(expected, "z.outfit"), atol=1e-6)


@pytest.mark.parametrize("name", ["lsat7_2pl", "sat12_2pl", "science_gpcm", "verbagg_poly_nrm"])
def test_item_zh_equals_mirt(name):
    """
    The standardised log-likelihood of items at EAP equals mirt's to 1e-6.
    """
    test, data = calibrated(name)
    theta = expected_a_posteriori(test, data)

    found = item_zh(likelihoods(test.parameters.items, data.scores, theta), data.weights)

    expected = reference(f"mirt_{name}")["itemfit_Zh"]
    np.testing.assert_allclose(found, column(expected, "Zh"), atol=1e-6)


@pytest.mark.parametrize("name", ["lsat7_2pl", "sat12_2pl", "ability_2pl", "science_grm"])
def test_q3_equals_mirt(name):
    """
    Residual correlations at EAP equal mirt's to 1e-6, with missing cells too.
    """
    test, data = calibrated(name)
    moments = score_moments(test.parameters.items, expected_a_posteriori(test, data))

    found = q3(data.scores, moments, data.weights)

    expected = np.array(reference(f"mirt_{name}")["Q3_EAP"]["matrix"], dtype=float)
    np.testing.assert_allclose(found.matrix, expected, atol=1e-6)


def test_the_licensure_exam_has_mirts_dependent_pair():
    """
    Of the 14,365 pairs of the real exam only I003 and I103 have a Q3 above .2, as in mirt.
    """
    expected = reference("mirt_credential_2pl170")["Q3"]
    test, data = calibrated("credential_2pl170")
    moments = score_moments(test.parameters.items, expected_a_posteriori(test, data))

    found = q3(data.scores, moments, data.weights)

    pairs = np.argwhere(np.tril(found.matrix, -1) > 0.2)
    assert [(data.item_ids[k], data.item_ids[j]) for j, k in pairs] == [("I003", "I103")]
    assert found.mean == pytest.approx(expected["mean"], abs=1e-6)
    assert found.matrix[pairs[0][0], pairs[0][1]] == pytest.approx(expected["max"], abs=1e-6)


@pytest.mark.parametrize(
    "name",
    [name for name in LOGISTIC if "ability" not in name]
    + ["lsat7_1pl", "sat12_1pl", "raschdat1_1pl", "science_grm", "pcmdat2_grm", "verbagg_poly_grm"],
)
def test_model_fit_equals_mirt(name):
    """
    M2 (C2 for graded items) with df, RMSEA and its interval, SRMSR, CFI and TLI equals mirt's.
    """
    document = reference(f"mirt_{name}")["M2"]
    expected = document["M2"] if "error" not in document["M2"] else document["C2"]
    test, data = calibrated(name)

    found = limited_information_fit(data, test)

    assert found.df == expected["df"]
    assert found.statistic == pytest.approx(expected["M2"], rel=1e-4)
    assert found.p == pytest.approx(expected["p"], abs=1e-5)
    assert found.srmsr == pytest.approx(expected["SRMSR"], abs=1e-8)
    for ours, theirs in (
        (found.rmsea, "RMSEA"),
        (found.rmsea_lower, "RMSEA_5"),
        (found.rmsea_upper, "RMSEA_95"),
        (found.cfi, "CFI"),
        (found.tli, "TLI"),
    ):
        assert ours == pytest.approx(expected[theirs], abs=1e-4), theirs


@pytest.mark.parametrize("name", ["sat12_3pl_prior_norm", "science_gpcm", "verbagg_poly_pcm"])
def test_residual_correlations_equal_mirt_for_every_model(name):
    """
    SRMSR equals mirt's also where mirt's M2 departs from its definition.
    """
    document = reference(f"mirt_{name}")["M2"]
    expected = document["M2"] if "error" not in document["M2"] else document["C2"]

    found = limited_information_fit(*reversed(calibrated(name)))

    assert found.srmsr == pytest.approx(expected["SRMSR"], abs=1e-8)
    assert found.df == expected["df"]
