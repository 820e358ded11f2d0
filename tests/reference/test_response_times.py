"""Response times against lavaan (rt_chess_lavaan.json) and on the licensure exam."""

import numpy as np
import pytest
from reference_files import reference, table

from examengine.psychometrics.response_time import (
    effort,
    lognormal_times,
    normative_thresholds,
    rapid_accuracy,
)


def numbers(path):
    """A table of numbers, nan where a cell is empty."""
    _, rows = table(path)
    return np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])


def test_the_lognormal_model_equals_the_exact_solution():
    """
    Log-likelihood, intensities, discriminations and speeds of the chess test equal lavaan's.
    """
    expected = reference("rt_chess_lavaan")

    found = lognormal_times(numbers("data/chess_seconds.csv"))

    assert found.converged
    assert found.log_likelihood == pytest.approx(expected["logLik"], abs=1e-4)
    np.testing.assert_allclose(found.intensity, expected["beta"], atol=1e-4)
    np.testing.assert_allclose(found.discrimination, expected["alpha"], atol=1e-4)
    assert found.speed_variance == pytest.approx(expected["var_tau"], abs=1e-5)
    np.testing.assert_allclose(found.speed[:50], expected["tau_EB_first50"], atol=1e-4)


def test_rapid_answers_of_the_licensure_exam_are_rare_and_poorer():
    """
    Fewer than two per cent of the answers of a real high-stakes exam are rapid by the ten per cent
    rule, and those are right less often than the others.
    """
    seconds = numbers("data/credential_seconds.csv")[:, :170]
    scores = numbers("data/credential_scored.csv")[:, :170].astype(np.int8)

    found = effort(seconds, normative_thresholds(seconds))
    rows = rapid_accuracy(found, scores, np.ones(170))

    counts = np.array([row.n_rapid for row in rows])
    assert 0 < counts.sum() / np.isfinite(seconds).sum() < 0.02
    rapid = np.nansum([row.rapid * row.n_rapid for row in rows if row.n_rapid]) / counts.sum()
    assert rapid < np.mean([row.tried for row in rows])
