"""Calibrations against mirt 1.47 on the same 61 points (mirt_*.json, mg_*.json, highquad.json)."""

import numpy as np
import pytest
from reference_files import mirt_parameters, reference, responses, table

from examengine.psychometrics.estimation import calibrate
from examengine.psychometrics.item_keys import ItemKey
from examengine.psychometrics.likelihood import marginal_log_likelihood
from examengine.psychometrics.option_categories import by_option, options_to_calibrate
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.response_files import read_responses
from examengine.psychometrics.responses import Responses

FILES = {
    "verbagg_dich": "verbagg_dich",
    "verbagg_poly": "verbagg_poly",
    "sat12": "sat12_scored",
}
RIGHT_WRONG = [
    *(
        f"{data}_{model}"
        for data in ("lsat6", "lsat7", "sat12", "ability", "verbagg_dich")
        for model in ("rasch", "1pl", "2pl")
    ),
    *(f"{data}_{model}" for data in ("spisa", "fims", "deayala") for model in ("rasch", "2pl")),
    "raschdat1_rasch",
    "raschdat1_1pl",
]
SEVERAL = [
    *(
        f"{data}_{model}"
        for data in ("science", "pcmdat2", "verbagg_poly")
        for model in ("grm", "gpcm", "pcm", "rsm")
    ),
    "science_nrm",
    "verbagg_poly_nrm",
    "bock1997_nrm",
]
# mirt reports other parameters than ours for these two, so their errors are not comparable.
WITH_ERRORS = [name for name in (*RIGHT_WRONG, *SEVERAL) if not name.endswith(("rsm", "nrm"))]


def data_of(name: str) -> tuple[Responses, str]:
    """The responses of a reference, and the model."""
    data, model = name.rsplit("_", 1)
    return responses(f"data/{FILES.get(data, data)}.csv"), model


def close_values(ours: ParameterSet, theirs: ParameterSet, tolerance: float) -> None:
    """Every parameter of theirs is that of ours within the tolerance, relative beyond one."""
    for item in theirs.items:
        for name, value in item.values.items():
            found = np.asarray(ours.item(item.item_id).values[name])
            size = np.maximum(1.0, np.abs(value))
            np.testing.assert_array_less(np.abs(found - value) / size, tolerance)


@pytest.mark.parametrize("name", [*RIGHT_WRONG, *SEVERAL])
def test_estimates_are_those_of_mirt(name):
    """
    Log-likelihood to 1e-5 (one part in 10⁹ of a large one), parameters to 1e-4.
    """
    theirs, document = mirt_parameters(name), reference(f"mirt_{name}")
    data, model = data_of(name)

    ours = calibrate(data, model, scale_nodes=False).parameters

    assert ours.converged
    assert ours.gradient_max <= 2e-4
    assert ours.n_parameters == document["n_est_par"]
    assert ours.log_likelihood == pytest.approx(document["logLik"], rel=1e-9, abs=1e-5)
    assert ours.groups[0].sd == pytest.approx(theirs.groups[0].sd, abs=1e-4)
    close_values(ours, theirs, 1e-4)


@pytest.mark.parametrize("name", WITH_ERRORS)
def test_standard_errors_are_those_of_mirt(name):
    """
    Standard errors of a and of b, thresholds or steps agree with Oakes' method to 1 %.

    Not the first step under the GPCM: mirt's delta method for it does not follow from mirt's own
    covariance matrix, which ours is checked against below.
    """
    document = reference(f"mirt_{name}")
    data, model = data_of(name)

    ours = calibrate(data, model, scale_nodes=False).parameters

    listed = "thresholds" if model == "grm" else "steps"
    for item in ours.items:
        theirs = document["irt_SE"][item.item_id]["se"]
        names = {"a": "a", "b": "b"} if "b" in theirs else {"a": "a"}
        for here, there in names.items():
            if theirs[there] is not None:
                assert item.se[here] == pytest.approx(theirs[there], rel=0.01)
        for place, error in enumerate(item.se.get(listed, ())):
            if (model, place) != ("gpcm", 0):
                assert error == pytest.approx(theirs[f"b{place + 1}"], rel=0.01)


