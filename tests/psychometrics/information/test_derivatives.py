"""Expected scores and their derivatives, against small changes, for every model."""

from dataclasses import replace

import numpy as np
import pytest

from examengine.psychometrics.information import (
    by_item,
    characteristic_curve,
    expected_score_derivatives,
)
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.parameters import ItemParameters

THETA = np.linspace(-3, 3, 7)
STEP = 1e-6


@pytest.mark.parametrize("code", sorted(MODELS))
def test_derivatives_are_those_of_small_changes(code):
    """
    The expected score moves with ability and with each coordinate as its derivatives say.
    """
    model = MODELS[code]
    first, second = (ItemParameters(name, code, model.example) for name in "ab")
    items = [first, replace(second, values=model.unpack(0.9 * second.coordinates))]

    found = expected_score_derivatives(items, THETA)

    def curve(theta=THETA, place=0, change=0.0):
        moved = list(items)
        values = model.unpack(items[place].coordinates + change)
        moved[place] = replace(items[place], values=values)
        return characteristic_curve(moved, theta)

    np.testing.assert_allclose(found.score, characteristic_curve(items, THETA), atol=1e-12)
    by_theta = (curve(THETA + STEP) - curve(THETA - STEP)) / (2 * STEP)
    np.testing.assert_allclose(found.by_theta, by_theta, atol=1e-7)
    for place, (name, columns) in enumerate(by_item(items, found.by_items).items()):
        assert name == "ab"[place]
        for coordinate, column in enumerate(columns.T):
            step = np.eye(columns.shape[1])[coordinate] * STEP
            change = curve(place=place, change=step) - curve(place=place, change=-step)
            np.testing.assert_allclose(column, change / (2 * STEP), atol=1e-7)
