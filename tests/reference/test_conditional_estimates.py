"""Conditional maximum likelihood against eRm 1.0-2 and dexter 1.8.0 (cml_*.json)."""

import numpy as np
import pytest
from reference_files import reference, responses

from examengine.psychometrics.estimation import calibrate

RIGHT_WRONG = {
    "lsat6": "lsat6",
    "lsat7": "lsat7",
    "raschdat1": "raschdat1",
    "sat12": "sat12_scored",
    "verbagg_dich": "verbagg_dich",
}
SEVERAL = {"pcmdat2": "pcmdat2", "verbagg_poly": "verbagg_poly"}


@pytest.mark.parametrize("name", sorted(RIGHT_WRONG))
def test_difficulties_are_those_of_erm(name):
    """
    Conditional log-likelihood to 1e-5, difficulties and their errors to 1e-4.
    """
    document = reference(f"cml_{name}")["eRm_CML"]

    ours = calibrate(
        responses(f"data/{RIGHT_WRONG[name]}.csv"), "rasch", estimator="cml"
    ).parameters

    assert ours.converged
    assert ours.n_parameters == document["npar"]
    assert ours.log_likelihood == pytest.approx(document["loglik"], abs=1e-5)
    difficulties = [item.values["b"] for item in ours.items]
    errors = [item.se["b"] for item in ours.items]
    np.testing.assert_allclose(difficulties, document["difficulty"], atol=1e-4)
    np.testing.assert_allclose(errors, document["se_beta"], rtol=1e-3)


@pytest.mark.parametrize("name", sorted(SEVERAL))
def test_steps_are_those_of_dexter(name):
    """
    Under the partial credit model steps and errors agree with dexter to 1e-6.

    eRm ends its search 2e-4 short on one of these; its log-likelihood agrees all the same.
    """
    document = reference(f"cml_{name}")

    ours = calibrate(responses(f"data/{SEVERAL[name]}.csv"), "pcm", estimator="cml").parameters

    theirs = document["dexter_CML"]["coef"]
    steps = np.concatenate([item.values["steps"] for item in ours.items])
    errors = np.concatenate([item.se["steps"] for item in ours.items])
    assert ours.log_likelihood == pytest.approx(document["eRm_CML"]["loglik"], abs=1e-5)
    np.testing.assert_allclose(steps, [row["beta"] for row in theirs], atol=1e-6)
    np.testing.assert_allclose(errors, [row["SE_beta"] for row in theirs], rtol=1e-6)
