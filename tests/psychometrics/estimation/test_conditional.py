"""Conditional maximum likelihood against enumeration and against the marginal estimates."""

import itertools

import numpy as np
import pytest
from simulated import mixed, right_wrong, two_forms

from examengine.psychometrics.estimation import Priors, calibrate
from examengine.psychometrics.refusals import CannotCalibrate
from examengine.psychometrics.responses import Responses


def slow_conditional(responses: Responses, intercepts: list[np.ndarray]) -> float:
    """Log P(answers | sum score), person by person, over all patterns with the same sum."""
    total = 0.0
    for row in responses.scores:
        given = [column for column, score in enumerate(row) if score >= 0]
        full = [np.concatenate([[0.0], intercepts[column]]) for column in given]
        mine = sum(part[row[column]] for part, column in zip(full, given, strict=True))
        ways = [
            np.exp(sum(part[score] for part, score in zip(full, pattern, strict=True)))
            for pattern in itertools.product(*(range(len(part)) for part in full))
            if sum(pattern) == sum(row[column] for column in given)
        ]
        total += mine - np.log(sum(ways))
    return float(total)


def graded() -> Responses:
    """Right/wrong and partial-credit items with some cells missing."""
    responses, _ = mixed(60)
    return responses.with_items(["i0", "i1", "g2", "g3"])


def intercepts_of(parameters) -> list[np.ndarray]:
    """The intercepts of every item, from difficulties or steps."""
    return [
        -np.cumsum(np.atleast_1d(i.values.get("steps", i.values.get("b"))))
        for i in parameters.items
    ]


@pytest.mark.parametrize(("responses", "model"), [(two_forms(60), "rasch"), (graded(), "pcm")])
def test_the_likelihood_is_that_of_all_patterns(responses, model):
    """
    The recursion gives the likelihood that enumeration of all patterns gives.
    """
    found = calibrate(responses, model, estimator="cml").parameters

    slow = slow_conditional(responses, intercepts_of(found))
    assert found.log_likelihood == pytest.approx(slow, abs=1e-8)


def test_no_neighbour_is_higher():
    """
    Moving any difficulty of a converged run lowers the conditional likelihood.
    """
    responses = right_wrong(80, 5)
    found = calibrate(responses, "rasch", estimator="cml").parameters

    assert found.converged
    for item in range(5):
        for step in (-0.02, 0.02):
            moved = intercepts_of(found)
            moved[item] = moved[item] + step
            assert slow_conditional(responses, moved) < found.log_likelihood


def test_difficulties_are_centred_and_near_the_marginal_ones():
    """
    With mean 0 the differences between difficulties are those of the marginal estimates.
    """
    responses = right_wrong(3000, 12)

    conditional = calibrate(responses, "rasch", estimator="cml").parameters
    marginal = calibrate(responses, "rasch").parameters

    one, two = (np.array([i.values["b"] for i in p.items]) for p in (conditional, marginal))
    assert one.mean() == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(one, two - two.mean(), atol=0.03)
    assert conditional.groups[0].mean == pytest.approx(-two.mean(), abs=0.03)
    assert conditional.groups[0].sd == pytest.approx(marginal.groups[0].sd, rel=0.02)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"model": "2pl"}, "no 2pl"),
        ({"standard_errors": "sandwich"}, "observed standard errors only"),
        (
            {"priors": Priors.from_mapping({"b": {"distribution": "normal", "mean": 0, "sd": 1}})},
            "no priors",
        ),
    ],
)
def test_what_conditioning_lacks_is_said(options, words):
    """
    A plan that needs another estimator is refused with the reason.
    """
    with pytest.raises(CannotCalibrate, match=words):
        calibrate(right_wrong(), **{"model": "rasch", **options}, estimator="cml")
