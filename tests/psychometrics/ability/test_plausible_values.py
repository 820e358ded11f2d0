"""Plausible values have the distributions they are drawn from."""

import numpy as np
import pytest

from examengine.psychometrics.ability import estimate_abilities, plausible_values
from examengine.psychometrics.parameters import GroupParameters, ItemParameters, ParameterSet
from examengine.psychometrics.refusals import CannotScore
from examengine.psychometrics.responses import Responses

ITEMS = tuple(
    ItemParameters(f"i{n}", "2pl", {"a": 1.2, "b": b}) for n, b in enumerate((-1, -0.5, 0, 0.5, 1))
)
WHOLE = ParameterSet(items=ITEMS, groups=(GroupParameters("all", 0.4, 1.3, False),))


def test_draws_have_the_moments_of_the_posterior():
    """
    Many draws of one person have the mean and deviation that EAP reports.
    """
    persons = Responses.from_matrix(np.array([[1, 1, 0, 1, 0]]), item_ids=WHOLE.item_ids)

    values = plausible_values(persons, WHOLE, 40_000, np.random.default_rng(1))[0]

    eap = estimate_abilities(persons, WHOLE, "eap")
    assert values.mean() == pytest.approx(eap.theta[0], abs=0.02)
    assert values.std() == pytest.approx(eap.se[0], rel=0.02)


def test_draws_have_the_spread_of_the_abilities():
    """
    Over persons the values vary as abilities do, where point estimates vary less.
    """
    rng = np.random.default_rng(2)
    theta = rng.normal(0.4, 1.3, 6000)
    right = 1 / (1 + np.exp(-1.2 * (theta[:, np.newaxis] - np.array([-1, -0.5, 0, 0.5, 1]))))
    persons = Responses.from_matrix(rng.random(right.shape) < right, item_ids=WHOLE.item_ids)

    values = plausible_values(persons, WHOLE, 3, rng)

    assert values.shape == (6000, 3)
    assert values.std() == pytest.approx(1.3, rel=0.03)
    assert estimate_abilities(persons, WHOLE, "eap").theta.std() < 1.15


def test_the_same_generator_gives_the_same_values():
    """
    Draws depend on nothing but the arguments.
    """
    persons = Responses.from_matrix(np.array([[1, 1, 0, 1, 0]]), item_ids=WHOLE.item_ids)

    one, two = (plausible_values(persons, WHOLE, 5, np.random.default_rng(3)) for _ in range(2))

    np.testing.assert_array_equal(one, two)


def test_at_least_one_value_is_drawn():
    """
    No values at all is no request.
    """
    persons = Responses.from_matrix(np.array([[1, 1, 0, 1, 0]]), item_ids=WHOLE.item_ids)

    with pytest.raises(CannotScore, match="at least 1"):
        plausible_values(persons, WHOLE, 0, np.random.default_rng(4))