@pytest.mark.parametrize("name", ["science_gpcm", "science_grm", "lsat7_2pl"])
def test_covariances_are_those_of_mirt(name):
    """
    The covariances of slopes and intercepts of each item agree with mirt's matrix.
    """
    document = np.array(reference(f"mirt_{name}")["vcov"]["matrix"])
    data, model = data_of(name)

    ours = calibrate(data, model, scale_nodes=False).item_covariances

    size = len(next(iter(ours.values())))
    for place, covariance in enumerate(ours.values()):
        part = slice(place * size, (place + 1) * size)
        np.testing.assert_allclose(covariance, document[part, part], rtol=0.01, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "theirs"), [("cross-products", "crossprod"), ("sandwich", "sandwich")]
)
def test_other_standard_errors_are_those_of_mirt(kind, theirs):
    """
    Cross-product and sandwich errors of slopes and intercepts agree to 1 %.
    """
    document = reference("mirt_lsat7_2pl")["SE_other"][theirs]["slope_intercept_SE"]
    data, model = data_of("lsat7_2pl")

    ours = calibrate(data, model, scale_nodes=False, standard_errors=kind).parameters

    for item in ours.items:
        assert item.se["slope"] == pytest.approx(document[item.item_id]["se"]["a1"], rel=0.01)
        assert item.se["intercept"] == pytest.approx(document[item.item_id]["se"]["d"], rel=0.01)


@pytest.mark.parametrize(
    ("name", "model", "n_items"),
    [
        ("credential_rasch170", "rasch", 170),
        ("credential_2pl170", "2pl", 170),
        ("credential_2pl200_mbd", "2pl", 200),
    ],
)
def test_the_licensure_exam_is_calibrated_as_by_mirt(name, model, n_items):
    """
    The real exam, also with its pretest blocks missing by design, gives mirt's numbers.
    """
    document = reference(f"mirt_{name}")
    data = responses("data/credential_scored.csv", n_items=n_items)

    ours = calibrate(data, model, scale_nodes=False).parameters

    assert ours.converged
    assert ours.log_likelihood == pytest.approx(document["logLik"], abs=1e-5)
    assert ours.groups[0].sd ** 2 == pytest.approx(document["var"], abs=1e-4)
    for item, theirs in zip(ours.items, document["items"], strict=True):
        size = max(1.0, abs(theirs["b"]))
        assert item.values["a"] == pytest.approx(theirs["a"], abs=1e-4)
        assert abs(item.values["b"] - theirs["b"]) / size < 1e-4
        error = document["irt_SE"][item.item_id]["se"]["b"]
        assert item.se["b"] == pytest.approx(error, rel=0.01)


def test_two_groups_are_those_of_mirt():
    """
    Items in common, mean and deviation of the second country: the values of mirt.

    Its log-likelihood is not stationary at its estimates (the grid ends 3.2 deviations above the
    second group's mean), so it agrees less closely than they do.
    """
    document = reference("mg_fims_country")
    header, rows = table("data/fims_persons.csv")
    data = responses("data/fims.csv")
    group = [f"C{row[header.index('country')]}" for row in rows]
    grouped = Responses.from_matrix(data.scores, item_ids=data.item_ids, group=group)

    ours = calibrate(grouped, "2pl", by_group=True, reference="C1", scale_nodes=False).parameters

    theirs = document["groups"]["C2"]
    assert ours.log_likelihood == pytest.approx(document["logLik"], abs=2e-4)
    assert ours.group("C2").mean == pytest.approx(theirs["mean"], abs=1e-4)
    assert ours.group("C2").sd ** 2 == pytest.approx(theirs["var"], abs=1e-4)
    for item, other in zip(ours.items, document["items"], strict=True):
        assert item.values["a"] == pytest.approx(other["a"], abs=1e-4)
        assert item.values["b"] == pytest.approx(other["b"], abs=1e-4)


@pytest.mark.parametrize("name", ["lsat7_2pl", "deayala_rasch", "science_grm", "verbagg_poly_nrm"])
def test_the_likelihood_at_mirts_estimates_is_mirts(name):
    """
    Given mirt's parameters the marginal log-likelihood is mirt's to 1e-8.
    """
    data, _ = data_of(name)

    ours = marginal_log_likelihood(data, mirt_parameters(name), scale_nodes=False)

    assert ours == pytest.approx(reference(f"mirt_{name}")["logLik"], abs=1e-8)


