"""The library against other programs on sets that the repository simulates itself.

mirt 1.47 and psych 2.2.9 in R; for the 1PL, the 4PL and the RSM mirt for Python 1.2.0.

Nothing beside the repository is needed: the sets, the program that makes them and the figures are
in `simulated_sets`.
"""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from examengine.psychometrics import (
    calibrate,
    dif,
    item_analysis,
    item_fit,
    model_fit,
    person_fit,
    read_responses,
    reliability,
    score,
)
from examengine.psychometrics.reliability import guttman_bounds

SETS = Path(__file__).parent / "simulated_sets"
FIGURES = json.loads((SETS / "figures.json").read_text(encoding="utf-8"))
FIGURES_OF_PYTHON = json.loads(
    (SETS / "figures_of_mirt_for_python.json").read_text(encoding="utf-8")
)
MODELS = ["rasch", "2pl", "grm", "gpcm", "pcm"]
GUESSING = {"logit_c": {"distribution": "normal", "mean": -1.4, "sd": 0.5}}


@pytest.fixture(scope="module", params=[*MODELS, "nrm", "3pl"])
def fitted(request):
    """A model calibrated on mirt's fixed grid, and mirt's figures."""
    model = request.param
    priors = GUESSING if model == "3pl" else None
    return model, _calibration(model, priors), FIGURES[f"s_{model}"]


def _calibration(model, priors=None):
    return calibrate(SETS / f"s_{model}.csv", model, priors=priors, scale_nodes=False)


def intercepts(item):
    """Slopes and intercepts of an item as mirt writes them."""
    values = item.values
    if item.model == "grm":
        return {f"d{k}": -values["a"] * b for k, b in enumerate(values["thresholds"], 1)}
    if item.model in {"gpcm", "pcm"}:
        sums = -values["a"] * np.cumsum(values["steps"])
        return {f"d{k}": one for k, one in enumerate(sums, 1)}
    return (
        {"d": values["intercept"]} if "intercept" in values else {"d": -values["a"] * values["b"]}
    )


def test_the_sets_are_what_the_program_makes(tmp_path):
    """
    Byte for byte, so the sets can be checked and made again.
    """
    spec = importlib.util.spec_from_file_location("simulate", SETS / "simulate.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)

    program.simulate(tmp_path)

    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in SETS.glob("*.csv")}


def test_log_likelihoods_are_those_of_mirt(fitted):
    """
    To 1e-5 where mirt converged; the nominal model's maximum is the 0.057 higher that it missed.
    """
    model, ours, theirs = fitted

    assert ours.parameters.converged
    assert ours.parameters.n_parameters == theirs["n_parameters"]
    if model == "nrm":
        found = ours.parameters.log_likelihood - theirs["log_likelihood"]
        assert found == pytest.approx(0.057, abs=5e-4)
    else:
        # Where a prior plays a part the maximum is that of the posterior, and this is flat there.
        within = 1e-3 if model == "3pl" else 1e-5
        assert ours.parameters.log_likelihood == pytest.approx(theirs["log_likelihood"], abs=within)


def test_parameters_are_those_of_mirt(fitted):
    """
    Slopes and intercepts to 1e-4 (1e-3 for the 3PL, whose ridge is long), the variance likewise.
    """
    model, ours, theirs = fitted
    if model == "nrm":
        return
    within = 1e-3 if model == "3pl" else 1e-4

    for item, row in zip(ours.parameters.items, theirs["slope_intercept"], strict=True):
        assert item.values["a"] == pytest.approx(row["a1"], abs=within)
        for name, value in intercepts(item).items():
            assert value == pytest.approx(row[name], abs=within)
        assert item.values.get("c", 0.0) == pytest.approx(row.get("g", 0.0), abs=within)
    assert ours.parameters.groups[0].sd ** 2 == pytest.approx(theirs["variance"], abs=1e-4)


def values_of(parameters, name):
    """One reported number of every item."""
    return [item.values[name] for item in parameters.items]


