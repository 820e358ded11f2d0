"""The 3PL with priors against exact modes (map3pl_*.json) and, where it is exact, mirt.

The references named `prior_beta` of mirt itself are not used: its beta prior stops before the
mode. The `map3pl` files are modes of the same posterior with a gradient below 1e-5.
"""

import numpy as np
import pytest
from reference_files import reference, responses

from examengine.psychometrics.estimation import Priors, calibrate

GUESSING = {
    "beta": {"c": {"distribution": "beta", "alpha": 5, "beta": 17}},
    "norm": {"logit_c": {"distribution": "normal", "mean": -1.1, "sd": 2.0}},
    "full": {
        "c": {"distribution": "beta", "alpha": 5, "beta": 17},
        "a": {"distribution": "lognormal", "mean": 0.0, "sd": 0.5},
    },
}
FILES = {"sat12": "sat12_scored"}
EXACT = [
    ("lsat7", "beta"), ("lsat7", "norm"), ("lsat7", "full"), ("lsat6", "beta"), ("lsat6", "norm"),
    ("ability", "beta"), ("ability", "norm"), ("ability", "full"), ("deayala", "beta"),
    ("sat12", "beta"), ("sat12", "full"), ("spisa", "beta"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "prior"), EXACT)
def test_modes_are_the_exact_ones(data, prior):
    """
    The log-posterior is not below the exact mode, and the parameters agree to 1e-3.
    """
    document = reference(f"map3pl_{data}_prior_{prior}")
    priors = Priors.from_mapping(GUESSING[prior])

    ours = calibrate(
        responses(f"data/{FILES.get(data, data)}.csv"), "3pl", priors=priors
    ).parameters

    assert ours.converged
    assert ours.log_posterior >= document["logLik"] + document["logPrior"] - 1e-4
    assert ours.log_likelihood == pytest.approx(document["logLik"], abs=1e-3)
    for item, theirs in zip(ours.items, document["items"], strict=True):
        assert item.values["a"] == pytest.approx(theirs["a"], abs=1e-3, rel=1e-3)
        assert item.values["intercept"] == pytest.approx(theirs["d"], abs=1e-3, rel=1e-3)
        assert item.values["c"] == pytest.approx(theirs["g"], abs=1e-3)


def test_a_reversed_item_under_a_prior_above_zero_is_admitted():
    """
    One item of SPISA is reversed; under a prior on a > 0 its difficulty runs off to infinity.

    The log-posterior and the other items are those of the reference, but no curvature is left
    for that item, so the run may not call itself converged.
    """
    document = reference("map3pl_spisa_prior_full")
    priors = Priors.from_mapping(GUESSING["full"])

    ours = calibrate(responses("data/spisa.csv"), "3pl", priors=priors).parameters

    assert not ours.converged
    assert any("difficulty beyond 15 for I23" in warning for warning in ours.warnings)
    mode = document["logLik"] + document["logPrior"]
    assert ours.log_posterior == pytest.approx(mode, abs=1e-4)
    for item, theirs in zip(ours.items, document["items"], strict=True):
        if item.item_id != "I23":
            assert item.values["a"] == pytest.approx(theirs["a"], abs=1e-3)
            assert item.values["c"] == pytest.approx(theirs["g"], abs=1e-3)


def test_slopes_without_a_maximum_are_admitted():
    """
    Two items of SAT12 have no finite slope unless a has a prior; the run says so and names them.
    """
    document = reference("map3pl_sat12_prior_norm")
    priors = Priors.from_mapping(GUESSING["norm"])

    ours = calibrate(responses("data/sat12_scored.csv"), "3pl", priors=priors).parameters

    steep = {item["item"] for item in document["items"] if item["a"] > 6}
    assert steep == {"Item.12"}
    assert not ours.converged
    assert any("slope beyond 6 for Item.12, Item.32" in warning for warning in ours.warnings)
    assert all(item.se == {} for item in ours.items)


@pytest.mark.parametrize("data", ["lsat7", "ability"])
def test_standard_errors_under_a_prior_are_those_of_mirt(data):
    """
    With its normal prior on the logit, where mirt is exact, standard errors agree to 1 %.
    """
    document = reference(f"mirt_{data}_3pl_prior_norm")
    priors = Priors.from_mapping(GUESSING["norm"])

    ours = calibrate(responses(f"data/{data}.csv"), "3pl", priors=priors).parameters

    pairs = [
        (item.se[here], document["irt_SE"][item.item_id]["se"][there])
        for item in ours.items
        for here, there in (("a", "a"), ("b", "b"), ("c", "g"))
    ]
    mine, theirs = np.array([pair for pair in pairs if pair[1] is not None], dtype=float).T
    np.testing.assert_allclose(mine, theirs, rtol=0.01)
