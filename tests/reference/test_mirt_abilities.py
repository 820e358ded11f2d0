"""Ability estimates against mirt 1.47, given mirt's own item parameters and its 61 points.

EAP agrees to the last digits. mirt ends its searches for MAP, ML and WLE about 3e-6 short, so
those are compared to 1e-5 here; that ours solve their equations is tested with the estimators.
"""

import numpy as np
import pytest
from reference_files import mirt_parameters, reference, responses

from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.ability._search import PersonCurves, search
from examengine.psychometrics.ability.sum_score import sum_score_table
from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.binding import bind
from examengine.psychometrics.responses import Responses

NAMES = [
    "lsat6_rasch", "lsat6_2pl", "lsat7_1pl", "lsat7_2pl", "sat12_rasch", "sat12_2pl",
    "ability_2pl", "spisa_2pl", "verbagg_dich_2pl", "fims_2pl", "deayala_2pl",
    "science_grm", "science_gpcm", "science_pcm", "science_rsm", "science_nrm",
    "pcmdat2_grm", "verbagg_poly_grm", "verbagg_poly_gpcm", "verbagg_poly_nrm",
]  # fmt: skip
WITH_GUESSING = ["sat12_3pl_prior_norm", "ability_3pl_prior_norm"]


def patterns_of(name: str) -> tuple[Responses, dict]:
    """The response patterns that a reference was scored on, lowest category 0."""
    document = reference(f"mirt_{name}")
    parameters = mirt_parameters(name)
    scores = np.array(document["scores"]["patterns"], dtype=float)
    if name.startswith("science"):
        scores -= 1
    highest = [item.n_categories - 1 for item in parameters.items]
    return (
        Responses.from_matrix(scores, item_ids=parameters.item_ids, max_scores=highest),
        document,
    )


@pytest.mark.parametrize("name", [*NAMES, *WITH_GUESSING])
def test_eap_is_that_of_mirt(name):
    """
    Posterior means and deviations agree to 1e-8.
    """
    data, document = patterns_of(name)

    ours = estimate_abilities(data, mirt_parameters(name), "eap", scale_nodes=False)

    np.testing.assert_allclose(ours.theta, document["scores"]["EAP"]["theta"], atol=1e-8)
    np.testing.assert_allclose(ours.se, document["scores"]["EAP"]["se"], atol=1e-8)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "lsat7_1pl"])
def test_the_sum_score_table_is_that_of_mirt(name):
    """
    Expected abilities and errors of every sum score agree to 1e-8.
    """
    document, parameters = reference(f"mirt_{name}"), mirt_parameters(name)

    table = sum_score_table(parameters.items, group=parameters.groups[0], scale_nodes=False)

    rows = document["EAPsum"]
    np.testing.assert_allclose(table.theta, [row["F1"] for row in rows], atol=1e-8)
    np.testing.assert_allclose(table.se, [row["SE_F1"] for row in rows], atol=1e-8)
    n_persons = sum(row["observed"] for row in rows)
    np.testing.assert_allclose(
        table.probability * n_persons, [row["expected"] for row in rows], rtol=1e-6, atol=1e-9
    )


@pytest.mark.parametrize("method", ["map", "ml", "wle"])
@pytest.mark.parametrize("name", NAMES)
def test_maxima_are_those_of_mirt(name, method):
    """
    MAP, ML and WLE agree as closely as mirt's search ends; perfect scores have no ML.
    """
    data, document = patterns_of(name)

    ours = estimate_abilities(data, mirt_parameters(name), method, bounds=(-20.0, 20.0))

    theirs = np.array(document["scores"][method.upper()]["theta"], dtype=float)
    errors = np.array(document["scores"][method.upper()]["se"], dtype=float)
    found = np.isfinite(theirs)
    assert (ours.at_bound == ~found).all()
    np.testing.assert_allclose(ours.theta[found], theirs[found], atol=1e-5)
    np.testing.assert_allclose(ours.se[found], errors[found], rtol=1e-3)


@pytest.mark.parametrize("name", WITH_GUESSING)
def test_under_guessing_mirt_weights_otherwise(name):
    """
    What mirt calls WLE under the 3PL is the maximum of L √I, not Warm's equation.
    """
    data, document = patterns_of(name)
    binding = bind(data, mirt_parameters(name), scale_nodes=False, bounds=(-20.0, 20.0))

    def half_log_information(curves: PersonCurves, at: FloatArray, rows: IntArray) -> FloatArray:
        change = curves.information(at + 1e-5, rows) - curves.information(at - 1e-5, rows)
        return change / 4e-5 / curves.information(at, rows)

    jeffreys = search(binding, half_log_information)

    theirs = document["scores"]["WLE"]["theta"]
    warm = estimate_abilities(data, mirt_parameters(name), "wle", bounds=(-20.0, 20.0))
    np.testing.assert_allclose(jeffreys.theta, theirs, atol=1e-5)
    assert np.abs(warm.theta - theirs).max() > 0.01


@pytest.mark.parametrize("name", ["credential_rasch170", "credential_2pl170"])
def test_the_licensure_exam_is_scored_as_by_mirt(name):
    """
    EAP to 1e-8 and WLE as closely as mirt's search ends, for the first fifty candidates.
    """
    document, parameters = reference(f"mirt_{name}"), mirt_parameters(name)
    data = responses("data/credential_scored.csv", n_items=170).with_persons(np.arange(50))

    eap = estimate_abilities(data, parameters, "eap", scale_nodes=False)
    wle = estimate_abilities(data, parameters, "wle")

    np.testing.assert_allclose(eap.theta, document["EAP_first50_rows"]["theta"], atol=1e-8)
    np.testing.assert_allclose(wle.theta, document["WLE_first50_rows"]["theta"], atol=1e-5)
    rows = document["EAPsum"]
    table = sum_score_table(parameters.items, group=parameters.groups[0], scale_nodes=False)
    np.testing.assert_allclose(table.theta, [row["F1"] for row in rows], atol=1e-8)
