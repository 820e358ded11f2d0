"""Control for many tests: the published steps, and what they promise of each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.psychometrics.multiplicity import (
    ADJUSTMENTS,
    benjamini_hochberg,
    bonferroni,
    holm,
)

PS = st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=1, max_size=12)


def test_adjusted_values_are_the_published_ones():
    """
    The three procedures on five values worked out by hand, nan left alone.
    """
    ps = [0.01, np.nan, 0.04, 0.03, 0.5]

    np.testing.assert_allclose(benjamini_hochberg(ps), [0.04, np.nan, 0.16 / 3, 0.16 / 3, 0.5])
    np.testing.assert_allclose(holm(ps), [0.04, np.nan, 0.09, 0.09, 0.5])
    np.testing.assert_allclose(bonferroni(ps), [0.04, np.nan, 0.16, 0.12, 1.0])


@pytest.mark.parametrize("code", sorted(ADJUSTMENTS))
@given(ps=PS)
def test_a_procedure_rejects_what_its_steps_reject(code, ps):
    """
    Adjusted values at a level are those that the step-wise rule rejects one hypothesis at a time.
    """
    level = 0.2

    adjusted = ADJUSTMENTS[code](ps)

    known = sorted(p for p in ps if not np.isnan(p))
    limit = -1.0
    for place, p in enumerate(known):
        steps = {
            "bonferroni": 1 / len(known),
            "holm": 1 / (len(known) - place),
            "bh": (place + 1) / len(known),
        }
        if p <= level * steps[code]:
            limit = p
        elif code != "bh":
            break
    # At the level itself rounding decides.
    clear = ~np.isnan(ps) & (np.abs(adjusted - level) > 1e-9)
    assert ((adjusted <= level) == (np.array(ps) <= limit))[clear].all()


@given(ps=PS)
def test_bonferroni_is_the_strictest(ps):
    """
    No adjusted value is below its own p, and Holm's and the false discovery rate's are no higher.
    """
    values = np.array(ps)
    known = np.isfinite(values)

    strict, steps, rate = bonferroni(ps), holm(ps), benjamini_hochberg(ps)

    assert (steps[known] <= strict[known] + 1e-15).all()
    assert (rate[known] <= steps[known] + 1e-15).all()
    assert (rate[known] >= values[known]).all()
    assert np.isnan(strict[~known]).all()
