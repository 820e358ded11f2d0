"""Ability estimators against slow twins and against what they promise."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from examengine.psychometrics.ability import METHODS, estimate_abilities
from examengine.psychometrics.ability.sum_score import sum_score_likelihood, sum_score_table
from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.information import information_of_test
from examengine.psychometrics.linking import Constants, transform
from examengine.psychometrics.parameters import GroupParameters, ItemParameters, ParameterSet
from examengine.psychometrics.refusals import CannotScore
from examengine.psychometrics.responses import Responses

ITEMS = (
    ItemParameters("r", "rasch", {"a": 1.0, "b": -0.5}),
    ItemParameters("t", "2pl", {"a": 1.4, "b": 0.2}),
    ItemParameters("g", "3pl", {"a": 1.2, "b": 0.4, "c": 0.2}),
    ItemParameters("s", "grm", {"a": 1.1, "thresholds": (-0.8, 0.9)}),
    ItemParameters("p", "gpcm", {"a": 0.8, "steps": (-0.3, 0.1, 1.0)}),
)
WHOLE = ParameterSet(items=ITEMS)
SCORES = np.array(
    [
        [0, 0, 0, 0, 0],
        [1, 1, 1, 2, 3],
        [1, 0, 1, 1, 2],
        [0, 1, -1, -1, 1],
        [-1, -1, -1, 2, -1],
        [1, 1, 0, 0, 1],
    ]
)
PERSONS = Responses.from_matrix(
    SCORES, item_ids=[item.item_id for item in ITEMS], max_scores=[1, 1, 1, 2, 3]
)


def log_likelihood(person: np.ndarray, theta: float) -> float:
    """The log-likelihood of one row at one ability, item by item."""
    share = category_probabilities(ITEMS, np.array([theta]))[0]
    return float(sum(np.log(share[j, x]) for j, x in enumerate(person) if x >= 0))


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_keeps_the_contract(method):
    """
    Each file gives a finite estimate and a positive error to everyone who answered.
    """
    found = estimate_abilities(PERSONS, WHOLE, method)

    assert found.method == method
    assert found.person_ids == PERSONS.person_ids
    assert np.isfinite(found.theta).all()
    assert (found.se > 0).all()
    assert found.n_answered.tolist() == [5, 5, 5, 3, 1, 5]
    assert found.raw_score.tolist() == [0, 8, 5, 2, 2, 3]


def test_eap_is_the_mean_of_the_posterior():
    """
    The mean and deviation equal those of a posterior computed point by point.
    """
    found = estimate_abilities(PERSONS, WHOLE, "eap")

    nodes = np.linspace(-6, 6, 61)
    for row, person in enumerate(SCORES):
        weights = np.array([np.exp(log_likelihood(person, t) - t * t / 2) for t in nodes])
        weights /= weights.sum()
        mean = weights @ nodes
        assert found.theta[row] == pytest.approx(mean, abs=1e-12)
        assert found.se[row] == pytest.approx(np.sqrt(weights @ (nodes - mean) ** 2), abs=1e-12)


def test_ml_is_the_highest_point_of_the_likelihood():
    """
    The estimate is the maximum a general optimiser finds; a perfect score is at the bound.
    """
    found = estimate_abilities(PERSONS, WHOLE, "ml", bounds=(-5.0, 5.0))

    assert found.at_bound.tolist() == [True, True, False, False, True, False]
    assert found.theta[1] == 5.0
    assert found.theta[0] == -5.0
    for row in (2, 3, 5):
        best = minimize_scalar(
            lambda t, row=row: -log_likelihood(SCORES[row], t),
            bounds=(-5, 5),
            method="bounded",
            options={"xatol": 1e-10},
        )
        assert found.theta[row] == pytest.approx(best.x, abs=1e-6)


def test_map_is_the_mode_under_the_groups_prior():
    """
    The mode takes the mean and deviation of the ability distribution into account.
    """
    shifted = ParameterSet(items=ITEMS, groups=(GroupParameters("all", 0.7, 1.5, False),))

    found = estimate_abilities(PERSONS, shifted, "map")

    for row, person in enumerate(SCORES):
        best = minimize_scalar(
            lambda t, person=person: -log_likelihood(person, t) + 0.5 * ((t - 0.7) / 1.5) ** 2,
            bounds=(-8, 8),
            method="bounded",
            options={"xatol": 1e-10},
        )
        assert found.theta[row] == pytest.approx(best.x, abs=1e-6)


def test_wle_solves_warms_equation():
    """
    Without a lower asymptote the estimate maximises the likelihood times the root information.
    """
    kept = [item for item in ITEMS if item.item_id != "g"]
    parameters = ParameterSet(items=tuple(kept))
    persons = PERSONS.with_items([item.item_id for item in kept])

    found = estimate_abilities(persons, parameters, "wle")

    for row in (0, 1, 2, 5):
        person = SCORES[row].copy()
        person[2] = -1
        best = minimize_scalar(
            lambda t, person=person: (
                -log_likelihood(person, t) - 0.5 * np.log(information_of_test(kept, t)[0])
            ),
            bounds=(-8, 8),
            method="bounded",
            options={"xatol": 1e-10},
        )
        assert found.theta[row] == pytest.approx(best.x, abs=1e-6)
        assert not found.at_bound[row]


def test_two_maxima_give_the_higher_one():
    """
    Where guessing makes two maxima, the estimate is the higher of them.
    """
    items = (
        *(ItemParameters(f"e{n}", "3pl", {"a": 3.0, "b": -2.0, "c": 0.0}) for n in range(2)),
        *(ItemParameters(f"h{n}", "3pl", {"a": 3.0, "b": 2.0, "c": 0.25}) for n in range(3)),
    )
    rows = np.array([[0, 1, 1, 1, 1], [0, 1, 1, 0, 1]])
    persons = Responses.from_matrix(rows, item_ids=[item.item_id for item in items])

    found = estimate_abilities(persons, ParameterSet(items=items), "ml")

    grid = np.linspace(-8, 8, 4001)
    share = category_probabilities(items, grid)
    for row, person in enumerate(rows):
        logs = sum(np.log(share[:, j, x]) for j, x in enumerate(person))
        assert found.theta[row] == pytest.approx(grid[logs.argmax()], abs=0.004)


def test_the_sum_score_recursion_equals_enumeration():
    """
    The Lord–Wingersky likelihood equals the sum over all response patterns.
    """
    theta = np.array([-1.0, 0.3, 1.7])
    fast = sum_score_likelihood(ITEMS, theta)

    share = category_probabilities(ITEMS, theta)
    slow = np.zeros((9, 3))
    for pattern in np.ndindex(2, 2, 2, 3, 4):
        chance = np.ones(3)
        for item, score in enumerate(pattern):
            chance = chance * share[:, item, score]
        slow[sum(pattern)] += chance
    np.testing.assert_allclose(fast, slow, atol=1e-14)


def test_scores_from_the_sum_come_from_the_table_of_ones_own_form():
    """
    A person with fewer items is looked up in the table of those items.
    """
    found = estimate_abilities(PERSONS, WHOLE, "eapsum")

    whole = sum_score_table(ITEMS)
    part = sum_score_table([ITEMS[0], ITEMS[1], ITEMS[4]])
    assert whole.probability.sum() == pytest.approx(1.0)
    assert found.theta[2] == pytest.approx(whole.theta[5])
    assert found.theta[3] == pytest.approx(part.theta[2])
    assert found.se[3] == pytest.approx(part.se[2])


def test_who_answered_nothing_has_the_prior_or_nothing():
    """
    Without answers the posterior is the prior, and a likelihood has no maximum.
    """
    empty = Responses.from_matrix(
        np.array([[-1, -1, -1, -1, -1], [1, 0, 1, 1, 1]]),
        item_ids=WHOLE.item_ids,
        max_scores=[1, 1, 1, 2, 3],
    )

    eap = estimate_abilities(empty, WHOLE, "eap")
    mode = estimate_abilities(empty, WHOLE, "map")
    ml = estimate_abilities(empty, WHOLE, "ml")

    assert (eap.theta[0], eap.se[0]) == (0.0, 1.0)
    assert (mode.theta[0], mode.se[0]) == (0.0, 1.0)
    assert np.isnan(ml.theta[0])
    assert np.isfinite(ml.theta[1])


def test_persons_get_the_prior_of_their_own_group():
    """
    The same answers in an abler group give a higher expected ability.
    """
    groups = (GroupParameters("x"), GroupParameters("y", 1.0, 1.0, False))
    two = Responses.from_matrix(
        SCORES[[2, 2]], item_ids=WHOLE.item_ids, max_scores=[1, 1, 1, 2, 3], group=["y", "x"]
    )

    found = estimate_abilities(two, ParameterSet(items=ITEMS, groups=groups), "eap")

    assert found.theta[0] > found.theta[1]
    assert found.theta[1] == pytest.approx(estimate_abilities(PERSONS, WHOLE, "eap").theta[2])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"item_ids": ["r", "t", "g", "s", "z"]}, "item 'z' has no parameters"),
        ({"max_scores": [1, 1, 1, 2, 4], "last": 4}, "score 4 was given"),
    ],
)
def test_what_does_not_belong_together_is_refused(change, words):
    """
    An unknown item or a score outside an item's categories is named.
    """
    scores = SCORES.copy()
    scores[0, 4] = change.get("last", 0)
    persons = Responses.from_matrix(
        scores,
        item_ids=change.get("item_ids", WHOLE.item_ids),
        max_scores=change.get("max_scores", [1, 1, 1, 2, 3]),
    )

    with pytest.raises(CannotScore, match=words):
        estimate_abilities(persons, WHOLE)


def test_an_unknown_method_is_refused():
    """
    A method nobody knows is answered with those that exist.
    """
    with pytest.raises(CannotScore, match="eap, eapsum, map, ml, wle"):
        estimate_abilities(PERSONS, WHOLE, "best")


def test_a_mode_is_found_wherever_the_group_lies():
    """
    The mode in a group far from 0 is no bound: moving group and items together moves it along.
    """
    persons = Responses.from_matrix(
        SCORES[[2, 3]], item_ids=WHOLE.item_ids, max_scores=[1, 1, 1, 2, 3]
    )
    far = transform(WHOLE, Constants(1.0, 12.0))

    here, there = (estimate_abilities(persons, one, "map") for one in (WHOLE, far))

    assert not there.at_bound.any()
    np.testing.assert_allclose(there.theta, here.theta + 12.0, atol=1e-8)
    np.testing.assert_allclose(there.se, here.se, rtol=1e-6)
