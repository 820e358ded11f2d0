"""Decision accuracy and consistency against betafunctions and R (classif_*.json)."""

import pytest
from reference_files import mirt_nodes, mirt_parameters, reference, responses

from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.classification import (
    hanson_brennan,
    lee,
    livingston_lewis,
    rudner,
)
from examengine.psychometrics.fit import at_nodes

CUTS = [("sat12", "12"), ("sat12", "16"), ("sat12", "20"), ("spisa", "20"), ("spisa", "25")]
# Where betafunctions takes two different cuts, its table of two sittings is not symmetric.
LOPSIDED = [("sat12", "12"), ("spisa", "20")]


def scores_of(name):
    """Total scores, number of items and alpha of a data set."""
    document = reference(f"classif_{name}")
    data = responses(document["data"])
    return document, data.raw_scores.astype(float), data.n_items


@pytest.mark.parametrize(("name", "cut"), CUTS)
def test_livingston_lewis_equals_betafunctions(name, cut):
    """
    Effective length, true scores, accuracy, consistency and kappa equal betafunctions' to 1e-6.
    """
    document, totals, n_items = scores_of(name)
    expected = document["cuts"][cut]["LivingstonLewis_4P"]

    found = livingston_lewis(totals, n_items, float(cut), document["alpha"])

    assert found.n_trials == pytest.approx(expected["parameters"]["etl"], abs=1e-6)
    assert found.true_scores.alpha == pytest.approx(expected["parameters"]["alpha"], abs=1e-6)
    assert found.true_scores.beta == pytest.approx(expected["parameters"]["beta"], abs=1e-6)
    accuracy = expected["classification.accuracy"]["Accuracy"]
    assert found.result.accuracy == pytest.approx(accuracy, abs=1e-6)
    if (name, cut) not in LOPSIDED:
        again = expected["classification.consistency"]
        assert found.result.consistency == pytest.approx(again["p"], abs=1e-6)
        assert found.result.kappa == pytest.approx(again["Kappa"], abs=1e-6)


@pytest.mark.parametrize(("name", "cut"), CUTS)
def test_hanson_brennan_equals_betafunctions(name, cut):
    """
    Lord's k, true scores, accuracy, consistency and kappa equal betafunctions' to 1e-6.
    """
    document, totals, n_items = scores_of(name)
    expected = document["cuts"][cut]["HansonBrennan"]

    found = hanson_brennan(totals, n_items, float(cut), document["alpha"])

    assert found.lord_k == pytest.approx(expected["parameters"]["k"], abs=1e-6)
    assert found.true_scores.alpha == pytest.approx(expected["parameters"]["alpha"], abs=1e-6)
    accuracy = expected["classification.accuracy"]["Accuracy"]
    assert found.result.accuracy == pytest.approx(accuracy, abs=1e-6)
    again = expected["classification.consistency"]
    assert found.result.consistency == pytest.approx(again["p"], abs=1e-6)
    assert found.result.kappa == pytest.approx(again["Kappa"], abs=1e-6)


def test_rudner_equals_r():
    """
    Rudner's accuracy, consistency and pass rate at every cut equal R's to 1e-6.
    """
    document = reference("classif_irt_sat12")
    abilities = estimate_abilities(responses(document["data"]), mirt_parameters("sat12_2pl"), "eap")

    for cut, expected in document["rudner_EAP"].items():
        found = rudner(abilities.theta, abilities.se, float(cut))

        assert found.accuracy == pytest.approx(expected["accuracy"], abs=1e-6)
        assert found.consistency == pytest.approx(expected["consistency"], abs=1e-6)
        assert found.pass_rate == pytest.approx(expected["pass_rate"], abs=1e-9)


def test_lee_equals_r():
    """
    Lee's accuracy, consistency, kappa and pass rate at four cuts equal R's to 1e-6.
    """
    parameters = mirt_parameters("sat12_2pl")
    test = at_nodes(parameters, parameters.groups[0], theta=mirt_nodes(parameters)[0])

    for expected in reference("classif_irt_sat12")["lee_D_method"]:
        found = lee(test.probabilities, test.node_weights, expected["cut_raw"])

        assert found.accuracy == pytest.approx(expected["accuracy"], abs=1e-6)
        assert found.consistency == pytest.approx(expected["consistency"], abs=1e-6)
        assert found.kappa == pytest.approx(expected["kappa"], abs=1e-6)
        assert found.pass_rate == pytest.approx(expected["pass_rate_model"], abs=1e-6)
