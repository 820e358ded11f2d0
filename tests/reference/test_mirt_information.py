"""Information and expected scores against mirt 1.47, given mirt's own parameters."""

import numpy as np
import pytest
from reference_files import mirt_parameters, reference

from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.information import (
    characteristic_curve,
    information_of_items,
    information_of_test,
)

NAMES = [
    "lsat7_2pl", "sat12_2pl", "sat12_3pl_prior_norm", "ability_3pl_prior_norm", "science_grm",
    "science_gpcm", "science_pcm", "science_rsm", "science_nrm", "pcmdat2_gpcm",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_information_is_that_of_mirt(name):
    """
    Item and test information agree to 1e-8 at 33 abilities.
    """
    document, items = reference(f"mirt_{name}"), mirt_parameters(name).items
    theta = np.array(document["information"]["theta"])

    np.testing.assert_allclose(
        information_of_items(items, theta), document["information"]["items"], atol=1e-8
    )
    np.testing.assert_allclose(
        information_of_test(items, theta), document["information"]["test"], atol=1e-8
    )


@pytest.mark.parametrize("name", NAMES)
def test_curves_are_those_of_mirt(name):
    """
    Category probabilities and expected test scores agree to 1e-10.
    """
    document, items = reference(f"mirt_{name}"), mirt_parameters(name).items
    theta = np.array(document["information"]["theta"])
    lowest = len(items) if name.startswith("science") else 0

    expected = characteristic_curve(items, theta) + lowest

    np.testing.assert_allclose(expected, document["information"]["expected_test"], atol=1e-8)
    share = category_probabilities(items, np.array(document["probtrace_grid"]["theta"], float))
    for place, item in enumerate(items):
        traced = np.array(document["probtrace_grid"]["items"][place])
        np.testing.assert_allclose(share[:, place, : item.n_categories], traced, atol=1e-10)