def test_options_as_categories_where_mirt_gave_up():
    """
    SAT12 by chosen options: at mirt's estimates the likelihood is mirt's, and from there it still
    rises by 18: mirt stopped after 20,000 cycles, and options that one or two persons chose have
    no finite slope. Here, too, the run says that it did not converge.
    """
    header, rows = table("data/sat12_raw.csv")
    chosen = "\n".join(",".join("" if cell == "8" else cell for cell in row) for row in rows)
    keys = {name: ItemKey(name, ("1",)) for name in header}
    read = read_responses("sat12", f"{','.join(header)}\n{chosen}\n".encode(), keys=keys)
    data = by_option(read, options_to_calibrate(read, "nrm", ())).responses

    found = calibrate(data, "nrm", max_cycles=120).parameters

    mirt = reference("mirt_sat12_raw_nrm")
    at_mirt = marginal_log_likelihood(data, mirt_parameters("sat12_raw_nrm"), scale_nodes=False)
    assert at_mirt == pytest.approx(mirt["logLik"], abs=1e-6)
    assert not mirt["converged"]
    assert not found.converged
    assert found.log_likelihood > mirt["logLik"] + 15


@pytest.mark.parametrize("name", ["deayala_rasch", "verbagg_dich_rasch", "ability_rasch"])
def test_moving_points_come_closer_to_the_integral(name):
    """
    Where the variance is large, moving points agree better with 241 points on −12 … 12.
    """
    fits = reference("highquad")["fits"]
    data, model = data_of(name)

    moving = calibrate(data, model).parameters.log_likelihood
    fixed = calibrate(data, model, scale_nodes=False).parameters.log_likelihood

    fine = fits[name]["logLik"]
    assert abs(moving - fine) < 0.1 * abs(fixed - fine)
    assert moving == pytest.approx(fine, rel=1e-8)


def form(letter: str) -> Responses:
    """One form of the simulated linking study."""
    header, rows = table(f"simulated/link_2pl_form{letter}.csv")
    scores = np.array(rows, dtype=float)
    people = [f"{letter}{n}" for n in range(len(scores))]
    return Responses.from_matrix(scores, item_ids=header, person_ids=people)


def test_fixed_parameter_calibration_is_that_of_mirt():
    """
    With the common items held at form X's estimates, form Y gets mirt's mean and variance.
    """
    study = reference("linking")["2PL"]
    anchors = [
        ItemParameters(entry["item"], "2pl", {"a": entry["a"], "b": entry["b"]})
        for entry in study["items_X"]
        if entry["item"].startswith("A")
    ]

    ours = calibrate(form("Y"), "2pl", anchors=anchors, scale_nodes=False).parameters

    theirs = study["fixed_parameter_calibration"]
    assert sum(item.anchored for item in ours.items) == len(anchors) == 12
    assert ours.groups[0].mean == pytest.approx(theirs["mean"], abs=1e-4)
    assert ours.groups[0].sd ** 2 == pytest.approx(theirs["var"], abs=5e-4)
    for entry in theirs["items"]:
        assert ours.item(entry["item"]).values["a"] == pytest.approx(entry["a"], abs=5e-4)


def test_concurrent_calibration_is_that_of_mirt():
    """
    Both forms together, missing by design, give mirt's mean and deviation of form Y's group.
    """
    study = reference("linking")["2PL"]["concurrent"]
    x, y = form("X"), form("Y")
    names = (*x.item_ids, *(name for name in y.item_ids if name not in x.item_ids))
    scores = np.full((x.n_persons + y.n_persons, len(names)), np.nan)
    scores[: x.n_persons, [names.index(name) for name in x.item_ids]] = x.scores
    scores[x.n_persons :, [names.index(name) for name in y.item_ids]] = y.scores
    group = ["X"] * x.n_persons + ["Y"] * y.n_persons
    together = Responses.from_matrix(scores, item_ids=names, group=group)

    ours = calibrate(together, "2pl", by_group=True, scale_nodes=False).parameters

    assert ours.converged
    assert ours.group("Y").mean == pytest.approx(study["mean_Y"], abs=5e-4)
    assert ours.group("Y").sd == pytest.approx(study["sd_Y"], abs=5e-4)