def test_the_1pl_is_that_of_mirt_for_python():
    """
    Log-likelihood to 1e-6, the common slope and the difficulties to 1e-5.
    """
    theirs = FIGURES_OF_PYTHON["1pl_of_s_2pl"]

    ours = calibrate(SETS / "s_2pl.csv", "1pl").parameters

    assert ours.converged
    assert ours.n_parameters == 21
    assert ours.log_likelihood == pytest.approx(theirs["log_likelihood"], abs=1e-6)
    np.testing.assert_allclose(values_of(ours, "a"), theirs["discrimination"], atol=1e-5)
    np.testing.assert_allclose(values_of(ours, "b"), theirs["difficulty"], atol=1e-5)


def test_the_4pl_is_that_of_mirt_for_python():
    """
    With priors on both asymptotes: log-posterior to 1e-4, slopes to 2e-3 (one is above 4, where the
    posterior is flat), difficulties and asymptotes to 1e-4.
    """
    theirs = FIGURES_OF_PYTHON["s_4pl"]
    priors = {
        ours: dict(zip(("alpha", "beta"), theirs["priors"][name], strict=True))
        | {"distribution": "beta"}
        for ours, name in (("c", "guessing"), ("d", "upper"))
    }

    ours = calibrate(SETS / "s_4pl.csv", "4pl", priors=priors).parameters

    assert ours.converged
    assert ours.log_posterior == pytest.approx(theirs["log_posterior"], abs=1e-4)
    np.testing.assert_allclose(values_of(ours, "a"), theirs["discrimination"], atol=2e-3)
    for name, given in (("b", "difficulty"), ("c", "guessing"), ("d", "upper")):
        np.testing.assert_allclose(values_of(ours, name), theirs[given], atol=1e-4)


def test_the_rating_scale_model_is_that_of_mirt_for_python():
    """
    Log-likelihood to 1e-6, the variance and every step of every item to 5e-5.
    """
    theirs = FIGURES_OF_PYTHON["s_rsm"]

    ours = calibrate(SETS / "s_rsm.csv", "rsm").parameters

    assert ours.converged
    assert ours.n_parameters == 9 + 2 + 1
    assert ours.log_likelihood == pytest.approx(theirs["log_likelihood"], abs=1e-6)
    assert ours.groups[0].sd ** 2 == pytest.approx(theirs["variance"], abs=5e-5)
    steps = np.add.outer(theirs["difficulty"], theirs["thresholds"])
    np.testing.assert_allclose(values_of(ours, "steps"), steps, atol=5e-5)


@pytest.mark.parametrize("model", ["rasch", "2pl"])
def test_standard_errors_are_those_of_mirt(model):
    """
    Of slopes and intercepts, to 1 % of Oakes' method.
    """
    theirs = FIGURES[f"s_{model}"]["se_slope_intercept"]

    for item in _calibration(model).parameters.items:
        row = theirs[item.item_id]
        intercept = item.se["intercept"] if "intercept" in item.se else item.se["b"]
        assert intercept == pytest.approx(row["d"], rel=0.01)
        if row["a1"] is not None:
            assert item.se["a"] == pytest.approx(row["a1"], rel=0.01)


@pytest.mark.parametrize("method", ["EAP", "MAP", "WLE"])
@pytest.mark.parametrize("model", MODELS)
def test_abilities_are_those_of_mirt(model, method):
    """
    Of the first 50 persons, to 2e-4: both programs have parameters of their own.
    """
    ours = score(_calibration(model), method=method)
    theirs = FIGURES[f"s_{model}"][method]

    np.testing.assert_allclose(ours.theta[:50], theirs["theta"], atol=2e-4)
    if method != "WLE":
        np.testing.assert_allclose(ours.se[:50], theirs["se"], atol=2e-4)


@pytest.mark.parametrize("model", ["rasch", "2pl", "grm"])
def test_item_fit_is_that_of_mirt(model):
    """
    S-X² of every item to 0.02, and its degrees of freedom.
    """
    found = item_fit(_calibration(model))
    theirs = FIGURES[f"s_{model}"]["S_X2"]

    for ours, row in zip(found, theirs, strict=True):
        assert ours.s_x2.df == row["df.S_X2"]
        assert ours.s_x2.statistic == pytest.approx(row["S_X2"], abs=0.02)


