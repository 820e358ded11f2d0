"""Omega hierarchical in an analysis: the coefficient of a proper solution, or a sentence."""

import numpy as np
import pytest

from examengine.psychometrics.reliability import omega_hierarchical, omega_total
from examengine.psychometrics.response_files import ResponseData
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.results import analyse


def answers(seed, n_persons=400, twins=False):
    """Nine right/wrong items on three related factors; the first two alike when asked."""
    rng = np.random.default_rng(seed)
    general = rng.normal(size=(n_persons, 1))
    groups = np.repeat(rng.normal(size=(n_persons, 3)), 3, axis=1)
    scores = (general + groups + 0.8 * rng.normal(size=(n_persons, 9)) > 0).astype(np.int8)
    if twins:
        scores[:, 1] = scores[:, 0]
    return scores


def analysed(scores):
    """The analysis of a matrix."""
    return analyse(ResponseData("scores", Responses.from_matrix(scores), {}, {}))


def test_a_proper_solution_is_shown():
    """
    The coefficient is that of the library from the items' correlations, and no note is needed.
    """
    scores = answers(1)

    found = analysed(scores)

    expected = omega_hierarchical(np.corrcoef(scores.T))
    assert found.reliability.omega_hierarchical == pytest.approx(expected.omega_hierarchical)
    assert found.notes == ()


def test_an_improper_solution_is_none_with_its_reason():
    """
    Two items that are always answered alike leave no variance of their own: no coefficient.
    """
    found = analysed(answers(1, twins=True))

    assert found.reliability.omega_hierarchical is None
    (note,) = found.notes
    assert "improper (item 'item" in note
    assert note.startswith("omega hierarchical over 9 items: the solution")


def test_each_form_has_its_own_sentence():
    """
    Of two forms without a common item the improper one is named; no total is said truly.
    """
    scores = np.full((800, 18), -1, dtype=np.int8)
    scores[:400, :9], scores[400:, 9:] = answers(1), answers(2, twins=True)

    found = analysed(scores)

    assert found.reliability is None
    assert [form.omega_hierarchical is None for form in found.forms] == [False, True]
    assert "fewer than two items were presented to nearly everybody" in found.notes[0]
    assert found.notes[1].startswith("form 2: omega hierarchical")


def test_short_tests_and_still_items_say_so():
    """
    Five items are too few for three group factors, and an item that does not vary is named.
    """
    few, still = answers(1)[:, :5], answers(1)
    still[:, 4] = 1

    assert "need at least 6 items" in analysed(few).notes[0]
    assert "item 'item5' does not vary" in analysed(still).notes[0]


def test_a_heywood_case_has_no_omega_total():
    """
    A column that the others add up to leaves it less than no variance of its own: no omega, and
    the reason.
    """
    scores = answers(2)[:, :6]
    total = scores.sum(axis=1, keepdims=True)

    found = analysed(np.concatenate([scores, total], axis=1))

    assert found.reliability.omega_total is None
    assert any("negative uniqueness of item7: a Heywood case" in note for note in found.notes)


def test_three_items_of_which_one_repeats_the_others_have_no_omega():
    """
    With three items the loadings are exact; where they ask more than there is there is no omega.
    """
    covariance = np.array([[0.25, 0.20, 0.20], [0.20, 0.25, 0.14], [0.20, 0.14, 0.25]])

    found = omega_total(covariance)

    assert found.heywood.tolist() == [0]
    assert found.uniquenesses[0] == pytest.approx(0.25 - 0.2 * 0.2 / 0.14)
