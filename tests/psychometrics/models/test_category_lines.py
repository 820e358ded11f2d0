"""Models whose logits are lines in ability say so, and say which lines."""

import numpy as np
import pytest

from examengine.psychometrics.models import MODELS

CURVED = {"3pl", "4pl", "grm"}


@pytest.mark.parametrize("code", sorted(MODELS))
def test_lines_are_the_logits(code):
    """
    Slope and intercept of each category give log P_k / P_0 at every ability, or there are none.
    """
    model = MODELS[code]
    params = model.pack(model.example)[np.newaxis]
    theta = np.linspace(-4, 4, 9)

    lines = model.category_lines(params)

    logs = model.log_probabilities(theta, params)
    assert (lines is None) == (code in CURVED)
    if lines is not None:
        slope, intercept = (each[:, :, np.newaxis] for each in lines)
        np.testing.assert_allclose(logs - logs[:, :1], slope * theta + intercept, atol=1e-12)