@pytest.mark.parametrize("model", ["rasch", "2pl", "grm"])
def test_model_fit_is_that_of_mirt(model):
    """
    M2 to two parts in 10,000, the indices to 1e-4; of several points only SRMSR, for mirt's M2*
    is another statistic than C2.
    """
    found = model_fit(_calibration(model))
    theirs = FIGURES[f"s_{model}"]["M2"]

    assert found.srmsr == pytest.approx(theirs["SRMSR"], abs=1e-4)
    if model != "grm":
        assert found.df == theirs["df"]
        assert found.statistic == pytest.approx(theirs["M2"], rel=2e-4)
        assert found.rmsea == pytest.approx(theirs["RMSEA"], abs=1e-4)
        assert found.tli == pytest.approx(theirs["TLI"], abs=1e-4)


def test_person_fit_is_that_of_mirt():
    """
    Infit, outfit and Zh of the first 50 persons, to 1e-3.
    """
    found = person_fit(_calibration("2pl"))

    for ours, row in zip(found[:50], FIGURES["s_2pl"]["person"], strict=True):
        assert ours.outfit == pytest.approx(row["outfit"], abs=1e-3)
        assert ours.infit == pytest.approx(row["infit"], abs=1e-3)
        assert ours.zh == pytest.approx(row["Zh"], abs=1e-3)


def test_sum_scores_have_the_abilities_of_mirt():
    """
    EAP for sum scores, to 2e-4.
    """
    ours = score(_calibration("2pl"), method="eapsum")
    table = {int(row["Sum.Scores"]): row for row in FIGURES["s_2pl"]["EAPsum"]}

    expected = [table[total]["F1"] for total in ours.raw_score.tolist()]
    np.testing.assert_allclose(ours.theta, expected, atol=2e-4)


def test_groups_with_items_missing_by_design_are_those_of_mirt():
    """
    Items in common, mean and variance of the second group.

    mirt's grid stands still and ours too, so both cut the wider group at the same ends.
    """
    theirs = FIGURES["s_groups"]

    ours = calibrate(SETS / "s_groups.csv", "2pl", group="group", scale_nodes=False).parameters

    assert ours.log_likelihood == pytest.approx(theirs["log_likelihood"], abs=1e-3)
    assert ours.groups[1].mean == pytest.approx(theirs["mean_G2"], abs=1e-3)
    assert ours.groups[1].sd ** 2 == pytest.approx(theirs["variance_G2"], abs=2e-3)
    for item, row in zip(ours.items, theirs["slope_intercept"], strict=True):
        assert item.values["a"] == pytest.approx(row["a1"], abs=1e-3)
        assert item.values["intercept"] == pytest.approx(row["d"], abs=1e-3)


def test_mantel_haenszel_is_that_of_r():
    """
    χ² with continuity correction and the odds ratio of every item, to 1e-8.
    """
    found = dif(SETS / "s_dif.csv", "group", method="mh", reference="R")

    for ours, row in zip(found, FIGURES["s_dif"], strict=True):
        # R corrects nothing where the whole difference is below the correction; ours is then 0.
        statistic = ours.statistic or ours.details["chi2_uncorrected"]
        assert statistic == pytest.approx(row["chi2"], abs=1e-8)
        # R's table has wrong answers of the reference group first: its ratio is ours turned round.
        assert 1 / ours.details["alpha_mh"] == pytest.approx(row["alpha"], abs=1e-8)


def test_classical_statistics_are_those_of_psych():
    """
    Means, deviations, item-total and item-rest correlations, alpha and two bounds, to 1e-8.
    """
    theirs = FIGURES["classical_s_2pl"]

    items = item_analysis(SETS / "s_2pl.csv").items
    total = reliability(SETS / "s_2pl.csv")

    for ours, row in zip(items, theirs["item"], strict=True):
        assert ours.statistics.mean == pytest.approx(row["mean"], abs=1e-8)
        assert ours.statistics.sd == pytest.approx(row["sd"], abs=1e-8)
        assert ours.statistics.item_total_r == pytest.approx(row["raw.r"], abs=1e-8)
        assert ours.statistics.item_rest_r == pytest.approx(row["r.drop"], abs=1e-8)
    assert total.alpha == pytest.approx(theirs["alpha"], abs=1e-8)
    # psych takes its bounds from correlations.
    bounds = guttman_bounds(np.corrcoef(read_responses(SETS / "s_2pl.csv").responses.scores.T))
    assert bounds.lambda2 == pytest.approx(theirs["lambda2"], abs=1e-8)
    assert bounds.lambda6 == pytest.approx(theirs["lambda6"], abs=1e-8)
